"""Makes a certificate of an authority of its own, for this machine.

usage: certificate.py FOLDER

Writes ca.pem, cert.pem and key.pem there.
"""
import pathlib
import sys

import trustme

folder = pathlib.Path(sys.argv[1])
authority = trustme.CA()
server = authority.issue_cert("localhost", "127.0.0.1")
authority.cert_pem.write_to_path(str(folder / "ca.pem"))
(folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
server.private_key_pem.write_to_path(str(folder / "key.pem"))
