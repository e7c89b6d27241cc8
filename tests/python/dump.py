"""Print a Parquet or CSV file as canonical JSON, as one named reader sees it.

usage: dump.py pyarrow|duckdb|polars FILE [--text]

{"columns": [{"name", "type"}], "rows": [[…], …]}, so that two readers, or two files, compare as text. Types have one
name whoever reads: text, bool, int16, int32, int64, float32, float64, decimal(p,s), date, timestamp, timestamptz, and
a reader's own word for anything else. NULL is null; dates and timestamps are ISO 8601 with microseconds, zoned ones in
UTC; decimals are text in their scale; floats that JSON cannot say are the text NaN, Infinity or -Infinity.

The name's end (.parquet, .csv) decides the format. Of a CSV each reader infers the types itself; with --text every
column is text. An unquoted empty field is NULL; a quoted one is the empty string where the reader can tell.
"""
import datetime
import decimal
import json
import math
import sys


def canonical(value):
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc)
        return value.isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def pyarrow_type(kind):
    import pyarrow as pa

    t = pa.types
    if t.is_dictionary(kind):
        return pyarrow_type(kind.value_type)
    if t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind):
        return "text"
    if t.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if t.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    names = {"bool": "bool", "date32[day]": "date", "float": "float32", "double": "float64", "null": "text"}
    return names.get(str(kind), str(kind))


def pyarrow_reader(path, text):
    if path.endswith(".parquet"):
        import pyarrow.parquet as pq

        table = pq.read_table(path)
    else:
        import pyarrow as pa
        from pyarrow import csv

        options = {"strings_can_be_null": True, "quoted_strings_can_be_null": False, "null_values": [""]}
        if text:
            with open(path, "rb") as file:
                header = csv.open_csv(file, parse_options=csv.ParseOptions(newlines_in_values=True)).schema
            options["column_types"] = {name: pa.string() for name in header.names}
        table = csv.read_csv(
            path,
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(**options),
        )
    columns = [(field.name, pyarrow_type(field.type)) for field in table.schema]
    # By position: two columns may have one name.
    values = [table.column(i).to_pylist() for i in range(table.num_columns)]
    return columns, list(zip(*values)) if values else []


def duckdb_type(kind):
    kind = str(kind)
    names = {
        "VARCHAR": "text", "BOOLEAN": "bool", "SMALLINT": "int16", "INTEGER": "int32", "BIGINT": "int64",
        "FLOAT": "float32", "DOUBLE": "float64", "DATE": "date", "TIMESTAMP": "timestamp",
        "TIMESTAMP WITH TIME ZONE": "timestamptz",
    }
    return names.get(kind, kind.lower())


def duckdb_reader(path, text):
    import duckdb

    connection = duckdb.connect()
    if path.endswith(".parquet"):
        source = "read_parquet($path)"
    else:
        typing = "all_varchar = true" if text else "sample_size = -1"
        source = f"""read_csv($path, header = true, delim = ',', quote = '"', escape = '"',
                              allow_quoted_nulls = false, {typing})"""
    described = connection.execute(f"describe select * from {source}", {"path": path}).fetchall()
    columns = [(name, duckdb_type(kind)) for name, kind, *_ in described]
    # A zoned timestamp as microseconds: the client's own conversion needs an extension and one more library.
    zoned = [kind == "timestamptz" for _, kind in columns]
    wanted = ", ".join(f"epoch_us(#{i})" if instant else f"#{i}" for i, instant in enumerate(zoned, 1))
    rows = connection.execute(f"select {wanted} from {source}", {"path": path}).fetchall()
    if any(zoned):
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        since = lambda micros: None if micros is None else epoch + datetime.timedelta(microseconds=micros)
        rows = [[since(value) if instant else value for value, instant in zip(row, zoned)] for row in rows]
    return columns, rows


def polars_type(kind):
    import polars as pl

    if isinstance(kind, pl.Datetime):
        return "timestamptz" if kind.time_zone else "timestamp"
    if isinstance(kind, pl.Decimal):
        return f"decimal({kind.precision},{kind.scale})"
    names = {"string": "text", "categorical": "text", "boolean": "bool"}
    return names.get(str(kind).lower(), str(kind).lower())


def polars_reader(path, text):
    import polars as pl

    if path.endswith(".parquet"):
        frame = pl.read_parquet(path)
    else:
        typing = {"infer_schema": False} if text else {"infer_schema_length": None, "try_parse_dates": True}
        frame = pl.read_csv(path, **typing)
    return [(name, polars_type(kind)) for name, kind in frame.schema.items()], frame.rows()


def main(reader, path, *options):
    read = {"pyarrow": pyarrow_reader, "duckdb": duckdb_reader, "polars": polars_reader}[reader]
    columns, rows = read(path, "--text" in options)
    document = {
        "columns": [{"name": name, "type": kind} for name, kind in columns],
        "rows": [[canonical(value) for value in row] for row in rows],
    }
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(*sys.argv[1:])
