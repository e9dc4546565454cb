"""Brokers that freeze and die in turn, for KIE_SOAK_SECONDS: memory, threads and descriptors stay where they were."""

import os
import pathlib
import statistics
import threading
import time
import unittest

from exporter import toml
from scenario import Scenario
from shared_cluster import BROKERS

SECONDS = float(os.environ.get("KIE_SOAK_SECONDS", "180"))
WARM = min(300.0, SECONDS / 3)      # what is taken in this time is what the process needs
GROWTH = 4 << 20                    # bytes; allocators and page sizes breathe
HOLD = 3                            # seconds that a fault lasts after it is seen
PAGE = os.sysconf("SC_PAGE_SIZE")
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "gzip"}


class Soak(Scenario):
    def test_nothing_grows(self):
        watching = self.exporter(text=self._text(3))
        watching.await_ready()
        stop = threading.Event()
        readers = [threading.Thread(target=self._read, args=(watching, stop, path, headers))
                   for path, headers in (("/metrics", {}), ("/metrics", OPENMETRICS), ("/", {}),
                                         ("/api/v1/clusters/soak/partitions?unhealthy=true&limit=1000", {}))]
        for reader in readers:
            reader.start()
        begun, rounds = time.monotonic(), []
        try:
            while time.monotonic() - begun < SECONDS:
                self._round(watching, len(rounds))
                rounds.append((time.monotonic() - begun, *self._figures(watching.process.pid)))
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        warm = [figures for at, *figures in rounds if at <= WARM] or [rounds[0][1:]]
        late = [figures for at, *figures in rounds[-max(1, len(rounds) // 4):]]
        self.assertGreater(len(rounds), 2, "there was time for more than the beginning")
        page = watching.metrics()
        self.measured(f"rounds in {rounds[-1][0]:.0f} s, and polls", f"{len(rounds)}, "
                      f"{page.get('kafka_isr_exporter_polls_total', kafka_cluster='soak'):.0f}")
        for what, scale, unit, first, last in zip(("resident memory", "threads", "descriptors"), (1e6, 1, 1),
                                                  (" MB", "", ""), zip(*warm), zip(*late)):
            self.measured(f"{what}, most in the first {WARM:.0f} s / median of the last quarter",
                          f"{max(first) / scale:.1f}{unit} / {statistics.median(last) / scale:.1f}{unit}")
            self.assertLessEqual(statistics.median(last), max(first) + (GROWTH if unit else 0), what)
        shrinks = sum(value for _, value in page.series("kafka_topic_isr_shrinks_total"))
        expands = sum(value for _, value in page.series("kafka_topic_isr_expands_total"))
        self.assertGreater(shrinks, 0)
        self.measured("shrinks / expands that were counted", f"{shrinks:.0f} / {expands:.0f}")
        # No election here is unclean, however many there are.
        for family in ("kafka_topic_lost_records_total", "kafka_topic_unclean_leader_elections_total"):
            self.assertEqual(page.total(family), 0, family)
        self.measured("ended leader epochs that were looked into, and found to have lost nothing",
                      f"{page.get('kafka_loss_assessments_total', kafka_cluster='soak', result='none'):.0f}")

    def _text(self, expected_brokers):
        return toml(self.cluster.bootstrap.split(","), {"name": "soak", "poll_interval": "1s",
                                                        "expected_brokers": expected_brokers}, {}, {})

    def _round(self, watching, number):
        broker = BROKERS[number % len(BROKERS)]
        if number % 2:
            self.cluster.kill(broker)
        else:
            self.cluster.pause(broker)
        watching.await_metrics(lambda page: page.get("kafka_broker_out_of_sync_replicas", kafka_cluster="soak",
                                                     broker=broker), 60, f"broker {broker} is behind")
        time.sleep(HOLD)
        if number % 4 == 0:
            # A new client in place of the old one.
            watching.reload(self._text(3 + number % 8))
        if number % 2:
            self.cluster.start(broker)
        else:
            self.cluster.resume(broker)
        self.cluster.create_topic("passing", partitions=4)
        watching.await_metrics(lambda page: page.get("kafka_topic_partitions", kafka_cluster="soak", topic="passing")
                               == 4, 60, "the topic is seen")
        self.cluster.delete_topic("passing")
        watching.await_metrics(lambda page: page.get("kafka_cluster_under_replicated_partitions", kafka_cluster="soak")
                               == 0 and not page.series("kafka_topic_partitions", topic="passing"), 90, "all is well")

    @staticmethod
    def _figures(pid):
        process = pathlib.Path(f"/proc/{pid}")
        return (int((process / "statm").read_text().split()[1]) * PAGE, len(list((process / "task").iterdir())),
                len(list((process / "fd").iterdir())))

    @staticmethod
    def _read(watching, stop, path, headers):
        while not stop.wait(1):
            watching.get(path, headers=headers)


if __name__ == "__main__":
    unittest.main()
