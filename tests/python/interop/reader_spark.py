"""Spark through S3A: whole prefixes in splits of 1 MiB, cut from the listed lengths; the hash of every row in SQL."""
import contextlib
import os

import answers
import java
import place

SPLIT = 1 << 20

TEXTS = ["account", "born", "date_format(admitted, 'yyyy-MM-dd HH:mm:ss')", "emergency", "ward", "days", "cost",
         "CAST(weight AS DECIMAL(5,1))", "diagnosis"]
ROW = ", ".join(f"coalesce(CAST({text} AS STRING), ''), '|'" for text in TEXTS)
DIGEST = f"sum(CAST(conv(substring(md5(concat({ROW})), 1, 8), 16, 10) AS BIGINT))"

TYPES = "account STRING, born DATE, admitted TIMESTAMP, emergency BOOLEAN, ward STRING, days INT, cost BIGINT, " \
        "weight DOUBLE, diagnosis STRING"


def session(where):
    from pyspark.sql import SparkSession

    settings = {
        "spark.jars.packages": "org.apache.hadoop:hadoop-aws:3.4.1",
        "spark.hadoop.fs.s3a.endpoint": where.endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": place.REGION,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.block.size": SPLIT,
        "spark.sql.files.maxPartitionBytes": SPLIT,
        # A split a task, however small: nothing is packed together with the next.
        "spark.sql.files.openCostInBytes": SPLIT,
        "spark.sql.shuffle.partitions": 4,
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@contextlib.contextmanager
def reader(where, home):
    os.environ.update(where.environment(home) | java.for_spark(where.cache, home))
    spark = session(where)

    def read(path, form):
        if form == "parquet":
            frame = spark.read.parquet(f"s3a://{path}/")
        else:
            frame = spark.read.csv(f"s3a://{path}/", header=True, schema=TYPES, escape='"',
                                   timestampFormat="yyyy-MM-dd HH:mm:ss")
        frame.createOrReplaceTempView("stays")
        seen = answers.by_sql(lambda sql: [tuple(row) for row in spark.sql(sql).collect()], "stays", DIGEST)
        bytes_listed = sum(size(uri, spark) for uri in frame.inputFiles())
        splits = frame.rdd.getNumPartitions()
        if splits < bytes_listed // SPLIT:
            seen["wrong"] = [f"{splits} splits of 1 MiB from {bytes_listed} bytes"]
        return seen

    try:
        yield read
    finally:
        spark.stop()


def size(uri, spark):
    path = spark._jvm.org.apache.hadoop.fs.Path(spark._jvm.java.net.URI(uri))
    return path.getFileSystem(spark._jsc.hadoopConfiguration()).getFileStatus(path).getLen()
