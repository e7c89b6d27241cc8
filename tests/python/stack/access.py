"""Who may do what in a stack of template.yaml: requests by readers, by those with every right but no reader's policy,
by the function and by the raw reader, each with the answer that IAM must give.
"""
import json
from importlib import resources

import cfnlint.data.AdditionalSpecs

from . import ACCOUNT
from .iam import listed, verdict

KEY = "patients.csv"
ALL_RIGHTS = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
THROUGH = {"aws:CalledVia": ["s3-object-lambda.amazonaws.com"]}
ELSEWHERE = {"aws:CalledVia": ["cloudformation.amazonaws.com"]}
SOMEBODY = f"arn:aws:iam::{ACCOUNT}:role/somebody"

# All there are, as AWS lists them.
POLICIES = json.loads(resources.files(cfnlint.data.AdditionalSpecs).joinpath("Policies.json").read_text())
OBJECT_LAMBDA = sorted(f"s3-object-lambda:{name}" for name in POLICIES["s3-object-lambda"]["Actions"])
OF_OBJECTS = sorted(
    f"s3:{name}" for name, one in POLICIES["s3"]["Actions"].items() if "accesspointobject" in one.get("Resources", [])
)
OF_LISTS = ["s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"]


class Requests:
    """Asks a stack, and keeps for each rule the requests that are not answered as they must be."""

    def __init__(self, stack):
        self.stack = stack
        self.wrong = {}
        arn = lambda name: stack.attribute(name, "Arn")
        self.bucket, self.raw, self.function = arn("RawBucket"), arn("SupportingAccessPoint"), arn("Function")
        self.secret, self.log, self.role = arn("MasterKey"), arn("FunctionLog"), arn("FunctionRole")
        self.consumers = {name: arn(name) for name in stack.of_type("AWS::S3ObjectLambda::AccessPoint")}
        roles = stack.of_type("AWS::IAM::RolePolicy").values()
        self.own = [one["PolicyDocument"] for one in roles if one["RoleName"] == "FunctionRole"]
        self.readers = {
            name: stack.resources[f"{name}Reader"]["Properties"]["PolicyDocument"] for name in self.consumers
        }
        self.attached = {self.bucket: [], self.raw: [], self.secret: []}
        for one in stack.of_type("AWS::S3::BucketPolicy").values():
            self.attached[self.bucket].append(one["PolicyDocument"])
        self.attached[self.raw].append(stack.resources["SupportingAccessPoint"]["Properties"]["Policy"])
        for one in stack.of_type("AWS::SecretsManager::ResourcePolicy").values():
            self.attached[one["SecretId"]].append(one["ResourcePolicy"])
        for name, arn in self.consumers.items():
            policies = stack.of_type("AWS::S3ObjectLambda::AccessPointPolicy").values()
            named = [
                one["PolicyDocument"] for one in policies if one["ObjectLambdaAccessPoint"] == stack.reference(name)
            ]
            self.attached[arn] = named

    def allowed(self, who, rights, action, resource, context, attached=True, consent=True):
        """As IAM decides within one account: no denial, and a permission of the caller's own or for the caller by name.
        A request for data at an access point needs the bucket's consent as well; without `consent`, its silence will
        do, since rights on the bucket may stand in for it."""
        through = resource.startswith(self.raw)
        if through:
            context = context | {"s3:DataAccessPointArn": self.raw}
        owner = next((arn for arn in self.attached if resource == arn or resource.startswith(f"{arn}/")), None)
        policies = self.attached[owner] if owner and attached else []
        if verdict(policies, who, action, resource, context) == "Deny":
            return False
        named = verdict(policies, who, action, resource, context, by_name=True)
        if "Allow" not in (verdict(rights, who, action, resource, context), named):
            return False
        if through and attached and (action in OF_LISTS or "/object/" in resource):
            beneath = resource.replace(f"{self.raw}/object", self.bucket).replace(self.raw, self.bucket)
            said = verdict(self.attached[self.bucket], who, action, beneath, context)
            return said == "Allow" or (said is None and not consent)
        return True

    def expect(self, rule, yes, who, rights, actions, resource, context=None, attached=True):
        wrong = self.wrong.setdefault(rule, [])
        for action in listed(actions):
            # The worse of two readings: what must be possible is so for sure, what must not be is so in no case.
            if self.allowed(who, rights, action, resource, context or {}, attached, consent=yes) != yes:
                wrong.append(f"{action} on {resource} is {'refused' if yes else 'allowed'}")


