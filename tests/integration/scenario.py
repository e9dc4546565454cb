"""What every scenario has: the shared cluster whole at the beginning and the end, exporters, traffic, and a report."""

from __future__ import annotations

import bisect
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest
from typing import Optional

import shared_cluster
from exporter import Exporter
from metrics import Metrics
from kafka_cluster import Cluster, ClusterError, Partition, Traffic
from wire import Connection

Key = tuple[str, int]       # topic, partition

in_all = unittest.skipUnless(os.environ.get("KIE_ALL"), "it runs in tests/run all")
"""A test, or a class, that costs more time than tests/run has: one beside it shows nearly the same."""


class WithExporters(unittest.TestCase):
    """A folder that is removed, exporters that are ended, and their last words when a test fails."""

    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kie-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self._exporters: list[Exporter] = []
        self._said: list[str] = []
        self.addCleanup(self._end_exporters)

    def run(self, result=None):
        result = result or self.defaultTestResult()
        problems = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > problems:
            print(f"=== {self.id()} failed", *self._said, sep="\n", file=sys.stderr)
        return result

    def exporter(self, bootstrap: str, folder: Optional[pathlib.Path] = None, **options) -> Exporter:
        """folder: of an exporter that has ended and goes on with what it knew."""
        made = Exporter(folder or self.folder / f"exporter-{len(self._exporters)}", bootstrap, **options)
        self._exporters.append(made)
        return made

    def _end_exporters(self) -> None:
        for exporter in self._exporters:
            exporter.terminate()        # all at once: each takes its time
        problems = []
        for exporter in self._exporters:
            try:
                exporter.close()
            except AssertionError as e:
                problems.append(str(e))
            self._said.append(exporter.last_words())
        self.assertEqual(problems, [])

    @staticmethod
    def measured(what: str, value: str) -> None:
        """A figure for whoever reads the log of the test."""
        print(f"measured: {what}: {value}", file=sys.stderr, flush=True)


class Scenario(WithExporters):
    cluster: Cluster
    RATE = 120.0        # records a second over all topics; 0: no traffic

    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster = Cluster(shared_cluster.FOLDER)
        if not cls.cluster.exists() or not any(how != "down" for how in cls.cluster.status().values()):
            cls.cluster = shared_cluster.up()
            cls.addClassCleanup(cls.cluster.down)

    def setUp(self) -> None:
        super().setUp()
        shared_cluster.heal(self.cluster)
        self.addCleanup(shared_cluster.heal, self.cluster)
        if self.RATE:
            self.traffic: Traffic = self.cluster.traffic(list(shared_cluster.TOPICS), rate=self.RATE)
            self.addCleanup(self.traffic.stop)

    def exporter(self, bootstrap: Optional[str] = None, **options) -> Exporter:
        return super().exporter(bootstrap or self.cluster.bootstrap, **options)

    def watch(self, watch):
        watch.start()
        self.addCleanup(watch.stop)
        return watch

    def everything(self) -> list[Partition]:
        """All partitions of all topics, as a broker that runs has them."""
        return [p for partitions in self.cluster.metadata().topics.values() for p in partitions]


class _Watch:
    """Asks one broker the same again and again on one connection of its own."""

    def __init__(self, cluster: Cluster, broker: int, every: float):
        self.broker, self._cluster, self._every = broker, cluster, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                with Connection(self._cluster.port(self.broker)) as connection:
                    while not self._stop.is_set():
                        self.look(connection)
                        self._stop.wait(self._every)
            except (OSError, ClusterError):
                continue        # not there, or frozen: again

    def look(self, connection: Connection) -> None:
        raise NotImplementedError


class MetadataWatch(_Watch):
    """When a broker's Metadata changed, and to what."""

    def __init__(self, cluster: Cluster, broker: int, every: float = 0.02):
        super().__init__(cluster, broker, every)
        self.history: dict[Key, list[tuple[float, Partition]]] = {}

    def look(self, connection: Connection) -> None:
        topics = connection.metadata(None).topics
        now = time.monotonic()
        for partitions in topics.values():
            for p in partitions:
                seen = self.history.setdefault((p.topic, p.partition), [])
                if not seen or seen[-1][1] != p:
                    seen.append((now, p))

    def first(self, key: Key, condition, after: float = 0.0) -> Optional[float]:
        """When the partition was first seen so."""
        return next((at for at, p in self.history.get(key, []) if at >= after and condition(p)), None)


class OffsetWatch(_Watch):
    """The high watermarks of the partitions that a broker leads, with the times at which it told them."""

    def __init__(self, cluster: Cluster, broker: int, every: float = 0.1):
        super().__init__(cluster, broker, every)
        self.values: dict[Key, tuple[list[int], list[float]]] = {}

    def look(self, connection: Connection) -> None:
        for topic, partitions in connection.metadata(None).topics.items():
            mine = [p.partition for p in partitions if p.leader == self.broker]
            if not mine:
                continue
            for index, (error, offset, _) in connection.list_offsets(topic, mine, -1).items():
                values, times = self.values.setdefault((topic, index), ([], []))
                if error == "NONE" and (not values or offset > values[-1]):
                    # Both lists only ever grow, the time first: a reader never finds a value without its time.
                    times.append(time.monotonic())
                    values.append(offset)


def oldest_offset_age(page: Metrics, at: float, watches: list[OffsetWatch]) -> tuple[float, Key]:
    """How long ago the page's current_offset of some partition was overtaken, and which one has waited longest."""
    shown = page.by("kafka_topic_partition_current_offset", "topic", "partition")
    worst = (0.0, ("", -1))
    for watch in watches:
        for key, (values, times) in list(watch.values.items()):
            newer = bisect.bisect_right(values, shown.get((key[0], str(key[1])), -1))
            if newer < len(values):
                worst = max(worst, (at - times[newer], key))
    return worst


def missing(partition: Partition) -> set[int]:
    return set(partition.replicas) - set(partition.isr)
