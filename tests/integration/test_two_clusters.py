"""Several clusters in one process: each is exact, and none that is slow, gone or misconfigured costs the others anything."""

import contextlib
import json
import time
import unittest

from scenario import Scenario, in_all
from shared_cluster import BROKERS, INTERNAL, TOPICS
from kafkas_word import same_as_kafka
from own_cluster import own_cluster
from patience import eventually, moments
from processes import free_ports

OLD = "3.9.2"
OLD_TOPICS = {"orders": 7, "shipments": 3}      # one has the name of a topic of the other cluster
FROZEN = 12         # seconds


def entry(name, servers, poll="1s", properties=""):
    return (f"[[cluster]]\nname = {json.dumps(name)}\nservers = {json.dumps(servers.split(','))}\n"
            f'poll_interval = "{poll}"\nrequest_timeout = "2s"\n{properties}\n')


class TwoClusters(Scenario):
    RATE = 0.0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = own_cluster(cls, brokers=2, version=OLD)
        for name, partitions in OLD_TOPICS.items():
            cls.old.create_topic(name, partitions=partitions)
            cls.old.produce(name, 1, 5)

    def setUp(self):
        super().setUp()
        for broker in self.old.brokers:
            self.addCleanup(self.old.resume, broker)

    def watch_all(self, *more):
        watching = self.exporter(text=entry("new", self.cluster.bootstrap) + entry("old", self.old.bootstrap)
                                 + "".join(more))
        watching.await_metrics(lambda page: all(self._read(page.of(kafka_cluster=name)) for name in ("new", "old")), 30,
                               "both are read in full")
        return watching

    @staticmethod
    def _read(page):
        return all(page.get("kafka_isr_exporter_collector_success", collector=collector) == 1
                   for collector in ("offsets", "settings"))

    def test_both_are_exact(self):
        self.cluster.produce("orders", 3, 17)
        watching = self.watch_all()
        self.assertEqual(watching.get("/-/ready").status, 200)
        same_as_kafka(self, lambda: watching.metrics().of(kafka_cluster="new"), self.cluster, {*TOPICS, INTERNAL})
        same_as_kafka(self, lambda: watching.metrics().of(kafka_cluster="old"), self.old, set(OLD_TOPICS))

        listed = json.loads(watching.get("/api/v1/clusters").text)["clusters"]
        self.assertEqual([(one["name"], one["up"], one["disabled"]) for one in listed],
                         [("new", True, False), ("old", True, False)])
        self.assertEqual([len(one["brokers"]) for one in listed], [len(BROKERS), 2])
        self.assertEqual(listed[1]["partitions"]["total"], sum(OLD_TOPICS.values()))
        # Both have a topic of this name, and it is not the same one.
        self.assertEqual(self._partitions(watching, "old", "topic=orders"), OLD_TOPICS["orders"])
        self.assertEqual(self._partitions(watching, listed[0]["id"], "topic=orders"), TOPICS["orders"][0])

    def test_what_is_wrong_with_one_costs_the_others_nothing(self):
        watching = self.watch_all(
            entry("gone", f"127.0.0.1:{free_ports(1)[0]}"),
            entry("misconfigured", self.cluster.bootstrap, properties='librdkafka."security.protocol" = "ssl"\n'
                  'librdkafka."ssl.ca.location" = "/nowhere/ca.pem"'))
        for broker in self.old.brokers:
            self.old.pause(broker)
        with self._new_is_on_time(watching, "a frozen one") as look:
            for _ in moments(FROZEN, 5):
                look()
        page = watching.metrics()
        self.assertEqual(page.by("kafka_cluster_up", "kafka_cluster"),
                         {"new": 1, "old": 0, "gone": 0, "misconfigured": 0})
        self.assertEqual(page.of(kafka_cluster="old").series("kafka_topic_partition_leader"), [])
        self.assertEqual(page.get("kafka_topic_partitions", kafka_cluster="new", topic="orders"), TOPICS["orders"][0])

        ready = watching.get("/-/ready")
        self.assertEqual(ready.status, 503)
        for name in ("old", "gone", "misconfigured"):
            self.assertIn(f"the cluster {name}", ready.text)
        self.assertNotIn("the cluster new", ready.text)
        refused = watching.lines("level=(warn|error) .*cluster=misconfigured")
        self.assertEqual(len(refused), 2, refused)
        self.assertIn("/nowhere/ca.pem", refused[0])
        self.assertIn("ssl.ca.location", refused[1])

        for broker in self.old.brokers:
            self.old.resume(broker)
        watching.await_metrics(lambda page: page.get("kafka_cluster_up", kafka_cluster="old") == 1
                               and page.series("kafka_topic_partition_leader", kafka_cluster="old"), 30, "it is back")

    def test_one_that_is_slow_costs_the_other_nothing(self):
        watching = self.watch_all()
        frozen, slowest = None, 0.0
        with self._new_is_on_time(watching, "a slow one") as look:
            for since in moments(FROZEN, 5):
                # In turn for a second, less than the request's timeout and the session's.
                turn = self.old.brokers[int(since) % len(self.old.brokers)]
                if turn != frozen:
                    if frozen:
                        self.old.resume(frozen)
                    self.old.pause(turn)
                    frozen = turn
                page = look().of(kafka_cluster="old")
                self.assertEqual(page.get("kafka_cluster_up"), 1)
                slowest = max(slowest, *page.by("kafka_isr_exporter_collector_duration_seconds", "collector").values())
        self.old.resume(frozen)
        self.measured("longest round of questions to the slow cluster", f"{slowest:.2f} s")
        # Who is silent for longer is heard later, and not waited for.
        self.assertGreater(slowest, 0.2)
        self.assertEqual(watching.metrics().get("kafka_isr_exporter_poll_failures_total", kafka_cluster="old"), 0)

    @contextlib.contextmanager
    def _new_is_on_time(self, watching, beside):
        """Polled every second. Gives what looks at it."""
        def look():
            page = watching.metrics()
            ages.extend(time.time() - page.get("kafka_isr_exporter_collector_last_success_timestamp_seconds",
                                               kafka_cluster="new", collector=collector)
                        for collector in ("metadata", "offsets"))
            return page

        ages, begun = [], time.time()
        before = watching.metrics().get("kafka_isr_exporter_polls_total", kafka_cluster="new")
        yield look
        page = look()
        self.measured(f"oldest answer of a cluster beside {beside}, polled every second", f"{max(ages):.2f} s")
        self.assertLess(max(ages), 2)
        self.assertEqual(page.get("kafka_isr_exporter_polls_late_total", kafka_cluster="new"), 0)
        polls = page.get("kafka_isr_exporter_polls_total", kafka_cluster="new") - before
        self.assertGreaterEqual(polls, int(time.time() - begun) - 2)

    @in_all
    def test_a_cluster_that_is_configured_twice_is_watched_once(self):
        by_another_broker = f"127.0.0.1:{self.cluster.port(3)}"
        first, second = entry("first", self.cluster.bootstrap), entry("second", by_another_broker)
        watching = self.exporter(text=first + second)
        watching.await_log("level=error .*configured twice", 20)
        page = watching.await_metrics(lambda page: self._read(page.of(kafka_cluster="first")), 20, "the first is read")
        said, = watching.lines("configured twice")
        self.assertRegex(said, rf"cluster=second .*first=\S*{watching.config.name}:1:1 second=\S*:{first.count(chr(10)) + 1}:1")
        self.assertEqual(page.by("kafka_cluster_up", "kafka_cluster"), {"first": 1, "second": 0})
        self.assertEqual(page.of(kafka_cluster="second").families(),
                         {"kafka_cluster_up", "kafka_cluster_leader_elections_total",
                          "kafka_cluster_topic_recreations_total", "kafka_loss_assessments_pending",
                          "kafka_loss_assessments_total", "kafka_isr_exporter_series_left_out"})
        self.assertEqual(watching.get("/-/ready").status, 200)
        self.assertIn("Not watched", watching.get("/").text)
        # The first leaves, and the second takes its place.
        watching.reload(second)
        page = watching.await_metrics(lambda page: self._read(page.of(kafka_cluster="second")), 20, "it is watched now")
        self.assertEqual(page.by("kafka_cluster_up", "kafka_cluster"), {"second": 1})
        self.assertEqual(page.get("kafka_topic_partitions", kafka_cluster="second", topic="orders"),
                         TOPICS["orders"][0])

    @in_all
    def test_entries_change_places_while_it_runs(self):
        new, old = self.cluster.bootstrap, self.old.bootstrap
        nobody = f"127.0.0.1:{free_ports(1)[0]}"

        def await_watched(what, **names):
            """Which cluster each entry is, by how many brokers it has."""
            brokers = {"new": len(BROKERS), "old": 2}

            def watched():
                listed = json.loads(watching.get("/api/v1/clusters").text)["clusters"]
                return {one["name"]: len(one["brokers"] or []) for one in listed if one["up"]} == {
                    name: brokers[cluster] for name, cluster in names.items()}
            eventually(watched, 20, what)

        watching = self.exporter(text=entry("one", new) + entry("two", old))
        await_watched("each is watched", one="new", two="old")
        watching.reload(entry("one", old) + entry("two", new))
        await_watched("they have changed places", one="old", two="new")
        self.assertEqual(watching.lines("configured twice"), [])

        # The first is asked where nobody answers: what it was is free for the second.
        watching.reload(entry("one", nobody) + entry("two", old))
        await_watched("the second is what the first was", two="old")
        self.assertEqual(watching.lines("configured twice"), [])

        # A third comes to stand above the second, which stays.
        third = entry("three", old)
        watching.reload(third + entry("two", old))
        watching.await_log("configured twice", 20)
        said, = watching.lines("configured twice")
        self.assertRegex(said, rf"cluster=three .*first=\S*:{third.count(chr(10)) + 1}:1 second=\S*:1:1")
        await_watched("the second stays", two="old")
        self.assertEqual(watching.get("/-/ready").status, 200)

        # It is no duplicate any more, and not well either.
        watching.reload(entry("three", nobody) + entry("two", old))
        eventually(lambda: watching.get("/-/ready").status == 503, 20, "it is told that the third is not reached")
        await_watched("the second stays", two="old")

    @staticmethod
    def _partitions(watching, cluster, query):
        answer = watching.get(f"/api/v1/clusters/{cluster}/partitions?{query}")
        return len(json.loads(answer.text)["partitions"])


if __name__ == "__main__":
    unittest.main()
