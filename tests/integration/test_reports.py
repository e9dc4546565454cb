"""What producers report that brokers acknowledged makes the measure of a loss exact."""

import json
import unittest

from losses import RISKY, LossScenario, assessments
from patience import eventually
from reporting import Application

TOKEN = "open-sesame-7f2e"


class Reports(LossScenario):
    def setUp(self) -> None:
        super().setUp()
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        # Long enough that no look sees what is acknowledged last.
        self.watching = self.exporter(text=(
            f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\n'
            f"[[cluster]]\nservers = {json.dumps(self.cluster.bootstrap.split(','))}\npoll_interval = \"10s\"\n"
            'watch_interval = "10s"\n'))
        self.port = self.watching.ingest_port()
        self.watching.await_ready()
        self.cluster_id = self.watching.json("/api/v1/clusters")["clusters"][0]["id"]

    def application(self, cluster_id: str = "") -> Application:
        return Application(self.port, TOKEN, cluster_id or self.cluster_id)

    def accepted(self, said: dict) -> None:
        self.assertEqual(said, {"accepted": 1, "refused": 0, "errors": []})

    def lost(self, acks: str) -> float:
        return self.watching.metrics().get("kafka_topic_lost_records_total", topic=self.topic, acks=acks)

    def test_to_the_record_also_by_a_report_that_comes_late(self):
        self.create(self.topic, [[1, 2]], **RISKY)
        self.write(self.topic, 500)
        application = self.application()
        application.acknowledged(self.topic, 500, broker=1)
        self.accepted(application.report())
        self.seen(self.topic, [0], 500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        self.cluster.produce(self.topic, 0, 800)
        application.acknowledged(self.topic, 1300, broker=1)
        self.accepted(application.report())
        # Of a cluster that has topics of the same names.
        other = self.application("another")
        other.acknowledged(self.topic, 99_999, broker=1)
        self.accepted(other.report())
        self.cluster.produce(self.topic, 0, 200)
        application.acknowledged(self.topic, 1500, broker=1)    # and reported later
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.expect_end(self.topic, 500)
        self.watching.await_metrics(lambda page: assessments(page, "lost") == 1, 30, "the loss is found")
        self.assertIn(self.lost("all"), (800, 1000), "1000 if a look came in between")
        self.cluster.produce(self.topic, 0, 4000)               # others are in their place now
        self.accepted(application.report())
        self.accepted(application.report())
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all") == 1000, 30,
            "the late report raises the loss")
        page = self.watching.metrics()
        self.assertEqual(page.get("kafka_topic_lost_records_last_hour", topic=self.topic, acks="all"), 1000)
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=self.topic, acks="1"), 0)
        said = self.events("loss,loss_revised", topic=self.topic)
        self.assertEqual(sum(event["details"]["records"] for event in said), 1000)
        # Whether 2 was in the ISR is not known unless a look saw it shrink.
        elections = {event["details"]["election"] for event in said}
        self.assertIn(elections, ({"unclean"}, {"unknown"}))
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=self.topic), elections == {"unclean"})
        if len(said) == 2:
            revised, first = said
            self.assertEqual((first["kind"], first["details"]["first_offset"], first["details"]["end_offset"]),
                             ("loss", 500, 1300))
            self.assertEqual((revised["kind"], revised["details"]["first_offset"], revised["details"]["end_offset"],
                              revised["details"]["measure"]), ("loss_revised", 1300, 1500, "acknowledged"))

    def test_what_a_leader_alone_acknowledged_is_counted_apart(self):
        self.create(self.topic, [[1, 2]], **{"unclean.leader.election.enable": "false"})
        self.write(self.topic, 500)
        # The follower stops for a moment, too short to fall out of sync: a clean move to it cuts what it has not fetched.
        # It had asked for the first of them.
        self.cluster.pause(2)
        for _ in range(3):
            self.cluster.produce(self.topic, 0, 100, acks=1)
        application = self.application()
        application.acknowledged(self.topic, 800, broker=1, acks="1")
        self.accepted(application.report())
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        eventually(lambda: self.cluster.offsets(self.topic)[0].error == "NONE", 15, "the leader says where it ends")
        end = self.cluster.offsets(self.topic)[0].latest
        self.assertLess(end, 800)
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="1") == 800 - end, 40,
            "what was acknowledged with acks=1 is counted")
        page = self.watching.metrics()
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all"), 0)
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=self.topic), 0)
        details = [event["details"] for event in self.events(topic=self.topic)]
        self.assertEqual([(d["first_offset"], d["end_offset"], d["acks"], d["measure"]) for d in details],
                         [(end, 800, "1", "acknowledged")])
        self.assertNotIn("unclean", [d["election"] for d in details])


if __name__ == "__main__":
    unittest.main()
