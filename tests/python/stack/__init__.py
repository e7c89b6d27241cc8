"""A template as CloudFormation would make a stack of it, with the ARNs that its resources would have. Only as much of
CloudFormation as template.yaml uses; anything else is an error, never a guess.

rules.py says what such a stack must be, alarms.py which log lines must raise an alarm, access.py who may do what
(answered by iam.py), and mistakes.py what these rules must notice.
"""
import re

import yaml

ACCOUNT, REGION = "111122223333", "eu-central-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "stack",
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
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{id}}",
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

    def refusals(self):
        """What the deployer is told where the template's own rules refuse the parameters."""
        rules = self.template.get("Rules", {}).values()
        asserted = [one for rule in rules if self.holds(rule.get("RuleCondition")) for one in rule["Assertions"]]
        return [one["AssertDescription"] for one in asserted if not self.holds(one["Assert"])]

    def holds(self, condition):
        if condition is None or isinstance(condition, str):
            return condition is None or self.holds(self.template["Conditions"][condition])
        ((function, arguments),) = condition.items()
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
            ((function, arguments),) = value.items()
            if function == "Ref":
                return self.reference(arguments)
            if function == "Fn::GetAtt":
                return self.attribute(*arguments)
            if function == "Fn::If":
                return self.resolve(arguments[1 if self.holds(arguments[0]) else 2])
            if function == "Fn::Join":
                return arguments[0].join(self.resolve(arguments[1]))
            if function == "Fn::Sub":
                text, own = arguments if isinstance(arguments, list) else (arguments, {})
                own = self.resolve(own)
                return re.sub(r"\$\{([^}]+)\}", lambda found: self.variable(found[1], own), text)
            if function.startswith("Fn::"):
                raise ValueError(f"unknown function {function}")
        resolved = ((key, self.resolve(one)) for key, one in value.items())
        return {key: one for key, one in resolved if one is not None}

    def variable(self, name, own):
        if name in own:
            return own[name]
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
        if attribute == "Alias" and resource["Type"] == "AWS::S3::AccessPoint":
            return f"{self.reference(name)}-s3alias"
        if attribute != "Arn":
            raise ValueError(f"unknown attribute {name}.{attribute}")
        named = self.resolve(resource["Properties"].get("Name", name))
        return ARNS[resource["Type"]].format(id=name.lower(), name=named)

    def of_type(self, kind):
        """The properties of all resources of a type, by their names in the template."""
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}
