"""Identifiers of every country as other libraries make and judge them: a line of JSON each, with the text, what it is
(null: nothing that has check digits), and the group that it counts in."""
import json
import random
import re
from datetime import date, timedelta
from importlib.resources import files

import phonenumbers
from babel.dates import format_date
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum import iban, luhn
from stdnum.ch import ssn as ahv
from stdnum.us import ssn

# The same rows each time.
DICE = random.Random(7)

HOMES = ["CH", "DE", "AT", "FR", "IT", "GB", "US"]

DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def say(group, text, kind):
    print(json.dumps({"group": group, "text": text, "kind": kind}))


def some(alphabet, count):
    return "".join(DICE.choice(alphabet) for _ in range(count))


def ibans():
    """Two of each country in the registry, which is right but for its national check digits; and with one digit off."""
    registry = files("stdnum").joinpath("iban.dat").read_text()
    kinds = {"n": DIGITS, "a": LETTERS, "c": DIGITS + LETTERS}
    for country, structure in re.findall(r'^(\w\w) .*bban="([^"]+)"', registry, re.MULTILINE):
        for _ in range(2):
            parts = re.findall(r"(\d+)!([nac])", structure)
            account = "".join(some(kinds[kind], int(count)) for count, kind in parts)
            good = country + iban.calc_check_digits(country + "00" + account) + account
            assert iban.is_valid(good, check_country=False), good
            spaced = iban.format(good)
            for text in (good, spaced, good.lower(), spaced.replace(" ", "-")):
                say("iban", text, "IBAN")
            say("iban", off(spaced), None)


def off(text):
    """The number with one of its last digits changed, which check digits modulo 97 or 10 always show."""
    at = max(at for at, char in enumerate(text) if char.isdigit())
    return text[:at] + str((int(text[at]) + 1 + DICE.randrange(8)) % 10) + text[at + 1 :]


def insured():
    for _ in range(300):
        number = "756" + some(DIGITS, 10)
        kind = "AHV" if ahv.is_valid(number) else None
        for text in (number, ahv.format(number), ahv.format(number).replace(".", " ")):
            say("ahv", text, kind)


def social():
    for _ in range(300):
        area = DICE.choice(["000", "666", some(DIGITS, 3), some(DIGITS, 3), "9" + some(DIGITS, 2)])
        group = DICE.choice(["00", some(DIGITS, 2), some(DIGITS, 2)])
        serial = DICE.choice(["0000", some(DIGITS, 4), some(DIGITS, 4)])
        text = f"{area}-{group}-{serial}"
        say("ssn", text, "SSN" if ssn.is_valid(text) else None)


def cards():
    """Visa, Mastercard in both ranges, American Express, Discover, JCB, Diners Club, UnionPay."""
    for prefix, length in [("4", 16), ("53", 16), ("2400", 16), ("37", 15), ("6011", 16), ("3530", 16), ("36", 14), ("62", 17)]:
        for _ in range(20):
            body = prefix + some(DIGITS, length - 1 - len(prefix))
            good = body + luhn.calc_check_digit(body)
            grouped = " ".join(good[at : at + 4] for at in range(0, length, 4))
            for text in (good, grouped, grouped.replace(" ", "-")):
                say("card", text, "CARD")
            say("card", off(good), None)


def phones():
    kinds = [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE]
    national = [(phonenumbers.example_number_for_type(home, kind), PhoneNumberFormat.NATIONAL) for home in HOMES for kind in kinds]
    formats = [PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164]
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    abroad = [(phonenumbers.example_number(region), form) for region in regions for form in formats]
    for number, form in national + abroad:
        if number:
            say("phone", phonenumbers.format_number(number, form), "PHONE")


def dates():
    """As the languages' own calendars write them, long and medium; the weekday of the longest form is no part of it."""
    for _ in range(120):
        day = date(1900, 1, 1) + timedelta(days=DICE.randrange(73_000))
        for locale in ("en_US", "en_GB", "de_DE", "de_CH", "de_AT", "fr_FR", "fr_CH", "it_IT", "it_CH"):
            for form in ("long", "medium"):
                say("date", format_date(day, form, locale), "DATE")
        for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"):
            say("date", day.strftime(pattern), "DATE")
    for text in ("2023-02-30", "31.04.2024", "2023-13-01", "00.01.2024", "32/01/2024", "45/45/2020"):
        say("date", text, None)


for each in (ibans, insured, social, cards, phones, dates):
    each()
