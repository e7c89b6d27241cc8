"""Reads all objects below a prefix as one table, through S3, as an engine does.

usage: scan.py READER ENDPOINT BUCKET PREFIX COUNT

READER is duckdb, pyarrow or boto3; COUNT of them read at once, each with a client of its own. Prints, for each, the
number of rows and the SHA-256 of the rows as sorted lines of JSON. The last reads one object after the other, by its
listed length, and joins what pyarrow finds in them.
"""
import hashlib
import io
import json
import sys
import threading

ACCOUNT, SECRET, REGION = "CANARYREADER", "CANARYREADERSECRET", "eu-central-1"


def with_duckdb(endpoint, bucket, prefix):
    import duckdb
    from duckdb_extensions import import_extension

    connection = duckdb.connect()
    import_extension("httpfs", con=connection)
    host = endpoint.removeprefix("http://")
    connection.execute(f"""CREATE SECRET (TYPE s3, KEY_ID '{ACCOUNT}', SECRET '{SECRET}', REGION '{REGION}',
                           ENDPOINT '{host}', URL_STYLE 'path', USE_SSL false)""")
    return connection.execute(f"FROM read_parquet('s3://{bucket}/{prefix}*.parquet')").to_arrow_table()


def with_pyarrow(endpoint, bucket, prefix):
    import pyarrow.dataset
    from pyarrow import fs

    s3 = fs.S3FileSystem(access_key=ACCOUNT, secret_key=SECRET, region=REGION, scheme="http",
                         endpoint_override=endpoint.removeprefix("http://"))
    return pyarrow.dataset.dataset(f"{bucket}/{prefix}".rstrip("/"), filesystem=s3, format="parquet").to_table()


def with_boto3(endpoint, bucket, prefix):
    import boto3
    import botocore.config
    import pyarrow
    from pyarrow import parquet

    config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=120)
    s3 = boto3.client("s3", region_name=REGION, endpoint_url=endpoint, config=config, aws_access_key_id=ACCOUNT,
                      aws_secret_access_key=SECRET)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    tables = []
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        wanted = {"Bucket": bucket, "Key": entry["Key"], "IfMatch": entry["ETag"]}
        footer = s3.get_object(Range="bytes=-8", **wanted)["Body"].read()
        body = s3.get_object(Range=f"bytes=0-{entry['Size'] - 9}", **wanted)["Body"].read()
        tables.append(parquet.read_table(io.BytesIO(body + footer)))
    return pyarrow.concat_tables(tables)


def described(table):
    lines = sorted(json.dumps(row, sort_keys=True, default=str, ensure_ascii=False) for row in table.to_pylist())
    return {"rows": len(lines), "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def main(reader, endpoint, bucket, prefix, count):
    read = {"duckdb": with_duckdb, "pyarrow": with_pyarrow, "boto3": with_boto3}[reader]
    seen = [None] * int(count)
    begin = threading.Barrier(len(seen))

    def one(place):
        begin.wait()
        try:
            seen[place] = described(read(endpoint, bucket, prefix))
        except Exception as error:
            seen[place] = {"error": f"{type(error).__name__}: {error}"}

    threads = [threading.Thread(target=one, args=[place]) for place in range(len(seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
