"""Whether template.yaml is safe, and whether the tools take it.

usage: template.py holds | mistakes | lint | consumer

  holds      the rules (stack/) that the template breaks
  mistakes   the mistakes (stack/mistakes.py) that their rule does not notice, and the rules that notice none
  lint       what `cfn-lint` and `sam validate --lint` say
  consumer   what `holds` and `lint` say after a consumer was added as README.md says

Prints a JSON list of texts; an empty one is what is wanted.
"""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from stack import Stack, load
from stack.mistakes import MISTAKES
from stack.rules import broken, rules

HOME = Path(__file__).resolve().parents[2]


def mistakes(template):
    wrong, noticed = [], set()
    for title, change, rule in MISTAKES:
        spoiled = copy.deepcopy(template)
        change(spoiled)
        found = set(broken(spoiled))
        if rule in found:
            noticed.add(rule)
        else:
            wrong.append(f"{title}: not noticed by “{rule}”, but by {sorted(found)}")
    return wrong + [f"“{rule}” notices no mistake" for rule in sorted(rules(template) - noticed)]


def lint(path):
    """What the two tools say. They are kept from calling home: a proxy that nobody serves stands in the way."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    nowhere = "http://127.0.0.1:9"
    said = []
    with tempfile.TemporaryDirectory() as folder:
        environment |= {
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
            "__SAM_CLI_APP_DIR": folder,
            "HTTPS_PROXY": nowhere,
            "HTTP_PROXY": nowhere,
        }
        tools = Path(sys.executable).parent
        for command in (["cfn-lint", str(path)], ["sam", "validate", "--lint", "--template-file", str(path)]):
            done = subprocess.run(
                [tools / command[0], *command[1:]], env=environment, cwd=folder, capture_output=True, text=True
            )
            if done.returncode:
                said.append(f"{command[0]}: {done.stdout}{done.stderr}")
    return said


BEGIN, END = "# --- Consumer: research", "# --- End of the consumers"


def with_consumer(text):
    """The template after README.md's words: the lines of `research` copied, in all three places, and the names
    replaced."""
    place = re.compile(rf"^ *{BEGIN}.*?(?=^ *{END})", re.DOTALL | re.MULTILINE)
    named = lambda lines: lines.replace("Research", "Billing").replace("research", "billing")
    added, places = place.subn(lambda found: f"{found[0]}{named(found[0])}", text)
    return added, places


def named(words):
    """The names of the template that README.md uses in its section."""
    section = words.split("## As an Object Lambda function")[1].split("\n## ")[0]
    return set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", section))


def known(template):
    """The names that the template has, and the codes of errors."""
    codes = re.findall(r'\("(\w+)", \d{3}, ', (HOME / "src/error.rs").read_text(encoding="utf-8"))
    return {*template["Parameters"], *template["Resources"], *template["Outputs"], *codes}


def consumer(text):
    added, places = with_consumer(text)
    template = load(added)
    words = (HOME / "README.md").read_text(encoding="utf-8")
    three = len(Stack(template).of_type("AWS::S3ObjectLambda::AccessPoint")) == 3
    wrong = [] if three else ["there is no third consumer"]
    wrong += [] if places == 3 else [f"it is copied in {places} places"]
    wrong += [f"README.md does not say “{mark}”" for mark in (BEGIN, END) if f"`{mark}`" not in words]
    wrong += [f"{name} of README.md is not there" for name in named(words) - known(template)]
    wrong += [f"{rule}: {why}" for rule, why in broken(template).items()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.yaml")
        path.write_text(added, encoding="utf-8")
        return wrong + lint(path)


def main(command):
    text = (HOME / "template.yaml").read_text(encoding="utf-8")
    commands = {
        "holds": lambda: [f"{rule}: {why}" for rule, why in broken(load(text)).items()],
        "mistakes": lambda: mistakes(load(text)),
        "lint": lambda: lint(HOME / "template.yaml"),
        "consumer": lambda: consumer(text),
    }
    json.dump(commands[command](), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(*sys.argv[1:])
