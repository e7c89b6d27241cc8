"""Runs of programs, measured; and paired rounds of several of them."""
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from shapes import AS_OF, SQL

PEERS = str(pathlib.Path(__file__).resolve().parent / "peers.py")


class Failed(Exception):
    """A program said that it could not."""


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
        raise Failed(f"{' '.join(map(str, command))} failed with {child.returncode}:\n{text}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def cores(count, first=0):
    """The command before a command that holds it to `count` of the processors that we may use, from the `first` on."""
    return ["taskset", "-c", ",".join(map(str, sorted(os.sched_getaffinity(0))[first:first + count]))]


class Veilpoint:
    name = "veilpoint"

    def __init__(self, settings, shape, threads=None, prefix=(), projection="bench"):
        self.settings, self.shape, self.prefix, self.projection = settings, shape, list(prefix), projection
        self.threads = threads or settings.threads

    def command(self, source, target, *more):
        return [
            *self.prefix, self.settings.binary, "convert", str(source), str(target), "--sql", str(SQL),
            "--projection", f"{self.shape.name}/{self.projection}", "--key", str(self.settings.key), "--as-of", AS_OF,
            "--threads", str(self.threads), *more,
        ]

    def measure(self, source, target):
        wall, cpu, peak, _ = run(self.command(source, target))
        return {"wall": wall, "cpu": cpu, "peak": peak, "file": os.path.getsize(target)}


class AtOnce:
    """Several programs at the same time. Wall seconds until the last one ends; the first one's release stays."""

    def __init__(self, programs):
        self.programs = programs

    def measure(self, source, target):
        targets = [target, *(target.with_suffix(f".{at}{target.suffix}") for at in range(1, len(self.programs)))]
        begun = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
            results = list(pool.map(lambda program, path: program.measure(source, path), self.programs, targets))
        wall = time.perf_counter() - begun
        for path in targets[1:]:
            os.remove(path)
        return results[0] | {"wall": wall}


class Peer:
    def __init__(self, settings, name, shape, threads=None, prefix=(), leave_out=()):
        self.name, self.shape, self.prefix, self.leave_out = name, shape, list(prefix), list(leave_out)
        self.threads = threads or settings.threads
        self.way = None

    def measure(self, source, target, way=None):
        """Wall seconds are those of the job alone, without starting Python, which favours the peer."""
        _, cpu, peak, text = run([*self.prefix, sys.executable, PEERS, self.name, self.shape.name, str(source),
                                  str(target), str(self.threads), way or self.way, *self.leave_out])
        wall = json.loads(text.splitlines()[-1])["wall"]
        return {"wall": wall, "cpu": cpu, "peak": peak, "file": os.path.getsize(target)}

    def at_its_best(self, settings, source, target):
        """Tries every way twice, as far as there are rounds, and stays with the one whose better run is the fastest.

        A way that the peer refuses for this input is none: DuckDB's parallel reader does so for some line breaks.
        """
        from peers import WAYS

        tried, refused = {}, None
        for way in WAYS:
            try:
                tried[way] = min(self.measure(source, target, way)["wall"] for _ in range(min(settings.rounds, 2)))
            except Failed as error:
                refused = error
                print(f"  {self.name} {way}: {error}", file=sys.stderr)
        if not tried:
            raise refused
        self.way = min(tried, key=tried.get)
        print(f"  {self.name} {', '.join(f'{way} {wall:.2f} s' for way, wall in tried.items())}", file=sys.stderr)


def paired(settings, programs, source, form, keep=()):
    """Each round runs every program once, the first one another in each round; one round before is not counted.

    Gives each program's runs. The releases of the last round stay for programs in `keep`.
    """
    targets = {label: settings.releases / f"{label}.{form}" for label in programs}
    for label, program in programs.items():
        if isinstance(program, Peer) and not program.way:
            program.at_its_best(settings, source, targets[label])
    labels, results = list(programs), {label: [] for label in programs}
    for number in range(-1, settings.rounds):
        turn = number % len(labels)
        for label in labels[turn:] + labels[:turn]:
            result = programs[label].measure(source, targets[label])
            if number < settings.rounds - 1 or label not in keep:
                os.remove(targets[label])
            if number >= 0:
                results[label].append(result)
                print(f"  {form} round {number + 1} {label}: {result['wall']:.2f} s", file=sys.stderr)
    return results


def median(results, key="wall"):
    return statistics.median(one[key] for one in results)


def ratios(slower, faster):
    """How many times as fast the second was, round by round: median, least, most."""
    pairs = sorted(one["wall"] / other["wall"] for one, other in zip(slower, faster))
    return statistics.median(pairs), pairs[0], pairs[-1]


def differences(shape, source, ours, theirs):
    """What differs between two releases as values."""
    return json.loads(run([sys.executable, PEERS, "check", shape.name, str(source), str(ours), str(theirs)])[3])
