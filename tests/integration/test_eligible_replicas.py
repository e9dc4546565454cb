"""A cluster with eligible leader replicas (KIP-966): they lead from outside the last ISR, and have all that was committed."""

import unittest

from losses import LossScenario
from kafka_cluster import KafkaError
from own_cluster import own_cluster
from scenario import WithExporters, in_all

MIN_ISR = "min.insync.replicas"


class EligibleReplicas(LossScenario):
    """With a cluster of its own: where such a topic is deleted, the controller of 4.3.1 may refuse restarted brokers."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, features={"eligible.leader.replicas.version": 1})

    def setUp(self) -> None:
        super().setUp()
        self.watching = self.exporter()
        self.watching.await_ready()

    def test_loses_nothing_and_is_not_unclean(self):
        self._elect_from_outside("false")

    @in_all
    def test_nor_where_unclean_elections_are_allowed(self):
        self._elect_from_outside("true")

    def _elect_from_outside(self, unclean):
        features = self.cluster.tool("features", "describe")
        self.assertRegex(features, r"eligible\.leader\.replicas\.version.*FinalizedVersionLevel: 1")
        self.create(self.topic, [[1, 2]], **{"unclean.leader.election.enable": unclean, "min.insync.replicas": "2"})
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


@in_all
class MinIsr(WithExporters):
    """Without a topic of one replica: when the minimum changes, Kafka forgets who is eligible for what is offline."""
    topic = "ledger"

    @classmethod
    def setUpClass(cls):
        # What the file of one broker says counts for nothing.
        cls.cluster = own_cluster(cls, features={"eligible.leader.replicas.version": 1}, node_settings={3: {MIN_ISR: "3"}})

    def test_the_minimum_is_what_the_cluster_or_the_topic_says(self):
        self.cluster.alter_brokers({MIN_ISR: "1"})
        self.cluster.create_topic(self.topic, assign=[[1, 2], [3, 2]])
        self.watching = self.exporter(self.cluster.bootstrap, cluster={"config_interval": "1s"})
        self.watching.await_ready()
        self.cluster.pause(2)
        for partition, leader in ((0, 1), (1, 3)):
            self.cluster.await_partition(self.topic, partition, isr=[leader])
        self._expect_minimum(1)
        self.cluster.alter_brokers({MIN_ISR: "2"})
        self._expect_minimum(2)
        self.cluster.alter_topic(self.topic, {MIN_ISR: "1"})
        self._expect_minimum(1)
        self.cluster.alter_topic(self.topic, {MIN_ISR: None})
        self._expect_minimum(2)
        self.cluster.alter_brokers({MIN_ISR: "1"})
        self._expect_minimum(1)
        page = self.watching.metrics()
        self.assertEqual((page.total("kafka_topic_lost_records_total"), page.get("kafka_loss_assessments_pending")), (0, 0))

    def _expect_minimum(self, count):
        """Of both partitions, as the exporter shows it and as Kafka does."""
        wanted = {"kafka_topic_config_min_insync_replicas": count, "kafka_topic_at_min_isr_partitions": 2 if count == 1 else 0,
                  "kafka_topic_under_min_isr_partitions": 0 if count == 1 else 2}

        def shown(page):
            return {name: page.get(name, topic=self.topic) for name in wanted}

        page = self.watching.await_metrics(lambda page: shown(page) == wanted, 10,
                                           lambda: f"{wanted}, not {shown(self.watching.metrics())}")
        for partition in (0, 1):
            if count == 1:
                self.cluster.produce(self.topic, partition, 10)
            else:
                with self.assertRaisesRegex(KafkaError, "NOT_ENOUGH_REPLICAS"):
                    self.cluster.produce(self.topic, partition, 10)
        self.assertEqual(page.series("kafka_config_risk", rule="settings_differ", name=MIN_ISR), [])


if __name__ == "__main__":
    unittest.main()
