"""Run the lines that docs/readers.md gives for a reader, as they stand there, and compare what they print.

usage: pasted.py READER            (a place on standard input, see place.py)

Only the endpoint's address is another, and dates and times of listings count as those of the page. Prints a JSON list
of what was wrong.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import traceback

import java
import place
import trino_server

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs/readers.md"
ADDRESS = "127.0.0.1:9300"
# How DuckDB draws how far it is, where a question takes some time.
PROGRESS = "▕"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")
LONG = 300


def sections(text):
    """The fenced blocks below each heading: pairs of a language and a text."""
    parts = re.split(r"^## +", text, flags=re.M)
    block = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
    return {part.split("\n", 1)[0].strip(): block.findall(part) for part in parts}


def catalog(where):
    """The catalog that the page gives for Trino."""
    blocks = sections(PAGE.read_text(encoding="utf-8"))["Trino"]
    return dict(blocks)["properties"].replace(ADDRESS, where.host)


def lines(text):
    """The lines, with times that are alike, and without what only says that something takes time."""
    kept = [line for line in text.strip("\n").splitlines() if PROGRESS not in line]
    return [MOMENT.sub("MOMENT", line.rstrip()) for line in kept]


def run(command, where, folder, environment):
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONG)
    if done.returncode:
        return done.stdout + f"exit code {done.returncode}\n" + done.stderr[-3000:].replace(where.secret, "SECRET")
    return done.stdout


def prepare(reader, where, home):
    """What a reader's own installation would have done before the first line is pasted."""
    if reader == "DuckDB":
        import os
        import duckdb
        from duckdb_extensions import import_extension

        # INSTALL then finds the extension in the home, and asks nobody.
        os.environ["HOME"] = str(home)
        import_extension("httpfs", con=duckdb.connect())
    return java.for_spark(where.cache, home) if reader == "Spark" else {}


def printed(reader, blocks, where, folder):
    home = folder / "home"
    home.mkdir()
    environment = where.environment(home) | prepare(reader, where, home)
    blocks = [(language, text.replace(ADDRESS, where.host)) for language, text in blocks]
    if reader == "Trino":
        (_, catalog), (_, statements) = blocks
        with trino_server.started({"veilpoint": catalog}, where, home) as server:
            return "".join(server.printed(statement) for statement in statements.split(";") if statement.strip())
    programs = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-B", "-c"]}
    work = folder / "here"
    work.mkdir()
    return "".join(run([*programs[language], text], where, work, environment) for language, text in blocks)


def main(reader):
    where = place.given()
    known = sections(PAGE.read_text(encoding="utf-8"))
    *blocks, (language, expected) = known[reader]
    assert blocks and language == "text", f"{reader}: lines to paste, then what they print"
    with tempfile.TemporaryDirectory() as folder:
        try:
            seen = lines(printed(reader, blocks, where, pathlib.Path(folder)))
        except Exception:
            seen = [traceback.format_exc().replace(where.secret, "SECRET")[-3000:]]
        finally:
            # Lines that stopped half way leave what they mounted.
            subprocess.run(["umount", "--quiet", "--lazy", f"{folder}/here/patients"], stderr=subprocess.DEVNULL)
    wrong = [] if seen == lines(expected) else [f"{reader} printed\n" + "\n".join(seen) + "\nnot\n" + expected]
    json.dump(wrong, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
