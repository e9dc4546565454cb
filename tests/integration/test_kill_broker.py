"""A dead broker takes offline what it alone had, and holds up nothing else."""

import time
import unittest

from patience import eventually, moments, scaled
from scenario import OffsetWatch, Scenario, oldest_offset_age

DEAD = 2
POLL = 1.0


class KillBroker(Scenario):
    def test_leaderless_partitions_are_offline_and_the_others_on_time(self):
        exporter = self.exporter(poll=f"{POLL:g}s")
        exporter.await_ready()
        alone = [p.partition for p in self.cluster.partitions("logs") if p.replicas == [DEAD]]
        self.assertEqual(len(alone), 1)
        watches = [self.watch(OffsetWatch(self.cluster, broker)) for broker in (1, 3)]
        eventually(lambda: all(("orders", n) in w.values for w in watches for n, p in
                               enumerate(self.cluster.partitions("orders")) if p.leader == w.broker), 10,
                   "the offsets are watched")

        self.cluster.kill(DEAD)
        died, oldest = time.monotonic(), (0.0, ("", -1))
        self.cluster.await_partition("logs", alone[0], leader=-1)
        eventually(lambda: all(p.leader != DEAD for p in self.everything()), 20, "leaders are elected")
        for _ in moments(8, 5):
            at = time.monotonic()
            oldest = max(oldest, oldest_offset_age(exporter.metrics(), at, watches))
        self.measured("the oldest offset on a page while a broker is dead", f"{oldest[0] * 1000:.0f} ms {oldest[1]}")
        self.assertLess(oldest[0], scaled(POLL + 1), oldest[1])
        self.assertGreater(time.monotonic() - died, 8)

        page = exporter.metrics()
        self.assertEqual(page.get("kafka_topic_offline_partitions", topic="logs"), 1)
        self.assertEqual(page.get("kafka_cluster_offline_partitions"), 1)
        self.assertEqual(page.get("kafka_topic_partition_leader", topic="logs", partition=alone[0]), -1)
        self.assertEqual([labels for labels, _ in page.series("kafka_topic_partition_offline")],
                         [{"topic": "logs", "partition": str(alone[0])}])
        self.assertEqual(page.get("kafka_topic_offline_partitions", topic="orders"), 0)
        self.assertEqual(page.get("kafka_brokers"), 2)
        self.assertEqual(page.get("kafka_broker_up", broker=DEAD), 0)
        self.assertEqual(page.get("kafka_cluster_up"), 1)
        # Nobody answers for it: its offsets are unknown, and nothing stands for unknown.
        self.assertIsNone(page.get("kafka_topic_partition_current_offset", topic="logs", partition=alone[0]))

        self.cluster.start(DEAD)
        page = exporter.await_metrics(
            lambda page: page.get("kafka_cluster_offline_partitions") == 0
            and page.get("kafka_cluster_under_replicated_partitions") == 0 and page.get("kafka_brokers") == 3,
            30, "all is well again")
        self.assertEqual(page.series("kafka_topic_partition_offline"), [])
        self.assertEqual(page.get("kafka_topic_partition_leader", topic="logs", partition=alone[0]), DEAD)
        # Online under the leader that it had is no change of the leader, and an ISR that emptied is no shrink.
        self.assertEqual(page.get("kafka_topic_leader_changes_total", topic="logs"), 0)
        self.assertEqual(page.get("kafka_topic_isr_shrinks_total", topic="logs"), 0)
        self.assertEqual(page.get("kafka_topic_isr_shrinks_total", topic="orders"),
                         page.get("kafka_topic_isr_expands_total", topic="orders"))
        exporter.await_metrics(lambda page: page.get("kafka_topic_partition_current_offset", topic="logs",
                                                     partition=alone[0]) is not None, 10, "its offset is back")


if __name__ == "__main__":
    unittest.main()
