"""A topic that may no longer be described is unknown, not deleted. With a cluster of its own that has an authorizer."""

import tempfile
import unittest

import checking
import shared_cluster  # noqa: F401  (the path to the cluster tool)
from kafka_cluster import USERS, Cluster
from patience import eventually, scaled
from scenario import WithExporters

NAME = "secret-plans"
OTHER = "orders"
BROKERS = 2


def login(password):
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": "exporter",
            "sasl.password": password}


class Authorization(WithExporters):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="kie-authorizer-")
        cls.addClassCleanup(folder.cleanup)
        cls.cluster = Cluster(folder.name)
        cls.cluster.up(brokers=BROKERS, authorizer=True, ttl=900, timeout=scaled(120))
        cls.addClassCleanup(cls.cluster.down)
        for name in (NAME, OTHER):
            cls.cluster.create_topic(name, partitions=3)
            cls.cluster.acl("add", "describe", "topic", name)
        cls.cluster.acl("add", "describe-configs", "topic")
        cls.cluster.acl("add", "describe", "cluster")
        cls.cluster.acl("add", "describe-configs", "cluster")

    def test_a_topic_without_permission_is_unknown(self):
        exporter = self.exporter(self.cluster.sasl_bootstrap, properties=login(USERS["exporter"]), level="debug")
        page = exporter.await_ready()
        self.assertEqual(page.get("kafka_topic_partitions", topic=NAME), 3)
        state = {name for name in page.families() if page.series(name, topic=NAME)
                 and not name.endswith(("_total", "_last_hour"))}
        self.assertIn("kafka_topic_partition_leader", state)

        self.cluster.acl("remove", "describe", "topic", NAME)
        page = exporter.await_metrics(lambda page: not any(page.series(name, topic=NAME) for name in state), 3 + 4,
                                      "the state of the topic is unknown")
        for what in ("isr_shrinks_total", "isr_expands_total", "leader_changes_total", "isr_shrinks_last_hour"):
            self.assertEqual(page.get(f"kafka_topic_{what}", topic=NAME), 0, what)
        self.assertEqual(page.get("kafka_topic_partitions", topic=OTHER), 3)
        self.assertEqual(page.get("kafka_cluster_up"), 1)
        polls = page.get("kafka_isr_exporter_polls_total")
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 3, 15, "three polls")
        self.assertEqual(exporter.get("/-/ready").status, 200)
        refused = exporter.lines(f"level=(warn|error) .*{NAME}")
        self.assertEqual(len(refused), 1, refused)
        self.assertIn("TOPIC_AUTHORIZATION_FAILED", refused[0])
        self.assertRegex(refused[0], rf"kafka-acls .*--operation Describe --topic {NAME}")
        self.assertEqual(exporter.lines("msg=(deleted|recreated)"), [])

        self.cluster.acl("add", "describe", "topic", NAME)
        page = exporter.await_metrics(
            lambda page: state == {name for name in state if page.series(name, topic=NAME)}, 15, "it is known again")
        self.assertEqual(page.get("kafka_cluster_topic_recreations_total"), 0)
        self.assertEqual(page.total("kafka_topic_isr_shrinks_total"), 0)
        self.assertEqual(exporter.lines("msg=(deleted|recreated)"), [])
        healed = f'level=info msg="describing topics works again" .*first={NAME}'
        eventually(lambda: len(exporter.lines(healed)) == 1, 5, "it says so once")
        self.assertNotIn(USERS["exporter"], exporter.log)

    def test_a_wrong_password_is_a_reason_and_no_secret(self):
        wrong = "not-the-pass-word"
        exporter = self.exporter(self.cluster.sasl_bootstrap, properties=login(wrong), level="debug")
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 0, 15, "a failed poll")
        self.assertEqual(exporter.metrics().get("kafka_cluster_up"), 0)
        ready = exporter.get("/-/ready")
        self.assertEqual(ready.status, 503)
        exporter.await_log("(?i)authentication", 10)
        for text in (exporter.log, ready.text, exporter.get("/").text, exporter.metrics().text):
            self.assertNotIn(wrong, text)

    def test_check_names_the_grant_that_is_missing(self):
        def check(include):
            return checking.check(self.folder, checking.entry(self.cluster.sasl_bootstrap, properties=login(
                USERS["exporter"]), topic_include=include))

        whole = check([NAME, OTHER])
        self.assertEqual(whole.code, 0, whole.said)
        self.assertEqual(set(whole.results()), {"ok"}, whole.said)

        server = self.cluster.sasl_bootstrap.split(",")[0]
        grant = f"kafka-acls --bootstrap-server {server} --add --allow-principal User:exporter --operation"
        for operation, resource, name, step, help in (
                ("describe", "topic", NAME, "topics", f"{grant} Describe --topic {NAME}"),
                ("describe-configs", "topic", None, "topic_settings",
                 f"{grant} DescribeConfigs --topic {OTHER} --topic {NAME}"),
                ("describe-configs", "cluster", None, "release", f"{grant} DescribeConfigs --cluster")):
            with self.subTest(step):
                self.cluster.acl("remove", operation, resource, name)
                try:
                    done = check([NAME, OTHER])
                finally:
                    self.cluster.acl("add", operation, resource, name)
                self.assertEqual(done.code, 1, done.said)
                failed = done.only(step)
                self.assertEqual((failed["result"], failed["help"]), ("failed", help))
                self.assertRegex(failed["detail"], "AUTHORIZATION_FAILED")
                self.assertEqual(done.failed(), [step], done.said)
                self.assertNotIn(USERS["exporter"], done.said)

    def test_check_without_any_grant_on_topics(self):
        for name in (NAME, OTHER):
            self.addCleanup(self.cluster.acl, "add", "describe", "topic", name)
            self.cluster.acl("remove", "describe", "topic", name)
        # DescribeConfigs on all topics implies nothing about Describe.
        done = checking.check(self.folder, checking.entry(self.cluster.sasl_bootstrap,
                                                          properties=login(USERS["exporter"])))
        self.assertEqual((done.code, done.failed()), (1, ["topics"]), done.said)
        self.assertIn("--operation Describe --topic '*'", done.only("topics")["help"])
        self.assertEqual(done.only("epoch_ends")["result"], "skipped")

    def test_check_says_what_a_wrong_password_is(self):
        wrong = "not-the-pass-word"
        done = checking.check(self.folder, checking.entry(self.cluster.sasl_bootstrap, properties={
            **login(wrong), "debug": "all"}))
        self.assertEqual((done.code, set(done.failed())), (1, {"sasl"}), done.said)
        for step in done.of("sasl"):
            self.assertIn("Authentication failed", step["detail"])
        for step in (*done.of("tcp"), *done.of("kafka_protocol")):
            self.assertEqual(step["result"], "ok")
        self.assertNotIn(wrong, done.said)

    def test_check_without_a_login_says_so(self):
        done = checking.check(self.folder, checking.entry(self.cluster.sasl_bootstrap))
        self.assertEqual((done.code, done.failed()), (1, ["metadata"]), done.said)
        self.assertIn("security.protocol", done.only("metadata")["help"])


if __name__ == "__main__":
    unittest.main()
