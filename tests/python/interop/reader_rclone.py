"""rclone: ls, and a sync down with its own comparison of the two sides."""
import contextlib

import place
import tools


@contextlib.contextmanager
def reader(where, home):
    tools.run(["rclone", "config", "create", "veilpoint", "s3", "provider=Other", "env_auth=true",
               f"region={place.REGION}", f"endpoint={where.endpoint}"], where, home)

    def read(path, form):
        listed = {}
        for line in tools.run(["rclone", "ls", f"veilpoint:{path}"], where, home).splitlines():
            size, name = line.strip().split(" ", 1)
            listed[name] = int(size)
        (home / path).mkdir(parents=True)
        tools.run(["rclone", "sync", f"veilpoint:{path}", path], where, home)
        tools.run(["rclone", "check", f"veilpoint:{path}", path], where, home)
        return tools.of_folder(home / path, form, listed)

    yield read
