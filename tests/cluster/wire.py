"""Kafka's wire protocol, as much of it as a test needs: one request at a time on one connection to one broker.

Every request has one fixed version, one that Kafka 2.8 to 4 all speak.
"""

from __future__ import annotations

import base64
import socket
import struct
from dataclasses import dataclass
from typing import Callable, Optional, TypeVar

from processes import HOST, ClusterError
from records import read_uvarint, uvarint

T = TypeVar("T")

ERRORS = {
    -1: "UNKNOWN_SERVER_ERROR", 0: "NONE", 1: "OFFSET_OUT_OF_RANGE", 2: "CORRUPT_MESSAGE",
    3: "UNKNOWN_TOPIC_OR_PARTITION", 5: "LEADER_NOT_AVAILABLE", 6: "NOT_LEADER_OR_FOLLOWER", 7: "REQUEST_TIMED_OUT",
    9: "REPLICA_NOT_AVAILABLE", 10: "MESSAGE_TOO_LARGE", 17: "INVALID_TOPIC_EXCEPTION", 19: "NOT_ENOUGH_REPLICAS",
    20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND", 21: "INVALID_REQUIRED_ACKS", 29: "TOPIC_AUTHORIZATION_FAILED",
    31: "CLUSTER_AUTHORIZATION_FAILED", 35: "UNSUPPORTED_VERSION", 36: "TOPIC_ALREADY_EXISTS", 37: "INVALID_PARTITIONS",
    38: "INVALID_REPLICATION_FACTOR", 39: "INVALID_REPLICA_ASSIGNMENT", 40: "INVALID_CONFIG", 41: "NOT_CONTROLLER",
    42: "INVALID_REQUEST", 44: "POLICY_VIOLATION", 54: "SECURITY_DISABLED", 56: "KAFKA_STORAGE_ERROR",
    74: "FENCED_LEADER_EPOCH", 75: "UNKNOWN_LEADER_EPOCH", 78: "OFFSET_NOT_AVAILABLE",
    80: "PREFERRED_LEADER_NOT_AVAILABLE", 83: "ELIGIBLE_LEADERS_NOT_AVAILABLE", 84: "ELECTION_NOT_NEEDED",
    87: "INVALID_RECORD", 100: "UNKNOWN_TOPIC_ID",
}


class KafkaError(ClusterError):
    """A broker answered with an error; .error is Kafka's name of it."""

    def __init__(self, error: str, what: str, message: Optional[str] = None):
        super().__init__(f"{what}: {error}" + (f" ({message})" if message else ""))
        self.error = error


def check(error: str, what: str, message: Optional[str] = None) -> None:
    if error != "NONE":
        raise KafkaError(error, what, message)


@dataclass(frozen=True)
class Partition:
    """A partition as one broker's metadata has it. leader is -1 when there is none."""
    topic: str
    topic_id: str
    partition: int
    error: str
    leader: int
    epoch: int
    replicas: list[int]
    isr: list[int]
    offline: list[int]


@dataclass(frozen=True)
class Metadata:
    cluster_id: str
    brokers: dict[int, int]                     # id -> port; registered and not fenced
    topics: dict[str, list[Partition]]          # without topics that have an error of their own
    errors: dict[str, str]                      # topic -> that error


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def _number(self, form: str, size: int) -> int:
        value = struct.unpack_from(form, self.data, self.at)[0]
        self.at += size
        return value

    def i8(self) -> int:
        return self._number(">b", 1)

    def i16(self) -> int:
        return self._number(">h", 2)

    def i32(self) -> int:
        return self._number(">i", 4)

    def i64(self) -> int:
        return self._number(">q", 8)

    def error(self) -> str:
        code = self.i16()
        return ERRORS.get(code, f"error {code}")

    def raw(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size:self.at]

    def uvarint(self) -> int:
        value, self.at = read_uvarint(self.data, self.at)
        return value

    def string(self) -> Optional[str]:
        size = self.i16()
        return None if size < 0 else self.raw(size).decode()

    def array(self, item: Callable[[], T]) -> list[T]:
        return [item() for _ in range(self.i32())]

    # The "compact" forms of flexible versions.
    def cstring(self) -> Optional[str]:
        size = self.uvarint()
        return None if size == 0 else self.raw(size - 1).decode()

    def carray(self, item: Callable[[], T]) -> list[T]:
        return [item() for _ in range(self.uvarint() - 1)]

    def tags(self) -> None:
        for _ in range(self.uvarint()):
            self.uvarint()
            self.raw(self.uvarint())


def string(text: Optional[str]) -> bytes:
    if text is None:
        return b"\xff\xff"
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def cstring(text: str) -> bytes:
    data = text.encode()
    return uvarint(len(data) + 1) + data


def array(items: list[bytes]) -> bytes:
    return struct.pack(">i", len(items)) + b"".join(items)


def ints(numbers: list[int]) -> bytes:
    return array([struct.pack(">i", n) for n in numbers])


