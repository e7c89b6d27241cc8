"""What boto3 reads in documents of S3's listings.

usage: listing.py < LINES

Each line is JSON: {"operation": "ListObjects" | "ListObjectsV2", "document": "…"}. For each one line of JSON comes back:
what the client hands to its caller, after its own decoding of URL-encoded keys; or null where its XML parser refuses.
"""
import json
import sys

import botocore.session
from botocore.handlers import decode_list_object, decode_list_object_v2
from botocore.parsers import ResponseParserError, create_parser

MODEL = botocore.session.get_session().get_service_model("s3")
DECODE = {"ListObjects": decode_list_object, "ListObjectsV2": decode_list_object_v2}


def read(operation, document):
    shape = MODEL.operation_model(operation).output_shape
    answer = {"status_code": 200, "headers": {}, "body": document.encode()}
    try:
        parsed = create_parser("rest-xml").parse(answer, shape)
    except ResponseParserError:
        return None
    # As where the client itself has asked for the encoding, which is its habit.
    DECODE[operation](parsed, {"encoding_type_auto_set": True})
    del parsed["ResponseMetadata"]
    return parsed


if __name__ == "__main__":
    for line in sys.stdin:
        said = read(**json.loads(line))
        print(json.dumps(said, default=lambda date: date.isoformat()))
