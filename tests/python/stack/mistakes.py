"""Mistakes that could be made in template.yaml, one change each, and the rule of rules.py, alarms.py or access.py that
must notice it. They show that no rule holds for want of looking.
"""
import copy
import json

DOCUMENTS = ("PolicyDocument", "Policy", "ResourcePolicy")
OPEN = {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}


def put(name, path, value):
    """Sets a property; a path that ends in a number sets an element."""

    def change(template):
        *way, last = steps(path)
        at = template["Resources"][name]["Properties"]
        for step in way:
            at = at[step]
        at[last] = value

    return change


def drop(name, path=None):
    """Takes out a property, or the whole resource."""

    def change(template):
        if path is None:
            del template["Resources"][name]
            return
        *way, last = steps(path)
        at = template["Resources"][name]["Properties"]
        for step in way:
            at = at[step]
        del at[last]

    return change


def steps(path):
    return [int(step) if step.isdigit() else step for step in path.split("/")]


def attribute(name, key, value):
    def change(template):
        template["Resources"][name][key] = value

    return change


def document(template, name):
    properties = template["Resources"][name]["Properties"]
    return next(properties[key] for key in DOCUMENTS if key in properties)["Statement"]


def inside(one, sid):
    """A statement by its name, be it there on a condition only."""
    return one["Fn::If"][1] if sid in str(one.get("Fn::If")) else one


def without(name, sid):
    def change(template):
        found = document(template, name)
        found[:] = [one for one in found if inside(one, sid).get("Sid") != sid]

    return change


def statement(name, sid, **keys):
    """Sets keys of a statement; None takes one out."""

    def change(template):
        one = next(one for one in (inside(each, sid) for each in document(template, name)) if one.get("Sid") == sid)
        for key, value in keys.items():
            one[key] = value
            if value is None:
                del one[key]

    return change


def action(name, sid, old, new=None):
    """Puts another action in the place of one in a list, or nothing."""

    def change(template):
        one = next(one for one in document(template, name) if one.get("Sid") == sid)
        key = "Action" if "Action" in one else "NotAction"
        listed = one[key] if isinstance(one[key], list) else [one[key]]
        one[key] = [new if each == old else each for each in listed if each != old or new]

    return change


def more(name, **new):
    """One more statement."""
    one = {"Effect": "Allow"} | new
    return lambda template: document(template, name).append(copy.deepcopy(one))


def parameter(name, key, value):
    def change(template):
        template["Parameters"][name][key] = value
        if value is None:
            del template["Parameters"][name][key]

    return change


def outputs(name):
    def change(template):
        del template["Outputs"][name]

    return change


def one_consumer(template):
    for part in ("Resources", "Outputs"):
        template[part] = {name: one for name, one in template[part].items() if not name.startswith("Research")}


def without_rules(template):
    del template["Rules"]


def payload(text):
    place = "ObjectLambdaConfiguration/TransformationConfigurations/0/ContentTransformation/AwsLambda/FunctionPayload"
    return put("Analytics", place, text)


def counts(line):
    return f"the line {json.dumps(line)} counts where it must"


TRANSFORM = "ObjectLambdaConfiguration/TransformationConfigurations/0"
THREE = ["GetObject", "HeadObject", "ListObjects"]
VIA = {"ForAnyValue:StringEquals": {"aws:CalledVia": ["s3-object-lambda.amazonaws.com"]}}
NOT_VIA = "ForAllValues:StringNotEquals"
PAYLOAD_RULE = "a payload names a projection that there is"
BY_ACTION = "what is permitted is named action by action"
BY_RESOURCE = "what is permitted is named resource by resource"
VIA_RULE = "raw data and the function through Object Lambda only"
PUBLIC = "nothing is public"
RETAINED = "what cannot be made again is retained"
LOCKED_OUT = "the deployment is not locked out"
NO_MORE = "the function has no more than it needs"
PASSED = "nothing passes through untransformed"
ROOM = "sorts have room to spill beside the releases that are kept"
KEEPS = "the function keeps releases where it is told"
FEATURES = "ranges and parts are let through"
RAW_THROUGH = "the raw access point is read through Object Lambda only"

