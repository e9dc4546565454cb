"""What README grants is enough and needed; what may not be read is unknown. With a cluster that has an authorizer."""

import unittest

import checking
import readme
from kafka_cluster import USERS
from losses import assessments
from own_cluster import own_cluster
from patience import eventually
from scenario import WithExporters

NAME = "secret-plans"
OTHER = "orders"
# min.insync.replicas above the replication factor: what counts then depends on the brokers' release.
STRICT = "audit"
TOPICS = {NAME, OTHER, STRICT}
BROKERS = 2

MIN_ISR = {"kafka_cluster_under_min_isr_partitions", "kafka_cluster_at_min_isr_partitions",
           "kafka_topic_under_min_isr_partitions", "kafka_topic_at_min_isr_partitions",
           "kafka_topic_partition_at_min_isr"}
SETTINGS = {"kafka_topic_config_min_insync_replicas", "kafka_topic_config_retention_seconds",
            "kafka_topic_config_unclean_leader_election_enable"}
# Two brokers: the topics have two replicas, of which one is enough to acknowledge. By rule and by scope, see of_the_cluster().
MIN_ISR_RISKS = {"kafka_config_risk min_isr_1", "kafka_config_risk min_isr_above_rf", "kafka_config_risks topic"}
QUORUM = {"kafka_controller_id", "kafka_controller_epoch", "kafka_controller_voters", "kafka_controller_voter_lag_records",
          "kafka_controller_voter_lag_seconds", "kafka_broker_metadata_lag_seconds"}
# They are there or not; how large they are changes from poll to poll.
LAGS = {name for name in QUORUM if "_lag_" in name}
# What each of README's grants is for: the families that vanish without it, and the topics whose series of them do.
LOST = {
    ("describe", "topic", "*"): (MIN_ISR | SETTINGS | MIN_ISR_RISKS | {
        "kafka_config_risk replication_factor_1", "kafka_config_risk replication_factor_2",
        "kafka_broker_leader_partitions", "kafka_broker_out_of_sync_replicas", "kafka_broker_replicas",
        "kafka_broker_stop_blocked_partitions", "kafka_cluster_last_replica_partitions", "kafka_cluster_offline_partitions", "kafka_cluster_partitions",
        "kafka_cluster_reassigning_partitions", "kafka_cluster_under_replicated_partitions",
        "kafka_topic_at_risk_records",
        "kafka_topic_last_replica_partitions", "kafka_topic_offline_partitions",
        "kafka_topic_partition_current_offset", "kafka_topic_partition_in_sync_replica",
        "kafka_topic_partition_leader", "kafka_topic_partition_leader_epoch",
        "kafka_topic_partition_leader_is_preferred", "kafka_topic_partition_oldest_offset",
        "kafka_topic_partition_replicas", "kafka_topic_partition_under_replicated_partition",
        "kafka_topic_partitions", "kafka_topic_reassigning_partitions", "kafka_topic_replication_factor",
        "kafka_topic_under_replicated_partitions"}, TOPICS),
    ("describe-configs", "topic", "*"): (MIN_ISR | SETTINGS | MIN_ISR_RISKS, TOPICS),
    ("describe", "cluster", None): (QUORUM, set()),
    ("describe-configs", "cluster", None): (MIN_ISR | {"kafka_config_risks broker", "kafka_config_risks cluster",
                                                       "kafka_config_risks topic"}, {STRICT}),
}
HELP = {("describe", "topic", "*"): "--operation Describe --topic",
        ("describe-configs", "topic", "*"): "--operation DescribeConfigs --topic",
        ("describe", "cluster", None): "--operation Describe --cluster",
        ("describe-configs", "cluster", None): "--operation DescribeConfigs --cluster"}


def login(password, user="exporter"):
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": user,
            "sasl.password": password}


def of_the_cluster(page):
    """{(family, topic or "", other labels): value}, without what the exporter says of itself."""
    found = {}
    for family in page.families():
        if family.startswith(("kafka_isr_exporter_", "process_")):
            continue
        part = {"kafka_config_risk": "rule", "kafka_config_risks": "scope"}.get(family)
        for labels, value in page.series(family):
            topic = labels.pop("topic", "")
            name = f"{family} {labels[part]}" if part else family
            found[name, topic, tuple(sorted(labels.items()))] = 0 if family in LAGS else value
    return found


def without(everything, families, topics):
    def is_lost(name, topic, labels, value):
        if name not in families or topic not in {*topics, ""}:
            return False
        # Of what is found, as many there are at least; and nobody knows that there is none.
        is_found = name.startswith("kafka_config_risks ") and value > 0
        return not (is_found and f"kafka_config_risk {dict(labels)['rule']}" not in families)

    return {key: value for key, value in everything.items() if not is_lost(*key, value)}


