"""Requests that change the cluster. Any broker takes them (it forwards them to the controller) unless said otherwise.

Milliseconds each, where one of Kafka's command-line tools costs a second of JVM.
"""

from __future__ import annotations

import struct
from typing import Optional

from processes import ClusterError
from records import uvarint
from wire import Connection, array, check, cstring, ints, string

TIMEOUT_MS = 15000
TOPIC, BROKER = 2, 4
_SET, _DELETE = 0, 1

# Codes of the ACL requests; 1 is "any", for filters.
_RESOURCES = {"any": 1, "topic": 2, "group": 3, "cluster": 4, "transactional-id": 5}
_OPERATIONS = {"any": 1, "all": 2, "read": 3, "write": 4, "create": 5, "delete": 6, "alter": 7, "describe": 8,
               "cluster-action": 9, "describe-configs": 10, "alter-configs": 11, "idempotent-write": 12}
_PATTERNS = {"any": 1, "literal": 3, "prefixed": 4}
_PERMISSIONS = {"any": 1, "deny": 2, "allow": 3}


def create_topic(c: Connection, name: str, partitions: int, rf: int, assign: Optional[list[list[int]]],
                 config: dict[str, str]) -> None:
    """assign: for each partition its replicas, the preferred leader first; partitions and rf do not count then."""
    placed = array([struct.pack(">i", i) + ints(replicas) for i, replicas in enumerate(assign or [])])
    topic = string(name) + struct.pack(">ih", *((-1, -1) if assign else (partitions, rf))) + placed + \
        array([string(k) + string(str(v)) for k, v in config.items()])
    r = c.call(19, 4, array([topic]) + struct.pack(">ib", TIMEOUT_MS, 0))
    r.i32()
    for topic, error, message in r.array(lambda: (r.string(), r.error(), r.string())):
        check(error, f"create topic {topic}", message)


def delete_topic(c: Connection, name: str) -> None:
    r = c.call(20, 3, array([string(name)]) + struct.pack(">i", TIMEOUT_MS))
    r.i32()
    for topic, error in r.array(lambda: (r.string(), r.error())):
        check(error, f"delete topic {topic}")


def add_partitions(c: Connection, name: str, total: int) -> None:
    r = c.call(37, 1, array([string(name) + struct.pack(">ii", total, -1)]) + struct.pack(">ib", TIMEOUT_MS, 0))
    r.i32()
    for topic, error, message in r.array(lambda: (r.string(), r.error(), r.string())):
        check(error, f"add partitions to {topic}", message)


def alter_config(c: Connection, kind: int, name: str, config: dict[str, Optional[str]]) -> None:
    """None as a value takes the setting back to its default. A broker's settings: only that broker itself."""
    entries = [string(k) + struct.pack(">b", _DELETE if v is None else _SET) + string(None if v is None else str(v))
               for k, v in config.items()]
    r = c.call(44, 0, array([struct.pack(">b", kind) + string(name) + array(entries)]) + b"\0")
    r.i32()
    for error, message, _, resource in r.array(lambda: (r.error(), r.string(), r.i8(), r.string())):
        check(error, f"alter {resource}", message)


def elect(c: Connection, kind: str, topic: str, partition: int) -> None:
    """kind: preferred or unclean. An election that changes nothing is no error."""
    r = c.call(43, 1, struct.pack(">b", {"preferred": 0, "unclean": 1}[kind]) +
               array([string(topic) + ints([partition])]) + struct.pack(">i", TIMEOUT_MS))
    r.i32()
    check(r.error(), f"elect a leader of {topic}-{partition}")
    for _, results in r.array(lambda: (r.string(), r.array(lambda: (r.i32(), r.error(), r.string())))):
        for _, error, message in results:
            if error != "ELECTION_NOT_NEEDED":
                check(error, f"elect a leader of {topic}-{partition}", message)


def reassign(c: Connection, topic: str, assign: dict[int, list[int]]) -> None:
    """Begins to move partitions to other replicas, the preferred leader first."""
    partitions = [struct.pack(">i", index) + uvarint(len(replicas) + 1) +
                  struct.pack(f">{len(replicas)}i", *replicas) + b"\0" for index, replicas in assign.items()]
    moved = cstring(topic) + uvarint(len(partitions) + 1) + b"".join(partitions) + b"\0"
    r = c.call(45, 0, struct.pack(">i", TIMEOUT_MS) + uvarint(2) + moved + b"\0", True)
    r.i32()
    check(r.error(), f"reassign {topic}", r.cstring())

    def partition() -> None:
        index, error, message = r.i32(), r.error(), r.cstring()
        r.tags()
        check(error, f"reassign {topic}-{index}", message)

    r.carray(lambda: (r.cstring(), r.carray(partition), r.tags()))


def delete_records(c: Connection, topic: str, partition: int, before: int) -> int:
    """Asked of the leader; -1 is everything up to the high watermark. Returns the new earliest offset."""
    r = c.call(21, 1, array([string(topic) + array([struct.pack(">iq", partition, before)])]) +
               struct.pack(">i", TIMEOUT_MS))
    r.i32()
    low = -1
    for _, results in r.array(lambda: (r.string(), r.array(lambda: (r.i32(), r.i64(), r.error())))):
        for _, low, error in results:
            check(error, f"delete records of {topic}-{partition}")
    return low


def _acl(principal: str, operation: str, resource: str, name: Optional[str], pattern: str, permission: str,
         host: Optional[str]) -> bytes:
    for value, known in ((operation, _OPERATIONS), (resource, _RESOURCES), (pattern, _PATTERNS),
                         (permission, _PERMISSIONS)):
        if value not in known:
            raise ClusterError(f"{value} is none of {', '.join(known)}")
    return struct.pack(">b", _RESOURCES[resource]) + string(name) + struct.pack(">b", _PATTERNS[pattern]) + \
        string(principal) + string(host) + struct.pack(">bb", _OPERATIONS[operation], _PERMISSIONS[permission])


def create_acl(c: Connection, *what: str) -> None:
    """what, here and below: principal, operation, resource, name, pattern, permission."""
    r = c.call(30, 1, array([_acl(*what, host="*")]))
    r.i32()
    for error, message in r.array(lambda: (r.error(), r.string())):
        check(error, f"add ACL {what}", message)


def delete_acls(c: Connection, *what: Optional[str]) -> None:
    """Everything that matches goes; a name of None matches all."""
    r = c.call(31, 1, array([_acl(*what, host=None)]))
    r.i32()

    def match() -> None:
        r.i16(), r.string(), r.i8(), r.string(), r.i8(), r.string(), r.string(), r.i8(), r.i8()

    for error, message, _ in r.array(lambda: (r.error(), r.string(), r.array(match))):
        check(error, f"remove ACLs {what}", message)


def has_acls(c: Connection, *what: Optional[str]) -> bool:
    """Whether anything matches, as the broker that is asked knows it."""
    r = c.call(29, 1, _acl(*what, host=None))
    r.i32()
    error, message = r.error(), r.string()
    check(error, f"look for ACLs {what}", message)
    return r.i32() > 0
