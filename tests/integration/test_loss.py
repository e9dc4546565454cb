"""Committed records that an election discards are found and counted to the record, and their history survives."""

import time
import unittest

from patience import eventually
from scenario import Scenario

TOPIC = "ledger"
RISKY = {"unclean.leader.election.enable": "true", "min.insync.replicas": "1"}


class Loss(Scenario):
    RATE = 0.0      # what is written is counted
    EPOCH = 0       # of which records are lost

    def setUp(self) -> None:
        super().setUp()
        self.cluster.create_topic(TOPIC, assign=[[1, 2]], config=RISKY)
        self.addCleanup(self.cluster.delete_topic, TOPIC)

    def leave_follower_behind(self, records: int = 1000) -> None:
        """Broker 2 has 500 records and is frozen; 1 acknowledges more alone."""
        self.cluster.produce(TOPIC, 0, count=500)
        self.cluster.pause(2)
        self.cluster.await_partition(TOPIC, isr=[1])
        self.cluster.produce(TOPIC, 0, count=records)

    def elect_follower(self) -> None:
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(TOPIC, leader=2, isr=[2])

    def await_loss(self, exporter, seconds: float = 20):
        return exporter.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=TOPIC, acks="all") > 0, seconds,
            "a loss is on the page")

    def expect_loss(self, exporter, page, first=500, end=1500) -> None:
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=TOPIC, acks="all"), end - first)
        self.assertEqual(page.get("kafka_topic_lost_records_last_hour", topic=TOPIC, acks="all"), end - first)
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=TOPIC), 1)
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_last_hour", topic=TOPIC), 1)
        self.assertEqual(page.get("kafka_loss_assessments_unknown_last_hour", topic=TOPIC), 0)
        self.assertLess(abs(page.get("kafka_topic_last_loss_timestamp_seconds", topic=TOPIC) - time.time()), 60)
        for other in ("orders", "payments", "logs"):
            self.assertEqual(page.get("kafka_topic_lost_records_total", topic=other, acks="all"), 0)
            self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=other), 0)
        events = exporter.json(f"/api/v1/events?topic={TOPIC}&kind=loss,unclean_election")["events"]
        self.assertEqual(sorted(event["kind"] for event in events), ["loss", "unclean_election"])
        loss = next(event for event in events if event["kind"] == "loss")
        self.assertEqual(loss["partition"], 0)
        details = loss["details"]
        self.assertEqual((details["first_offset"], details["end_offset"], details["records"]),
                         (first, end, end - first))
        self.assertEqual((details["epoch"], details["leader_before"], details["leader_after"]), (self.EPOCH, 1, 2))
        self.assertEqual((details["acks"], details["at_least"], details["election"]), ("all", False, "unclean"))
        self.assertLessEqual(loss["from"], loss["to"])
        partition = exporter.json(f"/api/v1/clusters/{loss['cluster_id']}/partitions/{TOPIC}/0")
        self.assertIn(loss, partition["events"])

    def test_is_measured_and_was_foretold(self):
        exporter = self.exporter()
        page = exporter.await_ready()
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=TOPIC, acks="all"), 0)
        self.leave_follower_behind()
        exporter.await_metrics(lambda page: page.get("kafka_topic_at_risk_records", topic=TOPIC) == 1000, 10,
                               "1000 records exist once")
        self.elect_follower()
        begun = time.monotonic()
        page = self.await_loss(exporter)
        self.measured("a loss is on the page", f"{time.monotonic() - begun:.1f} s after the election")
        self.expect_loss(exporter, page)
        self.cluster.start(1)
        self.cluster.await_partition(TOPIC, isr=[1, 2])
        page = exporter.await_metrics(lambda page: page.get("kafka_topic_at_risk_records", topic=TOPIC) == 0, 10,
                                      "nothing is at risk any more")
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=TOPIC, acks="all"), 1000)

    def test_is_exact_though_polls_are_rare(self):
        # What is written between two polls is seen only because unhealthy topics are looked at every second.
        self.cluster.produce(TOPIC, 0, count=500)
        exporter = self.exporter(poll="10s")
        exporter.await_ready()
        self.cluster.pause(2)
        exporter.await_metrics(
            lambda page: page.get("kafka_topic_partition_in_sync_replica", topic=TOPIC, partition=0) == 1, 30,
            "the follower is missing")
        polls = exporter.metrics().get("kafka_isr_exporter_polls_total")
        self.cluster.produce(TOPIC, 0, count=1000)
        page = exporter.await_metrics(lambda page: page.get("kafka_topic_at_risk_records", topic=TOPIC) == 1000, 5,
                                      "1000 records exist once")
        self.assertLessEqual(page.get("kafka_isr_exporter_polls_total"), polls + 1)
        self.elect_follower()
        self.expect_loss(exporter, self.await_loss(exporter))

    def test_is_found_though_new_records_hide_it(self):
        exporter = self.exporter(poll="1s")
        exporter.await_ready()
        self.leave_follower_behind()
        exporter.await_metrics(lambda page: page.get("kafka_topic_at_risk_records", topic=TOPIC) == 1000, 10,
                               "1000 records exist once")
        exporter.freeze()
        self.elect_follower()
        self.cluster.produce(TOPIC, 0, count=3000)
        exporter.thaw()
        self.expect_loss(exporter, self.await_loss(exporter))

    def test_is_found_by_the_next_process(self):
        exporter = self.exporter()
        exporter.await_ready()
        self.leave_follower_behind()
        exporter.await_metrics(lambda page: page.get("kafka_topic_at_risk_records", topic=TOPIC) == 1000, 10,
                               "1000 records exist once")
        exporter.stop()
        self.elect_follower()
        self.cluster.produce(TOPIC, 0, count=3000)
        exporter = self.exporter(folder=exporter.folder)
        self.expect_loss(exporter, self.await_loss(exporter))
        exporter.kill()
        exporter = self.exporter(folder=exporter.folder)
        page = exporter.metrics()
        self.assertEqual(page.get("kafka_topic_lost_records_last_hour", topic=TOPIC, acks="all"), 1000,
                         "on the first page after a restart")
        self.expect_loss(exporter, exporter.await_ready())


if __name__ == "__main__":
    unittest.main()
