"""The table, and what stands around it."""
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

from runs import PEERS, run


@dataclasses.dataclass
class Row:
    """`reached` is None where there is no bar."""

    what: str
    ours: str
    peer: str
    value: str
    bar: str | None
    reached: bool | None

    def line(self):
        reached = {True: "yes", False: "**no**", None: ""}[self.reached]
        return f"| {self.what} | {self.ours} | {self.peer} | {self.value} | {self.bar or ''} | {reached} |"


HEAD = "| what | Veilpoint | peer | ratio or spread | bar | reached |\n|---|---|---|---|---|---|"


def machine():
    cpus = pathlib.Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", cpus.read_text()) if cpus.exists() else None
    count = len(os.sched_getaffinity(0))
    return f"{found[1] if found else platform.machine()}, {count} core{'s' * (count != 1)}"


def versions(settings):
    """Veilpoint's and the peers' versions, by the name that a reader knows them by."""
    peers = json.loads(run([sys.executable, PEERS, "versions"])[3])
    ours = subprocess.run([settings.binary, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    return {"Veilpoint": ours, "DuckDB": peers["duckdb"], "Polars": peers["polars"]}


def caption(settings):
    programs = ", ".join(f"{name} {version}" for name, version in versions(settings).items())
    return f"{datetime.date.today()}, {machine()}. {programs}."


def markdown(settings, rows, load):
    """The whole report. What else ran on the machine shows in the load before the first run."""
    lines = [
        caption(settings),
        f"Reference: {settings.rows:,} rows; other inputs: about {settings.megabytes} MB; {settings.threads} threads; "
        f"medians of {settings.rounds} paired rounds; load average before them {load:.1f}.",
        "", HEAD, *(row.line() for row in rows),
    ]
    if settings.ways:
        lines += ["", "The ways that were fastest for the peers, and so were measured:", ""]
        lines += [f"- {way}" for way in settings.ways]
    return "\n".join(lines)
