"""The peers, each at the work that comes nearest to the projection; and what a release is held against.

usage: python peers.py duckdb|polars SHAPE SOURCE TARGET THREADS WAY
       python peers.py check SHAPE SOURCE OURS THEIRS
       python peers.py versions

A process of its own each: the one that measures loads no engine. WAY is how the peer is told to work: `typed` or
`sniffed` (are the columns' types given, or found by the peer?), and `in-order` or `any-order` (are rows kept in their
order, which Veilpoint's release does not keep either?). Prints one line of JSON.
"""
import json
import os
import sys
import time

from shapes import AS_OF, SHAPES

WAYS = ["sniffed in-order", "typed in-order", "sniffed any-order", "typed any-order"]


def from_csv(shape, source, typed):
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in shape.columns().items())
    return f"read_csv('{source}', header = true, columns = {{{columns}}})" if typed else f"read_csv('{source}')"


def duckdb_job(shape, source, target, threads, typed, in_order, leave_out=()):
    import duckdb

    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": in_order})
    options = "format parquet, compression snappy" if target.endswith(".parquet") else "format csv, header"
    columns = [column for column in shape.select if not column.endswith(tuple(f" as {name}" for name in leave_out))]
    begun = time.perf_counter()
    connection.execute(
        f"copy (select {', '.join(columns)} from {from_csv(shape, source, typed)}) to '{target}' ({options})")
    return time.perf_counter() - begun


def polars_job(shape, source, target, threads, typed, in_order):
    """Admissions alone. Polars has no SHA-256 and takes its own hash, which is cheaper."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    kinds = {"BIGINT": pl.Int64, "INT": pl.Int32, "VARCHAR": pl.String, "DOUBLE": pl.Float64, "DATE": pl.Date,
             "TIMESTAMP": pl.Datetime}
    options = {"try_parse_dates": True}
    if typed:
        options["schema"] = {name: kinds[kind] for name, kind in shape.columns().items()}
    year, month, day = (int(part) for part in AS_OF.split("-"))
    born = pl.col("birth_date").dt
    birthday = born.month().cast(pl.Int32) * 100 + born.day()
    begun = time.perf_counter()
    release = pl.scan_csv(source, **options).select(
        "gender",
        (year - born.year() - (birthday > month * 100 + day).cast(pl.Int32)).alias("age"),
        (pl.col("first_name") + " " + pl.col("last_name")).hash(seed=7).alias("name"),
        "zip", "city", "blood_type", "weight_kg", "height_cm", "diagnosis", "admitted_at",
    )
    if target.endswith(".parquet"):
        release.sink_parquet(target, compression="snappy", maintain_order=in_order)
    else:
        release.sink_csv(target, maintain_order=in_order)
    return time.perf_counter() - begun


def check(shape, source, ours, theirs):
    """What differs between two releases as values, whatever the order of their rows and the widths of their types.

    Of each column: how many values there are, the least, the greatest, and the sum of their hashes; and the sum of the
    hashes of whole rows. Keyed columns are made in another form by each program: of them only the NULLs are counted.
    """
    import duckdb

    connection = duckdb.connect()
    select = f"select {', '.join(shape.select)} from {from_csv(shape, source, True)}"
    kinds = {row[0]: row[1] for row in connection.execute(f"describe {select}").fetchall()}
    wide = {name: "BIGINT" if kind in ("INTEGER", "SMALLINT", "TINYINT") else kind for name, kind in kinds.items()}
    open_ = {name: kind for name, kind in wide.items() if name not in shape.keyed}
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in open_.items())
    sums = {"records": "count(*)", "rows": f"sum(hash({', '.join(open_)}))"}
    for name in wide:
        sums[f"{name}: values"] = f'count("{name}")'
    for name in open_:
        sums |= {f"{name}: least": f'min("{name}")', f"{name}: greatest": f'max("{name}")',
                 f"{name}: hashes": f'sum(hash("{name}"))'}

    def of(path):
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in wide.items())
        release = f"read_parquet('{path}')"
        if path.endswith(".csv"):
            # DuckDB's parallel reader refuses some files whose quoted fields hold many line breaks.
            release = (f"read_csv('{path}', header = true, delim = ',', quote = '\"', escape = '\"', parallel = false, "
                       f"columns = {{{columns}}})")
        names = [row[0] for row in connection.execute(f"describe select * from {release}").fetchall()]
        if names != list(wide):
            return {"columns": names}
        keyed = "".join(f', "{name}"' for name in shape.keyed)
        row = connection.execute(
            f"select {', '.join(sums.values())} from (select {casts}{keyed} from {release})").fetchone()
        return dict(zip(sums, row))

    left, right = of(ours), of(theirs)
    return [key for key in left if left[key] != right.get(key)]


def versions():
    import duckdb
    import polars

    return {"duckdb": duckdb.__version__, "polars": polars.__version__}


def main():
    if sys.argv[1] == "versions":
        return print(json.dumps(versions()))
    job, shape = sys.argv[1], SHAPES[sys.argv[2]]
    if job == "check":
        return print(json.dumps(check(shape, *sys.argv[3:6])))
    source, target, threads = sys.argv[3], sys.argv[4], int(sys.argv[5])
    way = sys.argv[6].split()
    jobs = {"duckdb": duckdb_job, "polars": polars_job}
    more = {"leave_out": sys.argv[7:]} if job == "duckdb" else {}
    print(json.dumps({"wall": jobs[job](shape, source, target, threads, "typed" in way, "in-order" in way, **more)}))


if __name__ == "__main__":
    main()
