"""Logins over TLS on real brokers: what works, what says why it does not, and that no secret is told anywhere."""

import base64
import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

import checking
import readme
import shared_cluster  # noqa: F401  (the path to the cluster tool)
from certificates import Authority
from exporter import BINARY, toml
from kafka_cluster import USERS, Cluster
from own_cluster import own_folder
from patience import eventually, scaled
from reporting import Application
from scenario import WithExporters

TOPICS = {"orders": 3, "audit": 2}
SUBJECT, PRINCIPAL = "/O=Watchers/CN=exporter", "CN=exporter,O=Watchers"
KEY_PASSWORD = "Qx7-key-plugh"
# Every command of the program that reads the configuration.
COMMANDS = [[], ["check"], ["check", "--format=json"]]


class Security(WithExporters):
    @classmethod
    def setUpClass(cls):
        folder = own_folder(cls)
        cls.cluster = Cluster(folder)
        cls.cluster.up(brokers=2, authorizer=True, tls=True, ttl=1800, timeout=scaled(120))
        cls.addClassCleanup(cls.cluster.down)
        for name, partitions in TOPICS.items():
            cls.cluster.create_topic(name, partitions)
            cls.cluster.produce(name, 1, 17)
        cls.cluster.delete_records("orders", 1, before=5)
        cls.authority = cls.cluster.authority
        cls.other = Authority(pathlib.Path(folder) / "other-authority")
        for user in ("exporter", "late", PRINCIPAL):
            cls.allow(user)

    @classmethod
    def allow(cls, user):
        for operation, resource, name in readme.grants():
            cls.cluster.acl("add", operation, resource, name, user=user)

    def tls(self, **more):
        return {"security.protocol": "ssl", "ssl.ca.location": str(self.authority.ca), **more}

    def sasl(self, mechanism, user="exporter", **more):
        name = {} if mechanism == "OAUTHBEARER" else {"sasl.username": user}
        return {**self.tls(), "security.protocol": "sasl_ssl", "sasl.mechanism": mechanism, **name, **more}

    def token(self, user, *more, **properties):
        config = " ".join((f"principal={user}", *more))
        return self.sasl("OAUTHBEARER", **{"enable.sasl.oauthbearer.unsecure.jwt": True,
                                           "sasl.oauthbearer.config": config, **properties})

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path


