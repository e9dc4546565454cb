"""Without a controller nothing claims health, and what changed meanwhile is told once one is back."""

import time
import unittest

import readme
import shared_cluster
from alert_stack import AlertStack
from kafka_cluster import CONTROLLER, USERS
from losses import LossScenario
from metrics import Metrics
from own_cluster import own_cluster
from patience import eventually, scaled
from scenario import WithExporters
from shared_cluster import SETTINGS

FROZEN = 3
POLL = "1s"
UNREACHABLE = "KafkaControllerUnreachable"
LOADED = {name: count for name, (count, factor) in shared_cluster.TOPICS.items() if factor > 1}
# The most that it may take until the page says that there is none.
SOON = 30
# Whatever their values are.
HEALTHY = {"kafka_brokers", "kafka_topic_partition_leader", "kafka_controller_id", "kafka_controller_epoch",
           "kafka_controller_voters", "kafka_controller_voter_lag_records", "kafka_controller_voter_lag_seconds",
           "kafka_broker_metadata_lag_seconds", "kafka_broker_leader_partitions"}
HEALTHY_AT_0 = {f"kafka_{of}_{what}_partitions" for of in ("cluster", "topic") for what in (
    "under_replicated", "offline", "under_min_isr", "at_min_isr", "last_replica", "reassigning")} | {
    "kafka_topic_partition_under_replicated_partition", "kafka_broker_out_of_sync_replicas", "kafka_topic_at_risk_records",
    "kafka_broker_stop_blocked_partitions"}
HEALTHY_AT_1 = {"kafka_cluster_confirmed", "kafka_broker_up", "kafka_topic_partition_leader_is_preferred", "kafka_controller_up"}
COUNTS = ("offline", "under_min_isr", "at_min_isr", "under_replicated", "last_replica", "reassigning")


def claims(page: Metrics) -> list[tuple[str, dict[str, str], float]]:
    """The series that say that something is well."""
    found = [(name, labels, value) for name in page.families() for labels, value in page.series(name)
             if name in HEALTHY or (name in HEALTHY_AT_0 and value == 0) or (name in HEALTHY_AT_1 and value == 1)]
    replicas = page.by("kafka_topic_partition_replicas", "topic", "partition")
    name = "kafka_topic_partition_in_sync_replica"
    return found + [(name, labels, value) for labels, value in page.series(name)
                    if value >= replicas.get((labels["topic"], labels["partition"]), 0)]


def told(exporter, *kinds) -> list[dict]:
    """The oldest first."""
    return exporter.json(f"/api/v1/events?kind={','.join(kinds)}&limit=1000")["events"][::-1]


def controller_of(exporter) -> dict:
    cluster, = exporter.json("/api/v1/clusters")["clusters"]
    return cluster["controller"]


def await_lost(exporter, seconds=SOON) -> Metrics:
    return exporter.await_metrics(
        lambda page: page.get("kafka_controller_up") == 0 and not claims(page), seconds,
        lambda: f"no controller, and nothing that claims health: {claims(exporter.metrics())[:20]}")


