#!/usr/bin/env python3
"""S3's part of an Object Lambda request, on this machine: serves the raw sample, and shows what the function answers.

usage: python3 samples/events/s3.py [--host 127.0.0.1] [--port 9900] [--once] [FILE]

The events beside this file ask for http://127.0.0.1:9900/samples/patients.csv. What the function writes back is shown:
status, headers, and the first lines of a CSV, or the size and magic of a Parquet file. With FILE the body of the last
answer is kept there. --once ends after one answer: 0 if it came whole, 1 if it was broken off.
"""
import argparse
import contextlib
import http.server
import pathlib
import sys
import urllib.parse

SAMPLES = pathlib.Path(__file__).resolve().parent.parent
SHOWN = 5


class S3(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """The presigned URL, and what the function reads with a role of its own: samples/NAME is a file."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        name = path.removeprefix("/samples/")
        file = SAMPLES / name
        if "/" in name or not file.is_file():
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>", {"Content-Type": "application/xml"})
        body, status, headers = file.read_bytes(), 200, {}
        if self.headers.get("Range") == "bytes=0-0":
            headers["Content-Range"] = f"bytes 0-0/{len(body)}"
            body, status = body[:1], 206
        headers["ETag"] = '"of-the-raw-object"'
        headers["Last-Modified"] = self.date_time_string(int(file.stat().st_mtime))
        self.answer(status, body, headers)

    do_HEAD = do_GET

    def do_POST(self):
        """WriteGetObjectResponse, under whatever host: the route stands in front of it."""
        if self.path.split("?")[0] != "/WriteGetObjectResponse":
            return self.answer(404, b"", {})
        body, whole = self.body()
        self.show(body, whole)
        if self.server.file:
            self.server.file.write_bytes(body)
        if whole:
            self.answer(200, b"", {})
        self.close_connection = True
        self.server.broken = not whole
        self.server.answered = True

    def body(self):
        """The body, and whether it ended as it should: with its last chunk, or with all of its length."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            return body, len(body) == length
        body = bytearray()
        try:
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            return bytes(body), self.rfile.readline() == b"\r\n"
        except (ValueError, ConnectionError):
            return bytes(body), False

    def show(self, body, whole):
        print(f"\nThe consumer gets {self.headers.get('x-amz-fwd-status', '200')}:")
        for name, value in self.headers.items():
            lower = name.lower()
            for start in ("x-amz-fwd-header-", "x-amz-fwd-error-"):
                if lower.startswith(start):
                    print(f"  {lower.removeprefix('x-amz-fwd-').removeprefix('header-')}: {value}")
        if not whole:
            print(f"  BROKEN OFF after {len(body):,} bytes: this is no release")
        elif body[:4] == b"PAR1" and body[-4:] == b"PAR1":
            print(f"  Parquet, {len(body):,} bytes")
        elif body:
            lines = body.decode("utf-8", "replace").splitlines()
            print(f"  {len(body):,} bytes, {len(lines):,} lines")
            for line in lines[:SHOWN]:
                print(f"  | {line}")
        sys.stdout.flush()

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        # Whoever asked may have gone away, which is its own affair.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body if self.command != "HEAD" else b"")

    def log_message(self, *_):
        """Requests are no news; answers are, and are shown."""


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--host", default="127.0.0.1", help="where it listens")
    arguments.add_argument("--port", type=int, default=9900, help="0 takes a free one")
    arguments.add_argument("--once", action="store_true", help="end after one answer")
    arguments.add_argument("file", nargs="?", type=pathlib.Path, metavar="FILE", help="where the body is kept")
    given = arguments.parse_args()
    with http.server.ThreadingHTTPServer((given.host, given.port), S3) as server:
        server.daemon_threads = True
        server.file, server.answered, server.broken = given.file, False, False
        print(f"S3's part on http://{given.host}:{server.server_port}", flush=True)
        server.timeout = 0.1
        try:
            while not (given.once and server.answered):
                server.handle_request()
        except KeyboardInterrupt:
            return 0
        return int(server.broken)


if __name__ == "__main__":
    sys.exit(main())
