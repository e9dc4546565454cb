"""The servers of the configuration are an entry and no dependency: what is known goes on while all of them are dead."""

import unittest

from losses import RISKY, LossScenario, assessments
from own_cluster import own_cluster
from patience import scaled
from processes import HOST
from scenario import in_all
from shared_cluster import SETTINGS

SERVER = 1


class Bootstrap(LossScenario):
    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=3, settings=SETTINGS)

    def setUp(self) -> None:
        super().setUp()
        self.watching = self.exporter(f"{HOST}:{self.cluster.port(SERVER)}")
        self.watching.await_ready()

    def expect_a_controller(self):
        """The handle that asks for it, too, does without the dead server: three polls long."""
        polls = self.watching.metrics().get("kafka_isr_exporter_polls_total")
        page = self.watching.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 3, 30, "three polls")
        self.assertEqual(self.cluster.status()[SERVER], "down")
        self.assertEqual(page.get("kafka_controller_up"), 1)
        self.assertEqual([value for _, value in page.series("kafka_isr_exporter_collector_success", collector="controller")], [1])

    def test_epochs_are_assessed_while_the_only_server_is_dead(self):
        led = [p for p in self.everything() if p.leader == SERVER and len(p.replicas) > 1]
        self.assertGreater(len(led), 10)
        with self.nothing_is_lost(grown=len(led)):
            self.cluster.kill(SERVER)
            for p in led:
                self.cluster.await_partition(p.topic, p.partition, leader=lambda leader: leader not in (SERVER, -1))
        page = self.watching.metrics()
        self.assertEqual(self.cluster.status()[SERVER], "down")
        self.assertGreaterEqual(assessments(page, "none"), len(led))
        self.assertEqual((page.get("kafka_cluster_up"), page.get("kafka_brokers")), (1, 2))
        self.expect_a_controller()

    def test_a_loss_is_told_while_the_only_server_is_dead(self):
        self.create(self.topic, [[1, 2, 3], [2, 1, 3]], **RISKY)
        for partition in (0, 1):
            self.write(self.topic, 100, partition)
        self.cluster.pause(3)
        acknowledged = {}
        for partition in (0, 1):
            self.cluster.await_partition(self.topic, partition, isr=[1, 2])
            self.write(self.topic, 300 + partition, partition)
            acknowledged[partition] = self.cluster.offsets(self.topic)[partition].latest
        self.assertEqual(acknowledged, {0: 400, 1: 401})
        for broker in (SERVER, 2):
            self.cluster.kill(broker)
        self.cluster.resume(3)
        for partition in (0, 1):
            self.cluster.await_partition(self.topic, partition, leader=3, isr=[3])
            self.expect_end(self.topic, 100, partition)
        lost = sum(end - 100 for end in acknowledged.values())
        page = self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all") == lost, 40,
            lambda: f"{lost} records are told as lost, not "
                    f"{self.watching.metrics().get('kafka_topic_lost_records_total', topic=self.topic, acks='all')}")
        self.assertEqual(self.cluster.status()[SERVER], "down")
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=self.topic), 2)
        self.assertEqual({event["partition"]: (event["details"]["first_offset"], event["details"]["end_offset"])
                          for event in self.events("loss", topic=self.topic)},
                         {partition: (100, end) for partition, end in acknowledged.items()})
        # What is told once is told once, whoever is back.
        self.cluster.start(SERVER, wait=False)
        self.cluster.start(2, wait=False)
        self.cluster.wait_ready([1, 2, 3], timeout=scaled(60))
        for partition in (0, 1):
            self.cluster.await_partition(self.topic, partition, isr=[1, 2, 3])
        page = self.watching.await_metrics(lambda page: page.get("kafka_cluster_under_replicated_partitions") == 0
                                           and page.get("kafka_loss_assessments_pending") == 0, 40, "all is whole")
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all"), lost)

    @in_all
    def test_a_reload_while_the_only_server_is_dead(self):
        self.create(self.topic, [[2, 3]])
        self.cluster.kill(SERVER)
        self.watching.await_metrics(lambda page: page.get("kafka_brokers") == 2, 20, "the broker is gone")
        text = self.watching.config.read_text()
        for what, new in (("nothing", text), ("the interval", text.replace('poll_interval = "1s"', 'poll_interval = "2s"')),
                          ("the client", text.replace('poll_interval = "1s"', 'poll_interval = "2s"')
                           .replace("[cluster.librdkafka]\n", '[cluster.librdkafka]\n"client.id" = "another"\n'))):
            with self.subTest(what):
                self.watching.reload(new)
                self.assertEqual(self.watching.metrics().get("kafka_isr_exporter_config_last_reload_successful"), 1)
                if what == "the client":
                    self.expect_a_controller()
                self.write(self.topic, 50)
                page = self.watching.await_metrics(
                    lambda page: page.get("kafka_cluster_up") == 1 and page.get("kafka_brokers") == 2, 15, "it is up")
                polls = page.get("kafka_isr_exporter_polls_total")
                page = self.watching.await_metrics(
                    lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 2, 15, "it polls on")
                self.assertEqual((page.get("kafka_cluster_up"), page.get("kafka_brokers")), (1, 2))
                self.assertEqual(self.watching.get("/-/ready").status, 200)
        self.cluster.start(SERVER)
        self.watching.await_metrics(lambda page: page.get("kafka_brokers") == 3, 30, "the server is back")


if __name__ == "__main__":
    unittest.main()
