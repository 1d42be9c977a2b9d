"""Runs a program in an interpreter of its own, for what depends on the order of imports."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

# Python's audit events, as no library can go around them. A program that tries
# to leave this machine ends at once, whatever it catches.
GUARD = """
import os, sys

def guard(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        host = args[1][0] if isinstance(args[1], tuple) else "localhost"
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if host not in (None, "", "localhost", "::1") and not str(host).startswith("127."):
        sys.stderr.write(f"left this machine: {event} {args}")
        sys.stderr.flush()
        os._exit(70)

sys.addaudithook(guard)
"""


def run(program: str, *options: str, **environ: str) -> str:
    """What `program` prints; its own traceback as the failure where it ends with an error.

    `options` are Python's. The program sees none of this process's AWS settings
    but those of `environ`.
    """
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", *options, "-c", GUARD + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environ},
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
    return done.stdout
