"""Findings on a real cluster with a topic for each rule and nodes whose files differ, and their remedies as they are printed."""

import pathlib
import re
import shlex
import subprocess
import unittest

import shared_cluster  # noqa: F401  (the path to the cluster tool)
import tools
from exporter import toml
from kafka_cluster import CONTROLLER, DEFAULT_VERSION
from own_cluster import own_cluster
from patience import eventually
from scenario import WithExporters

SAFE = {"unclean.leader.election.enable": "false", "min.insync.replicas": "2"}
NODES = {
    1: {"replica.lag.time.max.ms": "90000", "default.replication.factor": "1"},
    2: {"replica.fetch.wait.max.ms": "1000", "offsets.topic.replication.factor": "1"},
    3: {"transactional.id.expiration.ms": "3600000", "producer.id.expiration.ms": "600000"},
    # Nobody can ask for it.
    CONTROLLER: {"unclean.leader.election.enable": "true"},
}
# Set while they run.
DYNAMIC = {1: {"min.insync.replicas": "1"}, 3: {"unclean.leader.election.enable": "true"}}
# name: (replicas, settings, what has to be found)
TOPICS = {
    "safe": ([1, 2, 3], SAFE, []),
    "unclean": ([1, 2, 3], {**SAFE, "unclean.leader.election.enable": "true"}, [("unclean_election_enabled", "critical")]),
    "rf-1": ([1], {**SAFE, "min.insync.replicas": "1"}, [("replication_factor_1", "critical")]),
    "rf-2": ([1, 2], {**SAFE, "min.insync.replicas": "1"}, [("replication_factor_2", "warning"), ("min_isr_1", "warning")]),
    "min-1": ([1, 2, 3], {**SAFE, "min.insync.replicas": "1"}, [("min_isr_1", "warning")]),
    "equal": ([1, 2, 3], {**SAFE, "min.insync.replicas": "3"}, [("min_isr_equals_rf", "warning")]),
    "above": ([1, 2, 3], {**SAFE, "min.insync.replicas": "4"}, [("min_isr_above_rf", "warning")]),
    # What they inherit is the worst of the brokers.
    "unclean-inherited": ([1, 2, 3], {"min.insync.replicas": "2"}, [("unclean_election_enabled", "critical")]),
    "min-inherited": ([1, 2, 3], {"unclean.leader.election.enable": "false"}, [("min_isr_1", "warning")]),
    # As it is meant to be.
    "cache": ([2], {**SAFE, "min.insync.replicas": "1"}, []),
}
BROKERS = {
    1: [("lag_time_long", "info"), ("default_replication_factor_1", "info"), ("default_min_isr_1", "warning")],
    2: [("lag_time_short", "warning"), ("internal_topic_defaults", "warning")],
    3: [("transactional_id_expiration_short", "warning"), ("producer_id_expiration_short", "warning"),
        ("default_unclean_election", "critical")],
}
DIFFERING = {key for settings in [*NODES.values(), *DYNAMIC.values()] for key in settings}
ORIGINS = {"DYNAMIC_TOPIC_CONFIG": "topic", "DYNAMIC_BROKER_CONFIG": "dynamic broker",
           "DYNAMIC_DEFAULT_BROKER_CONFIG": "dynamic default", "STATIC_BROKER_CONFIG": "static", "DEFAULT_CONFIG": "default",
           "": "default"}
TOOLS = {"kafka-configs": "kafka.admin.ConfigCommand",
         "kafka-reassign-partitions": "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"}
MOST_STEPS = 40


def key_of(finding: dict) -> tuple:
    return finding["scope"], finding["name"], finding["rule"], finding["severity"]


def expected() -> set:
    found = {("topic", name, *rule) for name, (_, _, rules) in TOPICS.items() for rule in rules}
    found |= {("broker", str(broker), *rule) for broker, rules in BROKERS.items() for rule in rules}
    return found | {("cluster", key, "settings_differ", "warning") for key in DIFFERING}


