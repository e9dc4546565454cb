"""The values are those that Kafka's own tools print at the same moment, of every partition of every topic."""

import re
import unittest

from scenario import Scenario
from shared_cluster import INTERNAL, TOPICS

DEAD = 1


class SameAsKafka(Scenario):
    RATE = 0        # the moment lasts as long as a tool takes

    def test_healthy(self):
        for partition, count in ((0, 10), (7, 300), (49, 1)):
            self.cluster.produce("orders", partition, count)
        self.cluster.delete_records("orders", 7, before=123)
        self.cluster.produce("logs", 1, 42)
        exporter = self.exporter()
        exporter.await_ready()
        self._compare(exporter)
        page = exporter.metrics()
        self.assertGreaterEqual(page.get("kafka_topic_partition_oldest_offset", topic="orders", partition=7), 123)

    def test_with_a_dead_broker(self):
        exporter = self.exporter()
        exporter.await_ready()
        self.cluster.kill(DEAD)
        for p in self.everything():
            self.cluster.await_partition(p.topic, p.partition, isr=lambda isr: DEAD not in isr)
        # Two polls later everything of before is gone from the page.
        polls = exporter.metrics().get("kafka_isr_exporter_polls_total")
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 3, 15, "three polls")
        # What the dead one led has no offsets until they are stale.
        exporter.await_metrics(lambda page: len(page.series("kafka_topic_partition_current_offset")) ==
                               page.get("kafka_cluster_partitions") - page.get("kafka_cluster_offline_partitions"),
                               10, "no offsets of offline partitions")
        leaderless = self._compare(exporter)
        self.assertEqual(leaderless, {("logs", "0")})

    def _compare(self, exporter):
        described = {}
        for line in self.cluster.tool("topics", "--describe").splitlines():
            fields = dict(re.findall(r"(\w+): (\S*)", line))
            if "Partition" in fields:
                described[fields["Topic"], fields["Partition"]] = (
                    fields["Leader"], set(fields["Replicas"].split(",")), set(filter(None, fields["Isr"].split(","))),
                    fields["Replicas"].split(",")[0])
        leaderless = {k for k, v in described.items() if v[0] == "none"}
        # The tool asks for those without a leader until it gives up after a minute, and prints nothing at all.
        led = ",".join(f"{topic}:{partition}" for topic, partition in set(described) - leaderless)
        latest, earliest = self._offsets("latest", led), self._offsets("earliest", led)
        page = exporter.metrics()
        keys = ("topic", "partition")
        leader = page.by("kafka_topic_partition_leader", *keys)
        self.assertEqual(set(described), set(leader))
        self.assertEqual({topic for topic, _ in described}, {*TOPICS, INTERNAL})
        self.assertEqual(leader, {k: -1 if v[0] == "none" else float(v[0]) for k, v in described.items()})
        self.assertEqual(page.by("kafka_topic_partition_leader_is_preferred", *keys),
                         {k: float(v[0] == v[3]) for k, v in described.items()})
        self.assertEqual(page.by("kafka_topic_partition_replicas", *keys),
                         {k: float(len(v[1])) for k, v in described.items()})
        self.assertEqual(page.by("kafka_topic_partition_in_sync_replica", *keys),
                         {k: float(len(v[2])) for k, v in described.items()})
        self.assertEqual(page.by("kafka_topic_partition_under_replicated_partition", *keys),
                         {k: float(v[1] != v[2]) for k, v in described.items()})
        for broker in ("1", "2", "3"):
            self.assertEqual(page.get("kafka_broker_out_of_sync_replicas", broker=broker),
                             sum(broker in v[1] - v[2] for v in described.values()))
            self.assertEqual(page.get("kafka_broker_leader_partitions", broker=broker),
                             sum(broker == v[0] for v in described.values()))
        for topic in {topic for topic, _ in described}:
            mine = [v for (t, _), v in described.items() if t == topic]
            self.assertEqual(page.get("kafka_topic_partitions", topic=topic), len(mine))
            self.assertEqual(page.get("kafka_topic_replication_factor", topic=topic), min(len(v[1]) for v in mine))
        self.assertEqual(set(latest), set(described) - leaderless)
        self.assertEqual(page.by("kafka_topic_partition_current_offset", *keys), latest)
        self.assertEqual(page.by("kafka_topic_partition_oldest_offset", *keys), earliest)
        return leaderless

    def _offsets(self, time, partitions):
        lines = self.cluster.tool("get-offsets", "--time", time, "--topic-partitions", partitions).splitlines()
        found = (line.split(":") for line in lines if line.count(":") == 2)
        return {(topic, partition): float(offset) for topic, partition, offset in found if offset}


if __name__ == "__main__":
    unittest.main()
