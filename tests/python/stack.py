"""A template as CloudFormation would make a stack of it, with the ARNs that its resources would have, and what IAM would
answer to a request. Only as much of both as template.yaml uses; anything else is an error, never a guess.
"""
import fnmatch
import json
import re

import yaml

ACCOUNT, REGION = "111122223333", "eu-central-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::StackName": "stack",
    "AWS::NoValue": None,
}
# What the ARN of a resource begins with, where its name is nothing that the template chooses.
ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
    "AWS::S3::AccessPoint": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/{{name}}",
    "AWS::S3ObjectLambda::AccessPoint": f"arn:aws:s3-object-lambda:{REGION}:{ACCOUNT}:accesspoint/{{name}}",
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{id}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{id}}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{{id}}",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{{id}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{id}}:*",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{id}}",
}
# Those whose Ref is their ARN; of all others it is their name.
BY_ARN = {"AWS::SecretsManager::Secret", "AWS::IAM::ManagedPolicy", "AWS::SNS::Topic"}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms; dates and the like stay text."""


def short_form(loader, tag, node):
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if tag == "GetAtt" else value}
    construct = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
    return {name: construct(node, deep=True)}


Loader.add_multi_constructor("!", short_form)


def load(text):
    return yaml.load(text, Loader)


class Stack:
    """The resources and outputs of a template under these parameters, functions and conditions resolved."""

    def __init__(self, template, **parameters):
        self.template = template
        defaults = {name: str(one.get("Default", "")) for name, one in template["Parameters"].items()}
        self.parameters = defaults | parameters
        resources = template["Resources"].items()
        there = {name: one for name, one in resources if self.holds(one.get("Condition"))}
        self.resources = {name: self.resolve(one) for name, one in there.items()}
        self.outputs = self.resolve(template.get("Outputs", {}))

    def holds(self, condition):
        if condition is None or isinstance(condition, str):
            return condition is None or self.holds(self.template["Conditions"][condition])
        (function, arguments), = condition.items()
        if function == "Fn::Not":
            return not self.holds(arguments[0])
        if function == "Fn::Equals":
            left, right = (str(self.resolve(one)) for one in arguments)
            return left == right
        raise ValueError(f"unknown condition {function}")

    def resolve(self, value):
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, arguments), = value.items()
            if function == "Ref":
                return self.reference(arguments)
            if function == "Fn::GetAtt":
                return self.attribute(*arguments)
            if function == "Fn::If":
                return self.resolve(arguments[1 if self.holds(arguments[0]) else 2])
            if function == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda found: self.variable(found[1]), arguments)
            if function.startswith("Fn::"):
                raise ValueError(f"unknown function {function}")
        resolved = ((key, self.resolve(one)) for key, one in value.items())
        return {key: one for key, one in resolved if one is not None}

    def variable(self, name):
        return str(self.attribute(*name.split(".", 1)) if "." in name else self.reference(name))

    def reference(self, name):
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        resource = self.template["Resources"][name]
        if resource["Type"] in BY_ARN:
            return self.attribute(name, "Arn")
        return self.resolve(resource["Properties"].get("Name", name))

    def attribute(self, name, attribute):
        resource = self.template["Resources"][name]
        if attribute == "Alias.Value" and resource["Type"] == "AWS::S3ObjectLambda::AccessPoint":
            return f"{self.reference(name)}--ol-s3"
        if attribute != "Arn":
            raise ValueError(f"unknown attribute {name}.{attribute}")
        named = self.resolve(resource["Properties"].get("Name", name))
        return ARNS[resource["Type"]].format(id=name.lower(), name=named)

    def of_type(self, kind):
        """The properties of all resources of a type, by their names in the template."""
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}


def listed(value):
    return value if isinstance(value, list) else [value]


def statements(document):
    return listed(document["Statement"])


def like(pattern, text, ignore_case=False):
    """IAM's wildcards, `*` and `?`; a bracket is itself."""
    if ignore_case:
        pattern, text = pattern.lower(), text.lower()
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


OPERATORS = {
    "Bool": (False, str.__eq__),
    "StringEquals": (False, str.__eq__),
    "StringLike": (False, lambda value, wanted: like(wanted, value)),
    "StringNotEquals": (True, str.__eq__),
    "ArnEquals": (False, lambda value, wanted: like(wanted, value)),
    "ArnNotEquals": (True, lambda value, wanted: like(wanted, value)),
}


def condition_holds(operator, key, wanted, context):
    scope, _, plain = operator.rpartition(":")
    negated, same = OPERATORS[plain]
    values = listed(context.get(key, []))
    found = [any(same(value, one) for one in listed(wanted)) != negated for value in values]
    if scope == "ForAnyValue":
        return any(found)
    if scope == "ForAllValues":
        return all(found)
    # Without the key, a negated comparison holds and all others do not.
    return found[0] if found else negated


def applies(statement, who, action, resource, context):
    if "Principal" in statement or "NotPrincipal" in statement:
        principal = statement["Principal"]
        principals = listed(principal["AWS"] if isinstance(principal, dict) else principal)
        if not {"*", who, f"arn:aws:iam::{ACCOUNT}:root"} & set(principals):
            return False
    actions = listed(statement.get("Action", statement.get("NotAction")))
    if any(like(one, action, ignore_case=True) for one in actions) != ("Action" in statement):
        return False
    resources = listed(statement.get("Resource", statement.get("NotResource")))
    if any(like(one, resource) for one in resources) != ("Resource" in statement):
        return False
    conditions = statement.get("Condition", {})
    return all(
        condition_holds(operator, key, wanted, context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def verdict(documents, who, action, resource, context):
    """"Deny", "Allow", or None where no statement speaks of the request."""
    effects = {
        one["Effect"]
        for document in documents
        for one in statements(document)
        if applies(one, who, action, resource, {"aws:PrincipalArn": who, "aws:SecureTransport": "true"} | context)
    }
    return "Deny" if "Deny" in effects else "Allow" if effects else None


def size(document):
    """The characters that IAM counts."""
    return len(re.sub(r"\s", "", json.dumps(document)))
