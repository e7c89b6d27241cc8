"""What template.yaml must hold for the data to be safe, and whether the tools take it.

usage: template.py holds | mistakes | lint | consumer      (template.yaml, README.md and sql/ of the checkout are read)

  holds      the rules that the template breaks
  mistakes   the rules that do not notice a mistake (template_mistakes.py) that is theirs, and those that have none
  lint       what `sam validate --lint` and `cfn-lint` say
  consumer   what all of these say after a consumer was added as README.md says

Prints a JSON list of texts; an empty one is what is wanted.
"""
import copy
import json
import os
import re
import string
import subprocess
import sys
import tempfile
from pathlib import Path

from access import wrong_answers
from stack import Stack, listed, load, size, statements

HOME = Path(__file__).resolve().parents[2]
OBJECT_LAMBDA = "s3-object-lambda.amazonaws.com"

# Without any choice of the deployer's, and with all of them.
PLAIN = {}
FULL = {
    "SqlBucket": "analysts", "SqlPrefix": "veilpoint/sql/", "RecordsBucket": "audit", "RecordsPrefix": "releases/",
    "RawReaderArn": "arn:aws:iam::111122223333:role/auditor", "AlarmEmail": "a@example.org", "Concurrency": "50",
}

# Log lines as the function writes them, less what no filter looks at, and the metrics in which each counts.
LINES = [
    ({"event": "start", "level": "INFO"}, set()),
    ({"event": "sql_loaded", "level": "INFO", "refused": 0}, set()),
    ({"event": "sql_refused", "level": "ERROR"}, {"SqlNotInForce"}),
    ({"event": "sql_unavailable", "level": "ERROR"}, {"SqlNotInForce"}),
    ({"event": "unknown_columns", "level": "WARN"}, set()),
    ({"event": "release", "level": "INFO", "rows_in": 500}, set()),
    ({"event": "request", "status": 200, "outcome": "released"}, set()),
    ({"event": "request", "status": 404, "outcome": "refused", "code": "NoSuchKey"}, set()),
    ({"event": "request", "status": 403, "outcome": "refused", "code": "ProjectionRefused"}, set()),
    ({"event": "request", "status": 409, "outcome": "refused"}, {"ObjectsRefused"}),
    ({"event": "request", "status": 200, "outcome": "broken"}, {"BrokenTransfers"}),
    ({"event": "request", "status": 500, "outcome": "refused", "code": "KeyUnavailable"}, {"Faults"}),
    ({"event": "request", "status": 503, "outcome": "refused", "code": "SourceUnavailable"}, {"Faults"}),
    ({"event": "panic", "level": "ERROR"}, {"Faults"}),
]

