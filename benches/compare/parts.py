"""What is measured, part by part: each gives rows of the table. The bars are those that Veilpoint was built to reach."""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time
import zipfile

import data
from runs import AtOnce, Peer, Veilpoint, cores, differences, median, paired, ratios, run
from shapes import SHAPES
from table import Row

FORMATS = {"parquet": "Parquet", "csv": "CSV"}
PEERS = {"duckdb": "DuckDB", "polars": "Polars"}
# Rows of one block: `encode::BLOCK_ROWS`.
BLOCK_ROWS = 122_880
STARTS, REQUESTS, REQUEST_ROWS = 20, 300, 40


def admissions(settings, times=1):
    return settings.data or data.csv(settings, "admissions", settings.rows * times)


def faster(what, ours, peer, theirs, bar):
    """A row for paired runs: who took how long, and how many times as fast Veilpoint was."""
    middle, least, most = ratios(theirs, ours)
    return Row(what, f"{median(ours):.2f} s", f"{peer} {median(theirs):.2f} s",
               f"{middle:.2f} × ({least:.2f} to {most:.2f})", bar and f"≥ {bar:g} ×", middle >= bar if bar else None)


def checked(settings, shape, source, form):
    """A row for the two releases of the last round, held against each other as values; they are removed."""
    ours, theirs = (settings.releases / f"{label}.{form}" for label in ("veilpoint", "duckdb"))
    differ = differences(shape, source, ours, theirs)
    for path in (ours, theirs):
        os.remove(path)
    if differ:
        settings.wrong.append(f"{shape.name} to {FORMATS[form]} differs in {', '.join(differ)}")
    return Row(f"{shape.name} to {FORMATS[form]}: right in every value", "differs" if differ else "equal", "DuckDB",
               ", ".join(differ), "equal", not differ)


def remember(settings, what, programs):
    for program in programs.values():
        if isinstance(program, Peer):
            settings.ways.append(f"{what}: {PEERS[program.name]} {program.way}")


def reference(settings):
    """The reference work beside both peers, with the memory that it took."""
    shape, source = SHAPES["admissions"], admissions(settings)
    for form in FORMATS:
        programs = {"veilpoint": Veilpoint(settings, shape)} | {name: Peer(settings, name, shape) for name in PEERS}
        results = paired(settings, programs, source, form, keep=("veilpoint", "duckdb"))
        remember(settings, f"admissions to {FORMATS[form]}", programs)
        settings.walls[form] = {
            name: (median(results[name]), ratios(results[name], results["veilpoint"])[0]) for name in programs}
        for name in PEERS:
            bar = shape.bar if (name, form) != ("polars", "csv") else None
            yield faster(f"admissions to {FORMATS[form]}", results["veilpoint"], PEERS[name], results[name], bar)
        peaks = {name: median(results[name], "peak") for name in programs}
        peers = ", ".join(f"{PEERS[name]} {peaks[name]:.0f} MB" for name in PEERS)
        yield Row(f"peak memory, admissions to {FORMATS[form]}", f"{peaks['veilpoint']:.0f} MB", peers, "", "≤ 80 MB",
                  peaks["veilpoint"] <= 80)
        yield checked(settings, shape, source, form)


def memory(settings):
    """Veilpoint's peak at the reference's rows and at four times as many; that file is removed again."""
    shape, peaks = SHAPES["admissions"], {}
    for times in (1, 4):
        source = data.csv(settings, "admissions", settings.rows * times)
        for form in FORMATS:
            target = settings.releases / f"memory.{form}"
            runs = [Veilpoint(settings, shape).measure(source, target)["peak"] for _ in range(3)]
            peaks[form, times] = statistics.median(runs)
            os.remove(target)
        size = os.path.getsize(source) / 1e9
        if times == 4:
            os.remove(source)
    for form in FORMATS:
        more = peaks[form, 4] - peaks[form, 1]
        yield Row(f"peak memory of {size:.2f} GB, beside a quarter of it, to {FORMATS[form]}",
                  f"{peaks[form, 4]:.0f} MB", f"{peaks[form, 1]:.0f} MB", f"{more:+.1f} MB", "≤ 12 MB more", more <= 12)


def size(settings):
    """The Parquet file beside DuckDB's, with the names that each makes and without."""
    shape, source = SHAPES["admissions"], admissions(settings)
    for what, projection, leave_out in [("as it is", "bench", ()), ("without the name", "nameless", ("name",))]:
        target = settings.releases / "size.parquet"
        ours = Veilpoint(settings, shape, projection=projection).measure(source, target)["file"]
        theirs = Peer(settings, "duckdb", shape, leave_out=leave_out).measure(source, target, "typed in-order")["file"]
        os.remove(target)
        yield Row(f"size of the Parquet release, {what}", f"{ours / 1e6:.1f} MB", f"DuckDB {theirs / 1e6:.1f} MB",
                  f"{ours / theirs:.3f} ×", "≤ 1 ×", ours <= theirs)


