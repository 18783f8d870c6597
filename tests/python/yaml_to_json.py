"""Writes each document of each YAML file of the command line as one line of JSON."""

import json
import sys

import yaml

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        for document in yaml.safe_load_all(file):
            print(json.dumps(document))
