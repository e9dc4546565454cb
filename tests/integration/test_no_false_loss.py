"""What looks like a loss of committed records and is none: each is assessed, and none is called a loss."""

import os
import unittest

from exporter import Exporter
from losses import LossScenario
from patience import eventually
from records import batch
from scenario import in_all


class NoFalseLoss(LossScenario):
    def setUp(self) -> None:
        super().setUp()
        self.watching = self.exporter()
        self.watching.await_ready()

    def again(self, bootstrap: str = "") -> Exporter:
        """The next process, which goes on with what the last one knew."""
        return self.exporter(bootstrap or None, folder=self.watching.folder)

    def test_a_clean_failover_under_load_and_the_way_back(self):
        self.create(self.topic, [[1, 2, 3]] * 6)
        with self.cluster.traffic([self.topic], rate=600, acks=-1) as careful, self.cluster.traffic([self.topic], rate=600):
            self.seen(self.topic, range(6), 100)
            with self.nothing_is_lost(grown=6):
                self.cluster.kill(1)
                eventually(lambda: all(p.leader in (2, 3) for p in self.cluster.partitions(self.topic)), 20, "others lead")
            self.cluster.start(1)
            for partition in range(6):
                self.cluster.await_partition(self.topic, partition, isr=[1, 2, 3])
            with self.nothing_is_lost(grown=6):
                for partition in range(6):
                    self.cluster.elect(self.topic, partition)
                    self.cluster.await_partition(self.topic, partition, leader=1)
        self.assertGreater(careful.acknowledged, 1000)
        eventually(lambda: all(self.cluster.offsets(self.topic)[key[1]].latest >= end for key, end in careful.ends.items()), 15,
                   lambda: f"{careful.ends} is there: {self.cluster.offsets(self.topic)}")

    @in_all
    def test_a_reassignment(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 500)
        with self.cluster.traffic([self.topic], rate=200, acks=-1):
            with self.nothing_is_lost():
                self.cluster.reassign(self.topic, {0: [3, 2]})
                self.cluster.await_partition(self.topic, leader=lambda leader: leader != 1)
            self.watching.await_metrics(lambda page: page.get("kafka_topic_partition_replicas", topic=self.topic, partition=0)
                                        == 2, 10, "the exporter has seen the end of it")
            with self.nothing_is_lost():
                self.watching.freeze()
                self.cluster.reassign(self.topic, {0: [1]})
                self.cluster.await_partition(self.topic, leader=1, replicas=[1])
                self.watching.thaw()

    def test_a_topic_made_anew_between_two_looks(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 500)
        self.watching.freeze()
        self.cluster.delete_topic(self.topic)
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        self.cluster.produce(self.topic, 0, 5)
        self.lead(self.topic, 2)         # in epoch 1 of the new topic; the exporter knows epoch 0 of the old one
        self.watching.thaw()
        self.watching.await_metrics(lambda page: page.get("kafka_cluster_topic_recreations_total") == 1, 15,
                                    "it counts as created again")
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_partition_current_offset", topic=self.topic, partition=0) == 5, 15, "5 records")
        with self.nothing_is_lost():
            self.lead(self.topic, 1)

    def test_deleted_records(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 1000)
        for before, broker in ((600, 2), (1000, 1)):
            self.cluster.delete_records(self.topic, 0, before)
            self.seen(self.topic, [0], before, "oldest")
            with self.nothing_is_lost():
                self.lead(self.topic, broker)

    @in_all
    def test_retention(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 1000)
        self.cluster.alter_topic(self.topic, {"retention.ms": "500"})
        self.seen(self.topic, [0], 1000, "oldest")
        with self.nothing_is_lost():
            self.lead(self.topic, 2)
        self.assertEqual(self.cluster.offsets(self.topic)[0].earliest, 1000)

    @in_all
    def test_compaction(self):
        self.create(self.topic, [[1, 2]], **{"cleanup.policy": "compact", "segment.ms": "100",
                                        "min.cleanable.dirty.ratio": "0.01"})
        for number in range(10):    # a segment each, by their times
            self.cluster.write(self.topic, 0, batch([b"x" * 500] * 100, 1700000000000 + 1000 * number,
                                               [b"%d" % (n % 5) for n in range(100)]))
        self.seen(self.topic, [0], 1000)
        eventually(lambda: all(self._size(broker) < 120_000 for broker in (1, 2)), 30,
                   lambda: f"both replicas are compacted: {self._size(1)} and {self._size(2)} bytes")
        for broker in (2, 1):
            with self.nothing_is_lost():
                self.lead(self.topic, broker)
        self.expect_end(self.topic, 1000)

    def _size(self, broker: int) -> int:
        with os.scandir(self.cluster.node_dir(broker) / "data" / f"{self.topic}-0") as files:
            return sum(file.stat().st_size for file in files if file.name.endswith(".log"))

    def test_a_deposed_leader_that_wakes_and_is_asked_first(self):
        self.create(self.topic, [[1, 2, 3]])
        self.write(self.topic, 500)
        with self.nothing_is_lost():
            self.cluster.pause(1)
            self.cluster.await_partition(self.topic, leader=lambda leader: leader in (2, 3))
            self.write(self.topic, 1000)
        self.watching.stop()
        self.watching = self.again(f"127.0.0.1:{self.cluster.port(1)}")
        self.cluster.resume(1)
        self.watching.await_ready()
        self.cluster.await_partition(self.topic, isr=[1, 2, 3])
        with self.nothing_is_lost():
            self.cluster.elect(self.topic)
            self.cluster.await_partition(self.topic, leader=1)

    def test_the_last_replica_comes_back_after_a_kill(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        self.write(self.topic, 1000)
        with self.nothing_is_lost():
            self.cluster.kill(1)
            self.cluster.await_partition(self.topic, leader=-1, via=3)
            self.cluster.start(1)
            self.cluster.await_partition(self.topic, leader=1)
        self.expect_end(self.topic, 1500)

    @in_all
    def test_the_exporter_ends_in_the_middle(self):
        self.create(self.topic, [[1, 2, 3]])
        self.write(self.topic, 500)
        for is_killed in (False, True):
            with self.nothing_is_lost():
                leader = self.cluster.partition(self.topic).leader
                self.cluster.pause(leader)
                self.watching.await_metrics(lambda page: page.get("kafka_isr_exporter_collector_success",
                                                                  collector="offsets") == 0, 15, "a broker is silent")
                (self.watching.kill if is_killed else self.watching.stop)()
                self.cluster.await_partition(self.topic, leader=lambda other: other not in (leader, -1))
                self.cluster.produce(self.topic, 0, 1000)
                self.cluster.resume(leader)
                self.watching = self.again()
                self.watching.await_ready()

    @in_all
    def test_a_replica_rejoins_and_its_leader_is_stopped_at_once(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        self.write(self.topic, 1000)
        self.watching.await_metrics(lambda page: page.get("kafka_topic_last_replica_partitions", topic=self.topic) == 1, 10,
                                    "the exporter has seen the ISR [1]")
        with self.nothing_is_lost(sure_of=self.topic):
            self.watching.freeze()
            self.cluster.resume(2)
            self.cluster.await_partition(self.topic, isr=[1, 2], via=3)
            self.cluster.stop(1)
            self.cluster.await_partition(self.topic, leader=2)
            self.watching.thaw()
        self.expect_end(self.topic, 1500)


if __name__ == "__main__":
    unittest.main()
