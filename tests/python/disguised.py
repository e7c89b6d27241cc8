"""The forms in which a value may hide, for each line of standard input: the value, turned round, in Base64 and
hexadecimal, and its digests without a key in hexadecimal and Base64. One line of forms, separated by tabs, for each."""

import base64
import hashlib
import sys

DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


def forms(value: str) -> list[str]:
    raw = value.encode()
    found = [value, value[::-1], base64.b64encode(raw).decode().rstrip("="), raw.hex()]
    # A value by itself, and as people write it: digests of both spellings.
    for text in {value, value.upper(), value.lower()}:
        for name in DIGESTS:
            digest = hashlib.new(name, text.encode()).digest()
            found += [digest.hex(), base64.b64encode(digest).decode().rstrip("=")]
    return found


for line in sys.stdin:
    print("\t".join(forms(line.rstrip("\n"))))
