"""Holds the queries of a dashboard for Elasticsearch to the grammar of Lucene and to the index.

luqum parses each query; every field in it, and every field that is counted by, must be one that the
index template has, in a type that can be searched for a word or sorted into groups. Each query must
also be refused with one bracket or quote less, or the grammar would take anything.
"""

import json
import sys

from luqum.exceptions import ParseError
from luqum.parser import parser
from luqum.tree import SearchField

WORDS = {"keyword", "ip"}


def fields(query):
    """The names of the fields that a parsed query asks for."""
    own = [query.name] if isinstance(query, SearchField) else []
    return own + [name for child in query.children for name in fields(child)]


def is_refused(text):
    """Whether the text is no query."""
    try:
        parser.parse(text)
    except ParseError:
        return True
    return False


def faults(title, target, types):
    """What is wrong with one query."""
    text = target["query"]
    try:
        asked = fields(parser.parse(text))
    except ParseError as error:
        return [f"{title}: {error}: {text}"]
    found = [] if asked else [f"{title}: asks for no field: {text}"]
    asked += [group["field"] for group in target["bucketAggs"]]
    found += [f"{title}: {name} is no word" for name in asked if types.get(name) not in WORDS]
    if target["timeField"] != "@timestamp":
        found.append(f"{title}: has another time than the index")
    for sign in '()"':
        place = text.rindex(sign)
        if not is_refused(text[:place] + text[place + 1 :]):
            found.append(f"{title}: taken without {sign}: {text}")
    return found


def main(dashboard, template):
    """Judges every query of the dashboard."""
    with open(dashboard, encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    with open(template, encoding="utf-8") as file:
        properties = json.load(file)["template"]["mappings"]["properties"]
    types = {name: spec.get("type") for name, spec in properties.items()}
    queries = [(panel["title"], target) for panel in panels for target in panel["targets"]]
    found = [fault for title, target in queries for fault in faults(title, target, types)]
    if not queries:
        found.append("there are no queries")
    if found:
        sys.exit("\n".join(found))
    print(f"{len(queries)} Lucene queries: valid")


main(*sys.argv[1:])
