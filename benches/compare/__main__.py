"""Compare Veilpoint with DuckDB and Polars on the same work, in one loop, and hold it against its bars.

usage: python benches/compare [--only PART,…] [--memory] [--rounds 7] [--markdown FILE] [--plot FILE.svg]

needs: a release build of veilpoint, the Python packages of tests/python/requirements.txt, taskset and strip; 3 GB in the
scratch folder, and 3.5 GB more with --memory. docs/benchmarks.md says what each row means and how the peers are run.

shapes.py has the inputs, data.py makes them; peers.py does the peers' work and compares values; runs.py measures;
parts.py gives the rows, table.py and plot.py print them. Exits with 1 where a release is wrong in a value
or a part does not run to its end.
"""
import argparse
import os
import pathlib
import sys
import tempfile

import plot
import table
from parts import PARTS
from runs import Failed

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def arguments():
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    scratch = pathlib.Path(tempfile.gettempdir()) / "veilpoint-compare"
    parser = argparse.ArgumentParser(prog="benches/compare", description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="PART,…", help=f"these parts of {', '.join(PARTS)}; all but memory without")
    parser.add_argument("--memory", action="store_true", help="also the peak memory at four times the rows")
    parser.add_argument("--rows", type=int, default=5_000_000, help="rows of the reference")
    parser.add_argument("--megabytes", type=int, default=300, help="about how large the other inputs are")
    parser.add_argument("--rounds", type=int, default=7, help="paired rounds")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--markdown", type=pathlib.Path, help="write the table there too")
    parser.add_argument("--plot", type=pathlib.Path, help="draw the reference's seconds there, as SVG")
    parser.add_argument("--binary", default=str(pathlib.Path(target) / "release" / "veilpoint"))
    parser.add_argument("--function", help="the function's; veilpoint-function beside --binary without")
    parser.add_argument("--data", type=pathlib.Path, help="an admissions CSV to take instead of making one")
    parser.add_argument("--scratch", type=pathlib.Path, default=scratch, help="where the data lies")
    parser.add_argument("--releases", type=pathlib.Path, help="where releases are written; --scratch without")
    settings = parser.parse_args()
    settings.parts = settings.only.split(",") if settings.only else [part for part in PARTS if part != "memory"]
    settings.parts += ["memory"] * (settings.memory and "memory" not in settings.parts)
    if unknown := set(settings.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if settings.plot and "reference" not in settings.parts:
        parser.error("--plot shows the part reference, which --only leaves out")
    settings.function = settings.function or pathlib.Path(settings.binary).with_name("veilpoint-function")
    for binary in [settings.binary, settings.function]:
        if not os.access(binary, os.X_OK):
            parser.error(f"no binary at {binary}: build it with cargo build --release, or name one")
    return settings


def prepare(settings):
    """The scratch folder with a key of the benchmark's own, and what the parts leave for the report."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    settings.releases = settings.releases or settings.scratch
    settings.key = settings.scratch / "key"
    if not settings.key.exists():
        # The command takes no key that others may read.
        with open(os.open(settings.key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("07" * 32)
    settings.walls, settings.ways, settings.wrong = {}, [], []


def draw(settings):
    data = settings.data or settings.scratch / f"admissions-{settings.rows}.csv"
    title = f"{os.path.getsize(data) / 1e9:.2f} GB of CSV, {settings.rows:,} rows, pseudonymized: wall seconds"
    caption = f"Medians of {settings.rounds} paired rounds. {table.caption(settings)}"
    settings.plot.write_text(plot.svg(settings.walls, title, caption))


def main():
    settings = arguments()
    prepare(settings)
    load, rows = os.getloadavg()[0], []
    for part in settings.parts:
        print(part, file=sys.stderr)
        try:
            for row in PARTS[part](settings):
                rows.append(row)
                print(row.line(), file=sys.stderr)
        except Failed as error:
            # The others are measured all the same; the end says so again.
            print(error, file=sys.stderr)
            settings.wrong.append(f"{part}: did not run to its end")
    report = table.markdown(settings, rows, load)
    print(report)
    if settings.markdown:
        settings.markdown.write_text(report + "\n")
    if settings.plot and len(settings.walls) == len(plot.FORMATS):
        draw(settings)
    if settings.wrong:
        sys.exit("WRONG: " + "; ".join(settings.wrong))


if __name__ == "__main__":
    main()
