"""Ten files of ten makers, for `veilpoint init`: writes them below the folder given."""

import csv
import datetime
import gzip
import pathlib
import random
import sys

import duckdb
import polars
import pyarrow
import pyarrow.csv

folder = pathlib.Path(sys.argv[1])
dice = random.Random(7)
FIRST = "Anna Bruno Carla David Elena Franz Greta Hans Ines Jakob Karin Luca Maria Nils Olga Paul".split()
LAST = "Müller Meier Rossi Dupont Schmid Keller Weber Huber Favre Bianchi Moser Steiner Brunner Gerber Wyss Frei".split()


def full(row):
    return f"{FIRST[row % 16]} {LAST[(row * 7 + row // 16) % 16]}"


def day(least=1935, most=2008):
    first = datetime.date(least, 1, 1).toordinal()
    last = datetime.date(most, 12, 28).toordinal()
    return datetime.date.fromordinal(dice.randint(first, last))


def ean(digits):
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return str(-total % 10)


def ahv():
    digits = "756" + "".join(str(dice.randint(0, 9)) for _ in range(9))
    digits += ean(digits)
    return f"{digits[:3]}.{digits[3:7]}.{digits[7:11]}.{digits[11:]}"


def iban(country, length):
    digits = "".join(str(dice.randint(0, 9)) for _ in range(length - 4))
    letters = "".join(str(int(sign, 36)) for sign in digits + country + "00")
    return f"{country}{98 - int(letters) % 97:02d}{digits}"


def write(name, rows, encoding="utf-8", **dialect):
    with open(folder / name, "w", encoding=encoding, newline="") as file:
        csv.writer(file, **dialect).writerows(rows)


# 1. A hospital in English, by Python's csv.
rows = [["patient_name", "MRN", "date of birth", "sex", "zip", "admitted", "diagnosis", "weight_kg", "ward", "notes"]]
for row in range(200):
    rows.append([full(row), f"M{100000 + row * 17}", day(), "MF"[row % 2], f"{dice.randint(1000, 99999):05d}", day(2024, 2025),
                 dice.choice(["I10", "E11.9", "J45", "C50.9"]), dice.randint(45, 120), dice.choice("ABC"),
                 dice.choice(["slept well", "asked for Dr. Frei", "call the daughter back tomorrow", ""])])
write("hospital.csv", rows)

# 2. A German insurer as its spreadsheet saves it: semicolons, windows-1252, decimal comma, dotted dates.
rows = [["Versichertennummer", "Vorname", "Nachname", "Geburtsdatum", "Straße", "PLZ", "Ort", "Prämie", "Zivilstand", "Telefon"]]
for row in range(200):
    rows.append([f"A{123456000 + row * 37}", FIRST[row % 16], LAST[row % 13], day().strftime("%d.%m.%Y"), f"Hauptstraße {row}",
                 f"{dice.randint(1001, 99999):05d}", dice.choice(["Köln", "München", "Düren"]),
                 f"{dice.uniform(100, 900):.2f}".replace(".", ","), dice.choice(["ledig", "verheiratet"]),
                 f"0221 {dice.randint(100000, 999999)}"])
write("versicherte.csv", rows, encoding="cp1252", delimiter=";", lineterminator="\r\n")

# 3. French clients, by pyarrow: everything in quotes.
count = 200
table = pyarrow.table({
    "Nom": [LAST[row % 16] for row in range(count)],
    "Prénom": [FIRST[row % 16] for row in range(count)],
    "Courriel": [f"client{row}@exemple.fr" for row in range(count)],
    "Date de naissance": [day() for _ in range(count)],
    "Sexe": ["HF"[row % 2] for row in range(count)],
    "Code postal": [f"{dice.randint(1000, 95999):05d}" for _ in range(count)],
    "Revenu annuel": [dice.randint(15000, 90000) for _ in range(count)],
    "Statut": [dice.choice(["actif", "inactif"]) for _ in range(count)],
})
pyarrow.csv.write_csv(table, folder / "clients.csv")

# 4. An Italian registry in UTF-16 with tabs.
rows = [["Codice fiscale", "Cognome", "Nome", "Data di nascita", "Comune", "CAP", "Esito", "Peso"]]
for row in range(200):
    code = "".join(dice.choice("ABCDEFGHLMNPRST") for _ in range(6)) + f"{dice.randint(10, 99)}A{dice.randint(10, 28)}H{dice.randint(100, 999)}X"
    rows.append([code, LAST[row % 16], FIRST[row % 16], day().strftime("%d/%m/%Y"), dice.choice(["Roma", "Milano", "Forlì"]),
                 f"{dice.randint(10, 98168):05d}", dice.choice(["positivo", "negativo"]), dice.randint(45, 110)])
