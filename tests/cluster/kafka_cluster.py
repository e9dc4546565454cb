"""A real Apache Kafka cluster on 127.0.0.1 with faults on demand, for tests and the demo.

    from kafka_cluster import Cluster

    with Cluster(folder) as cluster:                      # down() at the end
        cluster.up(brokers=3, version="4.3.1")
        cluster.create_topic("orders", assign=[[1, 2]])
        cluster.produce("orders", 0, count=500)
        cluster.pause(2)                                  # SIGSTOP; resume, kill (SIGKILL), stop (SIGTERM), start, wipe
        cluster.await_partition("orders", 0, isr=[1])

One dedicated controller (node 100; up() makes more if asked) and N brokers (1..N), each a process of its own, so that
a broker can be killed, frozen or emptied and the quorum never notices. The folder holds state.json and, for each node,
node-N/{server.properties,data,server.log,controller.log,state-change.log,stdout.log}. Any number of processes may use
the same folder at the same time. Needs Linux, Python 3.9, Java 17 and Maven.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Callable, Optional

import admin
import tools
import traffic
from lifecycle import DEFAULT_VERSION, Lifecycle
from nodes import CONTROLLER, USERS
from processes import HOST, ClusterError, wait_until
from traffic import Traffic
from wire import Connection, KafkaError, Partition

__all__ = ["CONTROLLER", "Cluster", "ClusterError", "DEFAULT_VERSION", "KafkaError", "Offsets", "Partition", "Traffic",
           "USERS", "wait_until"]


@dataclass(frozen=True)
class Offsets:
    """error is "NONE", a broker's error, "NO_LEADER" or "UNREACHABLE"; the numbers are -1 then."""
    earliest: int = -1
    latest: int = -1
    error: str = "NONE"


