"""Measure what `veilpoint risk` measures, by pyCANON and by counting.

usage: risk.py adult                                     (writes the Adult data set as CSV)
       risk.py pycanon FILE QUASI SENSITIVE              (names in comma lists)
       risk.py count FILE QUASI SENSITIVE [POPULATION]

The last two print JSON. "count" is Python's standard library alone, and reads as the definitions read.
"""
import csv
import importlib.util
import json
import math
import os
import sys
from collections import Counter, defaultdict


def adult():
    """The file itself: importing the package would import what it plots with."""
    folder = os.path.dirname(importlib.util.find_spec("xai").origin)
    with open(os.path.join(folder, "data", "census.csv"), encoding="utf-8") as file:
        sys.stdout.write(file.read())


def pycanon(path, quasi, sensitive):
    import pandas
    from pycanon.anonymity import entropy_l_diversity, k_anonymity, l_diversity, t_closeness
    from pycanon.metrics import max_rir

    data = pandas.read_csv(path)
    one = lambda name: {
        "l": int(l_diversity(data, quasi, [name])),
        "entropy_l": int(entropy_l_diversity(data, quasi, [name])),
        "t": float(t_closeness(data, quasi, [name])),
        "ordered": bool(pandas.api.types.is_numeric_dtype(data[name])),
    }
    return {
        "k": int(k_anonymity(data, quasi)),
        "highest": float(max_rir(data, quasi)),
        "sensitive": {name: one(name) for name in sensitive},
    }


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def emd(ours, theirs):
    """The earth mover's distance of two distributions over equally spaced places."""
    carried, work = 0.0, 0.0
    for a, b in zip(ours, theirs):
        carried += a - b
        work += abs(carried)
    return work / max(len(ours) - 1, 1)


def diversity(rows, classes, name):
    values = [row[name] for row in rows]
    ordered = all(map(is_number, values))
    order = sorted(set(values), key=float if ordered else str)
    whole = Counter(values)
    p = [whole[value] / len(rows) for value in order]
    found = {"l": math.inf, "entropy_l": math.inf, "recursive_l": math.inf, "equal": 0.0, "ordered": 0.0, "disclosed": 0}
    for members in classes.values():
        counts = Counter(row[name] for row in members)
        q = [counts[value] / len(members) for value in order]
        falling = sorted(counts.values(), reverse=True)
        holds = [l for l in range(1, len(falling) + 1) if falling[0] < 2 * sum(falling[l - 1:])]
        found["l"] = min(found["l"], len(counts))
        found["entropy_l"] = min(found["entropy_l"], math.exp(-sum(x * math.log(x) for x in q if x)))
        found["recursive_l"] = min(found["recursive_l"], max(holds, default=0))
        found["equal"] = max(found["equal"], sum(abs(a - b) for a, b in zip(q, p)) / 2)
        found["ordered"] = max(found["ordered"], emd(q, p))
        found["disclosed"] += len(members) if len(counts) == 1 else 0
    if not ordered:
        found["ordered"] = None
    return found


def attack(records, risk_of, average):
    risks = [risk_of(key) for key in records]
    return {"highest": max(risks), "average": average, "at_risk": sum(risk > 0.2 for risk in risks)}


def count(path, quasi, sensitive, population=None):
    rows = rows_of(path)
    key = lambda row: tuple(row[name] for name in quasi)
    classes = defaultdict(list)
    for row in rows:
        classes[key(row)].append(row)
    size = {name: len(members) for name, members in classes.items()}
    everybody = Counter(map(key, rows_of(population))) if population else size
    records = [key(row) for row in rows]
    marketer = sum(1 / everybody[one] for one in records) / len(rows)
    journalist = max(len(size) / sum(everybody[name] for name in size), marketer)
    columns = {name: Counter(row[name] for row in rows) for name in rows[0]}
    return {
        "records": len(rows),
        "classes": len(size),
        "k": min(size.values()),
        "unique": sum(count == 1 for count in size.values()),
        "histogram": sorted(Counter(size.values()).items()),
        "below": {k: sum(size[one] < k for one in records) for k in (2, 3, 5, 11, 20)},
        "prosecutor": attack(records, lambda one: 1 / size[one], len(size) / len(rows)),
        "journalist": attack(records, lambda one: 1 / everybody[one], journalist),
        "marketer": marketer,
        "sensitive": {name: diversity(rows, classes, name) for name in sensitive},
        "columns": {
            name: {"values": len(found), "most": max(found.values()), "once": sum(n == 1 for n in found.values())}
            for name, found in columns.items()
        },
    }


def main(command, *args):
    if command == "adult":
        return adult()
    path, quasi, sensitive, *population = args
    measure = {"pycanon": pycanon, "count": count}[command]
    print(json.dumps(measure(path, quasi.split(","), sensitive.split(","), *population)))


main(*sys.argv[1:])
