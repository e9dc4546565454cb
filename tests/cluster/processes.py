"""Processes that are found again by id and start time, conditions with deadlines, and free ports."""

from __future__ import annotations

import contextlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import time
from typing import Callable, Optional, TypeVar, Union

HOST = "127.0.0.1"
T = TypeVar("T")


class ClusterError(Exception):
    """The cluster is not as asked; the message says what."""


def wait_until(condition: Callable[[], T], timeout: float, what: Union[str, Callable[[], str]],
               every: float = 0.05) -> T:
    """Calls condition until it is true and returns its value; ClusterError after timeout seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise ClusterError(f"not within {timeout:g} s: {what() if callable(what) else what}")
        time.sleep(every)


def stat(pid: int) -> Optional[tuple[str, int]]:
    """(state letter, start time in clock ticks) of a process."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


def spawn(command: list[str], folder: pathlib.Path, output: str = "stdout.log") -> dict:
    """Starts a process in a session of its own, so that no Ctrl-C of ours reaches it: {"pid", "start"}.

    folder is its working directory, where a JVM that crashes leaves its report; output lies there too.
    """
    with open(folder / output, "ab") as out:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    # Somebody else may look after it from now on; without this Popen would warn when it is forgotten.
    process.returncode = 0
    return {"pid": process.pid, "start": stat(process.pid)[1]}


def state_of(entry: dict) -> str:
    """ "running", "paused" or "down". A process id alone proves nothing: ids are used again."""
    pid = entry.get("pid")
    if not pid:
        return "down"
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)     # a child of ours would stay a zombie for ever
    now = stat(pid)
    if not now or now[0] in "ZX" or now[1] != entry["start"]:
        return "down"
    return "paused" if now[0] == "T" else "running"


def send(entry: dict, sig: signal.Signals) -> None:
    if state_of(entry) != "down":
        with contextlib.suppress(ProcessLookupError):
            os.kill(entry["pid"], sig)


def end(entries: list[dict], timeout: float = 20) -> None:
    """SIGKILL for all of them, and waits until they are gone."""
    for entry in entries:
        send(entry, signal.SIGKILL)
    wait_until(lambda: all(state_of(e) == "down" for e in entries), timeout, "processes ended")


def free_ports(count: int) -> list[int]:
    """Ports below the ephemeral range: no outgoing connection may take a broker's port while the broker is down."""
    first_ephemeral = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    top = min(32000, first_ephemeral)
    found = []
    for port in random.sample(range(top - 12000, top), 2000):
        with socket.socket() as s:
            try:
                s.bind((HOST, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise ClusterError("no free ports")