class Controller(LossScenario):
    VERSION = "4.3.1"

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=3, version=cls.VERSION, settings=SETTINGS)

    def test_killed(self):
        self._lose("killed", self.cluster.kill, lambda node: self.cluster.start(node, wait=False))

    def test_frozen(self):
        self._lose("frozen", self.cluster.pause, self.cluster.resume)

    def _lose(self, how, lose, bring_back):
        self.watching = exporter = self.exporter(poll=POLL)
        before = exporter.await_ready()
        self.assertEqual((before.get("kafka_controller_up"), before.get("kafka_controller_id")), (1, CONTROLLER))
        self.assertEqual({broker: value for broker, value in before.by("kafka_broker_reachable", "broker").items()},
                         {"1": 1, "2": 1, "3": 1})
        with self.cluster.traffic(list(LOADED), rate=300, acks=-1) as traffic:
            eventually(lambda: len(traffic.ends) == sum(LOADED.values()), 20, "every partition has records")
            for topic, partitions in LOADED.items():
                self.seen(topic, range(partitions), 1)
            with self.nothing_is_lost():
                lose(CONTROLLER)
                gone = time.monotonic()
                self.cluster.pause(FROZEN)
                page = await_lost(exporter)
                self.measured("no controller is on the page", f"{time.monotonic() - gone:.1f} s after its end")
                self._expect_old_news(exporter, traffic, page)
                self._come_back(exporter, before, how, bring_back)
            self.assertEqual(exporter.metrics().total("kafka_topic_lost_records_total"), 0)
        for topic in LOADED:
            ends = {key[1]: end for key, end in traffic.ends.items() if key[0] == topic}
            eventually(lambda: all(self.cluster.offsets(topic)[p].latest >= end for p, end in ends.items()), 15,
                       f"what {topic} acknowledged is there")

    def _expect_old_news(self, exporter, traffic, page):
        exporter.await_metrics(lambda page: page.get("kafka_broker_reachable", broker=FROZEN) == 0, SOON,
                               "the frozen broker does not answer")
        # Kafka itself says that all is well, and refuses what is written.
        refused = traffic.failed
        eventually(lambda: traffic.failed > refused, 15, "acks=all is refused")
        self.assertTrue(all(sorted(p.isr) == sorted(p.replicas) for p in self.everything()))
        polls = page.get("kafka_isr_exporter_polls_total")
        page = exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 3, 30,
                                      "three polls more")
        self.assertEqual(claims(page), [])
        self.assertEqual((page.get("kafka_cluster_up"), page.get("kafka_controller_up")), (1, 0))
        # What is no health stays.
        for topic, (partitions, factor) in shared_cluster.TOPICS.items():
            self.assertEqual(page.get("kafka_topic_partitions", topic=topic), partitions)
            self.assertEqual(page.get("kafka_topic_partition_replicas", topic=topic, partition=0), factor)
        self.assertEqual(page.by("kafka_broker_reachable", "broker"), {"1": 1, "2": 1, "3": 0})

        ready = exporter.get("/-/ready")
        self.assertEqual(ready.status, 503)
        self.assertRegex(ready.text, "Not ready: the cluster.*No controller")
        landing = exporter.get("/").text
        self.assertRegex(landing, r"No controller has answered for \d+ (s|min)\.")
        self.assertRegex(landing, rf"Broker {FROZEN} is listed and has not answered this exporter for \d+ (s|min)\.")
        self.assertNotIn("Every replica is in sync", landing)
        self.assertNotIn('section class="well"', landing)
        cluster, = exporter.json("/api/v1/clusters")["clusters"]
        controller = cluster["controller"]
        self.assertEqual((controller["up"], controller["lost"], controller["id"]), (False, True, None))
        # What alarms stays: a partition with one replica is always at its minimum.
        alone = sum(len(p.replicas) == 1 for p in self.everything())
        self.assertEqual({count: cluster["partitions"][count] for count in COUNTS},
                         {**dict.fromkeys(COUNTS), "at_min_isr": alone})
        self.assertEqual({b["id"]: (b["up"], b["reachable"]) for b in cluster["brokers"]},
                         {1: (None, True), 2: (None, True), 3: (None, False)})
        partition = exporter.json(f"/api/v1/clusters/{cluster['id']}/partitions/orders/0")
        self.assertEqual((partition["fresh"], partition["under_replicated"], partition["offline"]), (False, None, None))
        lost, = told(exporter, "controller_lost", "controller_back", "controller_change")
        self.assertEqual((lost["kind"], lost["details"]["controller_before"], lost["details"]["controller_after"]),
                         ("controller_lost", CONTROLLER, None))
        self.assertEqual(page.total("kafka_topic_isr_shrinks_total"), 0)

    def _come_back(self, exporter, before, how, bring_back):
        bring_back(CONTROLLER)
        back = time.monotonic()
        page = exporter.await_metrics(lambda page: page.get("kafka_controller_up") == 1, SOON, "the controller is back")
        # What was read without it is no health because it is back.
        self.assertNotEqual(page.get("kafka_broker_up", broker=FROZEN), 1)
        self.assertNotEqual(page.get("kafka_brokers"), 3)
        self.measured("the controller is back on the page", f"{time.monotonic() - back:.1f} s after its start")
        # A controller that was frozen fences all brokers for a moment, and what they led waits for its last leader.
        if how == "killed":
            self._expect_shrinks(exporter)
        eventually(lambda: exporter.get("/-/ready").status == 200, 15, "ready again")

        self.cluster.resume(FROZEN)
        page = exporter.await_metrics(
            lambda page: page.get("kafka_brokers") == 3 and page.get("kafka_cluster_under_replicated_partitions") == 0
            and page.get("kafka_cluster_offline_partitions") == 0
            and page.get("kafka_broker_reachable", broker=FROZEN) == 1, 60, "all is well again")
        self.assertEqual({name for name in before.families() if name.startswith("kafka_")} - page.families(), set())
        self.assertEqual({name for name, *_ in claims(before)} - {name for name, *_ in claims(page)}, set())
        for topic in LOADED:
            self.assertGreaterEqual(page.get("kafka_topic_isr_expands_total", topic=topic),
                                    page.get("kafka_topic_isr_shrinks_total", topic=topic), topic)
        self.assertNotIn("No controller", exporter.get("/").text)
        self.assertEqual(exporter.get("/-/ready").text, "Ready.\n")
        events = told(exporter, "controller_lost", "controller_back")
        self.assertEqual([event["kind"] for event in events], ["controller_lost", "controller_back"])
        self.assertEqual(events[1]["details"]["controller_after"], CONTROLLER)

    def _expect_shrinks(self, exporter):
        """The broker that is still frozen leaves every ISR, and the exporter tells that."""
        behind = {topic: sum(FROZEN in p.replicas for p in self.cluster.partitions(topic)) for topic in LOADED}
        for topic in LOADED:
            for p in self.cluster.partitions(topic):
                self.cluster.await_partition(topic, p.partition, isr=lambda isr: FROZEN not in isr,
                                             leader=lambda leader: leader not in (-1, FROZEN))
        page = exporter.await_metrics(
            lambda page: {topic: page.get("kafka_topic_under_replicated_partitions", topic=topic) for topic in LOADED}
            == behind and page.get("kafka_brokers") == 2 and page.get("kafka_broker_up", broker=FROZEN) == 0, 20,
            lambda: f"each is under-replicated on the page: {behind}")
        self.assertEqual({topic: page.get("kafka_topic_isr_shrinks_total", topic=topic) for topic in LOADED}, behind)
        for topic in LOADED:
            shrunk = {event["partition"] for event in told(exporter, "isr_shrink") if event["topic"] == topic}
            self.assertEqual(shrunk, {p.partition for p in self.cluster.partitions(topic) if FROZEN in p.replicas})


