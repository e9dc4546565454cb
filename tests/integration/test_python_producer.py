"""A producer made by deploy/clients/python goes through an unclean election: its fatal error, and the loss to the record."""

import socket
import unittest

from losses import RISKY, LossScenario, assessments
from patience import eventually
from truth import readable

FATAL = "kafka_producer_fatal_errors_last_hour"


class PythonProducer(LossScenario):
    def test_through_an_unclean_election(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]], config=RISKY)
        port = self.watch_with_reports("60s")
        self.watching.await_ready()
        # Statistics, and with them reports, come too seldom to matter: each report is called for.
        application = self.application(port, 600_000)
        application.tell(500)
        application.await_acknowledged(500)
        application.tell("report")
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        application.tell(800)
        application.await_acknowledged(1300)
        application.tell("report")
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="ledger") == 1300, 10, "it reports")
        application.tell(200)
        application.await_acknowledged(1500)
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.watching.await_metrics(lambda page: assessments(page, "lost") >= 1, 90, "the loss is found")

        # After the assessment it learns that it is dead, and its report of that has the rest.
        self.assertEqual(self.watching.metrics().get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 0)
        application.tell(10)
        self.watching.await_metrics(lambda page: page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER") == 1, 30,
                                    lambda: "the fatal error arrives: " + application.said()[-2500:])
        self.assertIn("raised OUT_OF_ORDER_SEQUENCE_NUMBER", application.said(), "and the application is told as without")
        there = {offset: value for (_, offset), value in readable(self.cluster, self.topic).items()}
        lost = [offset for offset, value in application.acknowledged().items() if there.get(offset) != value]
        self.assertEqual(sorted(lost), list(range(500, 1500)))
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all") == len(lost), 90,
            f"{len(lost)} records are lost, to the record")
        said = self.events("loss,loss_revised", topic=self.topic)
        self.assertEqual(sum(event["details"]["records"] for event in said), len(lost))
        self.assertEqual({event["details"]["measure"] for event in said}, {"acknowledged"})
        fatal = self.watching.json("/api/v1/events?kind=producer_fatal")["events"]
        self.assertEqual([(e["details"]["client_id"], e["details"]["error"]) for e in fatal],
                         [("ledger", "OUT_OF_ORDER_SEQUENCE_NUMBER")])

        application.end()
        shown = eventually(lambda: [one for one in self.watching.json("/api/v1/producers?client_id=ledger")["producers"]
                                    if one["ended"]], 10, "it says that it ends")[0]
        self.assertEqual((shown["acknowledged_records"], shown["fatal"]["error"], shown["settings"]["enable.idempotence"]),
                         (1500, "OUT_OF_ORDER_SEQUENCE_NUMBER", "true"))
        self.assertEqual(shown["host"], socket.gethostname())
        self.assertRegex(shown["client"], r"^librdkafka \d")
        failed = {(one["error"], one["persisted"]): one["records"] for one in shown["failed"]}
        self.assertEqual(sum(failed.values()), 10, failed)
        page = self.watching.metrics()
        self.assertEqual(sum(value for _, value in page.series("kafka_producer_delivery_failures_total", client_id="ledger")), 10)

    def test_both_ways_are_one_producer(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        port = self.watch_with_reports("1s")
        self.watching.await_ready()
        application = self.application(port, 300)
        application.tell(700)
        application.await_acknowledged(700)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="ledger") == 700
            and page.get("kafka_producer_queue_messages_limit", client_id="ledger") is not None, 10, "statistics and reports come")
        page = self.watching.metrics()
        self.assertEqual(page.get("kafka_producer_instances", client_id="ledger"), 1)
        shown = self.watching.json("/api/v1/producers?client_id=ledger")["producers"]
        self.assertEqual([(one["idempotence"]["state"], one["cluster_id"]) for one in shown],
                         [("Assigned", self.watching.json("/api/v1/clusters")["clusters"][0]["id"])])
        application.end()
        self.watching.await_metrics(lambda page: page.get("kafka_producer_instances", client_id="ledger") == 0, 10, "it ends")
        self.assertEqual(self.watching.metrics().get("kafka_producer_vanished_last_hour", client_id="ledger"), 0)


if __name__ == "__main__":
    unittest.main()
