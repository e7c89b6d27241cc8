"""s3cmd: ls and a recursive get, which it asks for by the first version of the listing."""
import contextlib

import tools


@contextlib.contextmanager
def reader(where, home):
    settings = ["[default]", f"host_base = {where.host}", f"host_bucket = {where.host}", "use_https = False"]
    (home / "s3cfg").write_text("\n".join(settings) + "\n")
    s3cmd = ["s3cmd", "--config", "s3cfg"]

    def read(path, form):
        listed = {}
        for line in tools.run([*s3cmd, "ls", f"s3://{path}/"], where, home).splitlines():
            _, _, size, uri = line.split(None, 3)
            listed[uri.removeprefix(f"s3://{path}/")] = int(size)
        (home / path).mkdir(parents=True)
        tools.run([*s3cmd, "get", "--recursive", "--quiet", f"s3://{path}/", f"{path}/"], where, home)
        return tools.of_folder(home / path, form, listed)

    yield read
