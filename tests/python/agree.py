"""Read the cases of a corpus with Python's csv module and with DuckDB, and the releases that Veilpoint made of them.

usage: agree.py < CASES.json > ANSWERS.json

A case is {"input", "parquet", "csv", "delimiter", "quote", "escape", "comment", "null", "encoding", "skip"}: paths of the
object and of its two releases (null where it was refused), then how the object is written ("" for none). The answer
has, for each case, a table or a text that says why there is none:

  "python"   the rows as the csv module reads them, strictly; it knows no NULL, so an empty field is ""
  "duckdb"   the rows as DuckDB's read_csv reads them, all columns as text; NULL is null
  "parquet"  the release in Parquet as pyarrow reads it
  "csv"      the release in CSV as RFC 4180 says; an unquoted empty field is null

A table is {"names": […], "rows": [[…], …]} with the columns in the order of their names, since a release has them in
the contract's order and an object in its own.
"""
import csv
import io
import json
import sys

import duckdb
import pyarrow.parquet as pq

# One field may be larger than the module's own limit of 128 KiB.
csv.field_size_limit(1 << 30)


def table(names, rows):
    order = sorted(range(len(names)), key=lambda i: names[i])
    for row in rows:
        if len(row) != len(names):
            raise ValueError(f"a record has {len(row)} fields, the header {len(names)}")
    return {"names": [names[i] for i in order], "rows": [[row[i] for i in order] for row in rows]}


# The contract's encodings in the readers' own words. DuckDB knows Latin-1, which is windows-1252 but for 0x80 to 0x9f.
PYTHON_ENCODINGS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1252": "cp1252"}
DUCKDB_ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16", "windows-1252": "latin-1"}


def python(case):
    # The byte order mark is the encoding's business; line ends are the module's.
    with open(case["input"], encoding=PYTHON_ENCODINGS[case["encoding"]], newline="") as lines:
        text = lines.read()
    text = text.split("\n", case["skip"])[case["skip"]]
    quoting = {"quotechar": case["quote"]} if case["quote"] else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=case["delimiter"],
        escapechar=case["escape"] or None,
        strict=True,
        **quoting,
    )
    # The module answers a blank line with an empty list.
    names, *rows = [row for row in reader if row]
    return table(names, rows)


def duck(case):
    connection = duckdb.connect()
    options = {
        "path": case["input"],
        "delim": case["delimiter"],
        "quote": case["quote"],
        "escape": case["escape"] or case["quote"],
        "comment": case["comment"],
        "nulls": ["", case["null"]] if case["null"] else [""],
        "encoding": DUCKDB_ENCODINGS[case["encoding"]],
        "skip": case["skip"],
    }
    relation = connection.execute(
        """from read_csv($path, header = true, all_varchar = true, auto_detect = true, strict_mode = true,
                         delim = $delim, quote = $quote, escape = $escape, comment = $comment, nullstr = $nulls,
                         allow_quoted_nulls = false, null_padding = false, ignore_errors = false,
                         encoding = $encoding, skip = $skip, max_line_size = 20000000)""",
        options,
    )
    names = [column[0] for column in relation.description]
    return table(names, relation.fetchall())


def parquet(case):
    release = pq.read_table(case["parquet"])
    columns = [release.column(i).to_pylist() for i in range(release.num_columns)]
    return table(release.column_names, [list(row) for row in zip(*columns)])


def rfc_4180(text):
    """Records of fields, each a text, or None where nothing stands between two separators."""
    records, record, at = [], [], 0
    while at < len(text):
        if text[at] == '"':
            value = ""
            while True:
                end = text.index('"', at + 1)
                value += text[at + 1 : end]
                at = end + 1
                if text[at : at + 1] != '"':
                    break
                value += '"'
        else:
            end = min(i for i in (text.find(",", at), text.find("\n", at)) if i >= 0)
            value = text[at:end] or None
            if value and ('"' in value or "\r" in value):
                raise ValueError("a field should be quoted")
            at = end
        record.append(value)
        if text[at] == "\n":
            records.append(record)
            record = []
        elif text[at] != ",":
            raise ValueError("text after a closing quote")
        at += 1
    if record:
        raise ValueError("the last record has no line end")
    return records


def released(case):
    with open(case["csv"], encoding="utf-8", newline="") as file:
        names, *rows = rfc_4180(file.read())
    return table(names, rows)


def attempt(read, case):
    try:
        return read(case)
    except Exception as error:  # whatever a reader says is its answer
        return f"{type(error).__name__}: {error}"


def answer(case):
    answers = {"python": attempt(python, case), "duckdb": attempt(duck, case)}
    if case["parquet"] is not None:
        answers["parquet"] = attempt(parquet, case)
        answers["csv"] = attempt(released, case)
    return answers


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
