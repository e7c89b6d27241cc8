"""The SQL functions a second time, written from their definitions: NIST SP 800-38G for FF1, RFC 2104 and RFC 5869 for what
is keyed, 45 CFR 164.514 for HIPAA, docs/functions.md for the rest. Python's own numbers, calendar and Unicode do the work.

usage: functions_twin.py samples                                   (NIST's samples of FF1: prints those that fail)
       functions_twin.py input ROWS                                (prints a CSV of people, the same on every run)
       functions_twin.py compare INPUT.csv RELEASE.csv KEY_FILE DOMAIN AS_OF

"compare" computes each column of the release that it knows by name, and prints as JSON how many cells it compared, which
columns it knows not, and the first cells that differ.
"""
import csv
import datetime
import fractions
import functools
import hmac
import json
import os
import random
import struct
import sys
from decimal import Decimal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from oracle import full_years, hkdf, normal, token

SIGNS = " -./+()"
RESTRICTED = "036 692 878 059 790 879 063 821 884 102 823 890 203 830 893 556 831".split()
NAMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/functions/names")


# FF1, NIST SP 800-38G, algorithm 7. NUM and STR are its algorithms 1 and 3.

def num(numerals, radix):
    x = 0
    for numeral in numerals:
        x = x * radix + numeral
    return x


def string(x, radix, m):
    numerals = []
    for _ in range(m):
        x, numeral = divmod(x, radix)
        numerals.append(numeral)
    return numerals[::-1]


