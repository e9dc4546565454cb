"""What lint says that a client makes of its settings, held against the client itself: Java 3.9.2 and 4.3.1, and librdkafka."""

import itertools
import json
import pathlib
import subprocess
import sys
import unittest

import shared_cluster
import archive
import jars
import monitor_plugin
from exporter import BINARY
from kafka_cluster import DEFAULT_VERSION
from scenario import Scenario, WithExporters, in_all

sys.path.insert(0, str(monitor_plugin.PYTHON_PACKAGES))
import confluent_kafka  # noqa: E402

NOT_GIVEN = None
# Each alone and all together.
GRID = {
    "enable.idempotence": (NOT_GIVEN, "true", "false"),
    "acks": (NOT_GIVEN, "all", "1"),
    "retries": (NOT_GIVEN, "0", "5"),
    "max.in.flight.requests.per.connection": (NOT_GIVEN, "5", "6"),
    "transactional.id": (NOT_GIVEN, "orders"),
}
JAVA_TIMES = [{}, {"delivery.timeout.ms": "30000"}, {"delivery.timeout.ms": "30004"}, {"delivery.timeout.ms": "30005"},
              {"delivery.timeout.ms": "29999"}, {"delivery.timeout.ms": "30000", "linger.ms": "0"},
              {"request.timeout.ms": "130000"}, {"delivery.timeout.ms": "2000", "request.timeout.ms": "1000"}]
RDKAFKA_TIMES = [{}, {"message.timeout.ms": "40000", "linger.ms": "40000"}, {"message.timeout.ms": "40000", "linger.ms": "39999"},
                 {"message.timeout.ms": "3"}, {"message.timeout.ms": "0"}, {"message.timeout.ms": "60001"},
                 {"socket.timeout.ms": "60101"}, {"socket.timeout.ms": "60100"},
                 {"transaction.timeout.ms": "30000", "message.timeout.ms": "30001"}, {"enable.gapless.guarantee": "true"}]
# Values beside what a client takes.
JAVA_VALUES = {"acks": ("ALL", "-1", "2", ""), "retries": ("+5", "-1", "2147483647", "2147483648", "many"),
               "enable.idempotence": ("TRUE", "yes", "1"), "transactional.id": ("",), "linger.ms": ("1.5", "-1"),
               "delivery.timeout.ms": ("2m", "3000000000"), "max.in.flight.requests.per.connection": ("0", "1"),
               "request.timeout.ms": ("2147483647", "-1"), "retry.backoff.ms": ("0", "-1"), "retry.backoff.max.ms": ("0", "-1")}
RDKAFKA_VALUES = {"acks": ("ALL", "-1", "2", "1000", "1001", "most", ""), "retries": ("+5", "-1", "2147483648", "many"),
                  "enable.idempotence": ("TRUE", "t", "1", "yes", "on"), "transactional.id": ("",), "linger.ms": ("1.5", "-1", "900001"),
                  "message.timeout.ms": ("-1", "3000000000"), "max.in.flight": ("0", "1", "1000000", "1000001"),
                  "socket.timeout.ms": ("9", "10", "300001"), "retry.backoff.ms": ("0", "1", "300000", "300001"),
                  "retry.backoff.max.ms": ("0", "300001"), "transaction.timeout.ms": ("999", "1000")}


def each_alone(values: dict[str, tuple]) -> list[dict]:
    return [{key: value} for key, some in values.items() for value in some]


def combinations(times: list[dict]) -> list[dict]:
    made = []
    for values in itertools.product(*GRID.values()):
        made.append({key: value for key, value in zip(GRID, values) if value is not NOT_GIVEN})
    for base in ({}, {"enable.idempotence": "true"}, {"transactional.id": "orders"}):
        made += [{**base, **more} for more in times]
    return made


def lint(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "lint", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)