BUCKET = [
    ("no encryption", drop("RawBucket", "BucketEncryption"), "the bucket is encrypted"),
    ("no versions", put("RawBucket", "VersioningConfiguration/Status", "Suspended"), "the bucket keeps versions"),
    ("ACLs", put("RawBucket", "OwnershipControls/Rules/0/ObjectOwnership", "ObjectWriter"), "the bucket knows no ACLs"),
    ("old versions for ever", drop("RawBucket", "LifecycleConfiguration/Rules/0"), "old versions go in the end"),
    (
        "a rule that is off",
        put("RawBucket", "LifecycleConfiguration/Rules/0/Status", "Disabled"),
        "old versions go in the end",
    ),
    ("uploads for ever", drop("RawBucket", "LifecycleConfiguration/Rules/1"), "abandoned uploads go"),
    ("public policies", put("RawBucket", "PublicAccessBlockConfiguration/BlockPublicPolicy", False), PUBLIC),
    ("public ACLs", put("RawBucket", "PublicAccessBlockConfiguration/IgnorePublicAcls", False), PUBLIC),
    ("no block at the access point", drop("SupportingAccessPoint", "PublicAccessBlockConfiguration"), PUBLIC),
    ("a block less", drop("SupportingAccessPoint", "PublicAccessBlockConfiguration/RestrictPublicBuckets"), PUBLIC),
    ("another bucket", put("SupportingAccessPoint", "Bucket", "other"), "the access point is the bucket's"),
    ("a bucket that goes", attribute("RawBucket", "DeletionPolicy", "Delete"), RETAINED),
    ("a bucket that is replaced", attribute("RawBucket", "UpdateReplacePolicy", "Delete"), RETAINED),
    ("a bucket left open", attribute("RawBucketPolicy", "DeletionPolicy", "Delete"), RETAINED),
    ("a key that goes", attribute("MasterKey", "DeletionPolicy", "Delete"), RETAINED),
    ("a log that goes", attribute("FunctionLog", "DeletionPolicy", "Delete"), RETAINED),
    ("plain HTTP", without("RawBucketPolicy", "OnlyOverTls"), "nothing goes without TLS"),
    ("plain HTTP in", statement("RawBucketPolicy", "OnlyOverTls", Action="s3:GetObject"), "nothing goes without TLS"),
    ("reads around", without("RawBucketPolicy", "NoReadAroundTheAccessPoint"), "the bucket is not read directly"),
    (
        "old versions around",
        action("RawBucketPolicy", "NoReadAroundTheAccessPoint", "s3:GetObjectVersion"),
        "the bucket is not read directly",
    ),
    (
        "any access point of the account",
        statement(
            "RawBucketPolicy",
            "NoReadAroundTheAccessPoint",
            Condition={"StringNotEquals": {"s3:DataAccessPointArn": {"Fn::Sub": "${SupportingAccessPoint.Arn}2"}}},
        ),
        "the bucket is not read through another access point",
    ),
    (
        "no delivery",
        statement("RawBucketPolicy", "NoReadAroundTheAccessPoint", Action="s3:*"),
        "raw objects are delivered",
    ),
    (
        "locked out of the bucket",
        more(
            "RawBucketPolicy",
            Effect="Deny",
            Principal="*",
            Action="s3:*",
            Resource={"Fn::GetAtt": ["RawBucket", "Arn"]},
            Condition={"StringNotEquals": {"s3:DataAccessPointArn": {"Fn::GetAtt": ["SupportingAccessPoint", "Arn"]}}},
        ),
        LOCKED_OUT,
    ),
    ("no delegation", without("RawBucketPolicy", "TheAccessPointDecides"), "Object Lambda reads for the reader"),
    (
        "no list delegated",
        action("RawBucketPolicy", "TheAccessPointDecides", "s3:ListBucket"),
        "Object Lambda lists for the reader",
    ),
    ("all delegated", statement("RawBucketPolicy", "TheAccessPointDecides", Action="s3:*"), BY_ACTION),
]

