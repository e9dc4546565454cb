"""Records written over the wire: a number of them now, or a steady trickle that survives what happens to brokers."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Optional

from processes import ClusterError
from records import batch
from wire import Connection, KafkaError, check

if TYPE_CHECKING:
    from lifecycle import Lifecycle

# With these answers nothing was written, and another broker or another moment may do better.
_TRY_AGAIN = {"UNKNOWN_TOPIC_OR_PARTITION", "LEADER_NOT_AVAILABLE", "NOT_LEADER_OR_FOLLOWER", "KAFKA_STORAGE_ERROR"}
_ACKS_TIMEOUT_MS = 10000


def produce(cluster: Lifecycle, topic: str, partition: int, count: int, size: int, acks: int, timeout: float) -> int:
    """See Cluster.produce."""
    deadline = time.monotonic() + timeout
    at_once = max(1, min(count, 1000, 500_000 // (size + 20)))
    # Full batches are all the same: the checksum in an interpreted language is what costs.
    full = batch([b"x" * size] * at_once)
    first, left = -1, count
    while left > 0:
        try:
            with _leader(cluster, topic, partition, deadline) as connection:
                while left > 0:
                    data = full if left >= at_once else batch([b"x" * size] * left)
                    base = _write(connection, topic, partition, data, acks)
                    first = base if left == count else first
                    left -= min(left, at_once)
                if acks == 0:
                    connection.metadata([])     # an answer to this one says that the others were read
        except _TryAgain as e:
            if time.monotonic() > deadline:
                raise KafkaError(str(e), f"write to {topic}-{partition} within {timeout:g} s") from None
            time.sleep(0.05)
        except OSError as e:
            raise ClusterError(f"the leader of {topic}-{partition} did not answer: {e}; {count - left} of {count} "
                               "records were written, maybe more") from e
    return first


class _TryAgain(Exception):
    """Nothing was written; the message is the reason."""


def _leader(cluster: Lifecycle, topic: str, partition: int, deadline: float) -> Connection:
    seen = next((p for p in cluster.metadata([topic]).topics.get(topic, []) if p.partition == partition), None)
    if not seen or seen.leader < 0:
        raise _TryAgain("NO_LEADER" if seen else "UNKNOWN_TOPIC_OR_PARTITION")
    try:
        return Connection(cluster.port(seen.leader), max(0.1, deadline - time.monotonic()))
    except OSError as e:
        raise _TryAgain(f"UNREACHABLE (broker {seen.leader}: {e})") from e


def _write(connection: Connection, topic: str, partition: int, data: bytes, acks: int) -> int:
    answer = connection.produce({(topic, partition): data}, acks, _ACKS_TIMEOUT_MS)
    error, base = answer.get((topic, partition), ("NONE", -1))
    if error in _TRY_AGAIN:
        raise _TryAgain(error)
    check(error, f"write to {topic}-{partition}")
    return base


class Traffic:
    """Writes to all partitions of some topics until stop(). One thread and one connection a broker: a frozen broker
    costs its own partitions only. Errors are counted and otherwise ignored.

    The default is acks=1, because with acks=-1 a leader's partitions wait together for a frozen follower.
    """
    TICK = 0.1
    PATIENCE = 1.5      # seconds for an answer

    def __init__(self, cluster: Lifecycle, topics: list[str], rate: float = 100, size: int = 100, acks: int = 1):
        self.topics, self.rate, self.size, self.acks = list(topics), rate, size, acks
        self.ports = {b: cluster.port(b) for b in cluster.brokers}
        self.ends: dict[tuple[str, int], int] = {}  # (topic, partition) -> offset after the last acknowledged record
        self.acknowledged = 0
        self.errors: Counter[str] = Counter()   # records that were refused, by error
        self._leaders: dict[tuple[str, int], int] = {}
        self._epochs: dict[tuple[str, str, int], int] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._refresh = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> Traffic:
        work = [(self._learn, ())] + [(self._write, (b,)) for b in self.ports]
        self._threads = [threading.Thread(target=f, args=a, daemon=True) for f, a in work]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._refresh.set()
        for thread in self._threads:
            thread.join(2 * self.PATIENCE)

    def __enter__(self) -> Traffic:
        return self if self._threads else self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    @property
    def failed(self) -> int:
        with self._lock:
            return sum(self.errors.values())

    def _learn(self) -> None:
        """Keeps the leaders: from one broker as long as it answers, from the next when it does not."""
        brokers = deque(self.ports.values())
        while not self._stop.is_set():
            self._refresh.clear()
            try:
                with Connection(brokers[0], self.PATIENCE) as c:
                    topics = c.metadata(self.topics).topics
            except OSError:
                brokers.rotate(-1)
                self._stop.wait(self.TICK)
                continue
            leaders = {}
            for partitions in topics.values():
                for p in partitions:
                    # A broker that just woke up tells old news.
                    known = self._epochs.get((p.topic_id, p.topic, p.partition), -1)
                    if p.epoch >= known:
                        self._epochs[p.topic_id, p.topic, p.partition] = p.epoch
                        leaders[p.topic, p.partition] = p.leader
                    else:
                        leaders[p.topic, p.partition] = self._leaders.get((p.topic, p.partition), -1)
                        brokers.rotate(-1)
            self._leaders = leaders
            self._refresh.wait(0.5)
            self._stop.wait(self.TICK)

    def _write(self, broker: int) -> None:
        connection: Optional[Connection] = None
        owed: dict[tuple[str, int], float] = {}
        last = time.monotonic()
        while not self._stop.wait(self.TICK):
            leaders, now = self._leaders, time.monotonic()
            each, last = self.rate * min(now - last, 1) / max(1, len(leaders)), now
            owed = {key: owed.get(key, 0) + each for key, leader in leaders.items() if leader == broker}
            due = {key: int(n) for key, n in owed.items() if n >= 1}
            if not due:
                continue
            batches = {}
            made: dict[int, bytes] = {}
            for key, n in due.items():
                owed[key] -= n
                if n not in made:
                    made[n] = batch([b"x" * self.size] * n)
                batches[key] = made[n]
            try:
                connection = connection or Connection(self.ports[broker], self.PATIENCE)
                answer = connection.produce(batches, self.acks, int(1000 * self.PATIENCE * 0.6))
            except OSError:
                if connection:
                    connection.close()
                connection = None
                answer = {key: ("UNREACHABLE", -1) for key in due}
            self._count(due, answer)
        if connection:
            connection.close()

    def _count(self, due: dict[tuple[str, int], int], answer: dict[tuple[str, int], tuple[str, int]]) -> None:
        with self._lock:
            for key, n in due.items():
                error, base = answer.get(key, ("NONE", -1))     # acks=0: no answer
                if error == "NONE":
                    self.acknowledged += n
                    if base >= 0:
                        self.ends[key] = base + n
                else:
                    self.errors[error] += n
                    self._refresh.set()