write("registro.csv", rows, encoding="utf-16", delimiter="\t")

# 5. US claims, by DuckDB, compressed.
db = duckdb.connect()
db.execute("""CREATE TABLE claims AS SELECT
    'M' || (100000 + i * 13) AS member_id,
    printf('%03d-%02d-%04d', 101 + i % 500, 10 + i % 80, 1000 + i * 7) AS ssn,
    DATE '1940-01-01' + CAST(i * 97 % 25000 AS INTEGER) AS dob,
    CASE WHEN i % 2 = 0 THEN 'F' ELSE 'M' END AS gender,
    printf('%05d', 10001 + i * 331 % 80000) AS zipcode,
    TIMESTAMP '2025-01-01 08:00:00' + to_minutes(CAST(i * 37 AS BIGINT)) AS created,
    CAST(20 + i * 7.25 AS DECIMAL(10,2)) AS amount_paid,
    (ARRAY['99213','99214','80053'])[1 + i % 3] AS cpt_code,
    i % 5 = 0 AS emergency_flag
    FROM range(200) AS t(i)""")
db.execute(f"COPY claims TO '{folder}/claims.csv.gz' (HEADER, COMPRESSION gzip)")

# 6. R's write.csv: a quoted header and NA.
with open(folder / "survey.csv", "w", encoding="utf-8") as file:
    file.write('"id","age","nationality","income","religion","score"\n')
    for row in range(200):
        income = "NA" if row % 9 == 0 else str(dice.randint(20000, 120000))
        age = "NA" if row % 31 == 0 else str(dice.randint(18, 90))
        file.write(f'{row + 1},{age},"{dice.choice(["Swiss", "Italian", "French"])}",{income},"{dice.choice(["none", "other"])}",{dice.uniform(0, 10):.1f}\n')

# 7. Bank transactions with lines before the header, as a bank exports them.
with open(folder / "transactions.csv", "w", encoding="utf-8") as file:
    file.write("Account statement\nof 2025-12-31\n")
    out = csv.writer(file, delimiter=";")
    out.writerow(["Buchungsdatum", "IBAN", "Empfänger", "Betrag", "Währung", "Verwendungszweck"])
    for row in range(200):
        out.writerow([day(2025, 2025).strftime("%Y-%m-%d"), iban("CH", 21), full(row), f"{dice.uniform(1, 5000):.2f}",
                      dice.choice(["CHF", "EUR"]), dice.choice(["Miete", "Rechnung 4711 Frau Keller", "Spende", "Lohn Mai"])])

# 8. A Swiss personnel file by polars, with pipes.
frame = polars.DataFrame({
    "Mitarbeiter": [full(row) for row in range(count)],
    "AHV": [ahv() for _ in range(count)],
    "Eintritt": [day(1990, 2025) for _ in range(count)],
    "Lohn": [round(dice.uniform(4000, 15000), 2) for _ in range(count)],
    "Abteilung": [dice.choice(["Pflege", "Labor", "Küche"]) for _ in range(count)],
    "Kanton": [dice.choice(["ZH", "BE", "VD"]) for _ in range(count)],
    "aktiv": [dice.random() < 0.9 for _ in range(count)],
})
frame.write_csv(folder / "personal.csv", separator="|")

# 9. Without a header, and with cards and addresses of the net.
rows = []
for row in range(200):
    digits = "4" + "".join(str(dice.randint(0, 9)) for _ in range(14))
    total = sum(sum(divmod(int(digit) * (2 if at % 2 == 0 else 1), 10)) for at, digit in enumerate(digits))
    rows.append([f"user{row}@example.com", digits + str(-total % 10), f"{dice.uniform(1, 99):.2f}", day(2024, 2025), dice.choice("xyz")])
write("orders.csv", rows)

# 10. Names that say nothing, and a file that mixes all in Spanish, compressed.
with gzip.open(folder / "ficha.csv.gz", "wt", encoding="utf-8", newline="") as file:
    out = csv.writer(file)
    out.writerow(["c1", "c2", "c3", "c4", "Nombre completo", "Correo", "Fecha de nacimiento", "Enfermedad", "Observaciones"])
    for row in range(200):
        out.writerow([full(row), f"+41 44 {dice.randint(200, 999)} {dice.randint(10, 99)} {dice.randint(10, 99)}",
                      f"K-{row * 31:06d}", dice.choice(["a", "b"]), full(row + 3), f"p{row}@example.es", day(),
                      dice.choice(["asma", "diabetes"]), f"vive con {FIRST[row % 16]} en Madrid, {row}"])