def reading(ask):
    """A reader needs nothing but its policy."""
    for name, own in ask.consumers.items():
        may = lambda rule, actions, resource, context=None: ask.expect(
            rule, True, SOMEBODY, [ask.readers[name]], actions, resource, context
        )
        may("a reader reads and lists", ["s3-object-lambda:getobject", "s3-object-lambda:listbucket"], own)
        may("Object Lambda calls the function", "lambda:InvokeFunction", f"{ask.function}:$LATEST", THROUGH)
        may("Object Lambda calls the function", "lambda:InvokeFunction", ask.function, THROUGH)
        may("Object Lambda reads for the reader", "s3:getobject", f"{ask.raw}/object/{KEY}", THROUGH)
        may("Object Lambda lists for the reader", "s3:listbucket", ask.raw, THROUGH)


def readers_with_every_right(ask, cache):
    """The reader's own policy closes the rest, whatever other rights its role has, and alone: without the policies of
    bucket and access points. `cache` is the place in a bucket where releases are kept, or None."""
    for name, own in ask.consumers.items():
        rights = [ask.readers[name], ALL_RIGHTS]
        may_not = lambda rule, actions, resource, context=None: ask.expect(
            rule, False, SOMEBODY, rights, actions, resource, context, attached=False
        )
        others = ["s3-object-lambda:getobject", "s3-object-lambda:listbucket"]
        rest = [action for action in OBJECT_LAMBDA if action not in others]
        may_not("a reader does nothing but get and list", rest, own)
        may_not("a reader does not change its access point", "s3:PutAccessPointConfigurationForObjectLambda", own)
        for other in [*(arn for one, arn in ask.consumers.items() if one != name), f"{own}2"]:
            may_not("a reader reads as nobody else", OBJECT_LAMBDA, other)
        for context in (None, ELSEWHERE):
            for at in (ask.function, f"{ask.function}:$LATEST", f"{ask.function}:live"):
                calls = ["lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl"]
                may_not("a reader does not call the function itself", calls, at, context)
            may_not("a reader is kept from the bucket", [*OF_LISTS, "s3:PutBucketPolicy"], ask.bucket, context)
            may_not("a reader is kept from the bucket", OF_OBJECTS, f"{ask.bucket}/{KEY}", context)
            may_not(
                "a reader is kept from the raw access point", [*OF_LISTS, "s3:PutAccessPointPolicy"], ask.raw, context
            )
            may_not("a reader is kept from the raw access point", OF_OBJECTS, f"{ask.raw}/object/{KEY}", context)
            kept = "a reader is kept from the releases of others"
            ask.wrong.setdefault(kept, [])
            if cache:
                may_not(kept, OF_OBJECTS, f"arn:aws:s3:::{cache[0]}/{cache[1]}a", context)


def others_with_every_right(ask):
    """What the buckets', access points' and secret's own policies refuse to whoever has every right and no reader's
    policy, such as a role with AmazonS3FullAccess."""
    ask_for = lambda yes: lambda rule, actions, resource, context=None: ask.expect(
        rule, yes, SOMEBODY, [ALL_RIGHTS], actions, resource, context
    )
    may, may_not = ask_for(True), ask_for(False)
    transformed = ["getobject", "listbucket", "writegetobjectresponse"]
    passed_on = [action for action in OBJECT_LAMBDA if action.split(":")[1] not in transformed]
    for arn in ask.consumers.values():
        may_not("nothing passes through untransformed", passed_on, arn)
        may("the deployment is not locked out", ["s3:PutAccessPointPolicyForObjectLambda"], arn)
    key = f"{ask.raw}/object/{KEY}"
    for context in (None, ELSEWHERE):
        may_not("the raw access point is read through Object Lambda only", OF_OBJECTS, key, context)
        may_not("the raw access point is listed through Object Lambda only", OF_LISTS, ask.raw, context)
    versions_and_writes = [action for action in OF_OBJECTS if action != "s3:getobject"]
    may_not("no versions, ACLs, tags or writes through Object Lambda", versions_and_writes, key, THROUGH)
    may_not("no list of versions through Object Lambda", OF_LISTS[1:], ask.raw, THROUGH)
    may("the deployment is not locked out", ["s3:PutAccessPointPolicy", "s3:DeleteAccessPoint"], ask.raw)
    read = ["s3:getobject", "s3:getobjectversion"]
    may_not("the bucket is not read directly", read, f"{ask.bucket}/{KEY}")
    another = {"s3:DataAccessPointArn": f"{ask.raw}2"}
    may_not("the bucket is not read through another access point", read, f"{ask.bucket}/{KEY}", another)
    may("raw objects are delivered", ["s3:putobject", "s3:abortmultipartupload"], f"{ask.bucket}/{KEY}")
    may("the deployment is not locked out", ["s3:PutBucketPolicy", "s3:listbucket"], ask.bucket)
    plain = {"aws:SecureTransport": "false"}
    may_not("nothing goes without TLS", ["s3:putobject", "s3:getobject"], f"{ask.bucket}/{KEY}", plain)
    may_not("nothing goes without TLS", "s3:listbucket", ask.bucket, plain)
    may_not("the master key is the function's", "secretsmanager:GetSecretValue", ask.secret)
    may("the deployment is not locked out", ["secretsmanager:PutResourcePolicy"], ask.secret)


