"""Trino's Hive connector over its own S3 client: external tables on access points, asked as an Athena user asks."""
import contextlib

import answers
import pasted
import trino_server

TYPED = [("account", "varchar"), ("born", "date"), ("admitted", "timestamp"), ("emergency", "boolean"),
         ("ward", "varchar"), ("days", "integer"), ("cost", "bigint"), ("weight", "double"), ("diagnosis", "varchar")]
TEXTS = ["account", "born", "date_format(admitted, '%Y-%m-%d %H:%i:%s')", "emergency", "ward", "days", "cost",
         "CAST(weight AS decimal(5,1))", "diagnosis"]

# Over CSV every column is text, as it stands in the release.
PLAIN = [name for name, _ in TYPED]


def digest(texts):
    row = " || ".join(f"coalesce(CAST({text} AS varchar), '') || '|'" for text in texts)
    return f"sum(from_base(substr(to_hex(md5(to_utf8({row}))), 1, 8), 16))"


def table(path, form):
    columns = [(name, kind if form == "parquet" else "varchar") for name, kind in TYPED]
    more = "format = 'PARQUET'" if form == "parquet" else "format = 'CSV', skip_header_line_count = 1"
    listed = ", ".join(f"{name} {kind}" for name, kind in columns)
    name = "veilpoint.tests." + path.replace("/", "_").replace("-", "_")
    return name, f"CREATE TABLE {name} ({listed}) WITH (external_location = 's3://{path}/', {more})"


@contextlib.contextmanager
def reader(where, home):
    with trino_server.started({"veilpoint": pasted.catalog(where)}, where, home) as server:
        server.rows("CREATE SCHEMA veilpoint.tests")

        def read(path, form):
            name, made = table(path, form)
            server.rows(made)
            csv = form == "csv"
            return answers.by_sql(lambda sql: server.rows(sql), name, digest(PLAIN if csv else TEXTS), csv)

        yield read
