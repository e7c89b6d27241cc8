"""Where the readers' tests read: what stands on standard input, as JSON.

{"endpoint": "http://127.0.0.1:PORT", "access_key_id", "secret_access_key", "cache": a folder for what readers fetch,
"trino": where Trino's server is unpacked}
"""
import json
import os
import pathlib
import sys

REGION = "us-east-1"


class Place:
    def __init__(self, given):
        self.endpoint = given["endpoint"]
        self.host = self.endpoint.removeprefix("http://")
        self.key = given["access_key_id"]
        self.secret = given["secret_access_key"]
        self.cache = pathlib.Path(given["cache"])
        self.trino = pathlib.Path(given["trino"])

    def environment(self, home):
        """Of a reader: nothing of the account that runs the tests, and its own home."""
        return {
            "PATH": os.pathsep.join([str(pathlib.Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def given():
    return Place(json.load(sys.stdin))
