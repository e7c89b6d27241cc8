"""Run a command on a terminal of its own, and print all that it writes there.

usage: terminal.py COLUMNS PROGRAM ARGUMENT…

Standard output and standard error are the terminal; standard input is this program's. It ends with the command's code.
"""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

if __name__ == "__main__":
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(sys.argv[1]), 0, 0))
    process = subprocess.Popen(sys.argv[2:], stdout=theirs, stderr=theirs)
    os.close(theirs)
    while True:
        try:
            text = os.read(ours, 65536)
        except OSError:  # how Linux says that nobody holds the other side any more
            text = b""
        if not text:
            break
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    sys.exit(process.wait())
