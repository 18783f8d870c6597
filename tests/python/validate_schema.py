"""A second, independent judge of the strict schema.

    validate_schema.py SCHEMA RECORDS

RECORDS holds one JSON object a line, as `cargo xtask check-schema --emit COUNT` prints them: `line` is the text of an event, `value` what Rust read from it, `why` is null for a
valid event and otherwise says what is wrong with it. Every valid event must pass the schema and
every other must be refused, with formats asserted; and Python must read from every line what Rust
read.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

from jsonschema import Draft202012Validator

CHUNK_LINES = 500


def main() -> int:
    schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    judged, valid, types, problems = 0, 0, set(), []
    with open(sys.argv[2], encoding="utf-8") as records, ProcessPoolExecutor() as pool:
        for result in pool.map(partial(judge, schema), chunks(records)):
            judged += result["judged"]
            valid += result["valid"]
            types |= result["types"]
            problems += result["problems"]
    for problem in problems[:20]:
        print(problem)
    print(f"{judged} lines of {len(types)} event types: {valid} valid, {judged - valid} with a mistake, {len(problems)} problems")
    return 1 if problems or not judged else 0


def chunks(lines):
    """Lists of lines, so that a process gets enough to do at once."""
    while chunk := list(islice(lines, CHUNK_LINES)):
        yield chunk


def judge(schema, lines):
    """What one process finds in its lines."""
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    result = {"judged": 0, "valid": 0, "types": set(), "problems": []}
    for text in lines:
        record = json.loads(text)
        event = json.loads(record["line"])
        result["judged"] += 1
        result["types"].add(record["of"])
        if event != record["value"]:
            result["problems"].append(f"read differently by Rust and Python: {record['line']}")
        is_valid = validator.is_valid(event)
        result["valid"] += is_valid
        if is_valid != (record["why"] is None):
            result["problems"].append(problem(validator, record, event))
    return result


def problem(validator, record, event):
    """Why the verdict is not the expected one."""
    if record["why"] is not None:
        return f"accepted although {record['why']}: {record['line']}"
    first = next(validator.iter_errors(event))
    return f"refused because {first.json_path}: {first.message[:200]}: {record['line']}"


if __name__ == "__main__":
    sys.exit(main())
