"""Tools that fetch whole objects: each brings down a prefix, and what it brought is read by pyarrow."""
import subprocess

import pyarrow
from pyarrow import parquet

import answers


def run(command, where, home, more=None):
    """What a tool printed; where it failed, that is what is raised."""
    done = subprocess.run(command, cwd=home, env=where.environment(home) | (more or {}), capture_output=True, text=True,
                          timeout=300)
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:].replace(where.secret, "SECRET")
        raise RuntimeError(f"{command[0]} {command[1]}: exit code {done.returncode}: {said}")
    return done.stdout


def of_folder(folder, form, listed):
    """The answers from the files of a folder, which must be those that were listed, each as long as it was listed."""
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    read = {"parquet": parquet.read_table, "csv": answers.arrow_csv}[form]
    seen = answers.of_arrow(pyarrow.concat_tables([read(str(folder / name)) for name in sorted(sizes)]))
    if sizes != listed:
        unlike = sorted(set(sizes.items()) ^ set(listed.items()))
        seen["wrong"] = [f"listed and fetched are not the same: {unlike[:4]}"]
    return seen