class Issuer:
    """Hands out tokens of 10 s that nobody has signed, over HTTP."""

    def __init__(self, user):
        self.user, self.asked = user, 0
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                issuer.asked += 1
                body = json.dumps({"access_token": issuer.token(), "token_type": "Bearer", "expires_in": 10}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def token(self):
        now = int(time.time())
        parts = {"alg": "none"}, {"sub": self.user, "iat": now, "exp": now + 10}
        return "".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") + "." for p in parts)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Logins(Security):
    def test_plain_over_tls(self):
        self._is_well(self.exporter(
            self.cluster.sasl_tls_bootstrap, environment={"KIE_TEST_PASSWORD": USERS["exporter"]},
            properties=self.sasl("PLAIN", **{"sasl.password": "${KIE_TEST_PASSWORD}"})))

    def test_scram_over_tls(self):
        password = self.file("password", USERS["exporter"] + "\n")
        self._is_well(self.exporter(
            self.cluster.sasl_tls_bootstrap, properties=self.sasl("SCRAM-SHA-512",
                                                                  **{"sasl.password_file": str(password)})))

    def test_token_over_tls(self):
        self._is_well(self.exporter(self.cluster.sasl_tls_bootstrap, properties=self.token("exporter")))

    def test_a_token_that_must_be_renewed(self):
        # librdkafka logs in again before the token ends that it had; with the same one it would be refused. Brokers
        # refuse two logins in one second too, so the token must not be shorter.
        exporter = self.exporter(self.cluster.sasl_tls_bootstrap, level="debug",
                                 properties=self.token("exporter", "lifeSeconds=10", debug="security"))
        exporter.await_ready()
        eventually(lambda: len(exporter.lines("OAUTHBEARER authentication successful")) >= 7, 40, "it logs in again")
        self.assertEqual(exporter.metrics().get("kafka_isr_exporter_poll_failures_total"), 0)
        self.assertEqual(exporter.metrics().get("kafka_controller_up"), 1)
        self.assertEqual(exporter.lines("level=(warn|error)"), [])

    def test_a_token_of_an_issuer(self):
        issuer = Issuer("exporter")
        self.addCleanup(issuer.stop)
        secret = "Zw9-client-xyzzy"
        exporter = self.exporter(self.cluster.sasl_tls_bootstrap, properties=self.sasl("OAUTHBEARER", **{
            "sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.client.id": "kie",
            "sasl.oauthbearer.client.secret": secret, "sasl.oauthbearer.token.endpoint.url": issuer.url}))
        self._is_well(exporter)
        self.assertNotIn(secret, exporter.log)
        asked = issuer.asked
        eventually(lambda: issuer.asked >= asked + 2, 40, "the token is renewed")
        self.assertEqual(exporter.metrics().get("kafka_isr_exporter_poll_failures_total"), 0)

    def test_certificate(self):
        certificate, key = self.authority.issue("client", SUBJECT, password=KEY_PASSWORD)
        self._is_well(self.exporter(
            self.cluster.tls_bootstrap, environment={"KIE_TEST_PASSWORD": KEY_PASSWORD},
            properties=self.tls(**{"ssl.certificate.location": str(certificate), "ssl.key.location": str(key),
                                   "ssl.key.password": "${KIE_TEST_PASSWORD}"})))

    def _is_well(self, exporter):
        page = exporter.await_ready()
        self.assertEqual(exporter.lines("level=(warn|error)"), [])
        leaders, replicas, isr, latest, earliest = {}, {}, {}, {}, {}
        for topic in TOPICS:
            offsets = self.cluster.offsets(topic)
            for p in self.cluster.partitions(topic):
                key = topic, str(p.partition)
                leaders[key], replicas[key], isr[key] = p.leader, len(p.replicas), len(p.isr)
                latest[key], earliest[key] = offsets[p.partition].latest, offsets[p.partition].earliest
        self.assertEqual(latest["audit", "1"], 17)
        for name, wanted in (("leader", leaders), ("replicas", replicas), ("in_sync_replica", isr),
                             ("current_offset", latest), ("oldest_offset", earliest)):
            self.assertEqual(page.by(f"kafka_topic_partition_{name}", "topic", "partition"), wanted, name)
        self.assertEqual(page.get("kafka_brokers"), 2)
        self.assertEqual(page.get("kafka_cluster_at_min_isr_partitions"), 0)
        # Asked by a handle of its own, with the same login.
        exporter.await_metrics(lambda page: page.get("kafka_controller_up") == 1, 15, "a controller answers")

    # What is wrong, and how it gets well.

    def test_a_password_that_the_brokers_learn_later(self):
        secret = "Zw9-late-xyzzy"
        exporter = self.exporter(self.cluster.sasl_tls_bootstrap,
                                 properties=self.sasl("SCRAM-SHA-512", "late", **{"sasl.password": secret}))
        self._is_not_ready(exporter, "Authentication failed.*SCRAM-SHA-512", secret)
        self.cluster.tool("configs", "--alter", "--add-config", f"SCRAM-SHA-512=[password={secret}]",
                          "--entity-type", "users", "--entity-name", "late")
        self._is_well_again(exporter)

    def test_a_wrong_password(self):
        secret = "Zw9-wrong-xyzzy"
        file = self.file("password", secret)
        exporter = self.exporter(self.cluster.sasl_tls_bootstrap,
                                 properties=self.sasl("PLAIN", **{"sasl.password_file": str(file)}))
        self._is_not_ready(exporter, "Authentication failed: Invalid username or password", secret)
        file.write_text(USERS["exporter"])
        exporter.process.send_signal(signal.SIGHUP)
        self._is_well_again(exporter)

    def test_brokers_of_another_authority(self):
        file = self.file("ca.pem", self.other.ca.read_text())
        properties = self.sasl("PLAIN", **{"sasl.password": USERS["exporter"], "ssl.ca.location": str(file)})
        exporter = self.exporter(self.cluster.sasl_tls_bootstrap, properties=properties)
        self._is_not_ready(exporter, "certificate verify failed", USERS["exporter"])
        file.write_text(self.authority.ca.read_text())
        exporter.process.send_signal(signal.SIGHUP)
        self._is_well_again(exporter)

    def test_a_certificate_that_is_not_believed(self):
        good = self.authority.issue("good", SUBJECT)
        for what, (certificate, key) in (("expired", self.authority.issue("expired", SUBJECT, days=-1)),
                                         ("foreign", self.other.issue("foreign", SUBJECT))):
            with self.subTest(what):
                files = [self.file("client.pem", certificate.read_text()), self.file("client.key", key.read_text())]
                exporter = self.exporter(self.cluster.tls_bootstrap, properties=self.tls(
                    **{"ssl.certificate.location": str(files[0]), "ssl.key.location": str(files[1])}))
                self._is_not_ready(exporter, "alert certificate", "PRIVATE KEY")
                for file, better in zip(files, good):
                    file.write_text(better.read_text())
                exporter.process.send_signal(signal.SIGHUP)
                self._is_well_again(exporter)

    def test_a_renewed_certificate_as_pem(self):
        expired, good = self.authority.issue("pem-expired", SUBJECT, days=-1), self.authority.issue("pem", SUBJECT)
        files = [self.file("client.pem", expired[0].read_text()), self.file("client.key", expired[1].read_text())]
        exporter = self.exporter(self.cluster.tls_bootstrap, properties=self.tls(
            **{"ssl.certificate.pem_file": str(files[0]), "ssl.key.pem_file": str(files[1])}))
        self._is_not_ready(exporter, "alert certificate", "PRIVATE KEY")
        for file, better in zip(files, good):
            file.write_text(better.read_text())
        exporter.process.send_signal(signal.SIGHUP)
        self._is_well_again(exporter)

    def test_no_certificate(self):
        exporter = self.exporter(self.cluster.tls_bootstrap, properties=self.tls())
        self._is_not_ready(exporter, "alert.*certificate", KEY_PASSWORD)

    def test_no_tls_where_the_brokers_speak_it(self):
        for bootstrap in (self.cluster.sasl_tls_bootstrap, self.cluster.tls_bootstrap):
            self._is_not_ready(self.exporter(bootstrap), "Disconnected.*security.protocol", "PRIVATE KEY")

    def test_no_login_where_the_brokers_want_one(self):
        self._is_not_ready(self.exporter(self.cluster.sasl_bootstrap), "Disconnected.*SASL authentication",
                           "PRIVATE KEY")

    def test_a_wrong_password_of_the_key(self):
        certificate, key = self.authority.issue("locked", SUBJECT, password=KEY_PASSWORD)
        wrong = "Qx7-not-the-key"
        file = self.file("wrong.toml", checking.entry(self.cluster.tls_bootstrap, self.tls(
            **{"ssl.certificate.location": str(certificate), "ssl.key.location": str(key), "ssl.key.password": wrong})))
        for command in COMMANDS:
            with self.subTest(command=command):
                done = _run(*command, f"--config.file={file}")
                self.assertEqual(done.returncode, 2)
                self.assertRegex(done.stderr + done.stdout, "ssl.key.location failed.*bad decrypt")
                self.assertNotIn(wrong, done.stderr + done.stdout)

    def _is_not_ready(self, exporter, reason, secret):
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 1, 20, "failed polls")
        self.assertEqual(exporter.metrics().get("kafka_cluster_up"), 0)
        ready = exporter.get("/-/ready")
        self.assertEqual(ready.status, 503)
        self.assertRegex(ready.text, reason)
        self.assertEqual(len(exporter.lines('level=warn msg="poll failed"')), 1)
        self.assertEqual(len(exporter.lines(f"level=warn msg=.poll failed. .*{reason}")), 1)
        for text in (exporter.log, ready.text, exporter.get("/").text, exporter.page):
            self.assertNotIn(secret, text)

    def _is_well_again(self, exporter):
        exporter.await_ready()
        eventually(lambda: exporter.lines('level=info msg="poll works again"'), 5, "it says so")