POINT = [
    ("read raw", without("SupportingAccessPoint", "AndNotOtherwise"), RAW_THROUGH),
    (
        "list raw",
        action("SupportingAccessPoint", "AndNotOtherwise", "s3:ListBucket*"),
        "the raw access point is listed through Object Lambda only",
    ),
    (
        "any service will do",
        statement(
            "SupportingAccessPoint",
            "AndNotOtherwise",
            Condition={NOT_VIA: {"aws:CalledVia": ["s3-object-lambda.amazonaws.com", "cloudformation.amazonaws.com"]}},
        ),
        RAW_THROUGH,
    ),
    (
        "any value will do",
        statement(
            "SupportingAccessPoint",
            "AndNotOtherwise",
            Condition={"ForAnyValue:StringNotEquals": {"aws:CalledVia": ["s3-object-lambda.amazonaws.com"]}},
        ),
        RAW_THROUGH,
    ),
    (
        "the function shut out",
        statement("SupportingAccessPoint", "AndNotOtherwise", Condition={NOT_VIA: VIA["ForAnyValue:StringEquals"]}),
        "the function reads a key with another suffix",
    ),
    (
        "versions, ACLs, writes",
        without("SupportingAccessPoint", "NothingButGet"),
        "no versions, ACLs, tags or writes through Object Lambda",
    ),
    (
        "versions",
        statement("SupportingAccessPoint", "NothingButGet", NotAction=["s3:GetObject", "s3:GetObjectVersion"]),
        "no versions, ACLs, tags or writes through Object Lambda",
    ),
    (
        "the raw reader shut out",
        statement("SupportingAccessPoint", "NothingButGet", Condition=None),
        "the raw reader, if there is one, reads versions and the key",
    ),
    (
        "lists of versions",
        without("SupportingAccessPoint", "NothingButList"),
        "no list of versions through Object Lambda",
    ),
    (
        "the raw reader let in unasked",
        more(
            "SupportingAccessPoint",
            Principal={"AWS": {"Ref": "RawReaderArn"}},
            Action="s3:GetObject",
            Resource={"Fn::Sub": "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/${Name}-raw/object/*"},
        ),
        "the raw reader has what its own policies allow",
    ),
    (
        "permitted without Object Lambda",
        statement("SupportingAccessPoint", "ThroughObjectLambda", Condition=None),
        VIA_RULE,
    ),
    (
        "locked out of the access point",
        statement(
            "SupportingAccessPoint",
            "NothingButList",
            Action="s3:*",
            Condition={"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/nobody"}},
        ),
        LOCKED_OUT,
    ),
    (
        "anybody let in by name",
        more(
            "SupportingAccessPoint",
            Principal="*",
            Action="s3:GetObject",
            Resource={"Fn::Sub": "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/*"},
            Condition=VIA,
        ),
        BY_RESOURCE,
    ),
]

SECRET = [
    ("33 digits", put("MasterKey", "GenerateSecretString/PasswordLength", 33), "the key has 64 digits"),
    (
        "letters to z",
        drop("MasterKey", "GenerateSecretString/ExcludeCharacters"),
        "the key is made of hexadecimal digits",
    ),
    ("capitals", drop("MasterKey", "GenerateSecretString/ExcludeUppercase"), "the key is made of hexadecimal digits"),
    (
        "signs",
        put("MasterKey", "GenerateSecretString/ExcludePunctuation", False),
        "the key is made of hexadecimal digits",
    ),
    ("blanks", put("MasterKey", "GenerateSecretString/IncludeSpace", True), "the key is made of hexadecimal digits"),
    (
        "no digits",
        put("MasterKey", "GenerateSecretString/ExcludeNumbers", True),
        "the key is made of hexadecimal digits",
    ),
    ("uneven", drop("MasterKey", "GenerateSecretString/RequireEachIncludedType"), "the key is drawn evenly"),
    ("wrapped", put("MasterKey", "GenerateSecretString/GenerateStringKey", "key"), "the key is nothing but its digits"),
    ("everybody's key", without("MasterKeyPolicy", "OnlyTheFunctionReads"), "the master key is the function's"),
    ("no policy", drop("MasterKeyPolicy"), "the master key is the function's"),
    ("a public policy", drop("MasterKeyPolicy", "BlockPublicPolicy"), "the key's policy is never public"),
    (
        "nobody's key",
        statement("MasterKeyPolicy", "OnlyTheFunctionReads", Condition=None),
        "the function has the master key",
    ),
    (
        "locked out of the key",
        statement("MasterKeyPolicy", "OnlyTheFunctionReads", Action="secretsmanager:*"),
        LOCKED_OUT,
    ),
]

