"""A page held against what Kafka's own tools print at the same moment, of every partition of every topic."""

from __future__ import annotations

import re
import unittest
from typing import Callable

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from kafka_cluster import Cluster
from metrics import Metrics


def same_as_kafka(test: unittest.TestCase, read: Callable[[], Metrics], cluster: Cluster,
                  topics: set[str]) -> set[tuple[str, str]]:
    """Fails unless a page read now says what the tools say, of exactly these topics. Returns what has no leader."""
    described = {}
    for line in cluster.tool("topics", "--describe").splitlines():
        fields = dict(re.findall(r"(\w+): (\S*)", line))
        if "Partition" in fields:
            described[fields["Topic"], fields["Partition"]] = (
                fields["Leader"], set(fields["Replicas"].split(",")), set(filter(None, fields["Isr"].split(","))),
                fields["Replicas"].split(",")[0])
    leaderless = {k for k, v in described.items() if v[0] == "none"}
    # The tool asks for those without a leader until it gives up after a minute, and prints nothing at all.
    led = ",".join(f"{topic}:{partition}" for topic, partition in set(described) - leaderless)
    latest, earliest = _offsets(cluster, "latest", led), _offsets(cluster, "earliest", led)
    page = read()
    keys = ("topic", "partition")
    leader = page.by("kafka_topic_partition_leader", *keys)
    test.assertEqual(set(described), set(leader))
    test.assertEqual({topic for topic, _ in described}, topics)
    test.assertEqual(leader, {k: -1 if v[0] == "none" else float(v[0]) for k, v in described.items()})
    test.assertEqual(page.by("kafka_topic_partition_leader_is_preferred", *keys),
                     {k: float(v[0] == v[3]) for k, v in described.items()})
    test.assertEqual(page.by("kafka_topic_partition_replicas", *keys),
                     {k: float(len(v[1])) for k, v in described.items()})
    test.assertEqual(page.by("kafka_topic_partition_in_sync_replica", *keys),
                     {k: float(len(v[2])) for k, v in described.items()})
    test.assertEqual(page.by("kafka_topic_partition_under_replicated_partition", *keys),
                     {k: float(v[1] != v[2]) for k, v in described.items()})
    for broker in map(str, cluster.brokers):
        test.assertEqual(page.get("kafka_broker_out_of_sync_replicas", broker=broker),
                         sum(broker in v[1] - v[2] for v in described.values()))
        test.assertEqual(page.get("kafka_broker_leader_partitions", broker=broker),
                         sum(broker == v[0] for v in described.values()))
    for topic in {topic for topic, _ in described}:
        mine = [v for (t, _), v in described.items() if t == topic]
        test.assertEqual(page.get("kafka_topic_partitions", topic=topic), len(mine))
        test.assertEqual(page.get("kafka_topic_replication_factor", topic=topic), min(len(v[1]) for v in mine))
    test.assertEqual(set(latest), set(described) - leaderless)
    test.assertEqual(page.by("kafka_topic_partition_current_offset", *keys), latest)
    test.assertEqual(page.by("kafka_topic_partition_oldest_offset", *keys), earliest)
    return leaderless


def _offsets(cluster: Cluster, time: str, partitions: str) -> dict[tuple[str, str], float]:
    lines = cluster.tool("get-offsets", "--time", time, "--topic-partitions", partitions).splitlines()
    found = (line.split(":") for line in lines if line.count(":") == 2)
    return {(topic, partition): float(offset) for topic, partition, offset in found if offset}