class Check(Security):
    """`check` names the step at which a login breaks."""

    def test_all_is_well(self):
        certificate, key = self.authority.issue("checked", SUBJECT)
        for what, bootstrap, properties in (
                ("SCRAM", self.cluster.sasl_tls_bootstrap,
                 self.sasl("SCRAM-SHA-512", **{"sasl.password": USERS["exporter"]})),
                ("a token", self.cluster.sasl_tls_bootstrap, self.token("exporter")),
                ("a certificate", self.cluster.tls_bootstrap,
                 self.tls(**{"ssl.certificate.location": str(certificate), "ssl.key.location": str(key)}))):
            with self.subTest(what):
                done = checking.check(self.folder, checking.entry(bootstrap, properties))
                self.assertEqual((done.code, set(done.results())), (0, {"ok"}), done.said)
                self.assertEqual(len(done.of("tls")), 2)

    def test_what_is_wrong(self):
        sasl = self.sasl("SCRAM-SHA-512", **{"sasl.password": USERS["exporter"]})
        for what, bootstrap, properties, step, reason in (
                ("another authority", self.cluster.sasl_tls_bootstrap,
                 {**sasl, "ssl.ca.location": str(self.other.ca)}, "tls", "is not among the CAs"),
                ("a wrong password", self.cluster.sasl_tls_bootstrap, {**sasl, "sasl.password": "Zw9-wrong-xyzzy"},
                 "sasl", "Authentication failed"),
                ("a token of nobody", self.cluster.sasl_tls_bootstrap, self.token(""), "sasl",
                 "Failed to acquire SASL OAUTHBEARER token"),
                ("no certificate", self.cluster.tls_bootstrap, self.tls(), "tls", "alert.*certificate")):
            with self.subTest(what):
                done = checking.check(self.folder, checking.entry(bootstrap, properties))
                self.assertEqual((done.code, done.failed()), (1, [step, step]), done.said)
                for server in done.of(step):
                    self.assertRegex(server["detail"], reason)
                    self.assertTrue(server["help"])
                self.assertEqual(done.only("metadata")["result"], "skipped")
                for secret in (properties.get("sasl.password"), "PRIVATE KEY"):
                    if secret:
                        self.assertNotIn(secret, done.said)