class WithRemedies(WithExporters):
    VERSION = DEFAULT_VERSION

    def risks(self) -> list[dict]:
        return self.watching.json("/api/v1/risks?limit=1000")["risks"]

    def run_remedy(self, finding: dict) -> str:
        """Runs its commands as they are printed, until the finding is gone; what they said."""
        folder, said = self._tools(), ""
        for command in finding["commands"]:
            ran = subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, env={"PATH": f"{folder}:/usr/bin:/bin"})
            self.assertEqual(ran.returncode, 0, f"{command}\n{ran.stdout}")
            self.assertNotIn("Error", ran.stdout, command)
            said += ran.stdout
        eventually(lambda: key_of(finding) not in map(key_of, self.risks()), 30,
                   lambda: f"{key_of(finding)} is gone after {finding['commands']}: {said}")
        return said

    def _tools(self) -> pathlib.Path:
        """A folder with Kafka's tools by the names that the remedies use."""
        folder = self.folder / "bin"
        if not folder.exists():
            folder.mkdir()
            for name, main in TOOLS.items():
                command = tools.command(self.VERSION, self.folder, "", main, ())
                (folder / name).write_text(f'#!/bin/bash\nexec {shlex.join(map(str, command))} "$@"\n')
                (folder / name).chmod(0o755)
        return folder