class Authorization(WithExporters):
    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=BROKERS, authorizer=True)
        for name in (NAME, OTHER):
            cls.cluster.create_topic(name, partitions=3)
            cls.cluster.acl("add", "describe", "topic", name)
        cls.cluster.create_topic(STRICT, partitions=2, rf=1, config={"min.insync.replicas": "2"})
        cls.cluster.acl("add", "describe-configs", "topic")
        cls.cluster.acl("add", "describe", "cluster")
        cls.cluster.acl("add", "describe-configs", "cluster")

    def test_what_readme_grants_is_enough_and_needed(self):
        self.assertEqual(set(readme.grants()), set(LOST))
        self.cluster.acl("remove", "any", "any", user="watcher")
        readme.execute(self.cluster, "watcher")
        exporter, super_user = (
            self.exporter(self.cluster.sasl_bootstrap, properties=login(USERS[user], user),
                          cluster={"config_interval": "1s"}) for user in ("watcher", "admin"))
        everything = of_the_cluster(super_user.await_ready())
        exporter.await_ready()
        self.assertEqual(of_the_cluster(exporter.metrics()), everything)
        self.assertEqual({topic for _, topic, _ in everything}, {*TOPICS, ""})
        self.assertEqual(exporter.lines("level=(warn|error)"), [])
        for count, (grant, (families, topics)) in enumerate(LOST.items()):
            self.cluster.acl("remove", *grant, user="watcher")
            left = without(everything, families, topics)
            self.assertEqual({key[0] for key in everything.keys() - left}, families)
            exporter.await_metrics(lambda page: of_the_cluster(page) == left, 15, f"{grant}: its metrics are unknown")
            polls = exporter.metrics().get("kafka_isr_exporter_polls_total")
            page = exporter.await_metrics(
                lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 3, 15, "three polls")
            self.assertEqual(of_the_cluster(page), left)
            self.assertEqual(exporter.get("/-/ready").status, 200)
            self.assertEqual(len(exporter.lines("level=(warn|error)")), count + 1)
            said = exporter.lines("level=(warn|error)")[-1]
            self.assertRegex(said, f"AUTHORIZATION_FAILED.*kafka-acls .*{HELP[grant]}")

            self.cluster.acl("add", *grant, user="watcher")
            exporter.await_metrics(lambda page: of_the_cluster(page) == everything, 15, f"{grant}: they are known")
            eventually(lambda: len(exporter.lines("level=info .*works again")) == count + 1, 5, "it says so once")

    def test_where_epochs_end_needs_no_other_grant(self):
        self.cluster.acl("remove", "any", "any", user="watcher")
        readme.execute(self.cluster, "watcher")
        exporter = self.exporter(self.cluster.sasl_bootstrap, properties=login(USERS["watcher"], "watcher"))
        before = exporter.await_ready()
        for topic in (NAME, OTHER):
            self._lead(topic, self._follower(topic))
        page = exporter.await_metrics(
            lambda page: assessments(page, "none") >= assessments(before, "none") + 2
            and page.get("kafka_loss_assessments_pending") == 0, 30, "both epochs are assessed")
        self.assertEqual((assessments(page, "lost"), assessments(page, "unknown")), (0, 0))
        self.assertEqual(exporter.lines("level=(warn|error)"), [])

    def _follower(self, topic):
        leader = self.cluster.partition(topic).leader
        return next(broker for broker in self.cluster.brokers if broker != leader)

    def _prefer(self, topic, broker):
        self.cluster.reassign(topic, {0: [broker, *(b for b in self.cluster.brokers if b != broker)]})

    def _lead(self, topic, broker):
        """A clean change of the leader."""
        self._prefer(topic, broker)
        self.cluster.elect(topic)
        self.cluster.await_partition(topic, leader=broker)

    def test_no_topic_at_all_is_unknown_and_not_well(self):
        self.cluster.acl("remove", "any", "any", user="watcher")
        exporter = self.exporter(self.cluster.sasl_bootstrap, properties=login(USERS["watcher"], "watcher"))
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= 3, 15, "three polls")
        families = exporter.metrics().families()
        self.assertEqual(LOST["describe", "topic", "*"][0] & families, set())
        self.assertIn("kafka_brokers", families)
        said = exporter.lines("level=(warn|error) .*--operation Describe --topic '\\*'")
        self.assertEqual(len(said), 1, exporter.log)
        for grant in LOST:
            self.cluster.acl("add", *grant, user="watcher")
        exporter.await_metrics(lambda page: page.get("kafka_cluster_partitions") == 8, 15, "the topics are known")
        eventually(lambda: exporter.lines('level=info msg="listing topics works again"'), 5, "it says so")

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
                ("describe", "cluster", None, "controller", f"{grant} Describe --cluster"),
                ("describe-configs", "cluster", None, "broker_settings", f"{grant} DescribeConfigs --cluster")):
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
        self.assertEqual((done.code, set(done.failed())), (1, {"kafka_protocol"}), done.said)
        for step in done.of("kafka_protocol"):
            self.assertIn("wants a login", step["detail"])
            self.assertIn("security.protocol", step["help"])


if __name__ == "__main__":
    unittest.main()
