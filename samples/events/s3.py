#!/usr/bin/env python3
"""S3's part of an Object Lambda request, on this machine: serves the raw sample, and shows what the function answers.

usage: python3 samples/events/s3.py [--host 127.0.0.1] [--port 9900] [--once] [FILE]

The events beside this file ask for http://127.0.0.1:9900/samples/patients.csv, or for a listing of the folder. Shown is
what the function asks for, and what it writes back: status, headers, and the first lines of a CSV, or the size and
magic of a Parquet file. What it says to a HEAD or a LIST it returns, to whoever invoked it. With FILE the body of the
last answer is kept there. --once ends after one answer: 0 if it came whole, 1 if it was broken off.
"""
import argparse
import contextlib
import http.server
import pathlib
import sys
import time
import urllib.parse
from xml.sax.saxutils import escape

SAMPLES = pathlib.Path(__file__).resolve().parent.parent
SHOWN = 5
ETAG = '"of-the-raw-object"'


def listing(prefix):
    """The files that begin with the prefix, as ListObjectsV2 lists them, on one page."""
    files = sorted(file for file in SAMPLES.iterdir() if file.is_file() and file.name.startswith(prefix))
    date = lambda file: time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(file.stat().st_mtime))
    contents = "".join(
        f"<Contents><Key>{escape(file.name)}</Key><LastModified>{date(file)}</LastModified>"
        f"<ETag>{escape(ETAG)}</ETag><Size>{file.stat().st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for file in files
    )
    head = f"<Name>samples</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(files)}</KeyCount>"
    head += "<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
    return f"<ListBucketResult>{head}{contents}</ListBucketResult>".encode()


class S3(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """The presigned URL, and what the function reads with a role of its own: samples/NAME is a file, and samples
        alone a listing."""
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        name = urllib.parse.unquote(url.path).removeprefix("/samples").removeprefix("/")
        if not name and "list-type" in query:
            print(f"S3 is asked: LIST {query.get('prefix', '')}", flush=True)
            return self.answer(200, listing(query.get("prefix", "")), {"Content-Type": "application/xml"})
        print(f"S3 is asked: {self.command} {name}", flush=True)
        file = SAMPLES / name
        if "/" in name or not file.is_file():
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>", {"Content-Type": "application/xml"})
        body, status, headers = file.read_bytes(), 200, {}
        if self.headers.get("Range") == "bytes=0-0":
            headers["Content-Range"] = f"bytes 0-0/{len(body)}"
            body, status = body[:1], 206
        headers["ETag"] = ETAG
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