class Risks(WithRemedies):
    FEATURES = {"eligible.leader.replicas.version": 0}     # else no broker has a min.insync.replicas of its own

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, version=cls.VERSION,
                                  settings={"min.insync.replicas": "2", "transaction.state.log.min.isr": "2"},
                                  node_settings=NODES, ttl=1200, features=cls.FEATURES)
        for name, (replicas, config, _) in TOPICS.items():
            cls.cluster.create_topic(name, assign=[replicas, replicas], config=config)
        for broker, settings in DYNAMIC.items():
            cls.cluster.alter_broker(broker, settings)

    def setUp(self):
        super().setUp()
        text = toml(self.cluster.bootstrap.split(","), {"poll_interval": "1s", "config_interval": "1s"}, {}, {})
        text += ('\n[[risk.exempt]]\nrule = "replication_factor_1"\nname = "ca.he"\n'
                 'reason = "made again from the database"\n')
        self.watching = self.exporter(self.cluster.bootstrap, text=text)
        self.watching.await_ready()

    def found(self) -> set:
        return {key_of(one) for one in self.risks() if not one["exempt"]}

    def test_1_exactly_what_there_is(self):
        eventually(lambda: self.found() == expected(), 20, lambda: f"{self.found() ^ expected()} too much or missing")
        page = self.watching.await_metrics(lambda page: page.get("kafka_config_risks", scope="topic", rule="min_isr_1",
                                                                 severity="warning") == 3, 5, "the page has it")
        shown = {tuple(labels[k] for k in ("scope", "name", "rule", "severity"))
                 for labels, value in page.series("kafka_config_risk") if value == 1}
        self.assertEqual(shown, expected())
        exempt = [one for one in self.risks() if one["exempt"]]
        self.assertEqual([(one["name"], one["rule"], one["exempt"]) for one in exempt],
                         [("cache", "replication_factor_1", "made again from the database")])
        self._same_as_kafkas_tool(page)

    def _same_as_kafkas_tool(self, page):
        topics, brokers = self._configs("topics"), self._configs("brokers")
        for name in TOPICS:
            for key, metric, make in (("min.insync.replicas", "min_insync_replicas", float),
                                      ("unclean.leader.election.enable", "unclean_leader_election_enable",
                                       lambda text: float(text == "true")),
                                      ("retention.ms", "retention_seconds", lambda text: float(text) / 1000)):
                value, origin = topics[name][key]
                if origin == "topic" or key == "retention.ms":
                    self.assertEqual(page.get(f"kafka_topic_config_{metric}", topic=name), make(value), (name, key))
        compared = 0
        for finding in self.risks():
            entity = topics if finding["scope"] == "topic" else brokers if finding["scope"] == "broker" else None
            if entity is None or "," in finding["setting"] or finding["setting"] not in entity[finding["name"]]:
                continue
            value, origin = entity[finding["name"]][finding["setting"]]
            if finding["scope"] == "topic" and not origin == "topic":
                # Inherited: that of the broker where it is worst.
                self.assertIn((finding["value"], finding["origin"]),
                              [of[finding["setting"]] for of in brokers.values()], finding)
            else:
                self.assertEqual((finding["value"].split("=")[-1], finding["origin"]), (value, origin), finding)
            compared += 1
        self.assertGreater(compared, 12)
        for finding in self.risks():
            if finding["scope"] == "cluster":
                for name, of in brokers.items():
                    value, origin = of[finding["name"]]
                    self.assertRegex(finding["value"], rf"(^|, ){value} \(broker (\d+, )*{name}(, \d+)*\)", finding)
                    self.assertIn(f"{name}: {origin}", finding["origin"])

    def _configs(self, kind: str) -> dict[str, dict[str, tuple[str, str]]]:
        """By entity and key what kafka-configs says: the value, and where it comes from."""
        entities: dict[str, dict[str, tuple[str, str]]] = {}
        names = [str(b) for b in self.cluster.brokers] if kind == "brokers" else list(TOPICS)
        for name in names if kind == "brokers" else [None]:
            args = ["--describe", "--all", "--entity-type", kind, *(["--entity-name", name] if name else [])]
            for line in self.cluster.tool("configs", *args).splitlines():
                if head := re.match(r"All configs for (?:topic|broker) (\S+) are:", line):
                    settings = entities.setdefault(head[1], {})
                elif entry := re.match(r"\s+(\S+?)=(\S*) sensitive=\w+ synonyms=\{(\w*)", line):
                    settings[entry[1]] = (entry[2], ORIGINS[entry[3]])
        self.assertLessEqual(set(names), set(entities))
        return entities

    def test_2_a_frozen_broker_is_unknown_and_delays_no_poll(self):
        eventually(lambda: self.found() == expected(), 20, "all is found")
        late = self.watching.metrics().get("kafka_isr_exporter_polls_late_total")
        self.cluster.pause(3)
        self.addCleanup(self.cluster.resume, 3)

        def is_unknown(page) -> bool:
            return page.get("kafka_config_risks", scope="broker", rule="default_unclean_election", severity="critical") is None

        page = self.watching.await_metrics(is_unknown, 30, "the broker is unknown")
        self.assertIsNone(page.get("kafka_config_risk", scope="broker", name="3", rule="default_unclean_election", severity="critical"))
        # What is found is so; and nobody knows that there is none.
        self.assertEqual(page.get("kafka_config_risks", scope="topic", rule="unclean_election_enabled", severity="critical"), 1)
        self.assertIsNone(page.get("kafka_config_risks", scope="topic", rule="min_isr_above_rf", severity="critical"))
        self.assertEqual(page.get("kafka_config_risk", scope="broker", name="1", rule="lag_time_long", severity="info"), 1)
        unknown = self.watching.json("/api/v1/risks")["unknown"]
        self.assertEqual([(one["scope"], one["name"]) for one in unknown],
                         [("topic", "unclean-inherited"), ("broker", "3")])
        self.assertLessEqual(page.get("kafka_isr_exporter_polls_late_total") - late, 2)
        self.cluster.resume(3)
        eventually(lambda: self.found() == expected(), 30, "all is found again")

    def test_3_each_remedy_as_it_is_printed(self):
        eventually(lambda: self.found() == expected(), 20, "all is found")
        done = []
        for _ in range(MOST_STEPS):
            finding = next((one for one in self.risks() if one["commands"] and not one["exempt"]), None)
            if finding is None:
                break
            self.run_remedy(finding)
            done.append(key_of(finding))
        self.measured("remedies run", f"{len(done)}: {done}")
        # What remains stands in files, and the text says which.
        for finding in self.risks():
            if finding["exempt"]:
                continue
            self.assertIn(finding["scope"], ("broker", "cluster"), finding)
            self.assertRegex(finding["remedy"], "file", finding)
        for name, (_, _, rules) in TOPICS.items():
            for rule, severity in rules:
                self.assertIn(("topic", name, rule, severity), {*done}, "or it went with another's")


class Risks392(Risks):
    VERSION = "3.9.2"
    FEATURES: dict[str, int] = {}


class WithEligibleReplicas(WithRemedies):
    """The default of new clusters: min.insync.replicas is the cluster's, and no broker nor any file has one of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, version=cls.VERSION, features={"eligible.leader.replicas.version": 1})

    def test_the_default_of_all_is_what_heals(self):
        self.watching = self.exporter(self.cluster.bootstrap, cluster={"config_interval": "1s"})
        self.watching.await_ready()

        def found() -> list[dict]:
            return [one for one in self.risks() if one["rule"] == "default_min_isr_1"]

        eventually(lambda: len(found()) == len(self.cluster.brokers), 20, lambda: f"each broker has it: {found()}")
        first = found()[0]
        self.assertTrue(first["commands"])
        for command in first["commands"]:
            self.assertIn("--entity-default", command)
        self.run_remedy(first)
        eventually(lambda: not found(), 20, lambda: f"once for all: {found()}")


if __name__ == "__main__":
    unittest.main()
