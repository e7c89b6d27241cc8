"""Make the objects that the readers' tests release, and compute what every reader must find in the releases.

usage: data.py FOLDER

Writes FOLDER/large/stays.csv (200 MB), FOLDER/many/stays*.csv (50 objects, some with names that have to be encoded in a
URL), and FOLDER/expected.json: {"large": ANSWER, "many": ANSWER}. Same bytes every time. What is expected is computed
row by row with Python's standard library and the tests' other oracle, from the objects as they lie there.

ANSWER is what every reader is asked: "rows"; "digest", the sum over the rows of the first 32 bits of the MD5 of the
row's text (so that the rows' order does not count, and every engine can compute it in SQL); "by_ward", for each ward
the rows and the sum of the costs; "costly", the rows with a cost of at least 4,000,000,000 that were no emergency; and
"days", the sum of that column. The text of a row is its values with a bar after each, NULL as nothing, dates as
2026-11-25, times as 2026-11-25 12:00:00, booleans as true and false, weights with one decimal.
"""
import csv
import datetime
import hashlib
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import oracle

KEY = bytes([7]) * 32
LARGE_BYTES = 200_000_000
MANY = 50
MANY_ROWS = 1_000
COSTLY = 4_000_000_000

HEADER = ["Patient", "Insured", "Born", "Admitted", "Emergency", "Ward", "Days", "Cost", "Weight", "Diagnosis", "Note"]
WARDS = ["Surgery", "Ward 7, east", 'The "quiet" ward', "Gériatrie", "小児科", "Oncology"]
DIAGNOSES = ["J45", "I10", "E11", "M54", "F32", "K21", "N39", "R51"]
NOTE = "Seen by the physician on duty; the family was told, and the next of kin asked for a call in the evening. " * 3


def rows(chance, first, count):
    """So many stays, numbered from `first`."""
    for number in range(first, first + count):
        born = datetime.date(1930, 1, 1) + datetime.timedelta(days=chance.randrange(33_000))
        admitted = datetime.datetime(2024, 1, 1) + datetime.timedelta(seconds=chance.randrange(50_000_000))
        cost = "" if number % 11 == 0 else chance.randrange(5_000_000_000)
        weight = "" if number % 13 == 0 else f"{chance.randrange(400, 1600) / 10:.1f}"
        insured = "" if number % 97 == 0 else f"756.{number % 250_000:07}"
        emergency = chance.choice(["true", "false"])
        yield [f"Patient {number}", insured, born, admitted.isoformat(), emergency, chance.choice(WARDS),
               chance.randrange(60), cost, weight, chance.choice(DIAGNOSES), f'{NOTE}"{number}"']


def write(path, chance, first, count):
    with open(path, "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(HEADER)
        lines.writerows(rows(chance, first, count))


def name(number):
    """Most are plain; an S3 client has to encode the others, each in its own way."""
    odd = {7: "stays 07 of a day.csv", 8: "stays+08.csv", 9: "stays-été-09.csv", 10: "stays%2010.csv"}
    return odd.get(number, f"stays-{number:02}.csv")


def make(folder):
    chance = random.Random(6)
    for kind in ("large", "many"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    large = folder / "large/stays.csv"
    # As many rows as fill the bytes: the first thousand tell how long a row is.
    write(large, chance, 0, 1_000)
    write(large, chance, 0, LARGE_BYTES * 1_000 // large.stat().st_size)
    for number in range(MANY):
        write(folder / "many" / name(number), chance, number * MANY_ROWS, MANY_ROWS)


def released(row, tokens):
    """A row of the projection stays/share, as texts; None for NULL."""
    born = datetime.date.fromisoformat(row["Born"])
    return [
        tokens[row["Insured"]],
        f"{born.year}-01-01",
        row["Admitted"].replace("T", " "),
        row["Emergency"],
        row["Ward"],
        row["Days"],
        row["Cost"] or None,
        row["Weight"] or None,
        row["Diagnosis"],
    ]


class Tokens(dict):
    """The token of each number, computed once."""

    key = oracle.hkdf(oracle.hkdf(KEY, "domain", "own", "stays/share"), "purpose", "token")

    def __missing__(self, text):
        self[text] = oracle.token(self.key, text)
        return self[text]


def text(values):
    return "".join(f"{'' if value is None else value}|" for value in values)


def digest(texts):
    """Of the rows' texts, in whichever order they come."""
    return sum(int.from_bytes(hashlib.md5(text.encode()).digest()[:4], "big") for text in texts)


def answer(paths, tokens):
    found = {"rows": 0, "digest": 0, "by_ward": {}, "costly": 0, "days": 0}
    for path in paths:
        with open(path, encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, strict=True):
                cost = int(row["Cost"] or 0)
                ward = found["by_ward"].setdefault(row["Ward"], [0, 0])
                ward[0] += 1
                ward[1] += cost
                found["rows"] += 1
                found["digest"] += digest([text(released(row, tokens))])
                found["costly"] += cost >= COSTLY and row["Emergency"] == "false"
                found["days"] += int(row["Days"])
    return found


def main(folder):
    make(folder)
    tokens = Tokens()
    expected = {kind: answer(sorted((folder / kind).iterdir()), tokens) for kind in ("large", "many")}
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
