"""What the exporter cannot reach, or is not told, is shown as that, and never as health or as nothing."""

import contextlib
import html
import tempfile
import unittest

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from exporter import toml
from kafka_cluster import Cluster
from load_balancer import LoadBalancer
from nodes import Listener
from own_cluster import own_folder
from patience import eventually, scaled
from scenario import WithExporters, in_all

BROKERS = [1, 2, 3]
DEAD = 3
POLL = 1.0
TOPICS = {"orders": 12, "payments": 6}
ALL = sum(TOPICS.values())


class Reachability(WithExporters):
    """Each listener is one of the ways in which a network or a setting stands between the exporter and the brokers."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(own_folder(cls))
        cls.balancer = LoadBalancer()
        cls.addClassCleanup(cls.balancer.stop)
        # On a loaded machine no broker is to look dead.
        patient = {"broker.session.timeout.ms": "6000", "replica.lag.time.max.ms": "6000"}
        cls.cluster.up(brokers=3, settings=patient, ttl=1200, timeout=scaled(120), listeners={
            "ALONE": Listener(advertised={2: "kafka-2.invalid:9092", 3: "127.0.0.1:1"}),
            "PARTLY": Listener(missing=(DEAD,)),
            "BALANCED": Listener(advertised=cls.balancer.address),
        })
        cls.addClassCleanup(cls.cluster.down)
        cls.balancer.start(cls.cluster.listener("BALANCED").split(","))
        for topic, partitions in TOPICS.items():
            cls.cluster.create_topic(topic, assign=[[BROKERS[(p + i) % 3] for i in range(3)] for p in range(partitions)])

    def setUp(self):
        super().setUp()
        self.addCleanup(self._heal)

    def _heal(self):
        with contextlib.suppress(KeyError):
            if self.cluster.status()[DEAD] == "down":
                self.cluster.start(DEAD)
        for topic, partitions in TOPICS.items():
            for partition in range(partitions):
                self.cluster.await_partition(topic, partition, isr=BROKERS)

    def first(self, listener):
        return self.cluster.listener(listener).split(",")[0]

    def watch(self, server, **options):
        exporter = self.exporter(server, poll=f"{POLL:g}s", **options)
        eventually(lambda: exporter.get("/-/ready").status == 200, 20, "ready")
        return exporter

    def shown(self, exporter):
        cluster, = exporter.json("/api/v1/clusters")["clusters"]
        return cluster

    def expect_complete(self, page):
        self.assertEqual(page.by("kafka_topic_partitions", "topic"), TOPICS)
        self.assertEqual(page.get("kafka_cluster_partitions"), ALL)
        self.assertEqual(page.get("kafka_brokers"), 3)
        self.assertEqual(page.by("kafka_broker_up", "broker"), {"1": 1, "2": 1, "3": 1})
        self.assertEqual(len(page.series("kafka_topic_partition_replicas")), ALL)
        self.assertEqual([labels for labels, value in page.series("kafka_topic_partition_leader") if value < 0], [])
        for family in ("kafka_cluster_offline_partitions", "kafka_cluster_under_replicated_partitions"):
            self.assertIn(page.get(family), (0, None), family)

    def polls(self, exporter, count=3):
        """So many pages, each of another poll."""
        for _ in range(count):
            polls = exporter.metrics().get("kafka_isr_exporter_polls_total")
            yield exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") > polls, 15, "another poll")

    def expect_unconfirmed(self, exporter, words):
        self.assertEqual(exporter.metrics().get("kafka_cluster_confirmed"), 0)
        landing = html.unescape(exporter.get("/").text)
        self.assertIn(words, landing)
        self.assertIn('<section class="attention">', landing)
        ready = exporter.get("/-/ready")
        self.assertEqual(ready.status, 200)
        self.assertRegex(ready.text, rf"^Ready\.\nThe cluster: {words}\n$")
        self.assertIs(self.shown(exporter)["confirmed"], False)

    def test_one_broker_alone(self):
        words = "Only one broker answers, so no other broker confirms what it reports."
        server = self.first("ALONE")
        exporter = self.watch(server)
        exporter.await_metrics(lambda page: page.by("kafka_broker_reachable", "broker") == {"1": 1, "2": 0, "3": 0}, 30,
                               lambda: f"who answers: {exporter.metrics().by('kafka_broker_reachable', 'broker')}")
        for page in self.polls(exporter):
            self.assertEqual(page.get("kafka_cluster_up"), 1)
            self.expect_complete(page)
        self.expect_unconfirmed(exporter, words)

        self.cluster.kill(DEAD)
        for topic, partitions in TOPICS.items():
            for partition in range(partitions):
                self.cluster.await_partition(topic, partition, isr=lambda isr: DEAD not in isr)
        page = exporter.await_metrics(self._sees_the_dead, 2 * POLL + 1, "its word counts within two polls")
        self.assertEqual(page.get("kafka_broker_up", broker=DEAD), 0)
        self.expect_unconfirmed(exporter, words)
        self.assertIn(f"Broker {DEAD} is gone", exporter.get("/").text)
        # With nothing that it knew before.
        fresh = self.watch(server)
        page = fresh.await_metrics(self._sees_the_dead, 15, "it counts at once")
        self.assertEqual(page.get("kafka_broker_up", broker=DEAD), 0)
        self.expect_unconfirmed(fresh, words)

        self.cluster.start(DEAD)
        for one in (exporter, fresh):
            one.await_metrics(lambda page: page.get("kafka_brokers") == 3
                              and page.get("kafka_cluster_under_replicated_partitions") == 0, 30, "all is whole")
        self.expect_unconfirmed(exporter, words)

    @staticmethod
    def _sees_the_dead(page):
        return (page.by("kafka_topic_under_replicated_partitions", "topic") == TOPICS
                and page.get("kafka_cluster_under_replicated_partitions") == ALL and page.get("kafka_brokers") == 2)

    def test_a_broker_without_the_listener(self):
        exporter = self.watch(self.first("PARTLY"))
        for page in self.polls(exporter):
            self.expect_complete(page)
            self.assertEqual(page.get("kafka_cluster_confirmed"), 1)
            led = {(p.topic, str(p.partition)) for topic in TOPICS for p in self.cluster.partitions(topic) if p.leader == DEAD}
            self.assertGreater(len(led), 0)
            self.assertEqual(set(page.by("kafka_topic_partition_leader", "topic", "partition")) & led, set())
            # Who leads them is not told, and that somebody does is.
            self.assertEqual(page.get("kafka_cluster_offline_partitions"), 0)
            self.assertEqual(page.series("kafka_topic_partition_offline"), [])
            self.assertIsNone(page.get("kafka_broker_reachable", broker=DEAD))
        landing = exporter.get("/").text
        self.assertIn(f"Broker {DEAD} is in sync but has no listener that this exporter can use: what it leads is not known.",
                      landing)
        self.assertNotIn("is gone", landing)
        self.assertNotIn('<section class="well">', landing)
        self.assertEqual(exporter.get("/-/ready").status, 200)
        cluster = self.shown(exporter)
        self.assertEqual({b["id"]: b["up"] for b in cluster["brokers"]}, dict.fromkeys(BROKERS, True))
        self.assertIsNone(next(b for b in cluster["brokers"] if b["id"] == DEAD)["address"])
        self.assertEqual((cluster["partitions"]["total"], cluster["partitions"]["offline"]), (ALL, 0))
        self.assertEqual(exporter.json("/api/v1/events?kind=broker_lost,offline")["events"], [])

        # Gone is only who is in no ISR either.
        self.cluster.kill(DEAD)
        page = exporter.await_metrics(
            lambda page: page.get("kafka_broker_up", broker=DEAD) == 0
            and page.get("kafka_cluster_under_replicated_partitions") == ALL, 30, "it is gone")
        self.assertEqual((page.get("kafka_brokers"), page.get("kafka_cluster_offline_partitions")), (2, 0))
        self.assertIn(f"Broker {DEAD} is gone", exporter.get("/").text)
        self.cluster.start(DEAD)
        exporter.await_metrics(lambda page: page.get("kafka_broker_up", broker=DEAD) == 1 and page.get("kafka_brokers") == 3,
                               30, "it is back")

    def test_all_brokers_behind_one_address(self):
        words = "All brokers have the same address, so no broker can confirm what another one reports."
        # Which broker is asked is the load balancer's choice, at each start another one.
        for start in range(4):
            with self.subTest(start=start):
                exporter = self.watch(self.balancer.address)
                for page in self.polls(exporter):
                    self.expect_complete(page)
                self.expect_unconfirmed(exporter, words)
                exporter.stop()

    @in_all
    def test_servers_of_two_clusters(self):
        with tempfile.TemporaryDirectory(prefix="kie-another-") as folder, Cluster(folder) as another:
            another.up(brokers=1, ttl=600, timeout=scaled(120))
            mine, its = self.cluster.bootstrap, another.bootstrap
            ids = [cluster.state["cluster_id"] for cluster in (self.cluster, another)]
            for servers in (f"{mine},{its}", f"{its},{mine}"):
                with self.subTest(servers=servers):
                    exporter = self.exporter(servers)
                    exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") >= 3, 20,
                                           "three polls")
                    page = exporter.await_metrics(lambda page: page.get("kafka_cluster_up") == 0, 10, "it is refused")
                    self.assertEqual(page.series("kafka_topic_partitions"), [])
                    self.assertIsNone(page.get("kafka_brokers"))
                    ready = exporter.get("/-/ready")
                    self.assertEqual(ready.status, 503)
                    cluster = self.shown(exporter)
                    self.assertIs(cluster["up"], False)
                    for known in ids:
                        self.assertIn(known, cluster["trouble"])
                        self.assertIn(known, ready.text)

                    exporter.reload(toml(mine.split(","), {"poll_interval": "1s"}, {}, {}))
                    page = exporter.await_metrics(lambda page: page.get("kafka_cluster_partitions") == ALL, 20, "it works")
                    self.expect_complete(page)
                    eventually(lambda: exporter.get("/-/ready").status == 200, 15, "ready")
                    cluster = self.shown(exporter)
                    self.assertEqual((cluster["up"], cluster["trouble"], cluster["id"]), (True, None, ids[0]))
                    exporter.stop()


if __name__ == "__main__":
    unittest.main()
