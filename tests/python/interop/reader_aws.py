"""aws, the command line, of version 1: ls, sync, get-object with a range, head-object, presign."""
import contextlib
import json
import urllib.request

import tools


@contextlib.contextmanager
def reader(where, home):
    tools.run(["aws", "configure", "set", "default.s3.signature_version", "s3v4"], where, home)

    def read(path, form):
        listed = {}
        for line in tools.run(["aws", "s3", "ls", f"s3://{path}/"], where, home).splitlines():
            _, _, size, name = line.split(None, 3)
            listed[name] = int(size)
        tools.run(["aws", "s3", "sync", "--quiet", f"s3://{path}/", path], where, home)
        seen = tools.of_folder(home / path, form, listed)
        seen["wrong"] = [*seen.get("wrong", []), *single(path, min(listed))]
        return seen

    def single(path, name):
        """One object, by each way there is to have some of it."""
        whole = (home / path / name).read_bytes()
        bucket, prefix = path.split("/")
        key = f"{prefix}/{name}"
        asked = ["--bucket", bucket, "--key", key]
        head = json.loads(tools.run(["aws", "s3api", "head-object", *asked], where, home))
        if head["ContentLength"] != len(whole):
            yield f"head-object says {head['ContentLength']}, not {len(whole)}"
        for part, first, end in [("first", 0, 100), ("inner", 7, 4000), ("last", len(whole) - 8, len(whole) + 5000)]:
            got = json.loads(tools.run(["aws", "s3api", "get-object", *asked, "--range", f"bytes={first}-{end}",
                                        "--if-match", head["ETag"], "part"], where, home))
            if (home / "part").read_bytes() != whole[first:end + 1] or got["ETag"] != head["ETag"]:
                yield f"get-object, the {part} bytes: others than those of the whole"
        url = tools.run(["aws", "s3", "presign", f"s3://{bucket}/{key}", "--expires-in", "600"], where, home).strip()
        with urllib.request.urlopen(url) as answer:
            if answer.read() != whole:
                yield "presign: other bytes than those of the whole"

    yield read
