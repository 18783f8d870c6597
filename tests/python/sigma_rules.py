"""Converts every Sigma rule with sigma-cli and runs the query over real lines of the log.

Usage: sigma_rules.py FOLDER_OF_RULES FILE_OF_LINES...

A rule must find exactly the lines of the event types it names, and at least one of each. The database is
SQLite, since that is the one target of sigma-cli that Python brings along.
"""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import yaml


def main() -> int:
    rules = sorted(Path(sys.argv[1]).glob("*.yml"))
    lines = [json.loads(line) for path in sys.argv[2:] for line in open(path, encoding="utf-8")]
    database = table_of(lines)
    wrong = [f"{rule.name}: {fault}" for rule in rules for fault in faults(rule, lines, database)]
    print(f"sigma: {len(rules)} rules over {len(lines)} lines, {len(wrong)} wrong")
    for fault in wrong:
        print(fault)
    return 1 if wrong or not rules else 0


def table_of(lines: list[dict]) -> sqlite3.Connection:
    """One column for each key of the lines; what is no text is kept as JSON."""
    columns = sorted({key for line in lines for key in line})
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("?" for _ in columns)
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE logs ({names})")
    for line in lines:
        values = [line.get(column) for column in columns]
        values = [value if isinstance(value, str | None) else json.dumps(value) for value in values]
        database.execute(f"INSERT INTO logs VALUES ({places})", values)
    return database


def faults(rule: Path, lines: list[dict], database: sqlite3.Connection) -> list[str]:
    wanted = yaml.safe_load(rule.read_text(encoding="utf-8"))["detection"]["selection"]["event_type"]
    wanted = wanted if isinstance(wanted, list) else [wanted]
    of_each = [sum(line["event_type"] == name for line in lines) for name in wanted]
    expected = sum(of_each) if all(of_each) else 0
    sigma = Path(sys.executable).with_name("sigma")
    command = [sigma, "convert", "--target", "sqlite", "--without-pipeline", rule]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return [f"sigma-cli refuses it: {answer.stderr}"]
    query = next(line for line in answer.stdout.splitlines() if line.startswith("SELECT"))
    found = len(database.execute(query).fetchall())
    if found == expected > 0:
        return []
    return [f"{query} finds {found} of {expected} lines"]


if __name__ == "__main__":
    sys.exit(main())
