"""s3fs, the file system in user space: mounted, listed and read as files."""
import contextlib

import place
import tools


@contextlib.contextmanager
def reader(where, home):
    def read(path, form):
        bucket, prefix = path.split("/")
        folder = home / bucket
        folder.mkdir(exist_ok=True)
        tools.run(["s3fs", bucket, str(folder), "-o", "ro", "-o", f"url={where.endpoint}", "-o", "use_path_request_style",
                   "-o", f"endpoint={place.REGION}"], where, home)
        try:
            listed = {}
            for line in tools.run(["ls", "-l", "--time-style=+", str(folder / prefix)], where, home).splitlines()[1:]:
                _, _, _, _, size, name = line.split(maxsplit=5)
                listed[name] = int(size)
            return tools.of_folder(folder / prefix, form, listed)
        finally:
            tools.run(["fusermount", "-u", "-z", str(folder)], where, home)

    yield read
