"""The inputs: what each one's records are made of, and what DuckDB selects of them.

A shape's contract and its projection for Veilpoint are `../sql/<name>/schema.sql` and `bench.sql`. What must change
together: a column here, in the contract, and in both selects.
"""
import dataclasses
import pathlib
import re

SQL = pathlib.Path(__file__).resolve().parent.parent / "sql"
AS_OF = "2026-11-25"

WOMEN = "Alba Birgit Chiara Delphine Enea Fiona Gesine Hanna Ilaria Joëlle Kim Léa".split()
MEN = "Aurel Björn Cédric Dario Emil Fabrice Gion Henrik Ivo Jérôme Kilian Loïc".split()
SURNAMES = (
    "Aebischer Bögli Caduff Donzé Eggimann Flückiger Gähwiler Hürlimann Imboden Jäggi Käslin Lüthi "
    "Mächler Nydegger Oertli Piccinini Quadri Rütimann Sprüngli Tschudi Utzinger Vuilleumier Würgler Zbinden"
).split()
TOWNS = ["Aarau", "Bülach", "Chêne-Bourg", "Delémont", "Ennetbürgen", "Frauenfeld", "St. Moritz"]
BLOOD = ["A+", "A-", "B+", "B-", "AB+", "AB-", "0+", "0-"]
DIAGNOSES = ["A09", "B34", "C50", "D50", "G43", "H25", "L40", "S52"]
PHRASES = [
    'the patient says "it is better, mostly"', "slept well, ate little", "no fever", 'asked for "the other doctor"',
    "pressure 120/80\npulse regular", "walks, with help", 'the note of last week ("see above") does not hold',
    "drug stopped\nno rash since", "scheduled again, same place", 'a "dull" ache, left', "weight stable",
    "reads, hears and speaks well", "family informed", "lab results pending\n\nto be called", 'calls it "stabbing"',
    "wound dry, no redness",
]


@dataclasses.dataclass
class Shape:
    """One input. `made` and `select` are lists of SQL expressions over `number` and over the CSV's columns."""

    name: str
    what: str
    bar: float
    row_bytes: int
    made: list
    select: list
    keyed: tuple = ()
    line_end: bytes = b"\n"

    def columns(self):
        """The columns with their types, as the contract has them."""
        return dict(re.findall(r'^\s+"(\w+)"\s+(\w+)', (SQL / self.name / "schema.sql").read_text(), re.MULTILINE))


def below(bound):
    return f"cast(floor(random() * {bound}) as bigint)"


def any_of(words):
    return "list_extract([{}], 1 + {})".format(
        ", ".join("'" + word.replace("'", "''") + "'" for word in words), below(len(words)))


def age(born):
    return (f"date_diff('year', {born}, date '{AS_OF}')"
            f" - cast(strftime({born}, '%m%d') > strftime(date '{AS_OF}', '%m%d') as integer) as age")


def name(of):
    """What comes nearest to a pseudonym: DuckDB has no HMAC, and no list of names."""
    return f"left(sha256('key' || {of}), 16) as name"


ADMISSIONS = [
    ("id", "number"),
    ("ssn", f"format('{{:03d}}-{{:02d}}-{{:04d}}', 900 + {below(100)}, {below(100)}, {below(10000)})"),
    ("first_name", any_of(WOMEN + MEN)),
    ("last_name", any_of(SURNAMES)),
    ("birth_date", f"date '1931-01-01' + cast({below(32000)} as integer)"),
    ("gender", any_of(["F", "M"])),
    ("address", f"format('Bachgasse {{}}, Stiege \"{{}}\"', 1 + {below(180)}, {any_of('ABCDEFGH')})"),
    ("zip", f"1000 + {below(9000)}"),
    ("city", any_of(TOWNS)),
    ("phone", f"format('+41 {{:02d}} 555 {{:02d}} {{:02d}}', {below(100)}, {below(100)}, {below(100)})"),
    ("email", f"format('p{{}}@mail.example', {below(1000000000)})"),
    ("blood_type", any_of(BLOOD)),
    ("weight_kg", f"45 + {below(700)} / 10.0"),
    ("height_cm", f"145 + {below(550)} / 10.0"),
    ("diagnosis", any_of(DIAGNOSES)),
    ("admitted_at", f"timestamp '2025-01-01' + to_seconds({below(47000000)})"),
]
ADMITTED = ["gender", age("birth_date"), name("first_name || ' ' || last_name"), "zip", "city", "blood_type",
            "weight_kg", "height_cm", "diagnosis", "admitted_at"]


def made(columns):
    return [f"{expression} as {name}" for name, expression in columns]


def with_nulls(columns):
    return [(name, f"case when random() >= 0.1 then {expression} end") for name, expression in columns]