class PlantedSecrets(Security):
    ROUTES = ("/metrics", "/", "/-/ready", "/-/healthy", "/-/reload", "/nowhere", "/api/v1/clusters",
              "/api/v1/clusters/nobody/partitions?limit=none", "/api/v1/nothing", "/-/nowhere", "/api/v1/events",
              "/api/v1/risks", "/api/v1/producers")
    SECRETS = {"sasl.password": "Kj4-pass-plugh", "ssl.key.password": "Kj4-key-plugh",
               "ssl.keystore.password": "Kj4-store-plugh", "sasl.oauthbearer.client.secret": "Kj4-client-plugh",
               "sasl.oauthbearer.config": "principal=planted extension_token=Kj4-token-plugh"}
    INGEST_TOKEN = "Kj4-ingest-plugh"
    MARK = "Kj4-"       # in all of them, and in nothing else

    def test_with_good_and_bad_logins(self):
        bootstrap = self.cluster.sasl_tls_bootstrap
        common = self._common()
        token = {**common, "enable.sasl.oauthbearer.unsecure.jwt": True}
        bad_token = {**token, "sasl.oauthbearer.config": "no-such-word=" + self.SECRETS["sasl.oauthbearer.config"]}
        self.cluster.tool("configs", "--alter", "--add-config", "SCRAM-SHA-512=[password=Kj4-pass-plugh]",
                          "--entity-type", "users", "--entity-name", "planted")
        self.allow("planted")
        for what, properties, well in (
                ("scram", self.sasl("SCRAM-SHA-512", "planted", **common), True),
                ("a wrong password", self.sasl("PLAIN", "planted", **common), False),
                ("a token", self.sasl("OAUTHBEARER", **token), True),
                ("a token that cannot be read", self.sasl("OAUTHBEARER", **bad_token), False)):
            for how, given, environment in self._hand_over(properties):
                with self.subTest(what, how=how):
                    exporter = self.exporter(bootstrap, level="debug", environment=environment, text=self._text(given))
                    if well:
                        exporter.await_ready()
                    else:
                        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 0, 20,
                                               "a failed poll")
                    if well:
                        self._has_answers(exporter)
                    self._report(exporter)
                    self._look_everywhere(exporter)
                    self._reload_what_is_wrong(exporter)
                    self._look_everywhere(exporter)
                    self._check(bootstrap, given, environment, well)
                    exporter.stop()
                    self.assertIn("facility=CONF", exporter.log)
                    self.assertNotIn(self.MARK, exporter.log)
                    self._look_into_history(exporter)

    def test_in_json_lines(self):
        exporter = self.exporter(self.cluster.sasl_tls_bootstrap, level="debug", flags=("--log.format=json",),
                                 text=self._text(self.sasl("PLAIN", "planted", **self._common())))
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 0, 20, "a failed poll")
        self._reload_what_is_wrong(exporter)
        self._look_everywhere(exporter)
        exporter.stop()
        lines = [json.loads(line) for line in exporter.log.splitlines()]
        self.assertIn("CONF", {line.get("facility") for line in lines})
        self.assertNotIn(self.MARK, exporter.log)

    def _text(self, properties):
        token = self.file("token", self.INGEST_TOKEN + "\n")
        return (f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\n' +
                toml(self.cluster.sasl_tls_bootstrap.split(","), {"poll_interval": "1s"}, properties,
                     {"enable_lifecycle": True}))

    def _common(self):
        certificate, key = self.authority.issue("planted", SUBJECT, password=self.SECRETS["ssl.key.password"])
        common = {**self.SECRETS, "debug": "all", "ssl.certificate.location": str(certificate),
                  "ssl.key.location": str(key)}
        del common["ssl.keystore.password"]     # goes with another property only
        return common

    def _hand_over(self, properties):
        """(name, properties, environment) of each way in which a secret can be given."""
        secret = {k: v for k, v in properties.items() if self.MARK in str(v)}
        rest = {k: v for k, v in properties.items() if k not in secret}
        names = {k: "KIE_" + k.replace(".", "_").upper() for k in secret}
        yield "written down", properties, {}
        yield "environment", {**rest, **{k: f"${{{names[k]}}}" for k in secret}}, \
            {names[k]: v for k, v in secret.items()}
        yield "file", {**rest, **{f"{k}_file": str(self.file(names[k], v + "\n")) for k, v in secret.items()}}, {}

    def _of_the_cluster(self):
        cluster = f"/api/v1/clusters/{self.cluster.state['cluster_id']}"
        return (cluster, f"{cluster}/partitions", f"{cluster}/partitions/orders/1")

    def _has_answers(self, exporter):
        for path in ("/api/v1/events", *self._of_the_cluster()):
            self.assertEqual(exporter.get(path).status, 200, path)

    def _report(self, exporter):
        port = exporter.ingest_port()
        application = Application(port, self.INGEST_TOKEN, None)
        self.assertEqual(application.report()["accepted"], 1)
        wrong = Application(port, self.INGEST_TOKEN + "-not", None)
        self.assertNotIn(self.MARK, json.dumps(wrong.report()))

    def _look_everywhere(self, exporter):
        for method in ("GET", "POST", "OPTIONS"):
            for path in (*self.ROUTES, *self._of_the_cluster()):
                if (method, path) != ("POST", "/-/reload"):
                    answer = exporter.get(path, method)
                    self.assertNotIn(self.MARK, answer.text + str(answer.headers), f"{method} {path}")
        self.assertNotIn(self.MARK, exporter.log)
        self._look_into_history(exporter)
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                said = path.read_bytes()
            except OSError:
                continue        # it has ended
            self.assertNotIn(self.MARK.encode(), said, path)

    def _look_into_history(self, exporter):
        """The file, and beside it its log while it is open."""
        files = list(exporter.folder.glob("kafka-isr-exporter.db*"))
        self.assertIn("kafka-isr-exporter.db", [file.name for file in files])
        for file in files:
            self.assertNotIn(self.MARK.encode(), file.read_bytes(), file)

    def _check(self, bootstrap, properties, environment, well):
        file = self.file("checked.toml", checking.entry(bootstrap, properties))
        for command in COMMANDS[1:]:
            done = _run(*command, f"--config.file={file}", environment=environment)
            self.assertEqual(done.returncode, 0 if well else 1, done.stdout)
            self.assertNotIn(self.MARK, done.stderr + done.stdout)

    def _reload_what_is_wrong(self, exporter):
        for text in self._wrong():
            exporter.config.write_text(text)
            answer = exporter.get("/-/reload", "POST")
            self.assertEqual(answer.status, 500, text)
            self.assertTrue(answer.text.strip())
            self.assertNotIn(self.MARK, answer.text)

    def test_in_what_is_wrong_with_a_configuration(self):
        for number, text in enumerate(self._wrong()):
            file = self.file(f"wrong-{number}.toml", text)
            for command in COMMANDS:
                with self.subTest(text, command=command):
                    done = _run(*command, f"--config.file={file}", "--web.listen-address=127.0.0.1:0")
                    self.assertEqual(done.returncode, 2)
                    self.assertTrue((done.stderr + done.stdout).strip())
                    self.assertNotIn(self.MARK, done.stderr + done.stdout)

    def test_in_a_flag_that_is_not_there(self):
        # kafka_exporter has it.
        for arguments in (["--sasl.password=Kj4-pass-plugh"], ["--sasl.password", "Kj4-pass-plugh"],
                          ["--sasl.password", "-Kj4-pass-plugh"]):
            for command in COMMANDS:
                done = _run(*command, *arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn("--sasl.password", done.stderr)
                self.assertNotIn(self.MARK, done.stderr + done.stdout)

    def _wrong(self):
        """Files that are refused, each with a secret in it."""
        def file(*lines):
            return "\n".join(['[[cluster]]', 'servers = ["127.0.0.1:1"]', '[cluster.librdkafka]', *lines, ""])

        return [
            *(file(f'"{name}" = [{json.dumps(secret)}]') for name, secret in self.SECRETS.items()),
            # Secrets in the wrong place.
            file('"security.protocol" = "Kj4-pass-plugh"'), file('"debug" = "broker,Kj4-pass-plugh"'),
            file('"socket.timeout.ms" = "Kj4-pass-plugh"'), file(f'"security.protocol" = "Kj4-{"plugh" * 200}"'),
            file('"sasl.password" = "x${Kj4-pass-plugh}"'),
            '[[cluster]]\nservers = ["planted:Kj4-pass-plugh@127.0.0.1:1"]\n',
            file('"sasl.password_file" = "Kj4-pass-plugh"'), file('"sasl.passwrd" = "Kj4-pass-plugh"'),
            '[[cluster]]\nservers = ["127.0.0.1:1"]\nsasl.password = "Kj4-pass-plugh"\n',
            '[ingest]\ntoken_file = "Kj4-ingest-plugh"\n' + file(),
            # What is no TOML.
            file('"sasl.password" = Kj4-pass-plugh'), file('"sasl.password" = "Kj4-pass-plugh'),
            file('"sasl.password" = "Kj4-pass\\qplugh"'), file('"sasl.password" = "x" Kj4-pass-plugh'),
            # What librdkafka finds wrong in the whole only.
            file('"security.protocol" = "ssl"', '"ssl.key.pem" = "Kj4-pass-plugh"', '"debug" = "all"'),
            file('"security.protocol" = "ssl"', '"ssl.keystore.location" = "/dev/null"',
                 '"ssl.keystore.password" = "Kj4-pass-plugh"', '"debug" = "all"'),
            file('"security.protocol" = "sasl_ssl"', '"sasl.mechanism" = "OAUTHBEARER"',
                 '"sasl.oauthbearer.method" = "oidc"', '"sasl.oauthbearer.client.secret" = "Kj4-pass-plugh"'),
        ]


def _run(*arguments, environment=None):
    return subprocess.run([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=scaled(30),
                          env={**os.environ, **(environment or {})})


if __name__ == "__main__":
    unittest.main()
