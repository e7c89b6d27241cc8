"""What IAM answers to a request, by the statements of a few policies. Only as much of its language as template.yaml
uses; an operator that is not known is an error.
"""
import functools
import json
import re

from . import ACCOUNT


def listed(value):
    return value if isinstance(value, list) else [value]


def statements(document):
    return listed(document["Statement"])


@functools.cache
def compiled(pattern, ignore_case):
    """IAM's wildcards, `*` and `?`, over the whole text."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def like(pattern, text, ignore_case=False):
    return compiled(pattern, ignore_case).fullmatch(text) is not None


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
        if not {"*", *listed(who)} & set(principals):
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


def verdict(documents, who, action, resource, context, by_name=False):
    """ "Deny", "Allow", or None where no statement speaks of the request. What names the account means everybody in it,
    unless only what speaks of the principal `by_name` is asked for."""
    whom = [who] if by_name else [who, f"arn:aws:iam::{ACCOUNT}:root"]
    context = {"aws:PrincipalArn": who, "aws:SecureTransport": "true"} | context
    effects = {
        one["Effect"]
        for document in documents
        for one in statements(document)
        if applies(one, whom, action, resource, context)
    }
    return "Deny" if "Deny" in effects else "Allow" if effects else None


def size(document):
    """The characters that IAM counts."""
    return len(re.sub(r"\s", "", json.dumps(document)))
