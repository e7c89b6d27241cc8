#!/usr/bin/env python3
"""The Lambda function's own time: from its start to its first poll, and per request beside the local round trips.
HEAD and LIST, by the length law, of small and of large objects, of which no byte may be asked for.

usage: python3 benches/function.py BINARY [--rows 40] [--requests 300] [--starts 20]

Plays the Lambda runtime's API and S3's part in one process on loopback, without an emulator between. The round trips
are the two that a request costs, the GET of the object and the POST of the answer, made by a client in this process.
"""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import queue
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What S3 says of every object.
RAW = {"ETag": '"raw"', "Last-Modified": "Wed, 25 Nov 2026 10:00:00 GMT"}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, body):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.events = body, queue.Queue()
        self.polled, self.answered = threading.Event(), queue.Queue()
        self.length, self.keys, self.reads = len(body), 1, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def anew(self):
        """The same for another process: what the last one has asked for waits for an event for ever."""
        other = Server(self.body)
        other.length, other.keys = self.length, self.keys
        return other

    def handle_error(self, *_):
        """A function that was ended leaves its connections."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        if "list-type=2" in self.path:
            return self.answer(self.listing(), {})
        if not self.path.endswith("/invocation/next"):
            if self.headers.get("If-None-Match") == RAW["ETag"]:
                return self.answer(b"", RAW, 304)
            self.server.reads += 1
            return self.answer(self.server.body, RAW)
        self.server.polled.set()
        event = self.server.events.get()
        deadline = str(int((time.time() + 60) * 1000))
        self.answer(event, {"Lambda-Runtime-Aws-Request-Id": "1", "Lambda-Runtime-Deadline-Ms": deadline})

    def do_HEAD(self):
        self.answer(b"", RAW, length=self.server.length)

    def listing(self):
        entry = "<Contents><Key>a/patients-{}.csv</Key><LastModified>2026-11-25T10:00:00.000Z</LastModified>"
        entry += f'<ETag>{RAW["ETag"]}</ETag><Size>{self.server.length}</Size></Contents>'
        entries = "".join(entry.format(number) for number in range(self.server.keys))
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()

    def do_POST(self):
        body = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/response") or self.path.endswith("/error"):
            self.server.answered.put(time.perf_counter())
            self.server.returned = body
            return self.answer(b"", {}, 202)
        self.answer(b"", {})

    def answer(self, body, headers, status=200, length=None):
        lines = [f"HTTP/1.1 {status} OK", f"Content-Length: {len(body) if length is None else length}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)

    def log_message(self, *_):
        pass


def event(port, name, context="getObjectContext"):
    place = f"http://127.0.0.1:{port}/raw/{name}"
    if context == "listObjectsV2Context":
        place = f"http://127.0.0.1:{port}/raw?list-type=2"
    return json.dumps({
        "xAmzRequestId": "1",
        context: {"inputS3Url": place, "outputRoute": "io-1", "outputToken": "t"},
        "configuration": {"accessPointArn": "a", "payload": '{"projection": "patients/analytics"}'},
        "userRequest": {"url": f"https://a/{name}", "headers": {"x-veilpoint-format": "parquet"}},
    }).encode()


def start(binary, port, cache="none"):
    environment = {
        "PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769", "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "VEILPOINT_KEY": "07" * 32, "VEILPOINT_SQL": str(ROOT / "sql"),
        "VEILPOINT_CACHE": cache,
    }
    return subprocess.Popen([binary], env=environment, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL)


def starts(binary, count):
    times = []
    for _ in range(count):
        server = Server(b"")
        began = time.perf_counter()
        process = start(binary, server.server_port)
        server.polled.wait()
        times.append(time.perf_counter() - began)
        process.kill()
        process.wait()
        server.shutdown()
    return times


def requests(binary, server, count, context="getObjectContext", cache="none"):
    server = server.anew()
    process = start(binary, server.server_port, cache)
    server.polled.wait()
    times = []
    for _ in range(count):
        began = time.perf_counter()
        server.events.put(event(server.server_port, "patients.csv", context))
        times.append(server.answered.get() - began)
    process.kill()
    process.wait()
    server.shutdown()
    return times, server


def said(binary, server, count):
    """HEAD, and LIST of a thousand keys, of objects of 1 KB and of 0.86 GB in turn."""
    server.keys = 1000
    for operation in ["HeadObject", "ListObjectsV2"]:
        context = {"HeadObject": "headObjectContext", "ListObjectsV2": "listObjectsV2Context"}[operation]
        for name, length in [("1 KB", 1_000), ("0.86 GB", 860_000_000)]:
            server.length = length
            times, asked = requests(binary, server, count, context)
            answer = json.loads(asked.returned)
            assert answer["statusCode"] == 200, answer
            assert asked.reads == 0, f"{asked.reads} objects were read"
            show(f"{operation}, {name}", times[1:])


def round_trips(server, count):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    times = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request("GET", "/raw/patients.csv")
        body = connection.getresponse().read()
        connection.request("POST", "/WriteGetObjectResponse", body)
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    return times


def sample(count):
    """A server of so many of the sample's records."""
    lines = [line + b"\n" for line in (ROOT / "samples/patients.csv").read_bytes().splitlines()]
    rows = [lines[1 + row % (len(lines) - 1)] for row in range(count)]
    return Server(b"".join([lines[0], *rows]))


def show(name, times):
    times = sorted(time * 1000 for time in times)
    print(f"{name:32} p50 {statistics.median(times):6.2f} ms   p99 {times[int(len(times) * 0.99)]:6.2f}   least {times[0]:6.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--starts", type=int, default=20)
    given = parser.parse_args()
    binary = str(pathlib.Path(given.binary).resolve())
    server = sample(given.rows)
    show("start to first poll", starts(binary, given.starts))
    took, _ = requests(binary, server, given.requests)
    print(f"{'first request':32} {took[0] * 1000:10.2f} ms")
    show(f"request, {given.rows} rows", took[1:])
    with tempfile.TemporaryDirectory() as cache:
        took, _ = requests(binary, server, given.requests, cache=cache)
        show("the same, kept", took[1:])
    show("local round trips alone", round_trips(server, given.requests))
    said(binary, server, given.requests)


if __name__ == "__main__":
    main()
