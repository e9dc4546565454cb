"""A class-data archive for each version: it halves the time a node needs to start.

Made once, by a node that is broker and controller in one: it loads what all later processes will load.
"""

from __future__ import annotations

import os
import pathlib
import signal

import jars
import nodes
from processes import HOST, ClusterError, free_ports, send, spawn, state_of, wait_until
from wire import Connection


def ensure(version: str) -> None:
    """Without an archive everything works, only slower; so nothing here is an error."""
    jars.fetch(version)
    target = jars.archive(version)
    if target.exists():
        return
    with jars.making(target) as partial:
        if partial:
            for old in target.parent.glob(f"{version}-java-*.jsa"):
                old.unlink()
            jars.say(f"preparing faster starts of Apache Kafka {version} (once, about 10 s)")
            try:
                _make(version, partial, partial / target.name)
            except ClusterError as e:
                jars.say(f"that did not work ({e}); starts stay slower")


def _make(version: str, folder: pathlib.Path, target: pathlib.Path) -> None:
    port, controller = free_ports(2)
    config = {
        **nodes.SETTINGS, "process.roles": "broker,controller", "node.id": "1", "log.dirs": f"{folder}/data",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.quorum.voters": f"1@{HOST}:{controller}", "controller.listener.names": "CONTROLLER",
    }
    (folder / "server.properties").write_text("".join(f"{k}={v}\n" for k, v in config.items()))
    state = {"version": version, "cluster_id": nodes.random_id(), "tls": False, "zookeeper": False, "heap": "320m"}
    nodes.format_controller(folder, state, {})
    options = [f"-XX:ArchiveClassesAtExit={target}"]
    # It has no watchdog; `timeout` outlives us and hands on our SIGTERM.
    node = spawn(["timeout", "-s", "KILL", "120", *nodes.start_command(folder, 1, state, options)], folder)

    def answers() -> bool:
        try:
            with Connection(port) as c:
                return bool(c.metadata().brokers) or state_of(node) == "down"
        except OSError:
            return state_of(node) == "down"

    try:
        wait_until(answers, 60, "the node answers")
        send(node, signal.SIGTERM)
        wait_until(lambda: state_of(node) == "down", 60, "the archive is written")
    finally:
        if state_of(node) != "down":
            os.killpg(node["pid"], signal.SIGKILL)