class Connection:
    """Raises OSError (a timeout is one) when the broker does not answer."""

    def __init__(self, port: int, timeout: float = 2.0):
        self.sock = socket.create_connection((HOST, port), timeout=timeout)
        # Small requests one after the other: Nagle's algorithm would add 40 ms to each.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.sock.close()

    def _read(self, size: int) -> bytes:
        out = bytearray()
        while len(out) < size:
            part = self.sock.recv(size - len(out))
            if not part:
                raise ConnectionError("closed by the broker")
            out += part
        return bytes(out)

    def send(self, api: int, version: int, body: bytes, flexible: bool = False) -> None:
        head = struct.pack(">hhi", api, version, 1) + string("test") + (b"\0" if flexible else b"")
        self.sock.sendall(struct.pack(">i", len(head) + len(body)) + head + body)

    def call(self, api: int, version: int, body: bytes, flexible: bool = False) -> Reader:
        self.send(api, version, body, flexible)
        answer = Reader(self._read(struct.unpack(">i", self._read(4))[0]))
        answer.i32()
        if flexible:
            answer.tags()
        return answer

    def metadata(self, topics: Optional[list[str]] = None) -> Metadata:
        """Of the given topics; [] is none, None is all."""
        names = b"\0" if topics is None else \
            uvarint(len(topics) + 1) + b"".join(bytes(16) + cstring(t) + b"\0" for t in topics)
        r = self.call(3, 11, names + b"\0\0\0", True)       # no auto-creation, no authorized operations
        r.i32()

        def broker() -> tuple[int, int]:
            node, _, port, _ = r.i32(), r.cstring(), r.i32(), r.cstring()
            r.tags()
            return node, port

        def topic() -> tuple[str, str, list[Partition]]:
            error, name, raw_id, _ = r.error(), r.cstring(), r.raw(16), r.i8()
            topic_id = base64.urlsafe_b64encode(raw_id).decode().rstrip("=")

            def partition() -> Partition:
                why, index, leader, epoch = r.error(), r.i32(), r.i32(), r.i32()
                p = Partition(name, topic_id, index, why, leader, epoch, r.carray(r.i32), r.carray(r.i32),
                              r.carray(r.i32))
                r.tags()
                return p

            partitions = sorted(r.carray(partition), key=lambda p: p.partition)
            r.i32()
            r.tags()
            return name, error, partitions

        brokers = dict(r.carray(broker))
        cluster_id, _ = r.cstring(), r.i32()
        seen = r.carray(topic)
        return Metadata(cluster_id, brokers, {name: ps for name, error, ps in seen if error == "NONE"},
                        {name: error for name, error, _ in seen if error != "NONE"})

    def list_offsets(self, topic: str, partitions: list[int], timestamp: int) -> dict[int, tuple[str, int, int]]:
        """{partition: (error, offset, leader epoch)}; timestamp -1 is latest, -2 earliest. For the leader only."""
        asked = array([struct.pack(">iiq", p, -1, timestamp) for p in partitions])
        r = self.call(2, 5, struct.pack(">ib", -1, 0) + array([string(topic) + asked]))
        r.i32()
        seen = {}

        def partition() -> None:
            index, error, _, offset, epoch = r.i32(), r.error(), r.i64(), r.i64(), r.i32()
            seen[index] = (error, offset, epoch)

        r.array(lambda: (r.string(), r.array(partition)))
        return seen

    def epoch_end(self, topic: str, partition: int, epoch: int) -> tuple[str, int, int]:
        """OffsetForLeaderEpoch: (error, largest epoch not above the one asked, the offset where it ends)."""
        r = self.call(23, 3, struct.pack(">i", -1) + array([string(topic) + array(
            [struct.pack(">iii", partition, -1, epoch)])]))
        r.i32()
        answer = r.array(lambda: (r.string(), r.array(lambda: (r.error(), r.i32(), r.i32(), r.i64()))))
        error, _, found, end = answer[0][1][0]
        return error, found, end

    def produce(self, batches: dict[tuple[str, int], bytes], acks: int, timeout_ms: int) \
            -> dict[tuple[str, int], tuple[str, int]]:
        """{(topic, partition): (error, base offset)}; empty for acks=0, which no broker answers."""
        topics: dict[str, list[bytes]] = {}
        for (topic, partition), data in batches.items():
            topics.setdefault(topic, []).append(struct.pack(">ii", partition, len(data)) + data)
        body = string(None) + struct.pack(">hi", acks, timeout_ms) + \
            array([string(topic) + array(parts) for topic, parts in topics.items()])
        if acks == 0:
            self.send(0, 7, body)
            return {}
        r = self.call(0, 7, body)
        seen = {}

        def one() -> None:
            topic = r.string()

            def partition() -> None:
                index, error, base, _, _ = r.i32(), r.error(), r.i64(), r.i64(), r.i64()
                seen[topic, index] = (error, base)
            r.array(partition)

        r.array(one)
        return seen
