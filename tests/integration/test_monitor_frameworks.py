"""The monitor for Java's client in Kafka Connect, Kafka Streams, MirrorMaker 2 and Spring Boot: the line of its README for each."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

import java_application
import monitor_plugin
from java_application import jars, maven
from losses import LossScenario
from patience import scaled

FRAMEWORKS = pathlib.Path(__file__).parent / "monitor" / "frameworks"
ACKNOWLEDGED = "kafka_producer_acknowledged_records_total"
LINE = "org.kafkaisr.ProducerMonitor"


class Frameworks(LossScenario):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.built = pathlib.Path(tempfile.mkdtemp(prefix="kie-frameworks-"))
        cls.addClassCleanup(shutil.rmtree, cls.built, ignore_errors=True)
        cls.monitor = java_application.build_monitor(cls.built)

    def setUp(self) -> None:
        super().setUp()
        self.log = self.folder / "framework.log"
        self.addCleanup(self.delete_topics, set(self.cluster.metadata().topics))
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        self.port = self.watch_with_reports("1s")
        self.watching.await_ready()

    def delete_topics(self, before: set[str]) -> None:
        """Those that the framework created."""
        for topic in self.cluster.metadata().topics:
            if topic not in before and not topic.startswith("__"):
                self.cluster.delete_topic(topic)

    def class_path(self, profile: str) -> str:
        folder = self.built / profile
        if not folder.exists():
            maven("-f", str(FRAMEWORKS / "pom.xml"), f"-P{profile}", "dependency:copy-dependencies", f"-DoutputDirectory={folder}")
        return f"{self.monitor}:{folder}/*"

    def properties(self, name: str, /, **settings: str) -> pathlib.Path:
        file = self.folder / f"{name}.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        return file

    def start(self, class_path: str, main: str, *arguments) -> subprocess.Popen:
        environment = monitor_plugin.environment(self.port, self.folder / "token", self.folder / "monitor.log")
        log = open(self.log, "w")
        self.addCleanup(log.close)
        process = subprocess.Popen(
            [jars.java(), "-XX:TieredStopAtLevel=1", "-cp", class_path, main, *map(str, arguments)], cwd=self.folder,
            env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process: subprocess.Popen) -> None:
        process.kill()
        process.wait()

    def expect_records(self, client_id: str, count: int) -> None:
        """At least so many are acknowledged to the clients with a name that begins so."""
        self.watching.await_metrics(
            lambda page: sum(value for labels, value in page.series(ACKNOWLEDGED) if labels["client_id"].startswith(client_id)) >= count,
            60, lambda: f"{client_id} has {count} records: {self.log.read_text()[-3000:]}")

    def expect_end(self, process: subprocess.Popen, client_id: str) -> None:
        """At the end of the process its producers end, and none vanishes."""
        process.send_signal(signal.SIGTERM)
        process.wait(scaled(30))
        page = self.watching.await_metrics(
            lambda page: all(value == 0 for labels, value in page.series("kafka_producer_instances")
                             if labels["client_id"].startswith(client_id)), 10, "its producers end")
        self.assertEqual(page.total("kafka_producer_vanished_last_hour"), 0)

    def test_connect(self):
        lines = self.folder / "lines.txt"
        lines.write_text("".join(f"{i}\n" for i in range(100)))
        converter = "org.apache.kafka.connect.storage.StringConverter"
        worker = self.properties("worker", **{
            "bootstrap.servers": self.cluster.bootstrap, "key.converter": converter, "value.converter": converter,
            "listeners": "http://127.0.0.1:0", "offset.storage.file.filename": str(self.folder / "offsets"),
            "producer.interceptor.classes": LINE})
        source = self.properties("source", **{
            "name": "lines", "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector", "tasks.max": "1",
            "file": str(lines), "topic": self.topic})
        process = self.start(self.class_path("kafka"), "org.apache.kafka.connect.cli.ConnectStandalone", worker, source)
        self.expect_records("connector-producer-lines-0", 100)
        self.expect_end(process, "connector-producer-lines-0")

    def test_streams(self):
        for topic in ("streams-plaintext-input", "streams-wordcount-output"):
            self.cluster.create_topic(topic, assign=[[1, 2]])
        for _ in range(5):
            self.cluster.produce("streams-plaintext-input", 0, 20)
        settings = self.properties("streams", **{
            "bootstrap.servers": self.cluster.bootstrap, "application.id": self.topic, "replication.factor": "1",
            "commit.interval.ms": "100", "state.dir": str(self.folder / "state"), "producer.interceptor.classes": LINE})
        process = self.start(self.class_path("kafka"), "org.apache.kafka.streams.examples.wordcount.WordCountDemo", settings)
        self.expect_records(self.topic, 1)
        self.expect_end(process, self.topic)

    def test_mirror_maker_2(self):
        self.cluster.produce(self.topic, 0, 100)
        one = {f"{kind}.replication.factor": "1" for kind in (
            "checkpoints.topic", "heartbeats.topic", "offset-syncs.topic", "offset.storage", "config.storage", "status.storage")}
        settings = self.properties("mm2", **{
            "clusters": "near,far", "near.bootstrap.servers": self.cluster.bootstrap, "far.bootstrap.servers": self.cluster.bootstrap,
            "near->far.enabled": "true", "near->far.topics": self.topic, "replication.factor": "1",
            "far.producer.interceptor.classes": LINE, **one})
        process = self.start(self.class_path("kafka"), "org.apache.kafka.connect.mirror.MirrorMaker", settings)
        self.expect_records("connector-producer-MirrorSourceConnector-0", 100)
        self.expect_end(process, "connector-producer-Mirror")

    def test_spring_boot(self):
        class_path = self.class_path("spring")
        classes = self.built / "orders"
        subprocess.run([jars.java() + "c", "-cp", class_path, "-d", str(classes), str(FRAMEWORKS / "Orders.java")], check=True)
        process = self.start(
            f"{classes}:{class_path}", "orders.Orders", f"--spring.kafka.bootstrap-servers={self.cluster.bootstrap}",
            "--spring.application.name=orders", f"--spring.kafka.producer.properties.interceptor.classes={LINE}", self.topic)
        self.expect_records("orders", 100)
        self.assertEqual(process.wait(scaled(30)), 0)
        self.expect_end(process, "orders")


if __name__ == "__main__":
    unittest.main()
