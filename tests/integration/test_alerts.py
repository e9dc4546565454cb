"""The shipped rules and routes, with every duration shorter, on a real cluster that loses records: who is told what, and when.

The windows that the exporter computes stay as long as they are: their end is promtool's to test. KIE_PICTURES=FOLDER draws the
dashboards' pictures (deploy/pictures) into it, just after the loss.
"""

import os
import pathlib
import unittest

import shared_cluster
from alert_stack import AlertStack
from dashboards import all_questions, answers, draw, without_answer
from losses import RISKY, LossScenario
from patience import eventually
from processes import free_ports
from scenario import in_all

# Words of panels and annotations that have nothing to show of producers and clusters that are well.
IDLE = "nothing was sent in the last interval"
# librdkafka tells its plugins of no retry.
NO_RETRIES = "no monitor reports retries"
UNTIL_IT_FAILS = ("no record has failed", "nothing", IDLE, NO_RETRIES)
SAFE = {"unclean.leader.election.enable": "false", "min.insync.replicas": "1"}


class Alerts(LossScenario):
    def setUp(self) -> None:
        super().setUp()
        self.listen = f"127.0.0.1:{free_ports(1)[0]}"

    def watch(self) -> int:
        """An exporter of the topics that begin with self.topic; the port for reports."""
        port = self.watch_with_reports("1s", listen=self.listen, topic_include=[f"{self.topic}.*"])
        self.watching.await_ready()
        return port

    def alert(self, times: int) -> AlertStack:
        stack = AlertStack(self.folder / "stack", self.watching.port, times)
        self.addCleanup(stack.close)
        stack.await_up()
        return stack

    def expect_dashboards(self, stack: AlertStack, may_be_empty: tuple[str, ...]) -> None:
        """Every panel, variable and annotation has something to show."""
        eventually(lambda: not without_answer(stack.prometheus, may_be_empty), 30,
                   lambda: f"these have data: {without_answer(stack.prometheus, may_be_empty)}", every=1)

    def test_a_loss_from_its_first_sign_to_its_end(self):
        safe = f"{self.topic}-safe"
        application = self.application(self.watch(), **{"statistics.interval.ms": "500"})
        stack = self.alert(20)
        self.create(self.topic, [[1, 2]], **RISKY)
        self.create(safe, [[1, 2]], **SAFE)
        application.tell(500)
        application.await_acknowledged(500)
        self.seen(self.topic, [0], 500)
        self.assertEqual(stack.told(topic=self.topic), [])
        self.expect_dashboards(stack, UNTIL_IT_FAILS)

        # Before: the ISR shrinks, one replica has all, and the setting is the one that loses it.
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        application.tell(1000)
        application.await_acknowledged(1500)
        shrunk = stack.await_told("KafkaISRShrunk", 30, topic=self.topic)
        self.assertEqual(shrunk.receiver, "record")
        warned = stack.await_told("KafkaUncleanElectionArmed", 30, severity="warning", topic=self.topic)
        self.assertEqual(warned.receiver, "ticket")
        last = stack.await_told("KafkaLastInSyncReplica", 30, topic=self.topic)
        armed = stack.await_told("KafkaUncleanElectionArmed", 40, severity="critical", topic=self.topic)
        self.assertEqual((last.receiver, armed.receiver), ("page", "page"))
        self.assertIn("It would cost 1000 records.", armed.annotations["description"])
        stack.await_told("KafkaLastInSyncReplica", 30, topic=safe)
        sick = stack.await_told("KafkaBrokerMissing", 40, broker="2")
        self.assertEqual(sick.receiver, "page")
        self.expect_dashboards(stack, UNTIL_IT_FAILS)
        # They fire, and what is told already says more.
        stack.await_firing("KafkaUnderReplicated", 60, topic=self.topic)
        stack.await_firing("KafkaAtMinISR", 60, topic=safe)
        self.assertEqual([stack.told(name) for name in
                          ("KafkaUncleanElection", "KafkaRecordsLost", "KafkaProducerFatal", "KafkaPartitionOffline")], [[]] * 4)

        # The loss.
        self.cluster.kill(1)
        offline = stack.await_told("KafkaPartitionOffline", 40, topic=safe)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        elected = stack.await_told("KafkaUncleanElection", 60, topic=self.topic)
        # What led to it, on this topic and on no other, and only just after it.
        eventually(lambda: stack.is_silenced("KafkaUncleanElectionArmed", topic=self.topic), 30, stack.said)
        self.assertFalse(stack.is_silenced("KafkaPartitionOffline", topic=safe))
        lost = stack.await_told("KafkaRecordsLost", 30, topic=self.topic, acks="all")
        self.assertTrue(lost.annotations["description"].startswith(f"1000 records of {self.topic} "), lost)
        self.assertEqual(lost.labels["lost_in_all"], "1000")
        application.tell(10)
        fatal = stack.await_told("KafkaProducerFatal", 40, error="OUT_OF_ORDER_SEQUENCE_NUMBER")
        self.assertIn("One of ledger.", fatal.annotations["description"])
        self.expect_dashboards(stack, ("nothing", IDLE, NO_RETRIES))
        marks = [question for question in all_questions() if question.where.endswith("annotation Records lost")]
        self.assertEqual([len(answers(stack.prometheus, mark)) for mark in marks], [1])
        if pictures := os.environ.get("KIE_PICTURES"):
            draw(stack.prometheus, pathlib.Path(pictures))
        told = (shrunk, last, armed, offline, elected, lost, fatal)
        self.assertEqual([one.name for one in sorted(told, key=lambda one: one.at)], [one.name for one in told])

        # What is over is told as over; a loss is not.
        self.cluster.start(1)
        for topic in (self.topic, safe):
            self.cluster.await_partition(topic, isr=[1, 2])
        stack.await_told("KafkaPartitionOffline", 60, "resolved", topic=safe)
        stack.await_told("KafkaLastInSyncReplica", 60, "resolved", topic=safe)
        stack.await_told("KafkaBrokerMissing", 40, "resolved", broker="2")
        self.expect_dashboards(stack, ("nothing", IDLE, NO_RETRIES))
        self.assertTrue(stack.fires("KafkaRecordsLost", topic=self.topic))
        self.assertEqual(stack.told("KafkaRecordsLost", "resolved"), [])
        for name in ("KafkaRecordsJustLost", "KafkaPartitionOfflineNow"):
            self.assertEqual(stack.told(name), [], "it is for Alertmanager alone")
        for name in ("KafkaUnderReplicated", "KafkaAtMinISR", "KafkaBrokerLagging"):
            self.assertEqual(stack.told(name), [])
        self.assertEqual([one.labels["topic"] for one in stack.told("KafkaRecordsLost")],
                         [self.topic] * len(stack.told("KafkaRecordsLost")), "nothing is lost of the other topic")

    @in_all
    def test_a_rolling_restart_wakes_nobody(self):
        """A broker takes some seconds to start, so durations are not that much shorter."""
        self.watch()
        stack = self.alert(5)
        self.create(self.topic, [[1, 2, 3], [2, 3, 1], [3, 1, 2]], **{"min.insync.replicas": "2"})
        for broker in shared_cluster.BROKERS:
            self.cluster.stop(broker)
            stack.await_firing("KafkaISRShrunk", 30, topic=self.topic)
            self.cluster.start(broker)
            for partition in range(3):
                self.cluster.await_partition(self.topic, partition, isr=[1, 2, 3])
            eventually(lambda: not stack.fires("KafkaISRShrunk", topic=self.topic), 30, "it is over")
        stack.await_told("KafkaISRShrunk", 30, "resolved", topic=self.topic)
        self.assertEqual([str(one) for one in stack.told() if one.labels["severity"] == "critical"], [])

    @in_all
    def test_an_exporter_that_was_away_during_the_loss(self):
        self.watch()
        stack = self.alert(20)
        self.create(self.topic, [[1, 2]], **RISKY)
        self.write(self.topic, 500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        self.write(self.topic, 1000)
        self.watching.kill()
        down = stack.await_told("KafkaISRExporterDown", 60)
        self.assertEqual((down.receiver, down.labels["instance"]), ("page", self.listen))
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.assertEqual(stack.told("KafkaRecordsLost"), [])

        self.watching = self.exporter(folder=self.watching.folder, listen=self.listen, text=self.watching.config.read_text())
        lost = stack.await_told("KafkaRecordsLost", 60, topic=self.topic)
        self.assertTrue(lost.annotations["description"].startswith(f"1000 records of {self.topic} "), lost)
        stack.await_told("KafkaISRExporterDown", 40, "resolved")


if __name__ == "__main__":
    unittest.main()
