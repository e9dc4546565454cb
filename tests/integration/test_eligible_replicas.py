"""A cluster with eligible leader replicas (KIP-966): they lead from outside the last ISR, and have all that was committed."""

import tempfile
import unittest

from losses import LossScenario
from kafka_cluster import Cluster
from patience import scaled


class EligibleReplicas(LossScenario):
    """With a cluster of its own: where such a topic is deleted, the controller of 4.3.1 may refuse restarted brokers."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="kie-eligible-")
        cls.addClassCleanup(folder.cleanup)
        cls.cluster = Cluster(folder.name)
        cls.cluster.up(features={"eligible.leader.replicas.version": 1}, ttl=900, timeout=scaled(120))
        cls.addClassCleanup(cls.cluster.down)

    def setUp(self) -> None:
        super().setUp()
        self.watching = self.exporter()
        self.watching.await_ready()

    def test_loses_nothing_and_is_not_unclean(self):
        features = self.cluster.tool("features", "describe")
        self.assertRegex(features, r"eligible\.leader\.replicas\.version.*FinalizedVersionLevel: 1")
        self.create(self.topic, [[1, 2]], **{"unclean.leader.election.enable": "false", "min.insync.replicas": "2"})
        self.write(self.topic, 500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        self.cluster.produce(self.topic, 0, 200, acks=1)     # taken, and not committed below min.insync.replicas
        outside = self.watching.await_metrics(
            lambda page: page.get("kafka_topic_last_replica_partitions", topic=self.topic) == 1, 10, "the ISR [1] is seen"
        ).get("kafka_cluster_leader_elections_total", leader="outside_isr")
        with self.nothing_is_lost():
            self.cluster.kill(1)
            self.cluster.resume(2)
            self.cluster.await_partition(self.topic, leader=2, isr=[2])
            self.cluster.start(1)
            self.cluster.await_partition(self.topic, leader=2, isr=[1, 2])
        self.expect_end(self.topic, 500)
        self.assertEqual(self.watching.metrics().get("kafka_cluster_leader_elections_total", leader="outside_isr"),
                         outside + 1)


if __name__ == "__main__":
    unittest.main()
