"""A name server that takes questions and never answers, for one process: in name spaces of its own."""

from __future__ import annotations

import pathlib
import subprocess

_INSIDE = """import socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
for name in ("resolv.conf", "nsswitch.conf"):
    subprocess.run(["mount", "--bind", sys.argv[1] + "/" + name, "/etc/" + name], check=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
code = subprocess.run(sys.argv[2:]).returncode
server.setblocking(False)
assert server.recv(1000), "it was asked"
sys.exit(code)
"""


def before(folder: pathlib.Path) -> list[str]:
    """Words to put before a command; [] where name spaces are not allowed. It fails if no name was asked for."""
    if subprocess.run(["unshare", "-rmn", "true"], capture_output=True).returncode != 0:
        return []
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:30 attempts:5\n")
    (folder / "nsswitch.conf").write_text("hosts: dns\n")
    (folder / "inside.py").write_text(_INSIDE)
    return ["unshare", "-rmn", "python3", str(folder / "inside.py"), str(folder)]