def the_function(ask, sql, records, cache):
    """`sql`, `records` and `cache` are the places in buckets that the stack was given, or None."""
    ask_for = lambda yes: lambda rule, actions, resource, context=None: ask.expect(
        rule, yes, ask.role, ask.own, actions, resource, context
    )
    may, may_not = ask_for(True), ask_for(False)
    key = f"{ask.raw}/object/{KEY}"
    may("the function reads a key with another suffix", "s3:getobject", key)
    may("the function reads a key with another suffix", "s3:listbucket", ask.raw)
    may("the function has the master key", "secretsmanager:GetSecretValue", ask.secret)
    stream = ask.log.replace(":*", ":log-stream:one")
    may("the function writes its log", ["logs:CreateLogStream", "logs:PutLogEvents"], stream)
    for arn in ask.consumers.values():
        may("the function answers every consumer", "s3-object-lambda:WriteGetObjectResponse", arn)
    may_not("the function has no more than it needs", OF_OBJECTS, f"{ask.bucket}/{KEY}")
    may_not("the function has no more than it needs", [one for one in OF_OBJECTS if one != "s3:getobject"], key)
    may_not("the function has no more than it needs", "secretsmanager:GetSecretValue", f"{ask.secret}2")
    may_not("the function has no more than it needs", "secretsmanager:PutSecretValue", ask.secret)
    may_not("the function has no more than it needs", "logs:PutLogEvents", stream.replace("log-group:", "log-group:x"))
    may_not("the function has no more than it needs", "logs:DeleteLogStream", stream)
    nobody = f"{next(iter(ask.consumers.values()))}2"
    may_not("the function has no more than it needs", "s3-object-lambda:WriteGetObjectResponse", nobody)
    may_not("the function has no more than it needs", "s3:listallmybuckets", "*")
    told = "the function reads SQL and writes records where it is told"
    keeps = "the function keeps releases where it is told"
    read_write = ["s3:getobject", "s3:putobject", "s3:deleteobject"]
    told_of = [(told, sql, ["s3:getobject"]), (told, records, ["s3:putobject"]), (keeps, cache, read_write)]
    for rule, place, actions in told_of:
        bucket, prefix = place or ("elsewhere", "in/")
        (may if place else may_not)(rule, actions, f"arn:aws:s3:::{bucket}/{prefix}a/b")
        rest = [one for one in OF_OBJECTS if one not in actions]
        may_not("the function has no more than it needs", rest, f"arn:aws:s3:::{bucket}/{prefix}a/b")
        may_not("the function has no more than it needs", OF_OBJECTS, f"arn:aws:s3:::{bucket}/a/b")
    # S3 says that a key is missing to those who may list it as a prefix.
    lists, misses = "the function lists SQL where it is told", "the function misses what is not kept"
    for rule, place, under in ((lists, sql, ""), (misses, cache, "a")):
        bucket, prefix = place or ("elsewhere", "in/")
        listed_as = {"s3:prefix": f"{prefix}{under}"}
        (may if place else may_not)(rule, "s3:listbucket", f"arn:aws:s3:::{bucket}", listed_as)
        for context in ({"s3:prefix": "a/"}, {}):
            may_not("the function has no more than it needs", "s3:listbucket", f"arn:aws:s3:::{bucket}", context)


def the_raw_reader(ask, arn):
    """`arn` is the role that the stack was given, or "" where there is none: then nobody else is let in."""
    who = arn or SOMEBODY
    rule = "the raw reader, if there is one, reads versions and the key"
    reads = lambda actions, resource: ask.expect(rule, bool(arn), who, [ALL_RIGHTS], actions, resource)
    reads(["s3:getobject", "s3:getobjectversion"], f"{ask.raw}/object/{KEY}")
    reads("s3:listbucket", ask.raw)
    reads("secretsmanager:GetSecretValue", ask.secret)
    not_around = "the bucket is not read directly"
    ask.expect(not_around, False, who, [ALL_RIGHTS], "s3:getobject", f"{ask.bucket}/{KEY}")
    ask.expect(
        "the raw reader has what its own policies allow", False, who, [], "s3:getobject", f"{ask.raw}/object/{KEY}"
    )


def answers(stack, sql, records, cache, raw_reader):
    """For each rule, the requests that are not answered as they must be."""
    ask = Requests(stack)
    reading(ask)
    readers_with_every_right(ask, cache)
    others_with_every_right(ask)
    the_function(ask, sql, records, cache)
    the_raw_reader(ask, raw_reader)
    return ask.wrong
