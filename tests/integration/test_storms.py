"""What could make the exporter ask too much, or grow: a silent leader, and a broker that is fenced again and again.

With clusters of their own. KIE_STORM_SECONDS is for how long the leader is silent, KIE_FENCINGS how often the broker is
fenced.
"""

import os
import re
import tempfile
import time
import unittest

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from kafka_cluster import Cluster
from losses import assessments
from patience import eventually, scaled
from scenario import WithExporters

PARTITIONS = 1000
SILENT = 2
STORM_SECONDS = float(os.environ.get("KIE_STORM_SECONDS", "120"))
FENCINGS = int(os.environ.get("KIE_FENCINGS", "5"))
TOPIC = "orders"
ASKED = re.compile(r"Sent OffsetForLeaderEpochRequest")
MIB = 1 << 20


def memory(exporter) -> float:
    return exporter.metrics().get("process_resident_memory_bytes")


class Storms(WithExporters):
    def up(self, **options) -> Cluster:
        folder = tempfile.TemporaryDirectory(prefix="kie-storms-")
        self.addCleanup(folder.cleanup)
        cluster = Cluster(folder.name)
        cluster.up(brokers=3, ttl=7200, timeout=scaled(120), **options)
        self.addCleanup(cluster.down)
        return cluster

    def test_a_leader_that_keeps_silent_is_asked_little(self):
        # Nobody fences it: it leads, and says nothing.
        cluster = self.up(settings={"broker.session.timeout.ms": "3600000", "replica.lag.time.max.ms": "3600000"})
        # One in three has the leader 1, and then the one that is going to keep silent.
        third = [[1, SILENT], [3, 1], [3, SILENT]]
        cluster.create_topic(TOPIC, assign=third * (PARTITIONS // 3) + [[1, SILENT]])
        led = PARTITIONS // 3 + 1
        exporter = self.exporter(cluster.bootstrap, level="debug", properties={"debug": "protocol"})
        before = exporter.await_ready()
        exporter.freeze()
        cluster.stop(1)     # it hands over what it leads
        for partition in (0, PARTITIONS - 1):
            cluster.await_partition(TOPIC, partition, leader=SILENT)
        cluster.pause(SILENT)
        exporter.thaw()
        exporter.await_metrics(lambda page: page.get("kafka_topic_leader_changes_total", topic=TOPIC) == led, 40,
                               f"{led} have another leader")
        asked, begun, resident = len(ASKED.findall(exporter.log)), time.monotonic(), memory(exporter)
        eventually(lambda: time.monotonic() - begun >= STORM_SECONDS, STORM_SECONDS + 5, "the time is over", every=1)
        requests, minutes = len(ASKED.findall(exporter.log)) - asked, (time.monotonic() - begun) / 60
        grown = memory(exporter) - resident
        self.measured("requests for the ends of epochs of a silent leader",
                      f"{requests} in {minutes:.1f} min for {led} partitions; memory {grown / MIB:+.1f} MiB")
        # One request may ask for all of them.
        self.assertLess(requests / minutes, 5)
        self.assertLess(grown, 8 * MIB)
        self.assertEqual(exporter.metrics().get("kafka_cluster_up"), 1)
        cluster.resume(SILENT)
        page = exporter.await_metrics(lambda page: assessments(page, "none") == assessments(before, "none") + led, 60,
                                      "all are answered")
        self.assertGreater(len(ASKED.findall(exporter.log)), asked, "the log has what is asked")
        self.assertEqual(page.get("kafka_loss_assessments_pending"), 0)
        self.assertEqual((assessments(page, "lost"), assessments(page, "unknown")), (0, 0))

    def test_a_broker_that_is_fenced_again_and_again(self):
        cluster = self.up()
        cluster.create_topic(TOPIC, assign=[[1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 3, 2]] * 3)
        held = sum(3 in p.replicas for p in cluster.partitions(TOPIC))
        exporter = self.exporter(cluster.bootstrap)
        exporter.await_ready()
        resident = None
        for count in range(1, FENCINGS + 1):
            cluster.pause(3)
            exporter.await_metrics(lambda page: self._shrinks(page) == count * held, 30,
                                   lambda: f"{count} times {held} shrinks: {self._shrinks(exporter.metrics())}")
            cluster.resume(3)
            exporter.await_metrics(
                lambda page: page.get("kafka_topic_isr_expands_total", topic=TOPIC) == count * held
                and page.get("kafka_broker_up", broker=3) == 1, 60, lambda: f"{count} times {held} expansions")
            resident = resident or memory(exporter)
        page = exporter.metrics()
        self.assertEqual(self._shrinks(page), FENCINGS * held)
        self.assertEqual(page.get("kafka_topic_isr_shrinks_last_hour", topic=TOPIC), FENCINGS)
        self.measured(f"memory over {FENCINGS} fencings", f"{(memory(exporter) - resident) / MIB:+.1f} MiB")
        self.assertLess(memory(exporter) - resident, 8 * MIB)
        self.assertEqual(page.total("kafka_topic_lost_records_total"), 0)
        events = exporter.json(f"/api/v1/events?kind=isr_shrink&topic={TOPIC}&limit=1000")["events"]
        self.assertEqual(len(events), min(1000, FENCINGS * held))

    @staticmethod
    def _shrinks(page):
        return page.get("kafka_topic_isr_shrinks_total", topic=TOPIC)


if __name__ == "__main__":
    unittest.main()
