"""Writes each YAML file of the command line as one line of JSON."""

import json
import sys

import yaml

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(json.dumps(yaml.safe_load(file)))