FUNCTION = [
    ("another machine", put("Function", "Architectures", ["x86_64"]), "the function is built from the checkout"),
    ("another system", put("Function", "Runtime", "provided.al2"), "the function is built from the checkout"),
    (
        "another builder",
        attribute("Function", "Metadata", {"BuildMethod": "makefile"}),
        "the function is built from the checkout",
    ),
    ("3 seconds", drop("Function", "Timeout"), "the function has as long as Object Lambda waits"),
    ("128 MB", put("Function", "MemorySize", 128), "the function has a whole processor"),
    ("no room", drop("Function", "EphemeralStorage"), ROOM),
    ("half the room", put("Function", "EphemeralStorage/Size", 4096), ROOM),
    ("all kept", put("Function", "Environment/Variables/VEILPOINT_CACHE_MAX_BYTES", "8000MiB"), ROOM),
    (
        "little kept",
        drop("Function", "Environment/Variables/VEILPOINT_CACHE_MAX_BYTES"),
        "long releases have room to be kept",
    ),
    (
        "no shared releases",
        drop("Function", "Environment/Variables/VEILPOINT_CACHE_BUCKET"),
        "the function's settings are those that it knows",
    ),
    (
        "around the access point",
        put("Function", "Environment/Variables/VEILPOINT_WARM_BUCKET", {"Ref": "RawBucket"}),
        "the function's settings are those that it knows",
    ),
    ("SAM's role", drop("Function", "Role"), "the function has its own role"),
    ("no limit", drop("Function", "ReservedConcurrentExecutions"), "concurrency is as asked for"),
    ("text", put("Function", "LoggingConfig/LogFormat", "Text"), "the log is JSON and keeps the records"),
    (
        "no records",
        put("Function", "LoggingConfig/ApplicationLogLevel", "WARN"),
        "the log is JSON and keeps the records",
    ),
    ("a log for ever", drop("FunctionLog", "RetentionInDays"), "the log is kept as long as asked for"),
    ("no SQL", drop("Function", "Layers"), "the layer has the SQL"),
    ("samples for SQL", put("Sql", "ContentUri", "samples/"), "the layer has the SQL"),
    (
        "a name that nobody reads",
        put("Function", "Environment/Variables/VEILPOINT_SECRET", "x"),
        "the function's settings are those that it knows",
    ),
    (
        "no key",
        drop("Function", "Environment/Variables/VEILPOINT_KEY_SECRET"),
        "the function's settings are those that it knows",
    ),
    ("every secret", statement("FunctionPolicy", "MasterKey", Resource="*"), BY_RESOURCE),
    ("secrets by the star", statement("FunctionPolicy", "MasterKey", Action="secretsmanager:*"), BY_ACTION),
    (
        "the key changed",
        statement(
            "FunctionPolicy", "MasterKey", Action=["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
        ),
        NO_MORE,
    ),
    ("every bucket", statement("FunctionPolicy", "KeysWithAnotherSuffix", Resource=OPEN), BY_RESOURCE),
    (
        "the bucket itself",
        more("FunctionPolicy", Action="s3:GetObjectAcl", Resource={"Fn::Sub": "${RawBucket.Arn}/*"}),
        NO_MORE,
    ),
    (
        "writes",
        action("FunctionPolicy", "KeysWithAnotherSuffix", "s3:ListBucket", "s3:PutObject"),
        "the function reads a key with another suffix",
    ),
    ("no log", without("FunctionPolicy", "Log"), "the function writes its log"),
    (
        "every log",
        statement("FunctionPolicy", "Log", Resource={"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:*"}),
        BY_RESOURCE,
    ),
    ("no SQL read", without("FunctionPolicy", "ReadSql"), "the function reads SQL and writes records where it is told"),
    (
        "no record written",
        without("FunctionPolicy", "WriteRecords"),
        "the function reads SQL and writes records where it is told",
    ),
    ("no SQL listed", without("FunctionPolicy", "ListSql"), "the function lists SQL where it is told"),
    ("all listed", statement("FunctionPolicy", "ListSql", Condition=None), NO_MORE),
    ("nothing kept", without("FunctionPolicy", "KeepReleases"), KEEPS),
    ("nothing deleted", statement("FunctionPolicy", "KeepReleases", Action=["s3:GetObject", "s3:PutObject"]), KEEPS),
    (
        "kept anywhere",
        statement("FunctionPolicy", "KeepReleases", Resource={"Fn::Sub": "arn:aws:s3:::${CacheBucket}/*"}),
        NO_MORE,
    ),
    ("nothing missed", without("FunctionPolicy", "MissReleases"), "the function misses what is not kept"),
    ("all kept listed", statement("FunctionPolicy", "MissReleases", Condition=None), NO_MORE),
    ("records read", statement("FunctionPolicy", "WriteRecords", Action=["s3:PutObject", "s3:GetObject"]), NO_MORE),
    ("no answer", drop("ResearchAnswer"), "the function answers every consumer"),
    ("any answer", more("ResearchAnswer", Action="s3-object-lambda:WriteGetObjectResponse", Resource="*"), BY_RESOURCE),
    (
        "anybody's role",
        put("FunctionRole", "AssumeRolePolicyDocument/Statement/0/Principal", {"AWS": "*"}),
        "only Lambda takes the function's role",
    ),
]

WARM = "Environment/Variables/VEILPOINT_WARM/Fn::If/1/Fn::Sub/1/Consumers/Fn::Join/1"
ANALYTICS = '"arn:aws:s3-object-lambda:eu-central-1:111122223333:accesspoint/veilpoint-analytics": '
BEFOREHAND = "what is made beforehand is what consumers ask for"
TOLD = "the function is told of the bucket's new objects"
ALONE = "nothing else calls the function by itself"
TELLS = "the bucket tells of new objects if it is asked to"

NEW_OBJECTS = [
    ("a bucket that is silent", drop("RawBucket", "NotificationConfiguration"), TELLS),
    (
        "a bucket that always tells",
        put("RawBucket", "NotificationConfiguration", {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}),
        TELLS,
    ),
    ("nobody told", put("NewObjects", "Targets", []), TOLD),
    ("another bucket's", put("NewObjects", "EventPattern/detail/bucket/name", ["other"]), TOLD),
    ("every bucket's", drop("NewObjects", "EventPattern/detail"), TOLD),
    ("what is deleted", put("NewObjects", "EventPattern/detail-type", ["Object Deleted"]), TOLD),
    ("another function told", put("NewObjects", "Targets/0/Arn", "arn"), TOLD),
    ("told unasked", attribute("NewObjects", "Condition", None), TOLD),
    ("no call permitted", drop("NewObjectsPermission"), ALONE),
    ("every rule calls", drop("NewObjectsPermission", "SourceArn"), ALONE),
    ("everybody calls", put("NewObjectsPermission", "Principal", "*"), ALONE),
    ("every action", put("NewObjectsPermission", "Action", "lambda:*"), ALONE),
    ("nothing made", put("Function", WARM, []), BEFOREHAND),
    ("another format", put("Function", f"{WARM}/0", ANALYTICS + '{"projection": "patients/analytics"}'), BEFOREHAND),
    (
        "a payload that went another way",
        payload('{"projection": "patients/analytics", "format": "csv", "as_of": "object"}'),
        BEFOREHAND,
    ),
    ("an exact length", payload('{"projection": "patients/analytics", "length": "exact"}'), BEFOREHAND),
    ("broken JSON made", put("Function", f"{WARM}/0", ANALYTICS), BEFOREHAND),
    ("made for nobody", without_rules, "releases are made beforehand only where all instances share them"),
]

CONSUMERS = [
    ("LIST untransformed", put("Analytics", f"{TRANSFORM}/Actions", THREE), "all four actions are transformed"),
    (
        "HEAD untransformed",
        put("Research", f"{TRANSFORM}/Actions", ["GetObject", *THREE[2:], "ListObjectsV2"]),
        "all four actions are transformed",
    ),
    ("no ranges", drop("Analytics", "ObjectLambdaConfiguration/AllowedFeatures"), FEATURES),
    ("GET alone", put("Research", "ObjectLambdaConfiguration/AllowedFeatures", ["GetObject-Range"]), FEATURES),
    (
        "no metrics",
        drop("Analytics", "ObjectLambdaConfiguration/CloudWatchMetricsEnabled"),
        "an access point counts its requests",
    ),
    (
        "another source",
        put("Analytics", "ObjectLambdaConfiguration/SupportingAccessPoint", "arn"),
        "an access point reads through the supporting one",
    ),
    (
        "another function",
        put("Research", f"{TRANSFORM}/ContentTransformation/AwsLambda/FunctionArn", "arn"),
        "an access point calls the function",
    ),
    ("no payload", payload(""), PAYLOAD_RULE),
    ("broken JSON", payload('{"projection": "patients/analytics"'), PAYLOAD_RULE),
    ("a list", payload('["patients/analytics"]'), PAYLOAD_RULE),
    ("a word too many", payload('{"projection": "patients/analytics", "formats": "csv"}'), PAYLOAD_RULE),
    ("another format", payload('{"projection": "patients/analytics", "format": "orc"}'), PAYLOAD_RULE),
    ("no such length", payload('{"projection": "patients/analytics", "length": "laws"}'), PAYLOAD_RULE),
    (
        "a factor of nothing",
        payload('{"projection": "patients/analytics", "length": "exact", "length_factor": 2}'),
        PAYLOAD_RULE,
    ),
    ("a factor in words", payload('{"projection": "patients/analytics", "length_factor": "2"}'), PAYLOAD_RULE),
    ("no factor at all", payload('{"projection": "patients/analytics", "length_factor": 0}'), PAYLOAD_RULE),
    ("no such projection", payload('{"projection": "patients/everything"}'), PAYLOAD_RULE),
    ("the contract", payload('{"projection": "patients/schema"}'), PAYLOAD_RULE),
    ("a path", payload('{"projection": "../sql/patients/analytics"}'), PAYLOAD_RULE),
    (
        "a long name",
        put("Analytics", "Name", {"Fn::Sub": "${Name}-analytics-and-research"}),
        "an access point's name has 45 characters at most",
    ),
    ("no alias", outputs("ResearchAlias"), "a consumer's alias, ARN and policy are shown"),
    ("PUT passes", action("AnalyticsPolicy", "NothingButGetAndList", "s3-object-lambda:PutObject*"), PASSED),
    ("DELETE passes", action("ResearchPolicy", "NothingButGetAndList", "s3-object-lambda:DeleteObject*"), PASSED),
    (
        "versions pass",
        action(
            "AnalyticsPolicy",
            "NothingButGetAndList",
            "s3-object-lambda:GetObjectVersion*",
            "s3-object-lambda:GetObjectVersion",
        ),
        PASSED,
    ),
    ("no policy", drop("ResearchPolicy"), PASSED),
    ("a policy of the neighbour's", put("ResearchPolicy", "ObjectLambdaAccessPoint", {"Ref": "Analytics"}), PASSED),
    ("permitted instead", statement("AnalyticsPolicy", "NothingButGetAndList", Effect="Allow"), PASSED),
    (
        "locked out of the consumer",
        statement("AnalyticsPolicy", "NothingButGetAndList", Action="s3:*"),
        LOCKED_OUT,
    ),
    ("one consumer", one_consumer, "there are two consumers at least"),
]

READERS = [
    ("nothing to read", without("AnalyticsReader", "GetAndList"), "a reader reads and lists"),
    (
        "the neighbour's",
        statement("ResearchReader", "GetAndList", Resource={"Fn::GetAtt": ["Analytics", "Arn"]}),
        "a reader reads and lists",
    ),
    ("every access point", statement("AnalyticsReader", "GetAndList", Resource="*"), BY_RESOURCE),
    ("reads by the star", statement("AnalyticsReader", "GetAndList", Action="s3-object-lambda:Get*"), BY_ACTION),
    ("all but", statement("AnalyticsReader", "GetAndList", Action=None, NotAction="s3:*"), BY_ACTION),
    ("raw at any time", statement("AnalyticsReader", "WhatObjectLambdaDoesForIt", Condition=None), VIA_RULE),
    (
        "raw by every service",
        statement("ResearchReader", "WhatObjectLambdaDoesForIt", Condition={"Bool": {"aws:ViaAWSService": "true"}}),
        VIA_RULE,
    ),
    (
        "no call",
        action("AnalyticsReader", "WhatObjectLambdaDoesForIt", "lambda:InvokeFunction"),
        "Object Lambda calls the function",
    ),
    (
        "no source",
        action("AnalyticsReader", "WhatObjectLambdaDoesForIt", "s3:GetObject"),
        "Object Lambda reads for the reader",
    ),
    (
        "no list",
        action("AnalyticsReader", "WhatObjectLambdaDoesForIt", "s3:ListBucket"),
        "Object Lambda lists for the reader",
    ),
    ("by itself", without("AnalyticsReader", "NotByItself"), "a reader does not call the function itself"),
    ("calls", action("AnalyticsReader", "NotByItself", "lambda:Invoke*"), "a reader does not call the function itself"),
    ("the bucket", action("AnalyticsReader", "NotByItself", "s3:*"), "a reader is kept from the bucket"),
    (
        "the kept releases",
        drop("ResearchReader", "PolicyDocument/Statement/2/Resource/6"),
        "a reader is kept from the releases of others",
    ),
    (
        "lists",
        action("ResearchReader", "NotByItself", "s3:*", "s3:*Object"),
        "a reader is kept from the raw access point",
    ),
    (
        "an alias of the function",
        statement("AnalyticsReader", "NotByItself", Resource=[{"Fn::GetAtt": ["Function", "Arn"]}]),
        "a reader does not call the function itself",
    ),
    ("everything else", without("AnalyticsReader", "NothingButGetAndList"), "a reader does nothing but get and list"),
    (
        "its own payload",
        statement("AnalyticsReader", "NothingButGetAndList", Action=["s3-object-lambda:Put*"], NotAction=None),
        "a reader does not change its access point",
    ),
    ("the neighbour's too", without("ResearchReader", "AsNobodyElse"), "a reader reads as nobody else"),
    (
        "a policy too long",
        more("AnalyticsReader", Effect="Deny", Action=[f"s3:{n:06}" for n in range(600)], Resource="*"),
        "a reader's policy is of a size that IAM takes",
    ),
]

ALARMS = [
    (
        "another word",
        put("SqlFilter", "FilterPattern", '{ $.event = "sql_refusal" }'),
        counts({"event": "sql_refused", "level": "ERROR"}),
    ),
    (
        "half of it",
        put("SqlFilter", "FilterPattern", '{ $.event = "sql_refused" }'),
        counts({"event": "sql_unavailable", "level": "ERROR"}),
    ),
    (
        "any broken word",
        put("BrokenFilter", "FilterPattern", '{ $.outcome = "brocken" }'),
        counts({"event": "request", "status": 200, "outcome": "broken"}),
    ),
    (
        "every request",
        put("BrokenFilter", "FilterPattern", '{ $.event = "request" }'),
        counts({"event": "request", "status": 200, "outcome": "released"}),
    ),
    (
        "missing keys",
        put("ObjectsFilter", "FilterPattern", "{ $.status >= 400 }"),
        counts({"event": "request", "status": 404, "outcome": "refused", "code": "NoSuchKey"}),
    ),
    (
        "no object",
        put("ObjectsFilter", "FilterPattern", "{ $.status = 422 }"),
        counts({"event": "request", "status": 409, "outcome": "refused"}),
    ),
    (
        "no refused projection",
        put("ObjectsFilter", "FilterPattern", "{ ($.status = 409) || ($.status = 403) }"),
        counts({"event": "request", "status": 403, "outcome": "refused", "code": "ProjectionRefused"}),
    ),
    (
        "no 500",
        put("FaultsFilter", "FilterPattern", '{ ($.event = "panic") || ($.status = 503) }'),
        counts({"event": "request", "status": 500, "outcome": "refused", "code": "KeyUnavailable"}),
    ),
    (
        "no 503",
        put("FaultsFilter", "FilterPattern", '{ ($.event = "panic") || ($.status = 500) }'),
        counts({"event": "request", "status": 503, "outcome": "refused", "code": "SourceUnavailable"}),
    ),
    (
        "no answer to a HEAD",
        put("FaultsFilter", "FilterPattern", '{ ($.status >= 500) && ($.code != "SlowDown") }'),
        counts({"event": "request", "status": 503, "outcome": "refused"}),
    ),
    (
        "a listing that waits",
        put("FaultsFilter", "FilterPattern", '{ ($.event = "panic") || ($.status >= 500) }'),
        counts({"event": "request", "status": 503, "outcome": "refused", "code": "SlowDown"}),
    ),
    (
        "every refusal",
        put("SlowListsFilter", "FilterPattern", '{ ($.event = "request") && ($.status >= 416) }'),
        counts({"event": "request", "status": 416, "outcome": "refused", "code": "InvalidRange"}),
    ),
    (
        "outcomes",
        put("ObjectsFilter", "FilterPattern", '{ $.outcome = "made" }'),
        counts({"event": "warmed", "level": "INFO", "outcome": "made"}),
    ),
    (
        "only who asks",
        put("ObjectsFilter", "FilterPattern", '{ ($.event = "request") && ($.status = 409) }'),
        counts({"event": "not_warmed", "level": "ERROR"}),
    ),
    (
        "every release",
        put("BrokenFilter", "FilterPattern", '{ $.event = "release_made" }'),
        counts({"event": "release_made", "level": "INFO"}),
    ),
    (
        "denials",
        put("FaultsFilter", "FilterPattern", '{ $.kind = "denied" }'),
        counts({"event": "cache_bucket", "level": "WARN", "kind": "denied"}),
    ),
    (
        "no lost record",
        put("FaultsFilter", "FilterPattern", '{ ($.event = "panic") || ($.status >= 500) }'),
        counts({"event": "record_not_kept", "level": "ERROR"}),
    ),
    (
        "no panic",
        put("FaultsFilter", "FilterPattern", "{ $.status >= 500 }"),
        counts({"event": "panic", "level": "ERROR"}),
    ),
    (
        "starts",
        put("FaultsFilter", "FilterPattern", '{ $.event = "start" }'),
        counts({"event": "start", "level": "INFO"}),
    ),
    (
        "loads",
        put("SqlFilter", "FilterPattern", '{ $.event = "sql_loaded" }'),
        counts({"event": "sql_loaded", "level": "INFO", "refused": 0}),
    ),
    (
        "drift",
        put("SqlFilter", "FilterPattern", '{ $.event = "unknown_columns" }'),
        counts({"event": "unknown_columns", "level": "WARN"}),
    ),
    (
        "records",
        put("ObjectsFilter", "FilterPattern", "{ $.rows_in >= 409 }"),
        counts({"event": "release", "level": "INFO", "rows_in": 500}),
    ),
    ("another log", put("SqlFilter", "LogGroupName", "other"), "a filter reads the function's log"),
    ("a count of nothing", put("SqlFilter", "MetricTransformations/0/MetricValue", "0"), "a filter counts lines"),
    ("no alarm", drop("BrokenAlarm"), "every filter has its alarm"),
    ("another metric", put("SqlAlarm", "MetricName", "Sql"), "every filter has its alarm"),
    ("no errors", drop("ErrorsAlarm"), "the function's errors, throttles and duration are watched"),
    (
        "all functions",
        drop("ThrottlesAlarm", "Dimensions"),
        "the function's errors, throttles and duration are watched",
    ),
    ("too late", put("DurationAlarm", "Threshold", 60000), "the alarm comes before the time is up"),
    ("seconds", put("DurationAlarm", "Threshold", 48), "the alarm comes before the time is up"),
    ("a hundred", put("ErrorsAlarm", "Threshold", 100), "an alarm sounds at the first"),
    ("above", put("BrokenAlarm", "ComparisonOperator", "GreaterThanThreshold"), "an alarm sounds at the first"),
    ("alarm at night", drop("SqlAlarm", "TreatMissingData"), "silence is no alarm"),
    ("nobody hears", drop("FaultsAlarm", "AlarmActions"), "alarms go where the deployer says"),
]

SETTINGS = [
    (
        "no reason given",
        parameter("Name", "ConstraintDescription", None),
        "every parameter has bounds, a description and a default",
    ),
    (
        "no bounds",
        parameter("KeepVersionsDays", "MinValue", None),
        "every parameter has bounds, a description and a default",
    ),
    ("any name", parameter("Name", "AllowedPattern", ".*"), "Name takes nothing else"),
    ("no digits", parameter("Name", "AllowedPattern", "^[a-z]{3,24}$"), "Name takes what it should"),
    ("a default that it refuses", parameter("Name", "Default", "Veilpoint"), "Name takes what it should"),
    ("a URL", parameter("SqlBucket", "AllowedPattern", "^.*$"), "SqlBucket takes nothing else"),
    ("a bucket is a must", parameter("SqlBucket", "AllowedPattern", "^[a-z0-9-]+$"), "SqlBucket takes what it should"),
    (
        "a folder without slash",
        parameter("SqlPrefix", "AllowedPattern", "^[A-Za-z0-9._/-]*$"),
        "SqlPrefix takes nothing else",
    ),
    ("one folder", parameter("SqlPrefix", "AllowedPattern", "^[a-z]+/$"), "SqlPrefix takes what it should"),
    ("any records", parameter("RecordsBucket", "AllowedPattern", "^.*$"), "RecordsBucket takes nothing else"),
    (
        "records are a must",
        parameter("RecordsBucket", "AllowedPattern", "^[a-z0-9-]+$"),
        "RecordsBucket takes what it should",
    ),
    ("a star", parameter("RecordsPrefix", "AllowedPattern", "^[^/]*/?$"), "RecordsPrefix takes nothing else"),
    (
        "one records folder",
        parameter("RecordsPrefix", "AllowedPattern", "^[a-z]+/$"),
        "RecordsPrefix takes what it should",
    ),
    ("any cache", parameter("CacheBucket", "AllowedPattern", "^.*$"), "CacheBucket takes nothing else"),
    ("a cache is a must", parameter("CacheBucket", "AllowedPattern", "^[a-z-]+$"), "CacheBucket takes what it should"),
    ("a star of releases", parameter("CachePrefix", "AllowedPattern", "^[^/]*/?$"), "CachePrefix takes nothing else"),
    ("one cache folder", parameter("CachePrefix", "AllowedPattern", "^[a-z]+/$"), "CachePrefix takes what it should"),
    ("true", parameter("Warm", "AllowedValues", ["no", "yes", "true"]), "Warm takes nothing else"),
    ("never", parameter("Warm", "AllowedValues", ["no"]), "Warm takes what it should"),
    ("everybody", parameter("RawReaderArn", "AllowedPattern", "^.*$"), "RawReaderArn takes nothing else"),
    (
        "no paths",
        parameter("RawReaderArn", "AllowedPattern", r"^(arn:aws:iam::\d{12}:role/\w+)?$"),
        "RawReaderArn takes what it should",
    ),
    ("any text", parameter("AlarmEmail", "AllowedPattern", "^.*$"), "AlarmEmail takes nothing else"),
    (
        "an address is a must",
        parameter("AlarmEmail", "AllowedPattern", r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        "AlarmEmail takes what it should",
    ),
    (
        "a text that is not tried",
        lambda template: template["Parameters"].update(Other={"Type": "String"}),
        "every text is tried",
    ),
]

MISTAKES = BUCKET + POINT + SECRET + FUNCTION + NEW_OBJECTS + CONSUMERS + READERS + ALARMS + SETTINGS
