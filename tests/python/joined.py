"""Run SELECTs over CSV texts with DuckDB.

usage: joined.py < CASE.json > ROWS.json

CASE is {"tables": {name: {"columns": [[name, type]], "csv": text}}, "queries": [text]}. For each query the answer has its
rows, in DuckDB's order, each value as text and NULL as null.
"""
import json
import os
import sys
import tempfile

import duckdb

case = json.load(sys.stdin)
connection = duckdb.connect()
with tempfile.TemporaryDirectory() as folder:
    for name, table in case["tables"].items():
        path = os.path.join(folder, name + ".csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(table["csv"])
        columns = ", ".join(f"'{column}': '{kind}'" for column, kind in table["columns"])
        connection.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', header = true, auto_detect = false, delim = ',', "
            f"quote = '\"', escape = '\"', columns = {{{columns}}})"
        )
answers = [
    [[None if value is None else str(value) for value in row] for row in connection.execute(query).fetchall()]
    for query in case["queries"]
]
json.dump(answers, sys.stdout)