class Cluster(Lifecycle):

    # Topics.

    def create_topic(self, name: str, partitions: int = 1, rf: Optional[int] = None,
                     assign: Optional[list[list[int]]] = None, config: Optional[dict[str, str]] = None,
                     wait: bool = True) -> None:
        """assign: the replicas of each partition, the preferred leader first; partitions and rf do not count then.
        rf is at most 3 and the number of brokers by default. wait: until every running broker knows all leaders.
        """
        rf = rf or min(3, len(self.brokers))
        self.ask(lambda c: admin.create_topic(c, name, partitions, rf, assign, config or {}), timeout=20)
        count = len(assign) if assign else partitions

        def known(broker: int) -> bool:
            seen = self.partitions(name, via=broker)
            return len(seen) == count and all(p.leader >= 0 for p in seen)

        if wait:
            self._everywhere(known, f"topic {name} has leaders")

    def delete_topic(self, name: str, wait: bool = True) -> None:
        """wait: until no running broker knows it any more."""
        self.ask(lambda c: admin.delete_topic(c, name), timeout=20)
        if wait:
            self._everywhere(lambda broker: not self.partitions(name, via=broker), f"topic {name} is gone")

    def _everywhere(self, condition: Callable[[int], bool], what: str) -> None:
        def holds() -> bool:
            try:
                return all(condition(b) for b in self.running())
            except ClusterError:
                return False        # a broker that is starting

        wait_until(holds, 30, lambda: f"{what}; {self.status()}")

    def add_partitions(self, name: str, total: int) -> None:
        self.ask(lambda c: admin.add_partitions(c, name, total), timeout=20)

    def alter_topic(self, name: str, config: dict[str, Optional[str]]) -> None:
        """None takes a setting back to its default."""
        self.ask(lambda c: admin.alter_config(c, admin.TOPIC, name, config), timeout=20)

    def alter_broker(self, broker: int, config: dict[str, Optional[str]]) -> None:
        """A dynamic setting of one broker."""
        self.ask(lambda c: admin.alter_config(c, admin.BROKER, str(broker), config), via=broker, timeout=20)

    def alter_brokers(self, config: dict[str, Optional[str]]) -> None:
        """A dynamic setting of all brokers."""
        self.ask(lambda c: admin.alter_config(c, admin.BROKER, "", config), timeout=20)

    def elect(self, topic: str, partition: int = 0, kind: str = "preferred") -> None:
        """kind: preferred or unclean."""
        self.ask(lambda c: admin.elect(c, kind, topic, partition), timeout=20)

    def reassign(self, topic: str, assign: dict[int, list[int]], wait: bool = True) -> None:
        """{partition: its replicas from now on, the preferred leader first}. wait: until they are that, all in sync."""
        self.ask(lambda c: admin.reassign(c, topic, assign), timeout=20)
        for partition, replicas in assign.items() if wait else ():
            self.await_partition(topic, partition, replicas=replicas, isr=replicas)

    def delete_records(self, topic: str, partition: int, before: int) -> int:
        """Moves the earliest offset up to `before` (-1: to the high watermark); returns what it is then."""
        return self.ask(lambda c: admin.delete_records(c, topic, partition, before),
                        via=self._leader(topic, partition), timeout=20)

    # What Kafka says about them.

    def partitions(self, topic: str, via: Optional[int] = None) -> list[Partition]:
        """As broker via has them, or the first running broker that answers; [] when it does not know the topic.

        A broker that just woke up tells old news for a moment.
        """
        return self.metadata([topic], via).topics.get(topic, [])

    def partition(self, topic: str, partition: int = 0, via: Optional[int] = None) -> Optional[Partition]:
        return next((p for p in self.partitions(topic, via) if p.partition == partition), None)

    def _leader(self, topic: str, partition: int) -> int:
        seen = self.partition(topic, partition)
        if not seen or seen.leader < 0:
            raise ClusterError(f"{topic}-{partition} has no leader")
        return seen.leader

    def await_partition(self, topic: str, partition: int = 0, timeout: float = 30, via: Optional[int] = None,
                        **want) -> Partition:
        """Until all that is given holds: leader=, epoch=, topic_id=, error=, and in any order isr=, replicas=,
        offline=. A function as a value is asked: epoch=lambda e: e > 3. Returns the partition as it then is.

        Without via all running brokers have to say so, since one that just woke up tells old news.
        """
        seen: dict[int, object] = {}

        def holds() -> Optional[Partition]:
            seen.clear()
            for broker in [via] if via else self.running():
                try:
                    seen[broker] = self.partition(topic, partition, broker)
                except ClusterError as e:
                    seen[broker] = e        # it is starting: the others decide
            known = [p for p in seen.values() if not isinstance(p, ClusterError)]
            good = [p for p in known if p and all(_fits(getattr(p, k), v) for k, v in want.items())]
            return good[0] if good and len(good) == len(known) else None

        return wait_until(holds, timeout, lambda: f"{topic}-{partition} with {want}; last seen: {seen}")

    def offsets(self, topic: str) -> dict[int, Offsets]:
        """{partition: Offsets}, each asked of its leader."""
        seen = {p.partition: p.leader for p in self.partitions(topic)}
        found = {n: Offsets(error="NO_LEADER") for n, leader in seen.items() if leader < 0}
        for leader in {leader for leader in seen.values() if leader >= 0}:
            mine = [n for n, who in seen.items() if who == leader]
            try:
                with Connection(self.port(leader)) as c:
                    latest, earliest = c.list_offsets(topic, mine, -1), c.list_offsets(topic, mine, -2)
            except OSError:
                found.update((n, Offsets(error="UNREACHABLE")) for n in mine)
                continue
            for n in mine:
                error = next((e for e in (latest[n][0], earliest[n][0]) if e != "NONE"), "NONE")
                found[n] = Offsets(earliest[n][1], latest[n][1]) if error == "NONE" else Offsets(error=error)
        return dict(sorted(found.items()))

    def epoch_end(self, topic: str, partition: int, epoch: int) -> int:
        """The offset where a leader epoch ends in the log of the present leader (-1: no such epoch)."""
        error, _, offset = self.ask(lambda c: c.epoch_end(topic, partition, epoch), self._leader(topic, partition))
        if error != "NONE":
            raise KafkaError(error, f"end of epoch {epoch} of {topic}-{partition}")
        return offset

    # Records.

    def produce(self, topic: str, partition: int, count: int, size: int = 100, acks: int = -1,
                timeout: float = 30) -> int:
        """Writes count records of size bytes; returns the offset of the first (-1 with acks=0).

        Answers that say "not written" are tried again until timeout, a broken connection is not: nobody would know
        then what is in the log.
        """
        return traffic.produce(self, topic, partition, count, size, acks, timeout)

    def write(self, topic: str, partition: int, batch: bytes) -> int:
        """Writes one batch (see records.batch) with acks=-1, once; returns its first offset."""
        answer = self.ask(lambda c: c.produce({(topic, partition): batch}, -1, 10000), self._leader(topic, partition), 20)
        error, base = answer[topic, partition]
        if error != "NONE":
            raise KafkaError(error, f"write to {topic}-{partition}")
        return base

    def traffic(self, topics: list[str], rate: float = 100, size: int = 100, acks: int = 1) -> Traffic:
        """A background writer, started: rate records a second in all, over all partitions of the topics."""
        return Traffic(self, topics, rate, size, acks).start()

    # Kafka's own command-line tools.

    def tool_command(self, name: str, *args) -> list[str]:
        """The command line of a tool (see tools.NAMES, or a class name).

        --bootstrap-server names the running brokers only: the kernel accepts connections for a frozen one, and a
        client that picks it first hangs for 30 s.
        """
        running = ",".join(f"{HOST}:{self.port(b)}" for b in self.running())
        return tools.command(self.state["version"], self.dir, running, name, args)

    def tool(self, name: str, *args, check: bool = True, timeout: float = 120) -> str:
        """Runs a tool and returns what it printed. check: a failure is a ClusterError."""
        try:
            done = subprocess.run(self.tool_command(name, *args), timeout=timeout, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except subprocess.TimeoutExpired:
            raise ClusterError(f"{name} did not end within {timeout:g} s") from None
        if check and done.returncode:
            raise ClusterError(f"{name} failed: {(done.stderr.strip() or done.stdout.strip())[-2000:]}")
        return done.stdout if done.returncode == 0 else done.stdout + done.stderr

    def acl(self, action: str, operation: str, resource: str = "topic", name: Optional[str] = None,
            user: str = "exporter", pattern: str = "literal", permission: str = "allow") -> None:
        """acl("add", "describe", "topic", "orders"); no name is every one. acl("remove", "any", "any") takes all of a
        user away. Returns when every running broker knows it.

        Operations and resources are named as on Kafka's command line: describe-configs, transactional-id, ...
        """
        if action not in ("add", "remove"):
            raise ClusterError(f"acl: add or remove, not {action}")
        adding = action == "add"
        if adding:
            name = "kafka-cluster" if resource == "cluster" else name or "*"
        what = (f"User:{user}", operation, resource, name, pattern if name else "any", permission)
        self.ask(lambda c: (admin.create_acl if adding else admin.delete_acls)(c, *what), timeout=20)
        self._everywhere(lambda b: self.ask(lambda c: admin.has_acls(c, *what), via=b) == adding, f"ACL {what}")


def _fits(value, wanted) -> bool:
    if callable(wanted):
        return wanted(value)
    return sorted(value) == sorted(wanted) if isinstance(value, list) else value == wanted