# For each parameter, values that it takes and values that it does not.
VALUES = {
    "Name": (["veilpoint", "a1b", "a" * 24], ["", "ab", "a" * 25, "Veil", "1veil", "veil-", "veil_x"]),
    "SqlBucket": (["", "our-sql"], ["s3://our-sql", "Our-sql", "a/b", "-a-"]),
    "SqlPrefix": (["sql/", "a/b/"], ["", "/", "sql", "/sql/", "a//b/", "*/"]),
    "RecordsBucket": (["", "our-records"], ["s3://our-records", "Our", "*"]),
    "RecordsPrefix": (["records/", "a/b/"], ["", "records", "/records/", "*"]),
    "RawReaderArn": (
        ["", "arn:aws:iam::111122223333:role/team/auditor", "arn:aws-cn:iam::111122223333:role/auditor"],
        ["*", "auditor", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/*"],
    ),
    "AlarmEmail": (["", "a@example.org"], ["a", "a@b", "a b@example.org"]),
}


def raw_objects(stack):
    bucket = stack.resources["RawBucket"]["Properties"]
    rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    encryption = [rule.get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules]
    yield "the bucket is encrypted", encryption in (["AES256"], ["aws:kms"])
    yield "the bucket keeps versions", bucket.get("VersioningConfiguration") == {"Status": "Enabled"}
    ownership = [rule["ObjectOwnership"] for rule in bucket.get("OwnershipControls", {}).get("Rules", [])]
    yield "the bucket knows no ACLs", ownership == ["BucketOwnerEnforced"]
    old = [rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") for rule in lifecycle(bucket)]
    yield "old versions go in the end", stack.parameters["KeepVersionsDays"] in old
    uploads = [rule for rule in lifecycle(bucket) if "AbortIncompleteMultipartUpload" in rule]
    yield "abandoned uploads go", bool(uploads)
    point = stack.resources["SupportingAccessPoint"]["Properties"]
    for one in (bucket, point):
        block = one.get("PublicAccessBlockConfiguration", {})
        names = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
        yield "nothing is public", all(block.get(name) is True for name in names)
    yield "the access point is the bucket's", point.get("Bucket") == stack.reference("RawBucket")


def lifecycle(bucket):
    return [rule for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", []) if rule["Status"] == "Enabled"]


def what_stays(stack):
    for name in ("RawBucket", "RawBucketPolicy", "MasterKey", "MasterKeyPolicy", "FunctionLog"):
        one = stack.resources.get(name, {})
        kept = one.get("DeletionPolicy"), one.get("UpdateReplacePolicy")
        yield "what cannot be made again is retained", kept == ("Retain", "Retain")


def secret(stack):
    made = stack.resources["MasterKey"]["Properties"].get("GenerateSecretString", {})
    alphabet = set(string.ascii_letters + string.digits + string.punctuation + " ")
    switches = {
        "ExcludeLowercase": string.ascii_lowercase, "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits, "ExcludePunctuation": string.punctuation,
    }
    for switch, characters in switches.items():
        alphabet -= set(characters) if made.get(switch) else set()
    alphabet -= set(made.get("ExcludeCharacters", "")) | (set() if made.get("IncludeSpace") else {" "})
    yield "the key is made of hexadecimal digits", alphabet == set("0123456789abcdef")
    # True unless it is switched off: with it, not all keys are equally likely.
    yield "the key is drawn evenly", made.get("RequireEachIncludedType") is False
    yield "the key has 64 digits", made.get("PasswordLength") == 64
    yield "the key is nothing but its digits", not {"SecretStringTemplate", "GenerateStringKey"} & set(made)


def function(stack):
    one = stack.resources["Function"]
    properties, layer = one["Properties"], stack.resources["Sql"]["Properties"]
    program = [properties.get(name) for name in ("Runtime", "Handler", "Architectures", "CodeUri")]
    built = program == ["provided.al2023", "bootstrap", ["arm64"], "."]
    yield "the function is built from the checkout", built and one["Metadata"]["BuildMethod"] == "rust-cargolambda"
    yield "the function has as long as Object Lambda waits", properties.get("Timeout") == 60
    yield "the function has a whole processor", properties.get("MemorySize", 0) >= 1769
    yield "sorts have room to spill", properties.get("EphemeralStorage", {}).get("Size", 512) > 512
    yield "the function has its own role", properties.get("Role") == stack.attribute("FunctionRole", "Arn")
    limit = properties.get("ReservedConcurrentExecutions", "0")
    yield "concurrency is as asked for", limit == stack.parameters["Concurrency"]
    log = {"LogFormat": "JSON", "LogGroup": "FunctionLog", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    yield "the log is JSON and keeps the records", properties.get("LoggingConfig") == log
    days = stack.resources["FunctionLog"]["Properties"].get("RetentionInDays")
    yield "the log is kept as long as asked for", days == stack.parameters["LogDays"]
    yield "the layer has the SQL", layer["ContentUri"] == "sql/" and properties.get("Layers") == ["Sql"]
    settings = {"VEILPOINT_KEY_SECRET": stack.reference("MasterKey"), "VEILPOINT_SQL": "/opt"}
    if stack.parameters["SqlBucket"]:
        settings["VEILPOINT_SQL"] = "s3://analysts/veilpoint/sql/"
    if stack.parameters["RecordsBucket"]:
        settings["VEILPOINT_RECORDS"] = "s3://audit/releases/"
    yield "the function's settings are those that it knows", properties["Environment"]["Variables"] == settings


def consumers(stack):
    points = stack.of_type("AWS::S3ObjectLambda::AccessPoint")
    yield "there are two consumers at least", len(points) >= 2
    for name, point in points.items():
        setup = point["ObjectLambdaConfiguration"]
        through = stack.attribute("SupportingAccessPoint", "Arn")
        yield "an access point reads through the supporting one", setup.get("SupportingAccessPoint") == through
        yield "an access point counts its requests", setup.get("CloudWatchMetricsEnabled") is True
        # The function does not slice releases, and S3 refuses ranges as long as no feature is named.
        yield "no feature is promised that is not there", not setup.get("AllowedFeatures")
        changed = [action for one in setup["TransformationConfigurations"] for action in one["Actions"]]
        four = ["GetObject", "HeadObject", "ListObjects", "ListObjectsV2"]
        yield "all four actions are transformed", sorted(changed) == four
        for one in setup["TransformationConfigurations"]:
            called = one["ContentTransformation"]["AwsLambda"]
            yield "an access point calls the function", called["FunctionArn"] == stack.attribute("Function", "Arn")
            yield "a payload names a projection that there is", payload(called.get("FunctionPayload", ""))
        # However long the stack's name.
        longest = 24 + len(point["Name"].removeprefix(stack.parameters["Name"]))
        yield "an access point's name has 45 characters at most", longest <= 45
        shown = {one["Value"] for one in stack.outputs.values()}
        ours = {stack.attribute(name, "Alias.Value"), stack.attribute(name, "Arn"), stack.reference(f"{name}Reader")}
        yield "a consumer's alias, ARN and policy are shown", ours <= shown


def payload(text):
    try:
        asked = json.loads(text)
        named = re.fullmatch(r"[a-z0-9_]+/[a-z0-9_]+", asked["projection"])
    except (ValueError, KeyError, TypeError):
        return False
    known = set(asked) <= {"projection", "format", "as_of"} and asked.get("format", "parquet") in ("parquet", "csv")
    place = HOME / "sql" / f"{asked['projection']}.sql"
    return bool(named) and known and place.is_file() and place.name != "schema.sql"


def permissions(stack):
    """How permissions are written, beside what they come to (access.py)."""
    managed = stack.of_type("AWS::IAM::ManagedPolicy").values()
    documents = [one["PolicyDocument"] for one in [*managed, *stack.of_type("AWS::IAM::RolePolicy").values()]]
    point = stack.resources["SupportingAccessPoint"]["Properties"]["Policy"]
    buckets = [one["PolicyDocument"] for one in stack.of_type("AWS::S3::BucketPolicy").values()]
    for one in (one for document in [*documents, point, *buckets] for one in statements(document)):
        if one["Effect"] == "Allow":
            exact = "Action" in one and not any("*" in action for action in listed(one["Action"]))
            yield "what is permitted is named action by action", exact
            yield "what is permitted is named resource by resource", all(map(exact_resource, listed(one["Resource"])))
    via = {"ForAnyValue:StringEquals": {"aws:CalledVia": [OBJECT_LAMBDA]}}
    for one in (one for document in [*(each["PolicyDocument"] for each in managed), point] for one in statements(document)):
        raw = any(action.split(":")[0] in ("s3", "lambda") for action in listed(one.get("Action", [])))
        if raw and one["Effect"] == "Allow":
            yield "raw data and the function through Object Lambda only", one.get("Condition") == via
    for one in managed:
        yield "a reader's policy is of a size that IAM takes", size(one["PolicyDocument"]) <= 6144
    trust = [one["Principal"] for one in statements(stack.resources["FunctionRole"]["Properties"]["AssumeRolePolicyDocument"])]
    yield "only Lambda takes the function's role", trust == [{"Service": "lambda.amazonaws.com"}]
    secret_policy = stack.of_type("AWS::SecretsManager::ResourcePolicy").values()
    yield "the key's policy is never public", all(one.get("BlockPublicPolicy") is True for one in secret_policy)


def exact_resource(arn):
    """A star stands for objects under a name that is given, or for the streams of one log group."""
    named = arn.removesuffix("/*") if arn.endswith("/*") else arn.removesuffix(":*") if ":log-group:" in arn else arn
    return "*" not in named and len(named.split(":", 5)[-1]) > 0


def alarms(stack):
    watched = {}
    for one in stack.of_type("AWS::Logs::MetricFilter").values():
        change, = one["MetricTransformations"]
        watched[change["MetricNamespace"], change["MetricName"]] = one["FilterPattern"]
        yield "a filter reads the function's log", one["LogGroupName"] == "FunctionLog"
        yield "a filter counts lines", change["MetricValue"] == "1"
    for line, expected in LINES:
        counted = {name for (_, name), pattern in watched.items() if matches(pattern, line)}
        yield f"the line {json.dumps(line)} counts where it must", counted == expected
    every = stack.of_type("AWS::CloudWatch::Alarm").values()
    seen = {(one["Namespace"], one["MetricName"]): one for one in every}
    yield "every filter has its alarm", set(watched) <= set(seen)
    for metric in ("Errors", "Throttles", "Duration"):
        one = seen.get(("AWS/Lambda", metric), {})
        ours = one.get("Dimensions") == [{"Name": "FunctionName", "Value": "Function"}]
        yield "the function's errors, throttles and duration are watched", ours
    # Above what is usual and below the end, in milliseconds.
    near = seen.get(("AWS/Lambda", "Duration"), {}).get("Threshold", 0)
    yield "the alarm comes before the time is up", 30_000 <= near < 58_000
    for one in every:
        low = one["MetricName"] == "Duration" or one["Threshold"] == 1
        yield "an alarm sounds at the first", low and one["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        yield "silence is no alarm", one.get("TreatMissingData") == "notBreaching"
        wanted = [stack.reference("AlarmTopic")] if stack.parameters["AlarmEmail"] else []
        yield "alarms go where the deployer says", one.get("AlarmActions") == wanted


def matches(pattern, line):
    """Whether a log line counts, by the part of CloudWatch's filter language that the template uses."""
    inner = re.fullmatch(r"\{(.*)\}", pattern)[1]
    words = {"&&": " and ", "||": " or ", "=": "==", ">=": ">="}
    tokens = re.findall(r'\$\.\w+|"\w*"|\d+|&&|\|\||>=|=|[()]|\s+|.', inner)
    known = re.compile(r'\$\.\w+|"\w*"|\d+|[()]|\s+')
    code = ""
    for token in tokens:
        if token not in words and not known.fullmatch(token):
            raise ValueError(f"unknown {token} in {pattern}")
        code += f"line.get({token[2:]!r}, -1)" if token.startswith("$.") else words.get(token, token)
    return bool(eval(code, {"line": line}))


def settings(template):
    """The parameters: their patterns, and that whoever is refused is told why."""
    for name, one in template["Parameters"].items():
        told = bool(one.get("Description")) and bool(one.get("ConstraintDescription"))
        bounded = {"AllowedPattern", "AllowedValues", "MinValue"} & set(one)
        yield "every parameter has bounds, a description and a default", told and bounded and "Default" in one
    yield "every text is tried", set(VALUES) == {
        name for name, one in template["Parameters"].items() if one["Type"] == "String"
    }
    for name, (good, bad) in VALUES.items():
        pattern = template["Parameters"][name].get("AllowedPattern", "")
        default = template["Parameters"][name]["Default"]
        yield f"{name} takes what it should", all(re.fullmatch(pattern, value) for value in [*good, default])
        yield f"{name} takes nothing else", not any(re.fullmatch(pattern, value) for value in bad)


def broken(template):
    """The rules that a template breaks, each with what broke it first."""
    found = {}
    found.update({rule: "" for rule, holds in settings(template) if not holds})
    for label, parameters in (("plain", PLAIN), ("full", FULL)):
        stack = Stack(template, **parameters)
        for part in (raw_objects, what_stays, secret, function, consumers, permissions, alarms):
            for rule, holds in part(stack):
                if not holds:
                    found.setdefault(rule, label)
        places = [
            (parameters[f"{name}Bucket"], parameters[f"{name}Prefix"]) if f"{name}Bucket" in parameters else None
            for name in ("Sql", "Records")
        ]
        for rule, request in wrong_answers(stack, *places, parameters.get("RawReaderArn", "")):
            found.setdefault(rule, f"{label}: {request}")
    return found


def rules(template):
    """The names of all rules."""
    stack = Stack(template)
    names = {rule for rule, _ in settings(template)}
    for part in (raw_objects, what_stays, secret, function, consumers, permissions, alarms):
        names |= {rule for rule, _ in part(stack)}
    return names


def mistakes(template):
    from template_mistakes import MISTAKES

    wrong, noticed = [], set()
    for title, change, rule in MISTAKES:
        spoiled = copy.deepcopy(template)
        change(spoiled)
        if spoiled == template:
            wrong.append(f"{title}: changes nothing")
            continue
        found = set(broken(spoiled))
        noticed |= found
        if rule not in found:
            wrong.append(f"{title}: not noticed by “{rule}”, but by {sorted(found)}")
    return wrong + [f"“{rule}” notices no mistake" for rule in sorted(rules(template) - noticed)]


def lint(path):
    """What the two tools say. They are kept from calling home: a proxy that nobody serves stands in the way."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    nowhere = "http://127.0.0.1:9"
    said = []
    with tempfile.TemporaryDirectory() as folder:
        environment |= {
            "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true", "SAM_CLI_TELEMETRY": "0",
            "__SAM_CLI_APP_DIR": folder, "HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere,
        }
        tools = Path(sys.executable).parent
        for command in (["cfn-lint", str(path)], ["sam", "validate", "--lint", "--template-file", str(path)]):
            done = subprocess.run(
                [tools / command[0], *command[1:]], env=environment, cwd=folder, capture_output=True, text=True
            )
            if done.returncode:
                said.append(f"{command[0]}: {done.stdout}{done.stderr}")
    return said


def with_consumer(text):
    """The template after README.md's words: the lines of `research` copied, in both places, and the names replaced."""
    parts = []
    for part, end in zip(text.split("\nOutputs:\n"), ("  # --- End of the consumers", None)):
        begin = part.index("  # --- Consumer: research")
        end = part.index(end) if end else len(part)
        copied = part[begin:end].replace("Research", "Billing").replace("research", "billing")
        parts.append(f"{part[:end].rstrip()}\n\n{copied}{part[end:]}")
    return "\nOutputs:\n".join(parts)


def consumer(text):
    added = with_consumer(text)
    template = load(added)
    three = len(Stack(template).of_type("AWS::S3ObjectLambda::AccessPoint")) == 3
    wrong = [] if three else ["there is no third consumer"]
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
