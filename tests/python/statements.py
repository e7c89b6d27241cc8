"""Runs SQL statements with DuckDB and its extension for S3, and prints the last one's rows, a line each, with tabs.

usage: statements.py < SQL
"""
import sys

import duckdb
from duckdb_extensions import import_extension

connection = duckdb.connect()
import_extension("httpfs", con=connection)
for row in connection.execute(sys.stdin.read()).fetchall():
    print(*row, sep="\t")
