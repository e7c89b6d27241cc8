"""Object Lambda access points end to end, in an AWS on this machine: MiniStack, read by boto3 and by the aws command.

usage: ministack.py FOLDER

FOLDER holds the function: bootstrap, and its sql. One access point is made for each line of CONSUMERS, and every one of
READS is read through it by both clients. Then all that a consumer's listing shows is listed, headed, and read in ranges
and by `aws s3 cp`. Prints {"answers": {"CLIENT CONSUMER KEY": …}} with bodies in base64, what was "listed", the records
that were kept, and what the function logged. The server ends with this script, by its own process.
"""
import base64
import contextlib
import gzip
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

import boto3
import botocore.config

REGION, ACCOUNT = "eu-central-1", "000000000000"
KEY = "07" * 32
AS_OF = "2026-11-25"
CONSUMERS = {
    "analytics": {"projection": "patients/analytics", "format": "parquet", "as_of": AS_OF},
    "research": {"projection": "patients/research", "format": "csv", "as_of": AS_OF},
}
PARQUET = "application/vnd.apache.parquet"
# A consumer, the key, and an Accept header. The aws command has no option for the last.
READS = [
    ("analytics", "patients.csv", None),
    ("analytics", "patients.parquet", None),
    ("analytics", "patients.csv", PARQUET),
    ("research", "patients.csv", None),
    ("research", "a/patients.csv.gz", None),
    ("analytics", "a/patients.csv.gz", None),
    ("analytics", "none/patients.csv", None),
    ("analytics", "secrets.txt", None),
]
SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "samples/patients.csv"
ACTIONS = ["GetObject", "HeadObject", "ListObjects", "ListObjectsV2"]
FEATURES = ["GetObject-Range", "GetObject-PartNumber", "HeadObject-Range", "HeadObject-PartNumber"]
# Put together they are the whole.
RANGES = ["bytes=0-99", "bytes=100-"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def server(folder, port):
    """MiniStack, until the end of the block. It knows nothing of this machine's accounts, and leaves nothing."""
    environment = {
        "PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "DOCKER_HOST": "unix:///nowhere",
    }
    program = pathlib.Path(sys.prefix, "bin/ministack")
    with open(pathlib.Path(folder, "ministack.log"), "w") as log:
        process = subprocess.Popen([sys.executable, program], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait(process, port)
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        # The function's processes are of the same session.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait(process, port):
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit("MiniStack does not start")


def client(service, port):
    # The control plane's names, with the account in front, are those that no resolver knows.
    config = botocore.config.Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, read_timeout=120)
    made = boto3.client(service, region_name=REGION, endpoint_url=f"http://127.0.0.1:{port}", config=config,
                        aws_access_key_id=ACCOUNT, aws_secret_access_key="test")
    if service == "s3control":
        made.meta.events.register("before-send", lambda request, **_: plain(request, port))
    return made


def plain(request, port):
    request.url = re.sub(r"^http://[^/]*", f"http://127.0.0.1:{port}", request.url)


def packed(source, to):
    """The function as a zip file: MiniStack takes it from a bucket, as Lambda does."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            name = zipfile.ZipInfo(str(path.relative_to(source)))
            name.external_attr = (0o100755 if path.name == "bootstrap" else 0o100644) << 16
            name.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(name, path.read_bytes())


def deploy(source, folder, port):
    """Everything that template.yaml makes, as far as MiniStack has it; the aliases of the consumers."""
    s3, control = client("s3", port), client("s3control", port)
    s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="raw", Key="patients.csv", Body=SAMPLE.read_bytes(), Metadata={"owner": "CANARYMETA"})
    s3.put_object(Bucket="raw", Key="a/patients.csv.gz", Body=gzip.compress(SAMPLE.read_bytes()))
    s3.put_object(Bucket="raw", Key="secrets.txt", Body=b"CANARYSECRET")
    control.create_access_point(AccountId=ACCOUNT, Name="raw-points", Bucket="raw")
    secret = client("secretsmanager", port).create_secret(Name="veilpoint", SecretString=KEY)
    archive = pathlib.Path(folder, "function.zip")
    packed(source, archive)
    s3.upload_file(str(archive), "code", "function.zip")
    function = client("lambda", port).create_function(
        FunctionName="veilpoint", Runtime="provided.al2023", Handler="bootstrap", Timeout=60, MemorySize=1769,
        Role=f"arn:aws:iam::{ACCOUNT}:role/veilpoint", Code={"S3Bucket": "code", "S3Key": "function.zip"},
        Environment={"Variables": {"VEILPOINT_KEY_SECRET": secret["ARN"], "VEILPOINT_RECORDS": "s3://code/records/"}},
    )
    aliases = {}
    for name, payload in CONSUMERS.items():
        content = {"AwsLambda": {"FunctionArn": function["FunctionArn"], "FunctionPayload": json.dumps(payload)}}
        made = control.create_access_point_for_object_lambda(AccountId=ACCOUNT, Name=name, Configuration={
            "SupportingAccessPoint": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/raw-points",
            "AllowedFeatures": FEATURES,
            "TransformationConfigurations": [{"Actions": ACTIONS, "ContentTransformation": content}],
        })
        aliases[name] = made["Alias"]["Value"]
    return aliases


def with_boto3(port, alias, key, accept):
    s3 = client("s3", port)
    if accept:
        s3.meta.events.register("before-sign", lambda request, **_: request.headers.add_header("Accept", accept))
    try:
        answer = s3.get_object(Bucket=alias, Key=key)
    except s3.exceptions.ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"],
                "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
    return {"status": 200, "type": answer.get("ContentType"), "etag": answer.get("ETag"), "metadata": answer.get("Metadata"),
            "body": base64.b64encode(answer["Body"].read()).decode()}


def aws(port, folder, *arguments):
    environment = {
        "PATH": os.environ.get("PATH", ""), "HOME": folder, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "",
    }
    command = [sys.executable, pathlib.Path(sys.prefix, "bin/aws"), "--endpoint-url", f"http://127.0.0.1:{port}", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def listed(port, folder, alias):
    """What a listing shows of each key, what HEAD says, and the bytes: in ranges, and as `aws s3 cp` brings them."""
    s3 = client("s3", port)
    of = lambda answer: {entry["Key"]: described(entry, entry["Size"]) for entry in answer.get("Contents", [])}
    second, first = of(s3.list_objects_v2(Bucket=alias)), of(s3.list_objects(Bucket=alias))
    seen = {}
    for key in second:
        head = s3.head_object(Bucket=alias, Key=key)
        pieces = [s3.get_object(Bucket=alias, Key=key, Range=wanted)["Body"].read() for wanted in RANGES]
        to = pathlib.Path(folder, "copied")
        done = aws(port, folder, "s3", "cp", "--quiet", f"s3://{alias}/{key}", to)
        seen[key] = {
            "second": second[key], "first": first.get(key), "head": described(head, head["ContentLength"]),
            "ranges": base64.b64encode(b"".join(pieces)).decode(),
            "copied": done.stderr if done.returncode else base64.b64encode(to.read_bytes()).decode(),
        }
    return seen


def described(entry, length):
    return [length, entry["ETag"], entry["LastModified"].isoformat()]


def with_aws(port, folder, alias, key):
    to = pathlib.Path(folder, "read")
    done = aws(port, folder, "s3api", "get-object", "--bucket", alias, "--key", key, to)
    if done.returncode:
        code = re.search(r"\((\w+)\)", done.stderr)
        return {"code": code and code[1], "message": done.stderr.strip()}
    answer = json.loads(done.stdout)
    return {"status": 200, "type": answer.get("ContentType"), "etag": answer.get("ETag"), "metadata": answer.get("Metadata"),
            "body": base64.b64encode(to.read_bytes()).decode()}


def records(port):
    s3 = client("s3", port)
    listed = s3.list_objects_v2(Bucket="code", Prefix="records/").get("Contents", [])
    return {item["Key"]: s3.get_object(Bucket="code", Key=item["Key"])["Body"].read().decode() for item in listed}


def log(port):
    """What the function wrote, as CloudWatch keeps it."""
    pages = client("logs", port).get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/veilpoint")
    return "".join(event["message"].rstrip("\n") + "\n" for page in pages for event in page["events"])


def main(source):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with server(folder, port):
            aliases = deploy(pathlib.Path(source), folder, port)
            answers = {}
            for consumer, key, accept in READS:
                name = f"{consumer} {key}{' as Parquet' if accept else ''}"
                answers[f"boto3 {name}"] = with_boto3(port, aliases[consumer], key, accept)
                if not accept:
                    answers[f"aws {name}"] = with_aws(port, folder, aliases[consumer], key)
            seen = {consumer: listed(port, folder, alias) for consumer, alias in aliases.items()}
            json.dump({"answers": answers, "listed": seen, "records": records(port), "log": log(port)}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
