"""Compute what Veilpoint must answer, with Python's standard library alone.

usage: oracle.py analytics INPUT.csv AS_OF           (AS_OF as 2026-11-25)
       oracle.py token KEY_FILE own|named DOMAIN     (a JSON list of texts on standard input)

"analytics" prints what the projection patients/analytics gives for a CSV of patients, in the form of dump.py and in the
order of the input, without the column Fullname: which pseudonym is chosen is not this program's business. "token"
prints a JSON list of the tokens of the given texts. Both are slow and plain: they read as the law and the RFCs read.
"""
import csv
import datetime
import hashlib
import hmac
import json
import sys
import unicodedata

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SALT = b"veilpoint/1"


def full_years(born, at):
    """Age as the law counts it: a year is full when the birthday begins; who was born on 29 February has it on 1 March
    of other years."""
    try:
        birthday = born.replace(year=at.year)
    except ValueError:
        birthday = datetime.date(at.year, 3, 1)
    years = at.year - born.year - (at < birthday)
    if not 0 <= years <= 130:
        raise ValueError("an age below 0 or above 130")
    return years


def boolean(text):
    return {"true": True, "false": False}[text.lower()]


def analytics(path, as_of):
    as_of = datetime.date.fromisoformat(as_of)
    wanted = [
        # name, source column, type, conversion
        ("Age", "Birthdate", "int32", lambda text: full_years(datetime.date.fromisoformat(text), as_of)),
        ("Gender", "Gender", "text", str),
        ("Smoking", "Smoking", "bool", boolean),
        ("Weight", "Weight", "int32", int),
        ("Height", "Height", "int32", int),
        ("Disease", "Disease", "text", str),
    ]
    with open(path, encoding="utf-8-sig", newline="") as lines:
        rows = [
            [None if row[source] == "" else convert(row[source]) for _, source, _, convert in wanted]
            for row in csv.DictReader(lines, strict=True)
        ]
    return {"columns": [{"name": name, "type": kind} for name, _, kind, _ in wanted], "rows": rows}


def hkdf(key, *parts):
    """RFC 5869 with SHA-256, one block of output; the info is each part preceded by its length in 8 bytes."""
    info = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    extracted = hmac.digest(SALT, key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def normal(text):
    """One spelling for one person: NFC, case folded, trimmed, inner white space as one blank."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    return " ".join(folded.split())


def token(key, text):
    """The first 128 bits of the HMAC, two zero bits after them, as 26 characters; nothing is NULL."""
    text = normal(text or "")
    if not text:
        return None
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    bits = int.from_bytes(digest[:16], "big") << 2
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range(125, -1, -5))


def tokens(key_file, kind, domain):
    with open(key_file, "rb") as file:
        secret = file.read()
    if len(secret) != 32:
        secret = bytes.fromhex(secret.decode("ascii"))
    key = hkdf(hkdf(secret, "domain", kind, domain), "purpose", "token")
    return [token(key, text) for text in json.load(sys.stdin)]


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    answer = {"analytics": analytics, "token": tokens}[sys.argv[1]](*sys.argv[2:])
    json.dump(answer, sys.stdout, ensure_ascii=False)
