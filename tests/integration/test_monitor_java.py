"""The monitor for Java's client: unmodified producers of three releases, each with one line."""

import os
import pathlib
import shutil
import socket
import socketserver
import tempfile
import threading
import time
import unittest

import java_application
from java_application import JavaApplication
from losses import RISKY, LossScenario
from patience import eventually, scaled

VERSIONS = ("2.8.2", "3.9.2", "4.3.1")
NEWEST = VERSIONS[-1]


class Answers:
    """A server that says the same to everybody."""

    def __init__(self, said: bytes):
        self.requests = 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.requests += 1
                length = 0
                while (line := self.rfile.readline()) not in (b"\r\n", b""):
                    if line.startswith(b"Content-Length:"):
                        length = int(line.split()[1])
                self.rfile.read(length)
                self.wfile.write(said)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


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
        self.acknowledge_alone(application, name)
        before = self.total("retried_records_total", name)
        self.elect_uncleanly(application)
        application.tell(10)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id=name) == 1510, 60,
            lambda: f"it goes on: {application.said()[-2000:]}")
        self.assertGreater(self.total("retried_records_total", name), before, "its heal shows as retries")
        self.assertGreater(self.total("queue_bytes_limit", name), 0)
        self.assertIn("in JMX: true", application.said(), "the metrics of the application stay where they were")
        self.assertEqual(application.end(), 0, application.said()[-1000:])
        self.watching.await_metrics(lambda page: page.get("kafka_producer_instances", client_id=name) == 0, 10, "it ends")
        shown = self.watching.json(f"/api/v1/producers?client_id={name}")["producers"][0]
        self.assertEqual((shown["client"], shown["ended"], shown["failed"], shown["settings"]["enable.idempotence"]),
                         (f"kafka-clients {version}", True, [], "true"))


class Java(JavaScenario):
    def test_4_3_through_an_unclean_election(self):
        self.through_an_unclean_election("4.3.1")

    def test_without_an_exporter_nothing_changes(self):
        """Nobody is there, somebody who takes connections and never reads, and one who does not speak HTTP."""
        quiet = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(quiet.close)
        nonsense = Answers(b"HTTP/1.\r\n\r\n")
        self.addCleanup(nonsense.close)
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        for port, said in ((1, "no answer"), (quiet.getsockname()[1], "no answer"), (nonsense.port, "the answer is not HTTP")):
            with self.subTest(said=said, port=port):
                application = self.start(NEWEST, port, f"alone-{port}")
                application.tell(1000)
                application.await_acknowledged(1000)
                eventually(lambda: said in application.monitor_log.read_text(), 10,
                           lambda: f"{said}, not {application.monitor_log.read_text()}")
                begin = time.monotonic()
                self.assertEqual(application.end(), 0)
                self.assertLess(time.monotonic() - begin, scaled(3))
                self.assertNotIn("kafka-isr", application.said())
        self.assertLess(nonsense.requests, 10, "it is not asked again and again")

    def test_over_a_unix_socket(self):
        # A digit before an "s" or an "r" would be a port with TLS to the server, and the folder's name is random.
        folder = pathlib.Path(tempfile.gettempdir()) / f"kie-{os.getpid()}"
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        address = f"unix:{folder}/ingest.sock"
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        port = self.watch_with_reports("1s", ingest=address)
        application = self.start(NEWEST, port, "local", **{"kafka.isr.monitor.address": address})
        application.tell(100)
        application.await_acknowledged(100)
        self.assertEqual(application.end(), 0)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="local") == 100, 10,
            lambda: f"it reports: {application.monitor_log.read_text()}")


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
