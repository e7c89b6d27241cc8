"""The inputs as files: made by DuckDB once, and kept in the scratch folder.

usage: python data.py SHAPE ROWS FILE

The same bytes for the same shape and number of rows, since one thread draws from one seed.
"""
import pathlib
import sys

import runs
from shapes import SHAPES


def make(name, rows, path):
    import duckdb

    shape = SHAPES[name]
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("select setseed(0.25)").fetchall()
    connection.execute(f"""
        copy (select {', '.join(shape.made)} from range({rows}) as numbers(number) order by number)
        to '{path}' (format csv, header)""")
    if shape.line_end != b"\n":
        # DuckDB writes LF; no field of this shape holds one.
        path = pathlib.Path(path)
        other = path.with_suffix(".lines")
        with open(path, "rb") as source, open(other, "wb") as target:
            while block := source.read(1 << 24):
                target.write(block.replace(b"\n", shape.line_end))
        other.replace(path)


def rows_of(shape, megabytes):
    """How many rows make a file of about so many megabytes: a round number."""
    return max(round(megabytes * 1_000_000 / shape.row_bytes / 10_000), 1) * 10_000


def csv(settings, name, rows):
    """The CSV of so many rows, under another name until it is whole; read once, so that every run finds it cached."""
    path = settings.scratch / f"{name}-{rows}.csv"
    if not path.exists():
        print(f"making {path}", file=sys.stderr)
        begun = path.with_suffix(".begun")
        runs.run([sys.executable, __file__, name, str(rows), str(begun)])
        begun.rename(path)
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass
    return path


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), sys.argv[3])
