"""boto3: pages of a listing, heads, and objects in two ranges, held to the listed length and ETag."""
import contextlib

import boto3
import botocore.config

import place
import tools

PAGE = 7


def named(pages, prefix):
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        yield entry["Key"].removeprefix(f"{prefix}/"), entry["Size"]


@contextlib.contextmanager
def reader(where, home):
    config = botocore.config.Config(signature_version="s3v4", retries={"total_max_attempts": 2}, read_timeout=300)
    s3 = boto3.client("s3", endpoint_url=where.endpoint, region_name=place.REGION, config=config,
                      aws_access_key_id=where.key, aws_secret_access_key=where.secret)

    def read(path, form):
        bucket, prefix = path.split("/")
        within = {"Bucket": bucket, "Prefix": f"{prefix}/"}
        folder = home / path
        folder.mkdir(parents=True)
        listed, wrong = {}, []
        pages = s3.get_paginator("list_objects_v2").paginate(**within, PaginationConfig={"PageSize": PAGE})
        for entry in (entry for page in pages for entry in page.get("Contents", [])):
            name = entry["Key"].removeprefix(f"{prefix}/")
            listed[name] = entry["Size"]
            one = {"Bucket": bucket, "Key": entry["Key"], "IfMatch": entry["ETag"]}
            head = s3.head_object(**one)
            if (head["ContentLength"], head["ETag"]) != (entry["Size"], entry["ETag"]):
                wrong.append(f"{entry['Key']}: the head is not as listed")
            with open(folder / name, "wb") as file:
                for part in (f"bytes=0-{entry['Size'] // 2}", f"bytes={entry['Size'] // 2 + 1}-"):
                    for chunk in s3.get_object(Range=part, **one)["Body"].iter_chunks(1 << 20):
                        file.write(chunk)
        older = s3.get_paginator("list_objects").paginate(**within, PaginationConfig={"PageSize": PAGE})
        if dict(named(older, prefix)) != listed:
            wrong.append("the first version of the listing has other objects")
        seen = tools.of_folder(folder, form, listed)
        return seen | {"wrong": seen.get("wrong", []) + wrong}

    yield read
