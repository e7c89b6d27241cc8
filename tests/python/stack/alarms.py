"""Which lines of the function's log, and which of its metrics, raise an alarm."""
import json
import re

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
    # S3's own answer to a HEAD has no body, and so no code.
    ({"event": "request", "status": 503, "outcome": "refused"}, {"Faults"}),
    ({"event": "request", "status": 503, "outcome": "refused", "code": "SlowDown"}, {"SlowLists"}),
    ({"event": "request", "status": 416, "outcome": "refused", "code": "InvalidRange"}, set()),
    ({"event": "warmed", "level": "INFO", "outcome": "made"}, set()),
    ({"event": "not_warmed", "level": "ERROR"}, {"ObjectsRefused"}),
    ({"event": "release_made", "level": "INFO"}, set()),
    ({"event": "cache_bucket", "level": "WARN", "kind": "denied"}, set()),
    ({"event": "record_not_kept", "level": "ERROR"}, {"Faults"}),
    ({"event": "panic", "level": "ERROR"}, {"Faults"}),
]


def alarms(stack):
    watched = {}
    for one in stack.of_type("AWS::Logs::MetricFilter").values():
        (change,) = one["MetricTransformations"]
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
    words = {"&&": " and ", "||": " or ", "=": "==", ">=": ">=", "!=": "!="}
    # A comparison with a field that is not there never holds.
    inner = re.sub(r"(\$\.\w+)(\s*!=)", r"(\1 EXISTS) && \1\2", inner)
    tokens = re.findall(r'\$\.\w+(?: NOT)? EXISTS|\$\.\w+|"\w*"|\d+|&&|\|\||>=|!=|=|[()]|\s+|.', inner)
    known = re.compile(r'\$\.\w+|"\w*"|\d+|[()]|\s+')
    code = ""
    for token in tokens:
        field, _, there = token.partition(" ")
        if there:
            code += f"({field[2:]!r} {'not ' if there.startswith('NOT') else ''}in line)"
        elif token not in words and not known.fullmatch(token):
            raise ValueError(f"unknown {token} in {pattern}")
        else:
            code += f"line.get({token[2:]!r}, -1)" if token.startswith("$.") else words.get(token, token)
    return bool(eval(code, {"line": line}))