class Controller392(Controller):
    VERSION = "3.9.2"


class Voters(WithExporters):
    """Three controllers: one of them is no loss, two are."""
    VERSION = "4.3.1"

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=2, controllers=3, version=cls.VERSION)
        cls.cluster.create_topic("orders", partitions=3)

    def setUp(self):
        super().setUp()
        self.watching = self.exporter(self.cluster.bootstrap, poll=POLL)
        self.watching.await_ready()
        self.page = self._await_voters(3)
        self.active = int(self.page.get("kafka_controller_id"))
        self.addCleanup(self._heal)

    def _heal(self):
        for node, how in self.cluster.status().items():
            if how == "down":
                self.cluster.start(node, wait=False)
        self.cluster.wait_ready(self.cluster.brokers, timeout=scaled(60))

    def _await_voters(self, caught_up):
        """Three, so many of which have all of the log."""
        return self.watching.await_metrics(
            lambda page: page.get("kafka_controller_voters") == 3 and page.get("kafka_controller_id") is not None
            and sum(lag < 5 for lag in page.by("kafka_controller_voter_lag_seconds", "id").values()) == caught_up, 40,
            lambda: f"{caught_up} voters are caught up: {self._lags(self.watching.metrics())}")

    @staticmethod
    def _lags(page):
        return page.by("kafka_controller_voter_lag_seconds", "id")

    def _expect_lag(self, dead):
        """It grows, and that of no other."""
        seen = self.watching.await_metrics(lambda page: self._lags(page).get(str(dead), 0) > 5, 40,
                                           lambda: f"{dead} lags: {self._lags(self.watching.metrics())}")
        grown = self.watching.await_metrics(
            lambda page: self._lags(page).get(str(dead), 0) > self._lags(seen)[str(dead)] + 3, 30, "it lags more")
        self.assertEqual({id for id, lag in self._lags(grown).items() if lag > 5}, {str(dead)})
        self.assertEqual((grown.get("kafka_controller_up"), grown.get("kafka_controller_voters")), (1, 3))
        self.assertEqual(self.watching.get("/-/ready").status, 200)

    def test_a_voter_that_is_gone_lags(self):
        dead = next(node for node in self.cluster.controllers if node != self.active)
        self.cluster.kill(dead)
        self._expect_lag(dead)
        self.assertEqual(self.watching.metrics().get("kafka_controller_id"), self.active)
        self.assertEqual(told(self.watching, "controller_lost", "controller_change", "controller_back"), [])
        self.cluster.start(dead, wait=False)
        self._await_voters(3)

    def test_the_active_one_is_succeeded(self):
        epoch = self.page.get("kafka_controller_epoch")
        self.cluster.kill(self.active)
        page = self.watching.await_metrics(
            lambda page: page.get("kafka_controller_up") == 1 and page.get("kafka_controller_id") not in (None, self.active),
            SOON, "another one is active")
        self.assertGreater(page.get("kafka_controller_epoch"), epoch)
        successor = page.get("kafka_controller_id")
        change = told(self.watching, "controller_change", "controller_back")[-1]["details"]
        self.assertEqual((change["controller_after"], change["epoch_before"]), (successor, epoch))
        self.assertGreater(change["epoch_after"], epoch)
        # Never heard of since it became active: the successor may say nothing of it, and never that it is well.
        self.assertGreater(self._lags(page).get(str(self.active), 99), 3)
        self.assertEqual(page.get("kafka_controller_voters"), 3)
        eventually(lambda: self.watching.get("/-/ready").status == 200, 15, "ready")
        self.assertEqual(page.get("kafka_cluster_under_replicated_partitions"), 0)

    def test_without_a_majority_there_is_none(self):
        others = [node for node in self.cluster.controllers if node != self.active]
        for node in others:
            self.cluster.kill(node)
        await_lost(self.watching)
        self.assertEqual(controller_of(self.watching)["up"], False)
        self.assertEqual(self.watching.get("/-/ready").status, 503)
        self.cluster.start(others[0], wait=False)
        page = self.watching.await_metrics(lambda page: page.get("kafka_controller_up") == 1, SOON, "two are a majority")
        self.assertIn("controller_back", [event["kind"] for event in told(self.watching, "controller_back")])
        self.assertIsNotNone(page.get("kafka_controller_id"))


