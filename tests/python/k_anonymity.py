"""What pycanon says of a release, and what a plain count says of the object that it was made of.

k_anonymity.py k COLUMN,... RELEASE...                the k that pycanon finds over the columns, a line each
k_anonymity.py kept OBJECT K SUBJECT,... COLUMN...    the numbers of the rows that at least K subjects share
"""

import csv
import sys
from collections import defaultdict


def measured(release, columns):
    import pandas
    from pycanon import anonymity

    # NULL is a value of its own: pandas would leave such rows out of every class.
    table = pandas.read_csv(release, dtype=str, keep_default_na=False)
    return anonymity.k_anonymity(table, columns) if len(table) else 0


def kept(path, least, subject, columns):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sharing = defaultdict(set)
    for row in rows:
        person = tuple(" ".join(row[name].split()).casefold() for name in subject)
        if any(person):
            sharing[tuple(row[name] for name in columns)].add(person)
    for row in rows:
        if len(sharing[tuple(row[name] for name in columns)]) >= least:
            yield row["number"]


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "k":
        columns, *releases = rest
        print("\n".join(str(measured(release, columns.split(","))) for release in releases))
    else:
        path, least, subject, *columns = rest
        print("\n".join(kept(path, int(least), subject.split(","), columns)))
