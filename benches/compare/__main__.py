"""Compare Veilpoint with DuckDB, and if wanted with Polars, on one job, in one loop.

usage: compare.py [--rows 5000000] [--rounds 5] [--threads N] [--polars] [--memory] [--markdown FILE]
                  [--binary PATH] [--data FILE] [--scratch DIR]

needs: a release build of veilpoint, and the Python packages of tests/python/requirements.txt.

The job. A CSV of hospital admissions (16 columns, 0.86 GB for 5,000,000 rows) becomes a release of ten: id, SSN,
address, phone and e-mail are dropped; the date of birth becomes the age in full years; first and last name become one
keyed pseudonym; the other eight columns keep their values and types. Once to Parquet with Snappy, once to CSV.
Veilpoint does it by sql/admissions beside this file: it picks a full name by HMAC-SHA-256 and shuffles rows under the
key within each row group. DuckDB has neither, and does what comes nearest: the first 16 digits of a SHA-256 over key
and name, rows in their order. Polars has no SHA-256 and takes its own hash, which is cheaper.

The loop. Each round runs every program once, the first one another in each round, so that heat and page cache are
shared fairly; a run before the first round is not counted. Every run is a process of its own. Wall seconds of
Veilpoint are those of its whole process; of the others those of the job alone, without starting Python, which favours
them. CPU seconds and peak memory are the kernel's for the whole process (wait4). Ratios are of the two runs of one
round; medians are over rounds.

--memory measures Veilpoint's peak memory alone, at the given rows and at four times as many.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
AS_OF = "2026-11-25"
FORMATS = ("parquet", "csv")


# --- the data ---------------------------------------------------------------------------------------------------------

WOMEN = "Alba Birgit Chiara Delphine Enea Fiona Gesine Hanna Ilaria Joëlle Kim Léa".split()
MEN = "Aurel Björn Cédric Dario Emil Fabrice Gion Henrik Ivo Jérôme Kilian Loïc".split()
SURNAMES = (
    "Aebischer Bögli Caduff Donzé Eggimann Flückiger Gähwiler Hürlimann Imboden Jäggi Käslin Lüthi "
    "Mächler Nydegger Oertli Piccinini Quadri Rütimann Sprüngli Tschudi Utzinger Vuilleumier Würgler Zbinden"
).split()
TOWNS = ["Aarau", "Bülach", "Chêne-Bourg", "Delémont", "Ennetbürgen", "Frauenfeld", "St. Moritz"]
BLOOD = ["A+", "A-", "B+", "B-", "AB+", "AB-", "0+", "0-"]
DIAGNOSES = ["A09", "B34", "C50", "D50", "G43", "H25", "L40", "S52"]


def generate(rows, path):
    """Write the admissions: the same bytes for the same number of rows, since one thread draws from one seed."""
    import duckdb

    def below(bound):
        return f"cast(floor(random() * {bound}) as bigint)"

    def any_of(words):
        return f"list_extract([{', '.join(repr(word) for word in words)}], 1 + {below(len(words))})"

    connection = duckdb.connect(config={"threads": 1})
    connection.execute("select setseed(0.25)").fetchall()
    connection.execute(f"""
        copy (
            select
                number as id,
                format('{{:03d}}-{{:02d}}-{{:04d}}', 900 + {below(100)}, {below(100)}, {below(10000)}) as ssn,
                {any_of(WOMEN + MEN)} as first_name,
                {any_of(SURNAMES)} as last_name,
                date '1931-01-01' + cast({below(32000)} as integer) as birth_date,
                {any_of(["F", "M"])} as gender,
                format('Bachgasse {{}}, Stiege "{{}}"', 1 + {below(180)}, {any_of("ABCDEFGH")}) as address,
                1000 + {below(9000)} as zip,
                {any_of(TOWNS)} as city,
                format('+41 {{:02d}} 555 {{:02d}} {{:02d}}', {below(100)}, {below(100)}, {below(100)}) as phone,
                format('p{{}}@mail.example', {below(1000000000)}) as email,
                {any_of(BLOOD)} as blood_type,
                45 + {below(700)} / 10.0 as weight_kg,
                145 + {below(550)} / 10.0 as height_cm,
                {any_of(DIAGNOSES)} as diagnosis,
                timestamp '2025-01-01' + to_seconds({below(47000000)}) as admitted_at
            from range({rows}) as numbers(number)
            order by number
        ) to '{path}' (format csv, header)""")


# --- the peers --------------------------------------------------------------------------------------------------------


def duckdb_job(source, target, threads):
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    options = "format parquet, compression snappy" if target.endswith(".parquet") else "format csv, header"
    begun = time.perf_counter()
    connection.execute(f"""
        copy (
            select
                gender,
                date_diff('year', birth_date, date '{AS_OF}')
                    - cast(strftime(birth_date, '%m%d') > strftime(date '{AS_OF}', '%m%d') as integer) as age,
                left(sha256('key' || first_name || ' ' || last_name), 16) as name,
                zip, city, blood_type, weight_kg, height_cm, diagnosis, admitted_at
            from read_csv('{source}')
        ) to '{target}' ({options})""")
    return time.perf_counter() - begun


def polars_job(source, target, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    year, month, day = (int(part) for part in AS_OF.split("-"))
    born = pl.col("birth_date").dt
    birthday = born.month().cast(pl.Int32) * 100 + born.day()
    begun = time.perf_counter()
    release = pl.scan_csv(source, try_parse_dates=True).select(
        "gender",
        (year - born.year() - (birthday > month * 100 + day).cast(pl.Int32)).alias("age"),
        (pl.col("first_name") + " " + pl.col("last_name")).hash(seed=7).alias("name"),
        "zip", "city", "blood_type", "weight_kg", "height_cm", "diagnosis", "admitted_at",
    )
    if target.endswith(".parquet"):
        release.sink_parquet(target, compression="snappy")
    else:
        release.sink_csv(target)
    return time.perf_counter() - begun


PEERS = {"duckdb": duckdb_job, "polars": polars_job}


# --- one run ----------------------------------------------------------------------------------------------------------


def run(command):
    """Run to the end: wall and CPU seconds, peak memory in MB, and the child's standard output.

    This process never loads an engine: a child's peak counts from what its parent had when it was started.
    """
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode()
    if child.returncode:
        sys.exit(f"{command[0]} failed with {child.returncode}:\n{text}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def veilpoint(settings, source, target):
    return [
        settings.binary, "convert", source, target, "--projection", "admissions/bench", "--sql", str(HERE / "sql"),
        "--key", str(settings.key), "--as-of", AS_OF, "--threads", str(settings.threads),
    ]


def measure(settings, program, source, target):
    if program == "veilpoint":
        wall, cpu, peak, _ = run(veilpoint(settings, source, target))
    else:
        command = [sys.executable, __file__, "--peer", program, source, target, str(settings.threads)]
        _, cpu, peak, text = run(command)
        wall = float(text.split()[-1])
    return {"wall": wall, "cpu": cpu, "peak": peak, "file": os.path.getsize(target) / 1e6}


# --- the report -------------------------------------------------------------------------------------------------------


def compare(settings, source):
    programs = ["veilpoint", "duckdb"] + ["polars"] * settings.polars
    lines = [
        f"{settings.rows:,} rows, {os.path.getsize(source) / 1e9:.2f} GB, {settings.threads} threads, "
        f"medians of {settings.rounds} paired rounds.",
        "",
        "| to | program | wall s | CPU s | peak MB | file MB | Veilpoint is × as fast (least to most) |",
        "|---|---|---|---|---|---|---|",
    ]
    for form in FORMATS:
        runs = {program: [] for program in programs}
        for number in range(-1, settings.rounds):
            turn = number % len(programs)
            for program in programs[turn:] + programs[:turn]:
                target = str(settings.scratch / f"{program}.{form}")
                result = measure(settings, program, source, target)
                os.remove(target)
                if number >= 0:
                    runs[program].append(result)
                    print(f"{form} round {number + 1} {program}: {result['wall']:.2f} s", file=sys.stderr)
        for program in programs:
            median = {key: statistics.median(one[key] for one in runs[program]) for key in runs[program][0]}
            pairs = sorted(theirs["wall"] / ours["wall"] for theirs, ours in zip(runs[program], runs["veilpoint"]))
            ratio = f"{statistics.median(pairs):.2f} ({pairs[0]:.2f} to {pairs[-1]:.2f})" if program != "veilpoint" else ""
            lines.append(
                f"| {form} | {program} | {median['wall']:.2f} | {median['cpu']:.2f} | {median['peak']:.0f} "
                f"| {median['file']:.1f} | {ratio} |"
            )
    return "\n".join(lines)


def memory(settings):
    lines = ["| to | rows | file GB | peak MB |", "|---|---|---|---|"]
    for rows in (settings.rows, 4 * settings.rows):
        source = data(settings, rows)
        for form in FORMATS:
            target = str(settings.scratch / f"veilpoint.{form}")
            peak = measure(settings, "veilpoint", source, target)["peak"]
            os.remove(target)
            lines.append(f"| {form} | {rows:,} | {os.path.getsize(source) / 1e9:.2f} | {peak:.0f} |")
    return "\n".join(lines)


def data(settings, rows):
    """The CSV of so many rows: made once in the scratch folder, under another name until it is whole."""
    path = settings.scratch / f"admissions-{rows}.csv"
    if not path.exists():
        print(f"making {path}", file=sys.stderr)
        begun = path.with_suffix(".begun")
        run([sys.executable, __file__, "--generate", str(rows), str(begun)])
        begun.rename(path)
    # Read once, so that the first run finds it in the page cache as the later ones do.
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass
    return str(path)


def arguments():
    target = os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")
    scratch = pathlib.Path(tempfile.gettempdir()) / "veilpoint-compare"
    parser = argparse.ArgumentParser(description="Compare Veilpoint with DuckDB on one job, in one loop.")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--polars", action="store_true", help="run Polars too")
    parser.add_argument("--memory", action="store_true", help="only Veilpoint's peak memory, at 1 and 4 times the rows")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the table there too")
    parser.add_argument("--binary", default=str(pathlib.Path(target) / "release" / "veilpoint"))
    parser.add_argument("--data", type=pathlib.Path, help="an admissions CSV to take instead of making one")
    parser.add_argument("--scratch", type=pathlib.Path, default=scratch, help="where data and releases lie")
    return parser.parse_args()


def main():
    if sys.argv[1:2] == ["--generate"]:
        return generate(int(sys.argv[2]), sys.argv[3])
    if sys.argv[1:2] == ["--peer"]:
        return print(PEERS[sys.argv[2]](sys.argv[3], sys.argv[4], int(sys.argv[5])))
    settings = arguments()
    settings.scratch.mkdir(parents=True, exist_ok=True)
    settings.key = settings.scratch / "key"
    if not settings.key.exists():
        # A key of the benchmark's own; the command takes none that others may read.
        with open(os.open(settings.key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("07" * 32)
    if settings.memory:
        table = memory(settings)
    else:
        table = compare(settings, str(settings.data) if settings.data else data(settings, settings.rows))
    print(table)
    if settings.markdown:
        settings.markdown.write_text(table + "\n")


if __name__ == "__main__":
    main()