class Grants(WithExporters):
    """DescribeQuorum wants Describe on the cluster; a refusal proves a controller all the same."""
    VERSION = "4.3.1"
    GRANT = ("describe", "cluster", None)

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=2, version=cls.VERSION, authorizer=True)
        cls.cluster.create_topic("orders", partitions=3)

    def test_without_describe_on_the_cluster(self):
        readme.execute(self.cluster, "watcher")
        self.cluster.acl("remove", *self.GRANT, user="watcher")
        watching = self.exporter(self.cluster.sasl_bootstrap, poll=POLL, properties={
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": "watcher",
            "sasl.password": USERS["watcher"]})
        page = watching.await_ready()
        self.assertEqual(page.get("kafka_controller_up"), 1)
        self._expect_no_numbers(page)
        said, = watching.lines("level=(warn|error)")
        self.assertRegex(said, "CLUSTER_AUTHORIZATION_FAILED.*kafka-acls .*--operation Describe --cluster")

        self.cluster.kill(CONTROLLER)
        await_lost(watching)
        self.assertEqual(watching.get("/-/ready").status, 503)
        self.cluster.start(CONTROLLER, wait=False)
        page = watching.await_metrics(lambda page: page.get("kafka_controller_up") == 1, SOON, "it is back")
        self._expect_no_numbers(page)
        eventually(lambda: watching.get("/-/ready").status == 200, 15, "ready")
        self.assertEqual([event["kind"] for event in told(watching, "controller_lost", "controller_back")],
                         ["controller_lost", "controller_back"])

        self.cluster.acl("add", *self.GRANT, user="watcher")
        page = watching.await_metrics(lambda page: page.get("kafka_controller_id") == CONTROLLER, 15, "it is told")
        self.assertEqual(page.get("kafka_controller_voters"), 1)

    def _expect_no_numbers(self, page):
        for what in ("id", "epoch", "voters", "voter_lag_records", "voter_lag_seconds"):
            self.assertEqual(page.series(f"kafka_controller_{what}"), [], what)
        self.assertEqual(page.series("kafka_broker_metadata_lag_seconds"), [])


class Grants392(Grants):
    VERSION = "3.9.2"


class Alert(WithExporters):
    """The shipped alert with shorter durations, at the shortest interval that is shipped."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=2)
        cls.cluster.create_topic("orders", partitions=3)

    def test_nobody_has_to_look(self):
        watching = self.exporter(self.cluster.bootstrap, poll=POLL)
        watching.await_ready()
        stack = AlertStack(self.folder / "stack", watching.port, 5)
        self.addCleanup(stack.close)
        stack.await_up()
        self.assertFalse(stack.fires(UNREACHABLE))
        self.cluster.kill(CONTROLLER)
        gone = time.monotonic()
        eventually(lambda: stack.prometheus.query(f'ALERTS{{alertname="{UNREACHABLE}"}}'), SOON, "it is pending")
        self.measured("the alert is pending", f"{time.monotonic() - gone:.1f} s after the controller's end")
        alert = stack.await_told(UNREACHABLE, 60)
        self.assertEqual((alert.receiver, alert.labels["severity"]), ("page", "critical"))
        self.cluster.start(CONTROLLER, wait=False)
        stack.await_told(UNREACHABLE, 120, "resolved")
        self.assertEqual({one.name for one in stack.told() if one.labels["severity"] == "critical"}, {UNREACHABLE})


if __name__ == "__main__":
    unittest.main()
