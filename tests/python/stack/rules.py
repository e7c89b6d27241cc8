"""What a stack of template.yaml must be for the data to be safe: pairs of a rule and whether it holds."""
import json
import re
import string
from pathlib import Path

from . import Stack
from .access import answers
from .alarms import alarms
from .iam import listed, size, statements

SQL = Path(__file__).resolve().parents[3] / "sql"
OBJECT_LAMBDA = "s3-object-lambda.amazonaws.com"

# Without any choice of the deployer's, and with all of them.
PLAIN = {}
FULL = {
    "SqlBucket": "analysts",
    "SqlPrefix": "veilpoint/sql/",
    "RecordsBucket": "audit",
    "RecordsPrefix": "releases/",
    "CacheBucket": "kept",
    "CachePrefix": "veilpoint/cache/",
    "Warm": "yes",
    "RawReaderArn": "arn:aws:iam::111122223333:role/auditor",
    "AlarmEmail": "a@example.org",
    "Concurrency": "50",
}

# For each parameter, values that it takes and values that it does not.
VALUES = {
    "Name": (["veilpoint", "a1b", "a" * 24], ["", "ab", "a" * 25, "Veil", "1veil", "veil-", "veil_x"]),
    "SqlBucket": (["", "our-sql"], ["s3://our-sql", "Our-sql", "a/b", "-a-"]),
    "SqlPrefix": (["sql/", "a/b/"], ["", "/", "sql", "/sql/", "a//b/", "*/"]),
    "RecordsBucket": (["", "our-records"], ["s3://our-records", "Our", "*"]),
    "RecordsPrefix": (["records/", "a/b/"], ["", "records", "/records/", "*"]),
    "CacheBucket": (["", "our-cache"], ["s3://our-cache", "Our", "*"]),
    "CachePrefix": (["cache/", "a/b/"], ["", "cache", "/cache/", "*"]),
    "Warm": (["no", "yes"], ["", "true", "analytics"]),
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
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
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
    variables = dict(properties["Environment"]["Variables"])
    disk = properties.get("EphemeralStorage", {}).get("Size", 512)
    kept = re.fullmatch(r"(\d+)MiB", variables.get("VEILPOINT_CACHE_MAX_BYTES", "384MiB"))
    # In MiB: 4 GB is what a function can read in the time that it has.
    yield "sorts have room to spill beside the releases that are kept", disk - int(kept[1]) >= 4096
    yield "long releases have room to be kept", int(kept[1]) >= 3072
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
    if stack.parameters["CacheBucket"]:
        settings["VEILPOINT_CACHE_BUCKET"] = "s3://kept/veilpoint/cache/"
    if stack.parameters["Warm"] == "yes":
        settings["VEILPOINT_WARM_BUCKET"] = stack.attribute("SupportingAccessPoint", "Alias")
    # Their values have rules of their own.
    variables = {name: one for name, one in variables.items() if name not in OWN_RULES}
    yield "the function's settings are those that it knows", variables == settings


# Variables of the function with rules of their own.
OWN_RULES = ("VEILPOINT_CACHE_MAX_BYTES", "VEILPOINT_WARM")


def new_objects(stack):
    """Whether the function is told of new objects, by nobody else, and makes what somebody will ask for."""
    wanted = stack.parameters["Warm"] == "yes"
    told = stack.resources["RawBucket"]["Properties"].get("NotificationConfiguration")
    tells = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}} if wanted else None
    yield "the bucket tells of new objects if it is asked to", told == tells
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [stack.reference("RawBucket")]}},
    }
    called = [(stack.attribute("Function", "Arn"), pattern)] if wanted else []
    rules = stack.of_type("AWS::Events::Rule")
    found = [(target["Arn"], one["EventPattern"]) for one in rules.values() for target in one["Targets"]]
    yield "the function is told of the bucket's new objects", found == called
    may = [
        (one["Principal"], one["Action"], one["FunctionName"], one.get("SourceArn"))
        for one in stack.of_type("AWS::Lambda::Permission").values()
    ]
    events = ("events.amazonaws.com", "lambda:InvokeFunction", stack.attribute("Function", "Arn"))
    only = [(*events, stack.attribute(name, "Arn")) for name in rules]
    yield "nothing else calls the function by itself", may == only
    text = stack.resources["Function"]["Properties"]["Environment"]["Variables"].get("VEILPOINT_WARM")
    yield "what is made beforehand is what consumers ask for", json_of(text) == (exact(stack) if wanted else None)
    without = Stack(stack.template, **stack.parameters | {"Warm": "yes", "CacheBucket": ""})
    refused = bool(without.refusals()) and not stack.refusals()
    yield "releases are made beforehand only where all instances share them", refused


