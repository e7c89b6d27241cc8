"""Says what is wrong with JSON by a JSON Schema, a line each; nothing where it keeps to it.

usage: schema.py SCHEMA < JSON
"""
import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
for error in Draft202012Validator(schema).iter_errors(json.load(sys.stdin)):
    print(f"{error.json_path}: {error.message}")
