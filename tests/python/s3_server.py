"""An S3 server on a free port of loopback, in memory, for as long as standard input is open.

usage: s3_server.py

Prints the port. It ends with the process that holds the other end of its standard input, however that one ends.
"""
import contextlib
import logging
import os
import sys

from moto.server import ThreadedMotoServer

if __name__ == "__main__":
    # One line a request is what nobody reads.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    # It greets on standard output, which is the port's.
    with contextlib.redirect_stdout(sys.stderr):
        server.start()
    print(server.get_host_and_port()[1], flush=True)
    sys.stdin.buffer.read()
    # Requests that hang keep nobody.
    os._exit(0)
