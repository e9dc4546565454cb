"""Mistakes in the configuration are all told at once, and secrets are never told."""

import pathlib
import re
import subprocess
import unittest

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from exporter import BINARY
from patience import scaled
from scenario import WithExporters

SECRET = "xyzzy-plugh-4711"
WRONG = """\
[web]
listen_adress = ":1"
max_connections = "many"

[log]
level = "loud"

[[cluster]]
servers = ["no-port"]
poll_interval = "1ms"
topic_include = ["("]

[cluster.librdkafka]
"no.such.property" = 1
"sasl.password" = "${KIE_NOT_SET}"
"""
# line: what has to be said of it
PROBLEMS = {2: "listen_address", 3: "max_connections", 6: "loud", 9: "no-port", 10: "poll_interval", 11: "regular",
            14: "no.such.property", 15: "KIE_NOT_SET"}


class Configuration(WithExporters):
    def test_all_problems_at_once(self):
        file = self.folder / "wrong.toml"
        file.write_text(WRONG)
        done = self._run(f"--config.file={file}")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        found = {}
        for line in done.stderr.splitlines():
            place = re.match(rf"{re.escape(str(file))}:(\d+):(\d+): (.+)", line)
            self.assertTrue(place, line)
            self.assertGreater(int(place[2]), 0)
            found[int(place[1])] = place[3]
        self.assertEqual(set(found), set(PROBLEMS), done.stderr)
        for line, what in PROBLEMS.items():
            self.assertIn(what, found[line])

    def test_what_is_no_toml(self):
        file = self.folder / "broken.toml"
        file.write_text('[web]\nlisten_address = ":0\n')
        done = self._run(f"--config.file={file}")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, rf"{re.escape(str(file))}:2:\d+: ")

    def test_flags(self):
        for arguments in ([], ["--no-such-flag"], ["--config.file=/nowhere/at/all.toml"], ["--kafka.server=nonsense"]):
            done = self._run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertTrue(done.stderr.strip())

    def test_secrets_are_never_told(self):
        file = self.folder / "password"
        file.write_text(SECRET + "\n")
        base = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": "somebody"}
        for how, key, value in (("environment", "sasl.password", "${KIE_TEST_SECRET}"),
                                ("file", "sasl.password_file", str(file)), ("written down", "sasl.password", SECRET)):
            with self.subTest(how):
                # debug = all makes librdkafka tell its whole configuration.
                exporter = self.exporter("127.0.0.1:1", level="debug", environment={"KIE_TEST_SECRET": SECRET},
                                         cluster={"request_timeout": "500ms"},
                                         properties={**base, key: value, "debug": "all"})
                exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 0, 15,
                                       "a failed poll")
                command = pathlib.Path(f"/proc/{exporter.process.pid}/cmdline").read_text()
                pages = [exporter.get(path).text for path in ("/metrics", "/", "/-/ready", "/-/healthy", "/nowhere")]
                exporter.stop()
                self.assertIn("level=debug", exporter.log)
                for text in (exporter.log, command, *pages):
                    self.assertNotIn(SECRET, text)

    def test_a_wrong_secret_is_not_told_either(self):
        file = self.folder / "wrong.toml"
        file.write_text(f'[[cluster]]\nservers = ["x:1"]\n[cluster.librdkafka]\n"security.protocol" = "{SECRET}"\n'
                        f'"sasl.password" = ["{SECRET}"]\n')
        done = self._run(f"--config.file={file}")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)
        self.assertNotIn(SECRET, done.stderr)

    def test_a_port_that_is_taken(self):
        first = self.exporter("127.0.0.1:1")
        done = self._run("--kafka.server=127.0.0.1:1", f"--web.listen-address=127.0.0.1:{first.port}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, rf"level=error .*127\.0\.0\.1:{first.port}")

    def test_several_addresses(self):
        exporter = self.exporter("127.0.0.1:1", flags=("--web.listen-address=localhost:0",))
        second = int(exporter.await_log(r"serving metrics.* address=localhost:0 port=(\d+)", 5)[1])
        self.assertNotEqual(second, exporter.port)
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        exporter.port = second
        self.assertEqual(exporter.get("/-/healthy").status, 200)

    def test_one_of_several_addresses_is_taken(self):
        first = self.exporter("127.0.0.1:1")
        done = self._run("--kafka.server=127.0.0.1:1", "--web.listen-address=127.0.0.1:0",
                         f"--web.listen-address=localhost:{first.port}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, rf"level=error .*localhost:{first.port}\b.* 127\.0\.0\.1:{first.port}\b")

    def test_a_host_that_is_not_known(self):
        # Longer than a label may be: no name server is asked.
        address = f"k8s-{'x' * 64}:0"
        done = self._run("--kafka.server=127.0.0.1:1", f"--web.listen-address={address}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, rf"level=error .*cannot listen on {address}: cannot look up \S+: \S")

    def _run(self, *arguments):
        return subprocess.run([BINARY, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=scaled(20))


if __name__ == "__main__":
    unittest.main()