def half(plain, quoted):
    """Two texts alike, of which the second is one that CSV quotes."""
    return f"case when random() < 0.5 then {plain} else {quoted} end"


QUOTED = [
    ("id", "number"),
    ("patient", half(f"{any_of(WOMEN + MEN)} || ' ' || {any_of(SURNAMES)}",
                     f"{any_of(SURNAMES)} || ', ' || {any_of(WOMEN + MEN)}")),
    ("birth_date", ADMISSIONS[4][1]),
    ("ward", half(f"'Ward ' || {below(40)} || ' ' || {any_of(['East', 'West'])}",
                  f"'Ward ' || {below(40)} || ', \"' || {any_of(['East', 'West'])} || '\"'")),
    ("diagnosis", half(any_of(DIAGNOSES), f"{any_of(DIAGNOSES)} || ', ' || {any_of(['acute', 'chronic'])}")),
    ("drug", half(f"'Compound ' || {below(500)}", f"'Compound \"' || {below(500)} || '\"'")),
    ("place", half(f"{any_of(TOWNS)} || ' ' || {below(300)}", f"{any_of(TOWNS)} || ', ' || {below(300)}")),
    ("note", half(f"'seen ' || {below(1000)} || ' times'", f"'seen, and \"' || {below(1000)} || '\" times'")),
]
MANY = [
    ("id", "number"),
    ("patient", f"{any_of(WOMEN + MEN)} || ' ' || {any_of(SURNAMES)}"),
    ("device", f"format('DEV-{{:06d}}', {below(100000)})"),
    ("lot", f"format('LOT-{{:07d}}-{{}}', {below(2000000)}, {any_of('ABCDEFGH')})"),
    ("sample", "format('S{:08d}', number)"),
    ("result", f"{below(10000)} / 100.0"),
    ("measured_at", ADMISSIONS[15][1]),
]
NARROW = [
    (f"c{at:03d}", [f"{below(1000)}", any_of(["ok", "low", "high", "none"]), f"{below(1000)} / 10.0"][at % 3])
    for at in range(1, 201)
]
WIDE = [
    (name, " || '. ' || ".join(any_of(PHRASES) for _ in range(8)))
    for name in ["complaint", "history", "findings", "therapy", "remark"]
]
CENTS = "{} / 100.0"
TRIPS = [
    ("vendor_id", f"1 + {below(2)}"),
    ("pickup_at", f"timestamp '2025-01-01' + to_seconds({below(31000000)})"),
    ("dropoff_at", f"timestamp '2025-01-01' + to_seconds({below(31000000)})"),
    ("passenger_count", f"1 + {below(6)}"),
    ("trip_distance", CENTS.format(below(3000))),
    ("rate_code", f"1 + {below(6)}"),
    ("pickup_zone", f"1 + {below(265)}"),
    ("dropoff_zone", f"1 + {below(265)}"),
    ("payment_type", f"1 + {below(4)}"),
    ("fare", CENTS.format(below(9000))),
    ("extra", f"{below(6)} / 2.0"),
    ("mta_tax", "0.5"),
    ("tip", CENTS.format(below(2000))),
    ("tolls", "case when random() < 0.9 then 0.0 else 6.94 end"),
    ("improvement_surcharge", "1.0"),
    ("total", CENTS.format(below(12000))),
    ("congestion_surcharge", f"{below(2)} * 2.5"),
    ("airport_fee", "case when random() < 0.9 then 0.0 else 1.75 end"),
]


SHAPES = {shape.name: shape for shape in [
    Shape("admissions", "hospital admissions, 16 columns", 6, 172, made(ADMISSIONS), ADMITTED, ("name",)),
    Shape("nulls", "admissions, a tenth of the fields NULL", 4, 157, made(with_nulls(ADMISSIONS)), ADMITTED, ("name",)),
    Shape("crlf", "admissions, lines that end with CRLF", 4, 173, made(ADMISSIONS), ADMITTED, ("name",), b"\r\n"),
    Shape("quoted", "text of which half is quoted", 4, 110, made(QUOTED),
          [age("birth_date"), name("patient"), "ward", "diagnosis", "drug", "place", "note"], ("name",)),
    Shape("many", "100,000, 2,000,000 and all distinct texts", 4, 85, made(MANY),
          [name("patient"), "device", "lot", "sample", "result", "measured_at"], ("name",)),
    Shape("narrow", "200 narrow columns of which 5 are used", 3, 850, made(NARROW),
          ["c003", "c050", "c100", "c151", "c200"]),
    Shape("wide", "5 wide text columns, many quotes and line breaks", 3, 1000, made(WIDE),
          ["complaint", "history", "findings", "therapy", "remark"]),
    Shape("trips", "taxi trips, 18 columns of numbers and times", 3, 105, made(TRIPS), [name for name, _ in TRIPS]),
]}
