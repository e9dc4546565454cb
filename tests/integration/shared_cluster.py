"""The cluster that the scenarios share: `python3 shared_cluster.py up|down`.

A scenario that finds no cluster makes one for itself. Each begins by healing what an earlier one may have left behind
when it was killed, and ends by healing what it broke itself.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cluster"))

from kafka_cluster import Cluster, ClusterError, KafkaError, wait_until  # noqa: E402
from patience import scaled  # noqa: E402
from wire import string  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("KIE_INTEGRATION_CLUSTER") or
                      pathlib.Path(tempfile.gettempdir()) / f"kie-integration-{os.getuid()}")
BROKERS = [1, 2, 3]
# name: (partitions, replication factor)
TOPICS = {"orders": (50, 3), "payments": (6, 2), "logs": (3, 1)}
INTERNAL = "__consumer_offsets"
# A client that asked for topics carelessly would bring deleted ones back.
SETTINGS = {"auto.create.topics.enable": "true"}
_FIND_COORDINATOR = 10


def assignment(partitions: int, factor: int) -> list[list[int]]:
    return [[BROKERS[(p + i) % len(BROKERS)] for i in range(factor)] for p in range(partitions)]


def up() -> Cluster:
    cluster = Cluster(FOLDER)
    if cluster.exists():
        cluster.down()
    cluster.up(brokers=len(BROKERS), settings=SETTINGS, ttl=7200, timeout=scaled(120))
    heal(cluster)
    return cluster


def heal(cluster: Cluster) -> None:
    """All nodes up, the topics as they belong, every replica in sync, every leader the preferred one."""
    status = cluster.status()
    for node in [*cluster.controllers, *BROKERS]:
        if status[node] == "paused":
            cluster.resume(node)
        elif status[node] == "down":
            cluster.start(node, wait=False)
    cluster.wait_ready(BROKERS, timeout=scaled(60))
    there = cluster.metadata().topics
    for name in set(there) - set(TOPICS) - {INTERNAL}:
        cluster.delete_topic(name)
    for name, (partitions, factor) in TOPICS.items():
        if name not in there:
            cluster.create_topic(name, assign=assignment(partitions, factor))
    if INTERNAL not in there:
        # Whoever looks for a group's coordinator first makes the topic.
        cluster.ask(lambda c: c.call(_FIND_COORDINATOR, 0, string("nobody")))
    wait_until(lambda: _is_whole(cluster), scaled(60), lambda: f"the cluster is whole: {_broken(cluster)}")


def _broken(cluster: Cluster) -> list[str]:
    """What is not as it belongs, by any broker."""
    found = []
    for broker in BROKERS:
        metadata = cluster.metadata(via=broker)
        if sorted(metadata.brokers) != BROKERS:
            found.append(f"broker {broker} lists {sorted(metadata.brokers)}")
        if set(metadata.topics) != {*TOPICS, INTERNAL}:
            found.append(f"broker {broker} has the topics {sorted(metadata.topics)}")
        for partitions in metadata.topics.values():
            found += [f"broker {broker}: {p}" for p in partitions
                      if sorted(p.isr) != sorted(p.replicas) or p.leader != p.replicas[0]]
    return found


def _is_whole(cluster: Cluster) -> bool:
    try:
        for partitions in cluster.metadata().topics.values():
            for p in partitions:
                if p.leader != p.replicas[0] and p.replicas[0] in p.isr:
                    with contextlib.suppress(KafkaError):       # it was elected meanwhile
                        cluster.elect(p.topic, p.partition)
        return not _broken(cluster)
    except ClusterError:
        return False        # a broker that is starting


if __name__ == "__main__":
    if sys.argv[1:] == ["up"]:
        up()
    elif sys.argv[1:] == ["down"]:
        if Cluster(FOLDER).exists():
            Cluster(FOLDER).down()
    else:
        sys.exit(__doc__.splitlines()[0])