def scaling(settings):
    """One core beside DuckDB on one core, and two beside one; and what the machine gives of its second core at all."""
    shape, source = SHAPES["admissions"], admissions(settings)
    several = len(cores(2)[-1].split(",")) > 1
    for form, bar in [("parquet", 1.85), ("csv", 1.7)]:
        programs = {
            "veilpoint-1": Veilpoint(settings, shape, threads=1, prefix=cores(1)),
            "duckdb-1": Peer(settings, "duckdb", shape, threads=1, prefix=cores(1)),
        }
        if several:
            programs["veilpoint-2"] = Veilpoint(settings, shape, threads=2, prefix=cores(2))
            programs["at-once"] = AtOnce(
                [Veilpoint(settings, shape, threads=1, prefix=cores(1, first=core)) for core in range(2)])
        results = paired(settings, programs, source, form)
        remember(settings, f"one core to {FORMATS[form]}", programs)
        yield faster(f"one core, admissions to {FORMATS[form]}", results["veilpoint-1"], "DuckDB", results["duckdb-1"],
                     shape.bar)
        if several:
            middle, least, most = ratios(results["veilpoint-1"], results["veilpoint-2"])
            yield Row(f"cores 1 → 2, admissions to {FORMATS[form]}", f"{median(results['veilpoint-2']):.2f} s",
                      f"one core {median(results['veilpoint-1']):.2f} s", f"{middle:.2f} × ({least:.2f} to {most:.2f})",
                      f"≥ {bar:g} ×", middle >= bar)
            middle, least, most = (2 * ratio for ratio in ratios(results["veilpoint-1"], results["at-once"]))
            yield Row(f"two such releases at once, a core each, to {FORMATS[form]}",
                      f"{median(results['at-once']):.2f} s", f"one alone {median(results['veilpoint-1']):.2f} s",
                      f"{middle:.2f} × ({least:.2f} to {most:.2f})", None, None)


def of_shape(settings, name):
    """Another input, to both formats."""
    shape = SHAPES[name]
    source = data.csv(settings, name, data.rows_of(shape, settings.megabytes))
    for form in FORMATS:
        programs = {"veilpoint": Veilpoint(settings, shape), "duckdb": Peer(settings, "duckdb", shape)}
        results = paired(settings, programs, source, form, keep=("veilpoint", "duckdb"))
        remember(settings, f"{name} to {FORMATS[form]}", programs)
        yield faster(f"{name} to {FORMATS[form]}: {shape.what}", results["veilpoint"], "DuckDB", results["duckdb"],
                     shape.bar)
        yield checked(settings, shape, source, form)


def until_first_byte(settings, shape, source):
    """Seconds from when the first block's records have come to the first byte of a record of the release."""
    with open(source, "rb") as file:
        # No field of this shape holds a line end.
        first = b"".join(file.readline() for _ in range(1 + BLOCK_ROWS))
    command = Veilpoint(settings, shape).command("-", "-", "--format", "csv")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as child:
        came = []

        def feed():
            try:
                child.stdin.write(first)
                came.append(time.perf_counter())
                with open(source, "rb") as file:
                    file.seek(len(first))
                    while block := file.read(1 << 18):
                        child.stdin.write(block)
                child.stdin.close()
            except BrokenPipeError:
                pass  # It was ended below: what was to be seen has been seen.

        feeder = threading.Thread(target=feed)
        feeder.start()
        out = b""
        while b"\n" not in out or out.endswith(b"\n") and out.count(b"\n") == 1:
            block = child.stdout.read(1 << 16)
            if not block:
                sys.exit("the release to standard output ended before its first record")
            out += block
        seen = time.perf_counter()
        child.kill()
        feeder.join()
    return seen - came[0] if came else 0.0


def first_byte(settings):
    """How soon a CSV release begins to leave, where its input comes through a pipe."""
    shape, source = SHAPES["admissions"], admissions(settings)
    times = [until_first_byte(settings, shape, source) * 1000 for _ in range(settings.rounds)]
    yield Row("first byte of a CSV release after the first row group's input", f"{statistics.median(times):.1f} ms", "",
              f"{min(times):.1f} to {max(times):.1f} ms", "≤ 50 ms", statistics.median(times) <= 50)


def bootstrap(settings):
    """The function's binary as it is deployed: without symbols."""
    path = settings.scratch / "bootstrap"
    shutil.copy(settings.function, path)
    run(["strip", str(path)])
    return path


def binary(settings):
    """The size of what is deployed."""
    path, packed = bootstrap(settings), settings.scratch / "bootstrap.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "bootstrap")
    for what, file, bar in [("bootstrap, stripped", path, 60), ("bootstrap, zipped", packed, 20)]:
        megabytes = file.stat().st_size / 1e6
        yield Row(what, f"{megabytes:.1f} MB", "", "", f"≤ {bar} MB", megabytes <= bar)
    packed.unlink()


def function(settings):
    """The Lambda function's start, and a small object through it when it is warm: `benches/function.py` measures."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
    import function as lambda_function

    path = str(bootstrap(settings))
    times = [seconds * 1000 for seconds in lambda_function.starts(path, STARTS)]
    yield Row("start of the function to its first poll", f"{statistics.median(times):.1f} ms", "",
              f"{min(times):.1f} to {max(times):.1f} ms", "≤ 40 ms", statistics.median(times) <= 40)
    server = lambda_function.sample(REQUEST_ROWS)
    times, _ = lambda_function.requests(path, server, REQUESTS)
    ours = statistics.median(times[1:]) * 1000
    alone = statistics.median(lambda_function.round_trips(server, REQUESTS)) * 1000
    yield Row(f"{REQUEST_ROWS} rows through the warm function", f"{ours:.2f} ms", f"round trips {alone:.2f} ms",
              f"{ours - alone:+.2f} ms", "≤ 2 ms more", ours - alone <= 2)


def of_shape_named(name):
    return lambda settings: of_shape(settings, name)


PARTS = {"reference": reference, "memory": memory, "size": size, "scaling": scaling, "first-byte": first_byte,
         "binary": binary, "function": function}
PARTS |= {name: of_shape_named(name) for name in SHAPES if name != "admissions"}
