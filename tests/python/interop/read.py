"""Ask one reader about all releases, and compare its answers with what data.py computed.

usage: read.py READER FOLDER       (a place on standard input, see place.py; FOLDER as data.py made it)

READER is the name of a module beside this one. The access point stays gives Parquet, stays-csv CSV; both have the
objects of FOLDER at the same keys. Prints a JSON list of what was wrong.
"""
import importlib
import json
import pathlib
import sys
import tempfile
import traceback

import place

# Where each reads: an access point and a prefix, and what that gives.
PLACES = {
    "stays/large": ("large", "parquet"),
    "stays/many": ("many", "parquet"),
    "stays-csv/large": ("large", "csv"),
    "stays-csv/many": ("many", "csv"),
}


def wrong(name, seen, expected):
    for question, right in expected.items():
        if question in seen and seen[question] != right:
            yield f"{name}: {question} is {seen[question]}, not {right}"


def main(reader, folder):
    where = place.given()
    expected = json.loads((pathlib.Path(folder) / "expected.json").read_text(encoding="utf-8"))
    module = importlib.import_module(f"reader_{reader}")
    found = []
    with tempfile.TemporaryDirectory() as home, module.reader(where, pathlib.Path(home)) as read:
        for path, (kind, form) in PLACES.items():
            try:
                seen = read(path, form)
                found += wrong(f"{reader}, {path}", seen, expected[kind])
                found += [f"{reader}, {path}: {what}" for what in seen.get("wrong", [])]
                if "rows" not in seen:
                    found.append(f"{reader}, {path}: no answer")
            except Exception:
                found.append(f"{reader}, {path}: " + traceback.format_exc().replace(where.secret, "SECRET")[-2000:])
    json.dump(found, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
