"""What every reader is asked of a release, and the texts of rows that come as Arrow or pandas hold them.

The questions are those of data.py: rows, digest, by_ward, costly, days. A reader that pushes work down asks them in its
own language; the others hand over the rows, and the sums are done here.
"""
import data

COLUMNS = ["account", "born", "admitted", "emergency", "ward", "days", "cost", "weight", "diagnosis"]

# The questions as SQL, for engines that differ in a few words alone.
BY_WARD = "SELECT ward, count(*), sum({cost}) FROM {table} GROUP BY ward"
COSTLY = "SELECT count(*) FROM {table} WHERE {cost} >= 4000000000 AND NOT {emergency}"
DAYS = "SELECT sum({days}) FROM {table}"


def by_sql(ask, table, digest, csv=False):
    """The answers of an engine: `ask` takes a statement to its rows, `digest` is what sums a row's hash.

    With `csv` all columns are text, as Hive has them.
    """
    columns = {"cost": "cost", "days": "days", "emergency": "emergency", "table": table}
    if csv:
        columns |= {"cost": "try_cast(cost AS bigint)", "days": "CAST(days AS integer)"}
        columns |= {"emergency": "CAST(emergency AS boolean)"}
    (rows, total), = ask(f"SELECT count(*), {digest} FROM {table}")
    return {
        "rows": rows,
        "digest": int(total),
        "by_ward": {ward: [count, int(cost)] for ward, count, cost in ask(BY_WARD.format(**columns))},
        "costly": ask(COSTLY.format(**columns))[0][0],
        "days": int(ask(DAYS.format(**columns))[0][0]),
    }


def of_texts(columns):
    """The sum over rows that are columns of texts, with None for NULL."""
    return data.digest(data.text(row) for row in zip(*columns, strict=True))


def arrow_texts(table):
    """The columns of an Arrow table as texts: one cast each, and Python does the rest."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def texts(name):
        values = table[name]
        if pa.types.is_timestamp(values.type):
            # Casting to text appends the fraction that a unit finer than seconds has.
            values = values.cast(pa.timestamp("s"))
        if pa.types.is_floating(values.type):
            return [None if value is None else f"{value:.1f}" for value in values.to_pylist()]
        if pa.types.is_boolean(values.type):
            return [None if value is None else str(value).lower() for value in values.to_pylist()]
        return pc.cast(values, pa.string()).to_pylist()

    return [texts(name) for name in COLUMNS]


def of_arrow(table):
    """All answers from rows that came whole."""
    import pyarrow.compute as pc

    wards = table.group_by("ward").aggregate([([], "count_all"), ("cost", "sum")]).to_pylist()
    dear = pc.and_kleene(pc.greater_equal(table["cost"], data.COSTLY), pc.invert(table["emergency"]))
    return {
        "rows": table.num_rows,
        "digest": of_texts(arrow_texts(table)),
        "by_ward": {ward["ward"]: [ward["count_all"], ward["cost_sum"]] for ward in wards},
        "costly": table.filter(dear).num_rows,
        "days": pc.sum(table["days"]).as_py(),
    }


def arrow_csv(file):
    """A release in CSV as pyarrow reads it, dates and times included."""
    import pyarrow as pa
    from pyarrow import csv

    types = {"born": pa.date32(), "admitted": pa.timestamp("s"), "days": pa.int32(), "cost": pa.int64()}
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False)
    return csv.read_csv(file, convert_options=options)