class Clients(WithExporters):
    def _files(self, all_settings: list[dict]) -> list[pathlib.Path]:
        files = []
        for number, settings in enumerate(all_settings):
            file = self.folder / f"{number}.properties"
            # One without a setting is not read.
            given = {"bootstrap.servers": "127.0.0.1:1", **settings}
            file.write_text("".join(f"{key}={value}\n" for key, value in given.items()))
            files.append(file)
        return files

    def _compare(self, client: str, all_settings: list[dict], became: dict[str, tuple[bool, bool]]):
        """became: by file whether it started, and whether it is idempotent then."""
        files = self._files(all_settings)
        done = lint("--client", client, "--format", "json", *files)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        said = json.loads(done.stdout)["files"]
        self.assertEqual(len(said), len(files))
        started = refused = 0
        for one, settings in zip(said, all_settings):
            rules = {finding["rule"] for finding in one["producers"][0]["findings"]}
            starts, is_idempotent = became[one["file"]]
            with self.subTest(client=client, settings=settings):
                self.assertEqual("client_refuses" not in rules, starts, one)
                if starts:
                    self.assertEqual("idempotence_off" not in rules, is_idempotent, one)
            started += starts
            refused += not starts
        self.assertGreater(started, 20)
        self.assertGreater(refused, 20)
        self.measured(client, f"{started} sets of settings start, {refused} are refused, as lint says")

    def _java(self, version: str):
        archive.ensure(version)
        all_settings = combinations(JAVA_TIMES) + each_alone(JAVA_VALUES)
        all_settings.append({"delivery.timeout.ms": "2147483647", "request.timeout.ms": "2147483647"})
        files = self._files(all_settings)
        source = pathlib.Path(__file__).with_name("Start.java")
        done = subprocess.run([jars.java(), "-cp", f"{jars.cache_dir() / version}/*", str(source), *map(str, files)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        lines = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
        became = {name: (how == "started", idempotent == "true") for name, how, idempotent, _ in lines}
        self._compare(f"java:{version}", all_settings, became)

    @in_all
    def test_java_3_9_2(self):
        self._java("3.9.2")

    def test_java_4_3_1(self):
        self._java(DEFAULT_VERSION)

    def test_librdkafka(self):
        all_settings = combinations(RDKAFKA_TIMES) + each_alone(RDKAFKA_VALUES)
        became = {}
        for file, settings in zip(self._files(all_settings), all_settings):
            try:
                confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0, **settings})
            except confluent_kafka.KafkaException:
                became[str(file)] = (False, False)
            else:
                # It switches nothing off by itself.
                became[str(file)] = (True, settings.get("enable.idempotence", "false").lower() in ("true", "t", "1")
                                     or bool(settings.get("transactional.id")))
        self._compare("librdkafka", all_settings, became)


class Command(Scenario):
    RATE = 0.0

    def test_with_a_cluster_its_topics_are_held_against_the_rules(self):
        file = self.folder / "safe.properties"
        file.write_text("acks=all\nenable.idempotence=true\n")
        self.assertEqual(lint("--client", "java", file).returncode, 0)
        done = lint("--client", "java", "--kafka.server", self.cluster.bootstrap.split(",")[0], "--format", "json", file)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        said = json.loads(done.stdout)
        self.assertEqual(said["files"][0]["producers"][0]["findings"], [])
        found = {(one["topic"], one["rule"]) for one in said["clusters"][0]["findings"]}
        self.assertLessEqual({("logs", "replication_factor_1"), ("payments", "replication_factor_2")}, found)
        self.assertFalse([topic for topic, rule in found if topic not in {*shared_cluster.TOPICS, shared_cluster.INTERNAL}])

    def test_what_cannot_be_asked_or_read_ends_with_2(self):
        file = self.folder / "safe.properties"
        file.write_text("acks=all\n")
        for arguments in ([self.folder / "missing.properties"], [], ["--client", "perl", file],
                          ["--kafka.server", "127.0.0.1:1", file], ["--config.file", self.folder / "missing.toml", file]):
            with self.subTest(arguments=arguments):
                done = lint(*arguments)
                self.assertEqual(done.returncode, 2, done)
                self.assertTrue(done.stdout or done.stderr)


if __name__ == "__main__":
    unittest.main()