def exact(stack):
    """The payloads of the access points whose releases have exact lengths, by their ARNs."""
    found = {}
    for name, point in stack.of_type("AWS::S3ObjectLambda::AccessPoint").items():
        for one in point["ObjectLambdaConfiguration"]["TransformationConfigurations"]:
            asked = json_of(one["ContentTransformation"]["AwsLambda"].get("FunctionPayload"))
            if isinstance(asked, dict) and (asked.get("format") == "csv" or asked.get("length") == "exact"):
                found[stack.attribute(name, "Arn")] = asked
    return found


def json_of(text):
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return None


FEATURES = ["GetObject-PartNumber", "GetObject-Range", "HeadObject-PartNumber", "HeadObject-Range"]


def consumers(stack):
    points = stack.of_type("AWS::S3ObjectLambda::AccessPoint")
    yield "there are two consumers at least", len(points) >= 2
    for name, point in points.items():
        setup = point["ObjectLambdaConfiguration"]
        through = stack.attribute("SupportingAccessPoint", "Arn")
        yield "an access point reads through the supporting one", setup.get("SupportingAccessPoint") == through
        yield "an access point counts its requests", setup.get("CloudWatchMetricsEnabled") is True
        # S3 refuses what is not named, and readers of Parquet ask for nothing else.
        yield "ranges and parts are let through", sorted(setup.get("AllowedFeatures", [])) == FEATURES
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
    known = set(asked) <= {"projection", "format", "as_of", "length", "length_factor"}
    known = known and asked.get("format", "parquet") in ("parquet", "csv")
    known = known and asked.get("length", "law") in (("law",) if "length_factor" in asked else ("law", "exact"))
    factor = asked.get("length_factor", 1)
    known = known and type(factor) in (int, float) and 0.001 <= factor <= 1000
    place = SQL / f"{asked['projection']}.sql"
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
    for one in (
        one for document in [*(each["PolicyDocument"] for each in managed), point] for one in statements(document)
    ):
        raw = any(action.split(":")[0] in ("s3", "lambda") for action in listed(one.get("Action", [])))
        if raw and one["Effect"] == "Allow":
            yield "raw data and the function through Object Lambda only", one.get("Condition") == via
    for one in managed:
        yield "a reader's policy is of a size that IAM takes", size(one["PolicyDocument"]) <= 6144
    trust = [
        one["Principal"]
        for one in statements(stack.resources["FunctionRole"]["Properties"]["AssumeRolePolicyDocument"])
    ]
    yield "only Lambda takes the function's role", trust == [{"Service": "lambda.amazonaws.com"}]
    secret_policy = stack.of_type("AWS::SecretsManager::ResourcePolicy").values()
    yield "the key's policy is never public", all(one.get("BlockPublicPolicy") is True for one in secret_policy)


def exact_resource(arn):
    """A star stands for what lies under a name that is given: the keys of a bucket, folder or access point, the streams
    of a log group."""
    named = arn.removesuffix(":*") if ":log-group:" in arn else arn.removesuffix("/*")
    return "*" not in named and named.split(":")[-1] not in ("", "accesspoint", "log-group")


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
        one = template["Parameters"][name]
        pattern = one.get("AllowedPattern", "|".join(map(re.escape, one.get("AllowedValues", []))))
        default = template["Parameters"][name]["Default"]
        yield f"{name} takes what it should", all(re.fullmatch(pattern, value) for value in [*good, default])
        yield f"{name} takes nothing else", not any(re.fullmatch(pattern, value) for value in bad)


PARTS = (raw_objects, what_stays, secret, function, new_objects, consumers, permissions, alarms)


def requests(stack, parameters):
    places = [
        (parameters[f"{name}Bucket"], parameters[f"{name}Prefix"]) if f"{name}Bucket" in parameters else None
        for name in ("Sql", "Records", "Cache")
    ]
    return answers(stack, *places, parameters.get("RawReaderArn", ""))


def broken(template):
    """The rules that a template breaks, each with what broke it first."""
    found = {rule: "" for rule, holds in settings(template) if not holds}
    for label, parameters in (("plain", PLAIN), ("full", FULL)):
        stack = Stack(template, **parameters)
        for part in PARTS:
            found |= {rule: label for rule, holds in part(stack) if not holds and rule not in found}
        for rule, wrong in requests(stack, parameters).items():
            if wrong:
                found.setdefault(rule, f"{label}: {wrong[0]}")
    return found


def rules(template):
    """The names of all rules."""
    stack = Stack(template)
    names = {rule for rule, _ in settings(template)} | set(requests(stack, PLAIN))
    for part in PARTS:
        names |= {rule for rule, _ in part(stack)}
    return names
