"""The values are those that Kafka's own tools print at the same moment, of every partition of every topic."""

import unittest

from kafkas_word import same_as_kafka
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
        same_as_kafka(self, exporter.metrics, self.cluster, {*TOPICS, INTERNAL})
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
        leaderless = same_as_kafka(self, exporter.metrics, self.cluster, {*TOPICS, INTERNAL})
        self.assertEqual(leaderless, {("logs", "0")})


if __name__ == "__main__":
    unittest.main()
