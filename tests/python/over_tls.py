"""Reads a release over HTTPS with boto3, which knows one authority, and prints it.

usage: over_tls.py ENDPOINT ACCESS_KEY_ID SECRET CA
"""
import sys

import boto3
from botocore.config import Config

endpoint, key, secret, authority = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key,
                  aws_secret_access_key=secret, verify=authority,
                  config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}))
sys.stdout.buffer.write(s3.get_object(Bucket="analytics-csv", Key="patients.csv")["Body"].read())
