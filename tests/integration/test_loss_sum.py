"""Thirty partitions lose records of many kinds at once: the sum is what producers were told is safe and nobody can read."""

import unittest

from losses import RISKY, LossScenario, assessments
from records import batch
from truth import Records, VerifiableProducer, readable

PARTITIONS = 30
SIZES = (10, 100, 1000, 20_000)
COMPRESSIONS = ("none", "lz4", "snappy", "zstd")


class LossSum(LossScenario):
    def setUp(self) -> None:
        super().setUp()
        self.watching = self.exporter()
        self.watching.await_ready()
        self.create(self.topic, [[1, 2]] * PARTITIONS, **RISKY)
        self.acknowledged: Records = {}

    def test_is_exact(self):
        self._produce("before")
        both = dict(self.acknowledged)
        self.cluster.pause(2)
        for partition in range(PARTITIONS):
            self.cluster.await_partition(self.topic, partition, isr=[1])
        self._produce("after")
        alone = len(self.acknowledged) - len(both)
        self.watching.await_metrics(lambda page: page.get("kafka_topic_at_risk_records", topic=self.topic) == alone, 15,
                                    f"{alone} records exist once")
        self.cluster.kill(1)
        self.cluster.resume(2)
        for partition in range(PARTITIONS):
            self.cluster.await_partition(self.topic, partition, leader=2, isr=[2])
            self.cluster.produce(self.topic, partition, 3)       # what hides the loss

        there = readable(self.cluster, self.topic)
        lost = {key for key, value in self.acknowledged.items() if there.get(key) != value}
        self.assertEqual(len(lost), alone)
        self.measured("acknowledged, and gone", f"{len(self.acknowledged)}, {len(lost)}")
        page = self.watching.await_metrics(
            lambda page: page.get("kafka_loss_assessments_pending") <= 1 and assessments(page, "lost") >= PARTITIONS, 30,
            "all are assessed")
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all"), len(lost))
        self.assertEqual(page.get("kafka_topic_lost_records_last_hour", topic=self.topic, acks="all"), len(lost))
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=self.topic), PARTITIONS)
        said = set()
        for event in self.events("loss", limit=1000):
            details = event["details"]
            self.assertEqual((event["topic"], details["at_least"]), (self.topic, False))
            said |= {(event["partition"], o) for o in range(details["first_offset"], details["end_offset"])}
        self.assertEqual(said, lost)

    def _produce(self, when: str) -> None:
        """In every partition other numbers of records, sizes, batches and kinds of compression."""
        producers = [VerifiableProducer(self.cluster, self.folder, self.topic, 1500, 10 * len(self.acknowledged) + number, {
            "compression.type": compression, "linger.ms": str(10 * number), "batch.size": str(2000 * (number + 1))})
            for number, compression in enumerate(COMPRESSIONS)]
        for partition in range(PARTITIONS):
            pad = "x" * SIZES[partition % len(SIZES)]
            for number in range(1 + partition % 3):
                values = [f"{when}-{number}-{i}-{pad}" for i in range(1 + (7 * partition + 3 * number) % 20)]
                first = self.cluster.write(self.topic, partition, batch([v.encode() for v in values], gzip=partition % 2 == 0))
                self.acknowledged.update(((partition, first + i), value) for i, value in enumerate(values))
        for producer in producers:
            self.acknowledged.update(producer.acknowledged())
        for partition in range(PARTITIONS):
            self.seen(self.topic, [partition], 1 + max(o for p, o in self.acknowledged if p == partition))


if __name__ == "__main__":
    unittest.main()
