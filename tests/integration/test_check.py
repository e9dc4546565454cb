"""`check` names the step that fails, and what waits for it. Logins and grants are in test_authorization.py, listeners of
other kinds in test_check_listeners.py."""

import contextlib
import json
import re
import socket
import time
import unittest

import checking
import shared_cluster
from patience import scaled
from scenario import Scenario

CLUSTER_STEPS = ["topics", "topic_ids", "offsets", "topic_settings", "broker_settings", "broker_list", "epoch_ends",
                 "controller"]
SECRET = "xyzzy-plugh-4711"


def closed_port() -> int:
    with contextlib.closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Check(Scenario):
    RATE = 0.0

    def _check(self, *entries: str) -> checking.Done:
        return checking.check(self.folder, *entries)

    def test_all_is_well(self):
        done = self._check(checking.entry(self.cluster.bootstrap, name="prod"))
        self.assertEqual((done.code, set(done.results())), (0, {"ok"}), done.said)
        cluster, = done.document["clusters"]
        self.assertEqual((cluster["name"], cluster["servers"]), ("prod", self.cluster.bootstrap.split(",")))
        self.assertRegex(cluster["cluster_id"], r"^[\w-]{22}$")
        for step, times in {"configuration": 1, "name_resolution": 3, "tcp": 3, "kafka_protocol": 3, "one_cluster": 1,
                            "metadata": 1, "broker": 3, "addresses": 1, **dict.fromkeys(CLUSTER_STEPS, 1)}.items():
            self.assertEqual(len(done.of(step)), times, step)
        self.assertEqual(len(done.steps()), 24)
        topics = len(shared_cluster.TOPICS) + 1
        self.assertIn(f"{topics} with ", done.only("topics")["detail"])
        self.assertEqual(done.only("topic_ids")["detail"], str(topics))
        self.assertEqual({s["subject"].split(",")[0] for s in done.of("broker")}, {"1", "2", "3"})

    def test_as_text(self):
        server = self.cluster.bootstrap.split(",")[0]
        done = checking.run(self.folder, f"--kafka.server={server}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        *lines, summary = done.stdout.splitlines()
        for line in lines:
            self.assertRegex(line, r"^ok       \S")
        self.assertIn(f"ok       TCP to {server} (127.0.0.1)", lines)
        self.assertEqual(summary, f"{len(lines)} ok, 0 failed, 0 skipped")

    def test_a_wrong_port(self):
        server = f"127.0.0.1:{closed_port()}"
        done = self._check(checking.entry(server))
        self.assertEqual((done.code, done.failed()), (1, ["tcp"]), done.said)
        self.assertEqual(done.only("tcp")["detail"], "127.0.0.1: Connection refused")
        self.assertTrue(done.only("tcp")["help"])
        for step in ("kafka_protocol", "metadata", *CLUSTER_STEPS):
            self.assertEqual((done.only(step)["result"], done.only(step)["detail"]),
                             ("skipped", f"waits for TCP to {server}"), step)
        self.assertIsNone(done.document["clusters"][0]["cluster_id"])

        text = checking.run(self.folder, f"--kafka.server={server}")
        self.assertEqual((text.returncode, text.stderr), (1, ""))
        self.assertRegex(text.stdout, rf"(?m)^failed   TCP to {re.escape(server)}: .*refused\n +what to do: \S")

    def test_a_wrong_host(self):
        done = self._check(checking.entry("no-such-host.invalid:9092"))
        self.assertEqual((done.code, done.failed()), (1, ["name_resolution"]), done.said)
        self.assertEqual(done.only("tcp")["detail"], "waits for name of no-such-host.invalid:9092")
        self.assertEqual(done.only("metadata")["result"], "skipped")

    def test_one_server_of_two_is_enough_to_go_on(self):
        done = self._check(checking.entry(f"127.0.0.1:{closed_port()},{self.cluster.bootstrap.split(',')[0]}"))
        self.assertEqual((done.code, done.failed()), (1, ["tcp"]), done.said)
        for step in ("metadata", *CLUSTER_STEPS):
            self.assertEqual(done.only(step)["result"], "ok", step)

    def test_what_is_not_kafka(self):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
            begun = time.monotonic()
            done = self._check(checking.entry(f"127.0.0.1:{silent.getsockname()[1]}", request_timeout="500ms"))
            self.assertLess(time.monotonic() - begun, scaled(5))
        self.assertEqual((done.code, done.failed()), (1, ["kafka_protocol"]), done.said)
        self.assertEqual(done.only("tcp")["result"], "ok")

    def test_the_wrong_security_protocol(self):
        server = self.cluster.bootstrap.split(",")[0]
        done = self._check(checking.entry(server, properties={"security.protocol": "SSL"}))
        self.assertEqual((done.code, done.failed()), (1, ["tls"]), done.said)
        self.assertIn("SSL", done.only("tls")["detail"])
        self.assertIn("security.protocol", done.only("tls")["help"])
        self.assertEqual(done.only("kafka_protocol")["result"], "skipped")

    def test_a_frozen_broker(self):
        self.cluster.pause(3)
        begun = time.monotonic()
        done = self._check(checking.entry(self.cluster.bootstrap.split(",")[0], request_timeout="1s"))
        self.assertLess(time.monotonic() - begun, scaled(10))
        self.assertEqual(done.code, 1, done.said)
        results = {s["subject"].split(",")[0]: s["result"] for s in done.of("broker")}
        # The controller may have taken it off the list meanwhile.
        self.assertEqual({broker for broker, result in results.items() if result == "ok"}, {"1", "2"}, done.said)
        self.assertIn(results.get("3"), ("failed", None), done.said)
        self.assertEqual(done.only("topic_ids")["result"], "ok")

    def test_a_mistake_in_the_file(self):
        file = self.folder / "wrong.toml"
        file.write_text(f'[[cluster]]\nservers = ["x:1"]\npol_interval = "1s"\n[cluster.librdkafka]\n'
                        f'"no.such.property" = "{SECRET}"\n')
        done = checking.run(self.folder, f"--config.file={file}")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(f"{file}:3:", done.stderr)
        done = checking.run(self.folder, f"--config.file={file}", "--format=json")
        self.assertEqual((done.returncode, done.stderr), (2, ""))
        problems = json.loads(done.stdout)["problems"]
        self.assertEqual([(p["source"], p["line"]) for p in problems], [(str(file), 3), (str(file), 5)])
        self.assertIn("poll_interval", problems[0]["problem"])
        self.assertNotIn(SECRET, done.stdout)

    def test_bad_flags(self):
        for arguments in ([], ["--format=xml"], ["--config.file=/nowhere/at/all.toml"], ["--kafka.server=nonsense"]):
            done = checking.run(self.folder, *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertTrue(done.stderr.strip())

    def test_what_only_librdkafka_finds_wrong(self):
        done = self._check(checking.entry(self.cluster.bootstrap.split(",")[0], properties={
            "security.protocol": "SSL", "ssl.ca.location": "/nowhere/at/all.pem", "ssl.key.password": SECRET}))
        self.assertEqual((done.code, done.failed()), (2, ["configuration"]), done.said)
        self.assertIn("check.toml:1:1", done.only("configuration")["detail"])
        self.assertEqual(done.only("tcp")["result"], "ok")
        self.assertEqual(done.only("tls")["detail"], "waits for configuration")
        self.assertNotIn(SECRET, done.said)

    def test_the_same_cluster_twice(self):
        first, second, _ = self.cluster.bootstrap.split(",")
        done = self._check(checking.entry(first, name="a"), checking.entry(second, name="b"))
        self.assertEqual((done.code, done.failed(0), done.failed(1)), (1, [], ["distinct"]), done.said)
        ids = {c["cluster_id"] for c in done.document["clusters"]}
        self.assertEqual(len(ids), 1)
        said = done.only("distinct", 1)["detail"]
        places = re.findall(r"check\.toml:(\d+):1", said)
        lines = [n for n, line in enumerate((self.folder / "check.toml").read_text().splitlines(), 1)
                 if line == "[[cluster]]"]
        self.assertEqual([int(place) for place in places], lines, said)
        self.assertIn(ids.pop(), said)


if __name__ == "__main__":
    unittest.main()
