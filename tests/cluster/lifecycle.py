"""The processes of a cluster: start, stop, faults, and what is known about them in state.json."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import signal
import sys
import time
from dataclasses import asdict
from typing import Callable, Iterator, Optional, TypeVar, Union

import archive
import jars
import nodes
from certificates import Authority
from nodes import CONTROLLER, is_controller
from processes import HOST, ClusterError, end, free_ports, send, spawn, state_of, wait_until
from wire import Connection, KafkaError, Metadata

DEFAULT_VERSION = "4.3.1"
C = TypeVar("C", bound="Lifecycle")
T = TypeVar("T")


class Lifecycle:
    """A cluster's folder and processes; kafka_cluster.Cluster adds what is inside Kafka."""

    def __init__(self, folder: Union[str, os.PathLike]):
        self.dir = pathlib.Path(folder).resolve()
        self._mine = False

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, *_) -> None:
        # Somebody else's cluster in the same folder is not ours to end.
        if self._mine and self.exists():
            self.down()

    # State: what has to outlive this process.

    def exists(self) -> bool:
        return (self.dir / "state.json").exists()

    @property
    def state(self) -> dict:
        try:
            return json.loads((self.dir / "state.json").read_text())
        except FileNotFoundError:
            raise ClusterError(f"no cluster in {self.dir}: `up` makes one") from None

    def _save(self, state: dict) -> None:
        new = self.dir / f".state.{os.getpid()}"
        new.write_text(json.dumps(state, indent=1) + "\n")
        new.rename(self.dir / "state.json")

    @contextlib.contextmanager
    def _edit(self) -> Iterator[dict]:
        with open(self.dir / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.state
            yield state
            self._save(state)

    def _entry(self, node: int) -> dict:
        entry = self.state["nodes"].get(str(node))
        if entry is None:
            raise ClusterError(f"no node {node} in this cluster: it has {', '.join(self.state['nodes'])}")
        return entry

    def node_dir(self, node: int) -> pathlib.Path:
        return self.dir / f"node-{node}"

    @property
    def brokers(self) -> list[int]:
        return [int(n) for n in self.state["nodes"] if not is_controller(int(n))]

    @property
    def controllers(self) -> list[int]:
        return [int(n) for n in self.state["nodes"] if is_controller(int(n))]

    def port(self, node: int) -> int:
        return self._entry(node)["port"]

    @property
    def bootstrap(self) -> str:
        """Every broker, whatever its state: what an application under test is configured with."""
        return ",".join(f"{HOST}:{self.port(b)}" for b in self.brokers)

    @property
    def sasl_bootstrap(self) -> str:
        """The listener where clients log in (PLAIN, see USERS) and ACLs count; only with authorizer=True."""
        return self._listeners("sasl_port", "authorizer")

    @property
    def sasl_tls_bootstrap(self) -> str:
        """The same over TLS, with PLAIN, SCRAM-SHA-512 or an unsigned OAUTHBEARER token; this one and the next only with tls=True."""
        return self._listeners("sasl_tls_port", "tls")

    @property
    def tls_bootstrap(self) -> str:
        """The listener where a certificate by the authority is the login."""
        return self._listeners("tls_port", "tls")

    def listener(self, name: str) -> str:
        """Where one of up()'s listeners listens, at the brokers that have it."""
        made = nodes.Listener(**self.state["listeners"][name])
        return ",".join(made.address(self._entry(b)[f"{name}_port"]) for b in self.brokers if b not in made.missing)

    def _listeners(self, port: str, option: str) -> str:
        if not self.state[option]:
            raise ClusterError(f"this cluster was started without {option}")
        return ",".join(f"{HOST}:{self._entry(b)[port]}" for b in self.brokers)

    @property
    def authority(self) -> Authority:
        """Who signed the brokers' certificates and is believed by them."""
        return Authority(self.dir / "certificates")

    def status(self) -> dict[int, str]:
        """{node: "running" | "paused" | "down"}, controllers included."""
        return {int(n): state_of(entry) for n, entry in self.state["nodes"].items()}

    def running(self) -> list[int]:
        """The brokers that run and are not paused."""
        return [n for n, how in self.status().items() if not is_controller(n) and how == "running"]

    def ask(self, question: Callable[[Connection], T], via: Optional[int] = None, timeout: float = 2.0) -> T:
        """The answer of broker via, or of the first running broker that gives one."""
        problem = "none runs"
        for broker in [via] if via else self.running():
            try:
                with Connection(self.port(broker), timeout) as connection:
                    return question(connection)
            except OSError as e:
                problem = str(e)
            except KafkaError as e:
                # With ZooKeeper no broker forwards what only the controller, one of them, may do.
                if via or e.error != "NOT_CONTROLLER":
                    raise
                problem = str(e)
        raise ClusterError(f"broker {via} does not answer: {problem}" if via else f"no broker answers: {problem}")

    def metadata(self, topics: Optional[list[str]] = None, via: Optional[int] = None) -> Metadata:
        """topics: [] is none, None is all."""
        return self.ask(lambda c: c.metadata(topics), via)

    # Life of the cluster.

    def up(self, brokers: int = 3, version: str = DEFAULT_VERSION, settings: Optional[dict[str, str]] = None,
           node_settings: Optional[dict[int, dict[str, str]]] = None, features: Optional[dict[str, int]] = None,
           ttl: float = 3600, authorizer: bool = False, tls: bool = False,
           listeners: Optional[dict[str, nodes.Listener]] = None, controllers: int = 1, zookeeper: bool = False,
           heap: str = "320m", timeout: float = 120) -> float:
        """Makes and starts a cluster, always a new and empty one; returns the seconds it took.

        settings are for every node, node_settings for single ones; features are levels such as
        {"eligible.leader.replicas.version": 0}. After ttl seconds the cluster is ended whatever became of the caller
        (0: never). authorizer: with ACLs, see sasl_bootstrap; tls: see sasl_tls_bootstrap. listeners: more of them for
        each broker, by names in capital letters. controllers: how many vote, numbered from CONTROLLER on. zookeeper: the
        node CONTROLLER is a ZooKeeper, and the controller one of the brokers, as before Kafka 4.
        """
        if zookeeper:
            jars.fetch(version)
        else:
            archive.ensure(version)
        begin = time.monotonic()
        if self.exists():
            if any(how != "down" for how in self.status().values()):
                raise ClusterError(f"a cluster runs in {self.dir} already: `down` ends it")
            self._remove()
        self.dir.mkdir(parents=True, exist_ok=True)
        voters = list(range(CONTROLLER, CONTROLLER + controllers))
        ids = [*range(1, brokers + 1), *voters]
        kinds = ["port", *(["sasl_port"] if authorizer else []), *(["sasl_tls_port", "tls_port"] if tls else []),
                 *(f"{name}_port" for name in listeners or ())]
        ports = free_ports(len(kinds) * len(ids))
        state = {"version": version, "cluster_id": nodes.random_id(), "authorizer": authorizer, "tls": tls,
                 "zookeeper": zookeeper,
                 "listeners": {name: asdict(one) for name, one in (listeners or {}).items()}, "heap": heap,
                 "nodes": {str(n): {kind: ports.pop() for kind in kinds} for n in ids}}
        self._save(state)
        self._mine = True
        try:
            if tls:
                nodes.make_certificates(self.authority)
            for node in ids:
                folder = self.node_dir(node)
                folder.mkdir()
                nodes.write_settings(folder, node, state, {**(settings or {}), **(node_settings or {}).get(node, {})})
            if ttl:
                watchdog = spawn([sys.executable, str(jars.HERE / "watchdog.py"), str(self.dir), str(ttl)], self.dir,
                                 "watchdog.log")
                with self._edit() as edited:
                    edited["watchdog"] = watchdog
            # Brokers wait for their controller: they may load their classes while it is formatted.
            for node in ids[:brokers]:
                nodes.format_broker(self.node_dir(node), node, state)
                self.start(node, wait=False)
            for node in voters:
                nodes.format_controller(self.node_dir(node), state, features or {})
                self.start(node, wait=False)
            self.wait_ready(ids[:brokers], timeout)
        except BaseException:
            self.down()
            raise
        return time.monotonic() - begin

    def down(self, remove: bool = False) -> None:
        """Ends every process of the cluster at once. Its files stay for a look, unless remove."""
        state = self.state
        entries = [*state["nodes"].values(), state.get("watchdog", {})]
        end([e for e in entries if e.get("pid") != os.getpid()])
        if remove:
            self._remove()

    def _remove(self) -> None:
        """Only what is ours: somebody may have named a folder with other things in it."""
        for node in self.state["nodes"]:
            shutil.rmtree(self.node_dir(int(node)), ignore_errors=True)
        shutil.rmtree(self.dir / "certificates", ignore_errors=True)
        for file in (".lock", "tool-logging.properties", "watchdog.log", "state.json"):
            (self.dir / file).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.dir.rmdir()

    def start(self, node: int, wait: bool = True, timeout: float = 60) -> None:
        """Starts a node that is down. wait: until every running broker lists it."""
        if state_of(self._entry(node)) != "down":
            raise ClusterError(f"node {node} runs already")
        state, folder = self.state, self.node_dir(node)
        # Java is told to keep to IPv4, where a start takes less; the last word counts.
        has_v6 = any(":" in listener["host"] for listener in state["listeners"].values())
        options = ["-Djava.net.preferIPv4Stack=false"] if has_v6 else []
        entry = spawn(nodes.start_command(folder, node, state, options), folder)
        with self._edit() as edited:
            edited["nodes"][str(node)].update(entry)
        if wait and not is_controller(node):
            self.wait_ready([node], timeout)

    def wait_ready(self, brokers: Optional[list[int]] = None, timeout: float = 60) -> None:
        """Until the given brokers (default: all that run) answer and every running broker lists them.

        The broker itself has to answer because its old registration outlives a kill by the session timeout, while a
        new process opens its port only when the controller has let it in.
        """
        want = set(self.running() if brokers is None else brokers)

        def ready() -> bool:
            status = self.status()
            needed = self.controllers if len(self.controllers) == 1 else []     # of several some may be down
            for node in sorted(want | set(needed)):
                if status[node] == "down":
                    raise ClusterError(f"node {node} ended: {nodes.last_words(self.node_dir(node))} "
                                       f"(see {self.node_dir(node)}/server.log)")
            if any(status[node] != "running" for node in want):
                return False
            try:
                return all(want <= set(self.metadata([], via=b).brokers) for b in self.running())
            except ClusterError:
                return False

        wait_until(ready, timeout, lambda: f"brokers {sorted(want)} ready; {self.status()}")

    # Faults.

    def kill(self, node: int) -> None:
        """SIGKILL: no controlled shutdown, no clean-shutdown marker."""
        end([self._entry(node)])

    def stop(self, node: int, timeout: float = 60) -> None:
        """SIGTERM, and waits: a broker first hands over its leaderships. A paused one is resumed for it."""
        entry = self._entry(node)
        send(entry, signal.SIGTERM)
        send(entry, signal.SIGCONT)
        wait_until(lambda: state_of(entry) == "down", timeout, f"node {node} stopped")

    def pause(self, node: int) -> None:
        """SIGSTOP: its connections stay open and nothing answers, like a long GC pause or a hung disk."""
        entry = self._entry(node)
        if state_of(entry) == "down":
            raise ClusterError(f"node {node} is down")
        send(entry, signal.SIGSTOP)
        wait_until(lambda: state_of(entry) == "paused", 5, f"node {node} paused")

    def resume(self, node: int) -> None:
        entry = self._entry(node)
        if state_of(entry) == "down":
            raise ClusterError(f"node {node} is down")
        send(entry, signal.SIGCONT)
        wait_until(lambda: state_of(entry) != "paused", 5, f"node {node} resumed")

    def restart(self, node: int, hard: bool = False) -> None:
        """hard: by SIGKILL."""
        (self.kill if hard else self.stop)(node)
        self.start(node)

    def wipe(self, node: int) -> None:
        """Empties a broker that is down: it comes back with the same id and no data.

        The directory id stays. With another one Kafka elects it only if it comes back before it was fenced.
        """
        if is_controller(node):
            raise ClusterError("a controller holds the cluster's metadata; it is not to be wiped")
        if state_of(self._entry(node)) != "down":
            raise ClusterError(f"node {node} runs: stop or kill it first")
        for entry in (self.node_dir(node) / "data").iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "meta.properties":
                entry.unlink()
