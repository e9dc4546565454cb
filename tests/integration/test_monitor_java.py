"""The monitor for Java's client: unmodified producers of three releases, each with one line."""

import pathlib
import shutil
import tempfile
import unittest

import java_application
from java_application import JavaApplication
from losses import RISKY, LossScenario, assessments
from truth import readable

VERSIONS = ("2.8.2", "3.9.2", "4.3.1")
NEWEST = VERSIONS[-1]


class JavaScenario(LossScenario):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        built = pathlib.Path(tempfile.mkdtemp(prefix="kie-java-"))
        cls.addClassCleanup(shutil.rmtree, built, ignore_errors=True)
        monitor = java_application.build_monitor(built)
        cls.class_paths = {version: f"{monitor}:{java_application.client(version, built)}" for version in VERSIONS}

    def start(self, version: str, port: int, name: str = "", **settings: str) -> JavaApplication:
        made = JavaApplication(self.folder, name or f"java-{version}", self.class_paths[version], self.cluster.bootstrap,
                               self.topic, port, **settings)
        self.addCleanup(made.kill)
        return made

    def total(self, what: str, name: str, **labels: str):
        return self.watching.metrics().get(f"kafka_producer_{what}", client_id=name, **labels)

    def through_an_unclean_election(self, version: str) -> None:
        """What it loses silently is measured to the record, and its retries show that it healed."""
        self.cluster.create_topic(self.topic, assign=[[1, 2]], config=RISKY)
        port = self.watch_with_reports("60s")
        self.watching.await_ready()
        name = f"java-{version}"
        application = self.start(version, port, **{"enable.idempotence": "true", "acks": "all"})
        application.tell(500)
        application.await_acknowledged(500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        application.tell(1000)
        application.await_acknowledged(1500)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id=name) == 1500, 10,
            lambda: f"it reports: {application.monitor_log.read_text()}")
        before = self.total("retried_records_total", name)
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.watching.await_metrics(lambda page: assessments(page, "lost") >= 1, 90, "the loss is found")
        there = {offset: value for (_, offset), value in readable(self.cluster, self.topic).items()}
        lost = [offset for offset, value in application.acknowledged().items() if there.get(offset) != value]
        self.assertEqual(sorted(lost), list(range(500, 1500)))
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all") == len(lost), 90,
            f"{len(lost)} records are lost, to the record")
        application.tell(10)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id=name) == 1510, 60,
            lambda: f"it goes on: {application.said()[-2000:]}")
        self.assertGreater(self.total("retried_records_total", name), before, "its heal shows as retries")
        self.assertGreater(self.total("queue_bytes_limit", name), 0)
        self.assertEqual(application.end(), 0, application.said()[-1000:])
        self.watching.await_metrics(lambda page: page.get("kafka_producer_instances", client_id=name) == 0, 10, "it ends")
        shown = self.watching.json(f"/api/v1/producers?client_id={name}")["producers"][0]
        self.assertEqual((shown["client"], shown["ended"], shown["failed"], shown["settings"]["enable.idempotence"]),
                         (f"kafka-clients {version}", True, [], "true"))


class Java(JavaScenario):
    def test_4_3_through_an_unclean_election(self):
        self.through_an_unclean_election("4.3.1")

    def test_without_an_exporter_nothing_changes(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        application = self.start(NEWEST, 1, "alone")
        application.tell(1000)
        application.await_acknowledged(1000)
        self.assertEqual(application.end(), 0)
        self.assertNotIn("kafka-isr", application.said())
        self.assertIn("no answer", application.monitor_log.read_text())


class MoreJava(JavaScenario):
    def test_fenced(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        port = self.watch_with_reports("1s")
        self.watching.await_ready()
        older = self.start(NEWEST, port, "older", **{"transactional.id": self.topic})
        older.tell("init")
        older.await_said("initialized")
        older.tell("transaction 5")
        older.await_said("committed")
        newer = self.start(NEWEST, port, "newer", **{"transactional.id": self.topic})
        newer.tell("init")
        newer.await_said("initialized")
        older.tell("transaction 5")
        older.await_said("raised")
        page = self.watching.await_metrics(
            lambda page: page.total("kafka_producer_fatal_errors_last_hour") == 1, 10,
            lambda: f"it is fenced: {older.said()[-2000:]}")
        codes = [labels["error"] for labels, value in page.series("kafka_producer_fatal_errors_last_hour") if value]
        self.assertIn(codes, (["PRODUCER_FENCED"], ["INVALID_PRODUCER_EPOCH"]))

    def test_batches_that_expire(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]], config={"min.insync.replicas": "2"})
        port = self.watch_with_reports("1s")
        self.watching.await_ready()
        application = self.start(NEWEST, port, "impatient", **{"delivery.timeout.ms": "3000", "request.timeout.ms": "1500",
                                                               "linger.ms": "0"})
        application.tell(10)
        application.await_acknowledged(10)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        application.tell(7)
        self.watching.await_metrics(
            lambda page: sum(value for labels, value in page.series("kafka_producer_delivery_failures_total",
                                                                    client_id="impatient")) == 7, 30,
            lambda: f"they fail: {application.said()[-1000:]}")
        failed = {(one["error"], one["persisted"]): one["records"]
                  for one in self.watching.json("/api/v1/producers?client_id=impatient")["producers"][0]["failed"]}
        self.assertEqual(failed, {("REQUEST_TIMED_OUT", "possibly"): 7})

    def test_2_8_through_an_unclean_election(self):
        self.through_an_unclean_election("2.8.2")

    def test_3_9_through_an_unclean_election(self):
        self.through_an_unclean_election("3.9.2")


if __name__ == "__main__":
    unittest.main()