def ff1(key, radix, tweak, plain):
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()

    def prf(message):
        block = bytes(16)
        for at in range(0, len(message), 16):
            block = cipher.update(bytes(a ^ b for a, b in zip(block, message[at:at + 16])))
        return block

    n, t = len(plain), len(tweak)
    u = n // 2
    v = n - u
    a, b = plain[:u], plain[u:]
    # The bits of the largest number of v numerals are ceil(v log2(radix)), without floating point.
    size = ((radix ** v - 1).bit_length() + 7) // 8
    d = 4 * ((size + 3) // 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")
    for i in range(10):
        q = tweak + bytes((-t - size - 1) % 16) + bytes([i]) + num(b, radix).to_bytes(size, "big")
        r = prf(p + q)
        s = r
        j = 1
        while len(s) < d:
            s += cipher.update((int.from_bytes(r, "big") ^ j).to_bytes(16, "big"))
            j += 1
        y = int.from_bytes(s[:d], "big")
        m = u if i % 2 == 0 else v
        a, b = b, string((num(a, radix) + y) % radix ** m, radix, m)
    return a + b


def samples():
    long = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94"
    wrong = []
    for size, radix, tweak, plain, expected in [
        (16, 10, "", "0123456789", "2433477484"),
        (16, 10, "39383736353433323130", "0123456789", "6124200773"),
        (16, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
        (24, 10, "", "0123456789", "2830668132"),
        (24, 10, "39383736353433323130", "0123456789", "2496655549"),
        (24, 36, "3737373770717273373737", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
        (32, 10, "", "0123456789", "6657667009"),
        (32, 10, "39383736353433323130", "0123456789", "1001623463"),
        (32, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ]:
        numerals = ff1(bytes.fromhex(long)[:size], radix, bytes.fromhex(tweak), [int(c, 36) for c in plain])
        answer = "".join("0123456789abcdefghijklmnopqrstuvwxyz"[n] for n in numerals)
        if answer != expected:
            wrong.append([size, radix, tweak, answer])
    return wrong


ALPHABETS = {
    "digits": ("0123456789", 6),
    "upper": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 5),
    "alnum": ("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4),
    "hex": ("0123456789abcdef", 5),
}


def ff1_encrypt(keys, text, name):
    if text is None:
        return None
    alphabet, fewest = ALPHABETS[name]
    text = text.strip()
    text = "".join(c.lower() if name == "hex" else c.upper() for c in text) if text.isascii() else text
    inner = [c for c in text if c not in SIGNS]
    if any(c not in alphabet for c in inner) or not fewest <= len(inner) <= 128:
        return None
    key = hkdf(keys, "purpose", "ff1_encrypt/" + name)
    numerals = iter(ff1(key, len(alphabet), b"", [alphabet.index(c) for c in inner]))
    return "".join(c if c in SIGNS else alphabet[next(numerals)] for c in text)


# What is keyed.

def draw(keys, purpose, parameters, subject):
    """128 bits of the HMAC over the parameters and the subject, or nothing without a subject."""
    subject = normal(subject or "")
    if not subject:
        return None
    digest = hmac.digest(hkdf(keys, "purpose", purpose), parameters + subject.encode(), "sha256")
    return int.from_bytes(digest[:16], "big")


@functools.cache
def shifts(days):
    """All shifts, in order, without the one that is none."""
    return [shift for shift in range(-days, days + 1) if shift != 0]


def date_shift(keys, date, subject, days):
    bits = draw(keys, "date_shift", days.to_bytes(8, "big"), subject)
    if date is None or bits is None:
        return None
    try:
        return date + datetime.timedelta(days=shifts(days)[bits % (2 * days)])
    except OverflowError:
        return None


def noise_draw(keys, column, subject, ratio):
    name = column.encode()
    parameters = len(name).to_bytes(8, "big") + name + int(Decimal(ratio) * 10 ** 6).to_bytes(4, "big")
    return draw(keys, "noise", parameters, subject)


def noise_whole(keys, column, x, subject, ratio, least, most):
    bits = noise_draw(keys, column, subject, ratio)
    if x is None or bits is None or x == 0:
        return None if x is None or bits is None else 0
    width = max(2, int(abs(x) * fractions.Fraction(ratio)))
    moved = abs(abs(x) + bits % (2 * width + 1) - width)
    return min(max(moved if x > 0 else -moved, least), most)


def noise_float(keys, column, x, subject, ratio):
    bits = noise_draw(keys, column, subject, ratio)
    if x is None or bits is None:
        return None
    y = x * (1.0 + float(ratio) * ((bits >> 75) / 2.0 ** 52 - 1.0))
    mantissa = struct.unpack("<Q", struct.pack("<d", y))[0] >> 29 << 29
    return struct.unpack("<d", struct.pack("<Q", mantissa))[0]


@functools.cache
def names_of(file):
    with open(os.path.join(NAMES, file), encoding="utf-8") as lines:
        return lines.read().split("\n")[:-1]


@functools.cache
def names_of_all():
    return sorted(set(names_of("female.txt") + names_of("male.txt")))


def pseudonym(keys, x, gender=None):
    bits = draw(keys, "pseudonym", b"", x)
    if bits is None:
        return None
    women, men = names_of("female.txt"), names_of("male.txt")
    gender = normal(gender or "")
    first = {"f": women, "m": men}[gender] if gender in ("f", "m") else names_of_all()
    surnames = names_of("surnames.txt")
    return first[(bits >> 64) % len(first)] + " " + surnames[(bits & 2 ** 64 - 1) % len(surnames)]


# What is coarse, or a part.

def step_of(x, step):
    return None if x is None else fractions.Fraction(x) // step * step


def band(born, at, width):
    low = full_years(born, at) // width * width
    return f"{low}-{low + width - 1}"


def first_day(date, months):
    return None if date is None else date.replace(month=(date.month - 1) // months * months + 1, day=1)


def zip3(text):
    text = (text or "").strip()
    zip_code, dash, more = text.partition("-")
    number = lambda part, length: len(part) == length and part.isascii() and part.isdigit()
    if not number(zip_code, 5) or dash and not number(more, 4):
        return None
    return "000" if zip_code[:3] in RESTRICTED else zip_code[:3]


def shown(text, first, last, stars):
    if text is None or len(text) < 2 * (first + last):
        return None
    return text[:first] + stars + (text[-last:] if last else "")


def limit(choose, x, bound):
    return None if x is None else choose(x, bound)


# The people.

def input_rows(count):
    dice = random.Random(7)
    pick = dice.choice
    some = lambda value: "" if dice.random() < 0.05 else value
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    words = ["Anna", "ANNA", "Mu\u0308ller", "Müller", "Weiß", "weiss", "Σίσυφος", "李小龍", "O'Hara", "Bo", "von", "İrem"]

    def signs(text):
        return "".join(c + (pick(SIGNS) if dice.random() < 0.2 else "") for c in text)

    def spoilt(text):
        return text + pick([",", "_", "é", "x", "7", "\u0661"]) if dice.random() < 0.1 else text

    def day(first, last):
        span = (last - first).days
        return first + datetime.timedelta(days=dice.randrange(span + 1))

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in range(count):
        name = " ".join(pick(words) for _ in range(dice.randint(1, 4)))
        moment = datetime.datetime.combine(day(datetime.date(1965, 1, 1), datetime.date(2026, 1, 1)), datetime.time())
        moment += datetime.timedelta(microseconds=dice.randrange(86_400_000_000))
        writer.writerow([
            row,
            pick(["", " ", "\u00a0"]) + name + f" {dice.randrange(400)}" + pick(["", "  "]),
            some(spoilt(signs("".join(pick("0123456789") for _ in range(dice.choice([3, 5, 6, 7, 13, 16, 40, 128, 129])))))),
            some(spoilt(signs("".join(pick(letters + letters.lower()) for _ in range(dice.randint(3, 30)))))),
            some(spoilt(signs("".join(pick(letters + "0123456789abc") for _ in range(dice.randint(3, 34)))))),
            some(spoilt(signs("".join(pick("0123456789abcdefABCDEF") for _ in range(dice.randint(3, 64)))))),
            some(spoilt(f"{dice.randrange(100_000):05}" + pick(["", "-1234", "-12", "1234"]))),
            some(pick([dice.randrange(100_000), int(pick(RESTRICTED) + "01"), dice.randrange(10 ** 9)])),
            some(day(datetime.date(1910, 1, 1), datetime.date(2026, 1, 1)).isoformat()),
            some(moment.isoformat(timespec="microseconds")),
            some(pick(["f", "M", "divers"])),
            some(dice.randrange(-8000, 8000) / 8),
            some(dice.randrange(-8000, 8000) / 8),
            some(pick([dice.randrange(-9, 10), dice.randrange(-32768, 32768)])),
            some(pick([dice.randrange(-20, 21), dice.randrange(-2 ** 63, 2 ** 63)])),
            some(Decimal(dice.randrange(-10 ** 12 + 1, 10 ** 12)).scaleb(-2)),
        ])


COLUMNS = ["Row", "Id", "Number", "Letters", "Code", "Hex", "Zip", "ZipNumber", "Born", "Seen", "Gender", "Weight", "Small", "Children",
           "Income", "Cost"]


def read(row):
    """The values of a row by their types."""
    types = {"ZipNumber": int, "Born": datetime.date.fromisoformat, "Seen": datetime.datetime.fromisoformat, "Weight": float,
             "Small": float, "Children": int, "Income": int, "Cost": Decimal}
    return {name: None if text == "" else types.get(name, str)(text) for name, text in row.items()}


def columns(keys, as_of):
    """What each output column is of a row, by its name."""
    token_key = hkdf(keys, "purpose", "token")
    day = datetime.date
    cents = lambda x: None if x is None else int(x.scaleb(2))
    money = lambda x: None if x is None else Decimal(x).scaleb(-2)
    age = lambda r: None if r["Born"] is None else full_years(r["Born"], as_of)
    seen_day = lambda r: None if r["Seen"] is None else r["Seen"].date()
    whole = lambda x: None if x is None else int(x)
    fraction = lambda x: None if x is None else float(x)
    return {
        "token": lambda r: token(token_key, r["Id"]),
        "token_income": lambda r: token(token_key, None if r["Income"] is None else str(r["Income"])),
        "pseudonym": lambda r: pseudonym(keys, r["Id"]),
        "pseudonym_gender": lambda r: pseudonym(keys, r["Id"], r["Gender"]),
        "ff1_digits": lambda r: ff1_encrypt(keys, r["Number"], "digits"),
        "ff1_upper": lambda r: ff1_encrypt(keys, r["Letters"], "upper"),
        "ff1_alnum": lambda r: ff1_encrypt(keys, r["Code"], "alnum"),
        "ff1_hex": lambda r: ff1_encrypt(keys, r["Hex"], "hex"),
        "ff1_income": lambda r: ff1_encrypt(keys, None if r["Income"] is None else str(r["Income"]), "digits"),
        "noise_weight": lambda r: noise_float(keys, "Weight", r["Weight"], r["Id"], "0.1"),
        "noise_small": lambda r: noise_float(keys, "Small", r["Small"], r["Id"], "1"),
        "noise_children": lambda r: noise_whole(keys, "Children", r["Children"], r["Id"], "0.01", -2 ** 15, 2 ** 15 - 1),
        "noise_income": lambda r: noise_whole(keys, "Income", r["Income"], r["Id"], "0.123456", -2 ** 63, 2 ** 63 - 1),
        "noise_cost": lambda r: money(noise_whole(keys, "Cost", cents(r["Cost"]), r["Id"], "0.5", 1 - 10 ** 12, 10 ** 12 - 1)),
        "shift_born": lambda r: date_shift(keys, r["Born"], r["Id"], 365),
        "shift_seen": lambda r: date_shift(keys, seen_day(r), r["Id"], 30),
        "age": age,
        "age_at": lambda r: None if r["Born"] is None else full_years(r["Born"], day(2030, 2, 28)),
        "age_band": lambda r: None if r["Born"] is None else band(r["Born"], as_of, 7),
        "hipaa_age": lambda r: None if r["Born"] is None else min(age(r), 90),
        "generalize_income": lambda r: whole(limit(max, step_of(r["Income"], 1000), -2 ** 63)),
        "generalize_weight": lambda r: fraction(step_of(r["Weight"], fractions.Fraction("2.5"))),
        "generalize_cost": lambda r: None if r["Cost"] is None else max(
            Decimal(int(step_of(cents(r["Cost"]), 25))).scaleb(-2), Decimal("-9999999999.99")),
        "year": lambda r: first_day(r["Born"], 12),
        "quarter": lambda r: first_day(r["Born"], 3),
        "month": lambda r: first_day(seen_day(r), 1),
        "zip": lambda r: zip3(r["Zip"]),
        "zip_number": lambda r: None if r["ZipNumber"] is None else zip3(f"{r['ZipNumber']:05}"),
        "prefix": lambda r: shown(r["Code"], 3, 0, ""),
        "suffix": lambda r: shown(r["Code"], 0, 4, ""),
        "mask": lambda r: shown(r["Code"], 2, 1, "****"),
        "mask_last": lambda r: shown(r["Number"], 0, 4, "****"),
        "top_income": lambda r: limit(min, r["Income"], 15),
        "top_weight": lambda r: limit(min, r["Weight"], 99.5),
        "bottom_children": lambda r: limit(max, r["Children"], -3),
        "bottom_cost": lambda r: limit(max, r["Cost"], Decimal("0.05")),
        "top_born": lambda r: limit(min, r["Born"], day(2000, 2, 29)),
        "bottom_seen": lambda r: limit(max, r["Seen"], datetime.datetime(1990, 1, 1)),
        "redact": lambda r: None,
        "redact_text": lambda r: "gone",
        "as_of": lambda r: as_of,
    }


def same(cell, expected):
    """Whether a cell of CSV is a value."""
    if expected is None or cell == "":
        return expected is None and cell == ""
    if isinstance(expected, float):
        # A REAL is written with the digits that it needs.
        narrow = struct.unpack("<f", struct.pack("<f", expected))[0]
        return float(cell) == expected or narrow == expected and struct.unpack("<f", struct.pack("<f", float(cell)))[0] == narrow
    if isinstance(expected, datetime.datetime):
        return datetime.datetime.fromisoformat(cell) == expected
    if isinstance(expected, datetime.date):
        return cell == expected.isoformat()
    if isinstance(expected, Decimal):
        return Decimal(cell) == expected
    return cell == str(expected)


def compare(people, release, key_file, domain, as_of):
    with open(key_file, encoding="ascii") as file:
        secret = bytes.fromhex(file.read())
    keys = hkdf(secret, "domain", "named", domain)
    known = columns(keys, datetime.date.fromisoformat(as_of))
    with open(people, encoding="utf-8", newline="") as file:
        rows = [read(row) for row in csv.DictReader(file, strict=True)]
    with open(release, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        names = reader.fieldnames
        answers = list(reader)
    unknown = [name for name in names if name not in known]
    wrong, cells = [], 0
    if len(rows) != len(answers):
        wrong.append(f"{len(answers)} rows of {len(rows)}")
    for number, (row, answer) in enumerate(zip(rows, answers)):
        for name in names:
            if name in known:
                cells += 1
                expected = known[name](row)
                if not same(answer[name], expected):
                    wrong.append(f"{name}, row {number}: {answer[name]!r}, not {expected!r}")
    nulls = {name: sum(answer[name] == "" for answer in answers) for name in names}
    return {"cells": cells, "unknown": unknown, "differ": len(wrong), "first": wrong[:20], "names": names, "nulls": nulls}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    if sys.argv[1] == "input":
        input_rows(int(sys.argv[2]))
    else:
        answer = {"samples": samples, "compare": compare}[sys.argv[1]](*sys.argv[2:])
        json.dump(answer, sys.stdout, ensure_ascii=False)
