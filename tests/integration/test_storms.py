"""What could make the exporter ask too much, or grow, or say less than there is: a silent leader, a broker that is fenced again
and again, and brokers that get half of the processors' time.

With clusters of their own. KIE_STORM_SECONDS is for how long the leader is silent and the brokers starve, KIE_FENCINGS how
often the broker is fenced.
"""

import os
import re
import tempfile
import threading
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
# As in tests/bench/large_cluster.py: with large indexes 30,000 replicas would map 600 GiB. And a broker that is fenced
# would rightly not be counted.
STARVING = {"log.index.size.max.bytes": "4096", "log.cleaner.enable": "false", "broker.session.timeout.ms": "120000"}
STARVING_TOPICS, STARVING_PARTITIONS = 40, 250
DUTY = 0.3      # seconds that the brokers stand still, and then run


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

    def test_brokers_that_starve(self):
        """What is unknown is absent, never 0, and all is known again two polls after they run as they should."""
        cluster = self.up(settings=STARVING, heap="1g")
        names = [f"topic-{number:02}" for number in range(STARVING_TOPICS)]
        assignment = [[[1, 2, 3], [2, 3, 1], [3, 1, 2]][p % 3] for p in range(STARVING_PARTITIONS)]
        for name in names:
            cluster.create_topic(name, assign=assignment)
        all_partitions = STARVING_TOPICS * STARVING_PARTITIONS
        exporter = self.exporter(cluster.bootstrap, poll="1s", cluster={"partition_metrics": "none"})
        exporter.await_metrics(lambda page: page.get("kafka_cluster_partitions") == all_partitions
                               and page.get("kafka_isr_exporter_collector_success", collector="offsets") == 1, 60, "all is known")
        late = exporter.metrics().get("kafka_isr_exporter_polls_late_total")
        over = threading.Event()

        def starve() -> None:
            while not over.is_set():
                for broker in cluster.brokers:
                    cluster.pause(broker)
                over.wait(DUTY)
                for broker in cluster.brokers:
                    cluster.resume(broker)
                over.wait(DUTY)

        starving = threading.Thread(target=starve)
        starving.start()
        wrong, unknown, pages = [], 0, 0
        try:
            begun = time.monotonic()
            while time.monotonic() - begun < STORM_SECONDS:
                page = exporter.metrics()
                pages += 1
                unknown += page.get("kafka_cluster_partitions") is None
                wrong += [(name, value) for name, wanted in (
                    ("kafka_cluster_partitions", all_partitions), ("kafka_brokers", 3), ("kafka_cluster_offline_partitions", 0))
                    if (value := page.get(name)) not in (None, wanted)]
                wrong += [("kafka_topic_partitions", topic, value) for topic, value in page.by("kafka_topic_partitions", "topic").items()
                          if value != STARVING_PARTITIONS]
                over.wait(0.5)
        finally:
            over.set()
            starving.join()
            for broker in cluster.brokers:
                cluster.resume(broker)
        polls = exporter.metrics().get("kafka_isr_exporter_polls_total")
        page = exporter.await_metrics(
            lambda page: page.get("kafka_cluster_partitions") == all_partitions and page.get("kafka_brokers") == 3
            and page.get("kafka_cluster_under_replicated_partitions") == 0
            and page.get("kafka_isr_exporter_collector_success", collector="offsets") == 1, 30, "all is known again")
        self.measured("brokers that starve", f"{pages} pages, {unknown} of them without partitions, "
                      f"{page.get('kafka_isr_exporter_polls_late_total') - late:.0f} polls late; all is known again "
                      f"{page.get('kafka_isr_exporter_polls_total') - polls:.0f} polls after")
        self.assertEqual(wrong, [])
        # The poll that was under way counts as well.
        self.assertLessEqual(page.get("kafka_isr_exporter_polls_total"), polls + 3)
        self.assertEqual(page.total("kafka_topic_lost_records_total"), 0)

    @staticmethod
    def _shrinks(page):
        return page.get("kafka_topic_isr_shrinks_total", topic=TOPIC)


if __name__ == "__main__":
    unittest.main()
