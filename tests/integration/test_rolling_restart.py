"""A rolling restart under load loses nothing, and each shrink and change of a leader is counted."""

import collections
import statistics
import threading
import unittest

import shared_cluster
from losses import LossScenario
from metrics import Metrics
from patience import eventually, moments, scaled

# Acknowledged by all while a broker is away: what a second brings.
ENOUGH = 600
LOADED = {name: count for name, (count, factor) in shared_cluster.TOPICS.items() if factor > 1}


class RollingRestart(LossScenario):
    def test_one_round(self):
        self._rounds(1)

    def test_ten_rounds(self):
        self._rounds(10)

    def test_under_scrapes(self):
        """Whether a broker is stopped or killed: a page a second, at once, with all that the others lead."""
        self.watching = self.exporter()
        self.watching.await_ready()
        scrapes = Scrapes(self.watching)
        scrapes.start()
        self.addCleanup(scrapes.stop)
        with self.cluster.traffic(list(LOADED), rate=ENOUGH) as self.traffic:
            for end in (self.cluster.stop, self.cluster.kill):
                for broker in shared_cluster.BROKERS:
                    scrapes.expect({(p.topic, str(p.partition)) for p in self.newest().values()
                                    if p.leader not in (broker, -1)})
                    with self.nothing_is_lost():
                        end(broker)
                        self.watching.await_metrics(lambda page: page.get("kafka_broker_up", broker=broker) == 0, 20,
                                                    "it is seen")
                        self.cluster.start(broker)
                        eventually(lambda: all(sorted(p.isr) == sorted(p.replicas) for p in self.newest().values()), 60,
                                   "all are in sync")
        scrapes.stop()
        self.measured("scrapes in the rolling restart",
                      f"{len(scrapes.seconds)}, {max(scrapes.seconds) * 1000:.0f} ms at most")
        self.assertEqual(scrapes.problems, [])
        self.assertGreater(len(scrapes.seconds), 20)
        # Here three brokers that start share the processors with the exporter: one page may wait for its turn. One that waits
        # for a broker waits for seconds, and is one in three.
        self.assertLess(statistics.quantiles(scrapes.seconds, n=10)[-1], scaled(0.1))
        self.assertLess(max(scrapes.seconds), scaled(1))
        elections = self.watching.json("/api/v1/events?kind=election&limit=1000")["events"]
        self.assertTrue(elections)
        # On a busy machine a look may be too old to tell.
        self.assertEqual([one for one in elections if one["details"]["leader"] == "outside_isr"], [])
        self.measured("elections in the rolling restart",
                      str(collections.Counter(one["details"]["leader"] for one in elections)))

    def _rounds(self, count: int) -> None:
        self.watching = self.exporter()
        self.watching.await_ready()
        with self.cluster.traffic(list(LOADED), rate=ENOUGH, acks=-1) as self.traffic:
            eventually(lambda: len(self.traffic.ends) == sum(LOADED.values()), 20, "every partition has records")
            for topic, partitions in LOADED.items():
                self.seen(topic, range(partitions), 1)
            for _ in range(count):
                for broker in shared_cluster.BROKERS:
                    self._restart(broker)
        self.measured("acknowledged in the rolling restart",
                      f"{self.traffic.acknowledged}, {self.traffic.failed} refused")
        for topic in LOADED:
            ends = {key[1]: end for key, end in self.traffic.ends.items() if key[0] == topic}
            eventually(lambda: all(self.cluster.offsets(topic)[p].latest >= end for p, end in ends.items()), 15,
                       lambda: f"what {topic} acknowledged is there: {ends}, {self.cluster.offsets(topic)}")

    def _restart(self, broker: int) -> None:
        """Stops and starts it; what it led goes to others and does not come back by itself."""
        before = self.newest().values()
        led = [p for p in before if p.leader == broker and len(p.replicas) > 1]
        held = [p for p in before if broker in p.replicas and len(p.replicas) > 1]
        page = self.watching.await_metrics(lambda now: now.get("kafka_cluster_under_replicated_partitions") == 0, 15,
                                           "the exporter has seen that all are in sync")
        with self.nothing_is_lost(grown=len(led)):
            self.cluster.stop(broker)
            # Long enough to be seen: the broker starts when the exporter has counted what its end did.
            expected = {topic: (sum(p.topic == topic for p in held), sum(p.topic == topic for p in led))
                        for topic in LOADED}
            self.watching.await_metrics(lambda now: self._counted(now, page) == expected, 15,
                                        lambda: f"{expected}, not {self._counted(self.watching.metrics(), page)}")
            away = self.traffic.acknowledged
            eventually(lambda: self.traffic.acknowledged >= away + ENOUGH, 15,
                       lambda: f"{ENOUGH} records are acknowledged, not {self.traffic.acknowledged - away}")
            self.cluster.start(broker)
            eventually(lambda: all(sorted(p.isr) == sorted(p.replicas) for p in self.newest().values()), 60,
                       "all are in sync")
        self.assertEqual(self._counted(self.watching.metrics(), page), expected)

    @staticmethod
    def _counted(now, before) -> dict[str, tuple[float, float]]:
        """Shrinks and leader changes by topic."""
        return {topic: tuple(now.get(name, topic=topic) - before.get(name, topic=topic)
                             for name in ("kafka_topic_isr_shrinks_total", "kafka_topic_leader_changes_total"))
                for topic in LOADED}


class Scrapes(threading.Thread):
    """One page a second, and what is wrong with it."""

    def __init__(self, exporter):
        super().__init__(daemon=True)
        self.seconds: list[float] = []
        self.problems: list[str] = []
        self._exporter = exporter
        self._expected: set[tuple[str, str]] = set()
        self._done = threading.Event()

    def expect(self, partitions: set[tuple[str, str]]) -> None:
        """These have their series on every page from now on."""
        self._expected = partitions

    def stop(self) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        for _ in moments(3600, 1):
            if self._done.is_set():
                return
            expected = self._expected
            answer = self._exporter.get("/metrics")
            self.seconds.append(answer.seconds)
            page = Metrics(answer.text)
            if answer.status != 200 or page.get("kafka_cluster_up") != 1:
                self.problems.append(f"{answer.status}, kafka_cluster_up {page.get('kafka_cluster_up')}")
            for family in ("leader", "replicas", "in_sync_replica", "current_offset"):
                gone = expected - set(page.by(f"kafka_topic_partition_{family}", "topic", "partition"))
                if gone and expected is self._expected:
                    self.problems.append(f"no {family} of {sorted(gone)[:5]}, {len(gone)} in all")


if __name__ == "__main__":
    unittest.main()
