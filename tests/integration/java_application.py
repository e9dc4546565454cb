"""Java applications with the monitor of collectors/producers/java, in several releases of Kafka's client."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import monitor_plugin
from patience import eventually
from python_application import Application

ROOT = monitor_plugin.ROOT
sys.path.insert(0, str(ROOT / "tests" / "cluster"))

import jars  # noqa: E402

SOURCE = ROOT / "tests" / "integration" / "monitor" / "Ledger.java"
MONITOR = ROOT / "collectors" / "producers" / "java"


def maven(*arguments: str) -> None:
    done = subprocess.run(["mvn", "-q", "-B", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(f"mvn {' '.join(arguments)}: {done.stdout[-3000:]}")


def build_monitor(folder: pathlib.Path) -> pathlib.Path:
    """The jar, built as its README says, outside of the checkout."""
    maven("-f", str(MONITOR / "pom.xml"), f"-Dbuild={folder}", "package")
    return folder / "kafka-isr-monitor.jar"


def client(version: str, folder: pathlib.Path) -> str:
    """The class path of a release: one that the test clusters run on has its jars already."""
    if version in ("3.9.2", "4.3.1"):
        return f"{jars.fetch(version)}/*"
    maven("dependency:copy", f"-Dartifact=org.apache.kafka:kafka-clients:{version}", f"-DoutputDirectory={folder}")
    # Its own dependencies are optional, but for the logging interface.
    return f"{folder}/kafka-clients-{version}.jar:{next(jars.fetch('3.9.2').glob('slf4j-api-*.jar'))}"


class JavaApplication(Application):
    """Ledger.java."""

    def __init__(self, folder: pathlib.Path, name: str, class_path: str, bootstrap: str, topic: str, port: int, **settings: str):
        folder = folder / name
        folder.mkdir()
        settings = {"bootstrap.servers": bootstrap, "client.id": name,
                    "interceptor.classes": "org.kafkaisr.ProducerMonitor",
                    "metric.reporters": "org.apache.kafka.common.metrics.JmxReporter,org.kafkaisr.ProducerMonitor",
                    "metadata.max.age.ms": "5000", **settings}
        self.monitor_log = folder / "monitor.log"
        super().__init__(folder, port, [jars.java(), "-cp", class_path, str(SOURCE), topic,
                                        *(f"{key}={value}" for key, value in settings.items())])

    def await_said(self, what: str) -> None:
        eventually(lambda: what in self.said(), 60, lambda: f"it says {what}, not\n{self.said()[-1000:]}")
