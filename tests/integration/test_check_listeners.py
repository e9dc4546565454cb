"""`check` against listeners of every kind, with the right settings and with wrong ones: what is wrong must be said."""

import datetime
import pathlib
import re
import subprocess
import tempfile
import unittest

import checking
import shared_cluster  # noqa: F401  (the path to the cluster tool)
from certificates import Authority
from exporter import BINARY
from kafka_cluster import CONTROLLER, USERS, Cluster
from load_balancer import LoadBalancer
from nodes import Listener
from own_cluster import own_folder
from patience import scaled
from scenario import WithExporters

PASSWORD = USERS["exporter"]


class CheckListeners(WithExporters):
    @classmethod
    def setUpClass(cls):
        folder = own_folder(cls)
        cls.cluster = Cluster(pathlib.Path(folder) / "cluster")
        cls.authority = cls.cluster.authority
        cls.other = Authority(pathlib.Path(folder) / "other-authority")
        cls.balancer = LoadBalancer()
        cls.addClassCleanup(cls.balancer.stop)
        now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
        cls.old, cls.new = (now - 60 * day, now - 30 * day), (now + 30 * day, now + 60 * day)
        cls.cluster.up(brokers=2, authorizer=True, tls=True, ttl=1800, timeout=scaled(120), listeners={
            "GOOD": cls.tls_listener(cls.authority, "good"),
            "EXPIRED": cls.tls_listener(cls.authority, "expired", valid=cls.old),
            "EARLY": cls.tls_listener(cls.authority, "early", valid=cls.new),
            "NAMED": cls.tls_listener(cls.authority, "named", names=("DNS:kafka-0.example.com", "IP:10.0.0.5")),
            "OTHER": cls.tls_listener(cls.other, "stranger"),
            "SIX": Listener(host="::1"),
            "BALANCED": Listener(advertised=cls.balancer.address),
        })
        cls.addClassCleanup(cls.cluster.down)
        cls.balancer.start(cls.cluster.listener("BALANCED").split(","))
        cls.controller = f"127.0.0.1:{cls.cluster.port(CONTROLLER)}"

    @classmethod
    def tls_listener(cls, authority, name, **how):
        certificate, key = authority.issue(name, f"/CN={name}", **how)
        store = authority.folder / f"{name}-store.pem"
        store.write_text(key.read_text() + certificate.read_text())
        return Listener("SSL", settings={"ssl.keystore.type": "PEM", "ssl.keystore.location": str(store)})

    def tls(self, protocol="ssl", **more):
        return {"security.protocol": protocol, "ssl.ca.location": str(self.authority.ca), **more}

    @staticmethod
    def login(protocol="sasl_plaintext", **more):
        return {"security.protocol": protocol, "sasl.mechanism": "PLAIN", "sasl.username": "exporter",
                "sasl.password": PASSWORD, **more}

    def check(self, server, properties=None, **keys):
        done = checking.check(self.folder, checking.entry(server, properties, **keys))
        self.assertNotIn(PASSWORD, done.said)
        return done

    def first(self, name):
        return self.cluster.listener(name).split(",")[0]

    def fails(self, step, server, properties, *words, help=""):
        """The step of the server fails, says these words and what to do, and all after it waits."""
        done = self.check(server, properties)
        self.assertEqual((done.code, done.failed()), (1, [step]), done.said)
        failed = done.only(step)
        for pattern in words:
            self.assertRegex(failed["detail"], pattern)
        self.assertRegex(failed["help"], help or r"\S")
        self.assertEqual(done.only("metadata")["result"], "skipped")
        return failed

    def test_certificates(self):
        date = r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC"
        old, new = ([f"{at:%Y-%m-%d %H:%M:%S UTC}" for at in dates] for dates in (self.old, self.new))
        for name, words, help in (
                ("NAMED", [r"\(CN=named\) does not name 127.0.0.1; it names DNS:kafka-0.example.com, IP:10.0.0.5$"],
                 "subjectAltName has 127.0.0.1"),
                ("EXPIRED", [r"\(CN=expired\) has expired", f"valid from {old[0]} until {old[1]}$"],
                 "renew the broker's certificate"),
                ("EARLY", [r"\(CN=early\) is not valid yet", f"valid from {new[0]} until {new[1]}$"], "clock"),
                ("OTHER", [r"\(CN=stranger\) is signed by CN=A private authority, which is not among the CAs",
                           rf"\(ssl.ca.location, {re.escape(str(self.authority.ca))}\)$"], "ssl.ca.location")):
            with self.subTest(name):
                server = self.first(name)
                failed = self.fails("tls", server, self.tls(), f"the certificate of {server} ", *words, help=help)
                self.assertNotIn("SSL routines", failed["detail"])
                self.assertEqual(len(re.findall(date, failed["detail"])), 2 if name in ("EXPIRED", "EARLY") else 0)

    def test_a_certificate_that_this_machine_does_not_trust(self):
        self.fails("tls", self.first("GOOD"), {"security.protocol": "ssl"}, "is not among the CAs",
                   "those of this machine, as ssl.ca.location is not set")

    def test_a_certificate_for_another_name_may_be_believed_all_the_same(self):
        """As the operator says: then nothing is wrong with it."""
        done = self.check(self.first("NAMED"), self.tls(**{"ssl.endpoint.identification.algorithm": "none"}))
        self.assertEqual({step["result"] for step in done.of("tls")}, {"ok"}, done.said)

    def test_clients_certificates(self):
        server = self.cluster.tls_bootstrap.split(",")[0]
        self.fails("tls", server, self.tls(), "asks for a client's certificate, and none is configured",
                   help="ssl.certificate.location")
        certificate, key = self.other.issue("client", "/CN=client")
        mine = {"ssl.certificate.location": str(certificate), "ssl.key.location": str(key)}
        self.fails("tls", server, self.tls(**mine), "refuses this client's certificate", help="ssl.truststore.location")

    def test_the_wrong_security_protocol(self):
        plain, tls = self.cluster.bootstrap.split(",")[0], self.first("GOOD")
        sasl, both = (b.split(",")[0] for b in (self.cluster.sasl_bootstrap, self.cluster.sasl_tls_bootstrap))
        tls_login = self.login("sasl_ssl", **{"ssl.ca.location": str(self.authority.ca)})
        for server, properties, step, words, protocol in (
                (plain, self.login(), "sasl", "is a listener without login", "plaintext"),
                (plain, self.tls(), "tls", "does not answer in TLS", "plaintext"),
                (plain, tls_login, "tls", "does not answer in TLS", "sasl_plaintext"),
                (tls, {}, "kafka_protocol", "does not answer in plaintext", "ssl"),
                (tls, tls_login, "sasl", "is a listener without login", "ssl"),
                (sasl, {}, "kafka_protocol", "wants a login", "sasl_plaintext"),
                (sasl, tls_login, "tls", "does not answer in TLS", "sasl_plaintext"),
                (both, {}, "kafka_protocol", "does not answer in plaintext", "ssl"),
                (both, self.tls(), "kafka_protocol", "wants a login", "sasl_ssl"),
                (both, self.login(), "kafka_protocol", "does not answer in plaintext", "sasl_ssl")):
            with self.subTest(words, server=server, properties=properties):
                self.fails(step, server, properties, f"{server} {words}",
                           help=rf"set security.protocol to {protocol}\b(?!_)")

    def test_a_mechanism_that_is_not_offered(self):
        self.fails("sasl", self.cluster.sasl_bootstrap.split(",")[0], self.login(**{"sasl.mechanism": "SCRAM-SHA-512"}),
                   "supported mechanisms: PLAIN", help="^set sasl.mechanism to one of those")

    def test_a_controllers_listener(self):
        self.fails("kafka_protocol", self.controller, {}, f"{self.controller} is the listener of a controller",
                   help="`servers` must name brokers")

    def test_a_login_without_a_mechanism(self):
        properties = self.login()
        del properties["sasl.mechanism"]
        entry = checking.entry(self.cluster.sasl_bootstrap, properties)
        done = checking.check(self.folder, entry)
        self.assertEqual((done.code, done.failed()), (2, ["configuration"]), done.said)
        self.assertIn("sasl.mechanism is missing", done.only("configuration")["detail"])
        ran = subprocess.run([BINARY, f"--config.file={self.folder / 'check.toml'}", "--web.listen-address=127.0.0.1:0"],
                             cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=scaled(30))
        self.assertEqual(ran.returncode, 2, ran.stdout)
        self.assertIn("sasl.mechanism is missing", ran.stdout)
        self.assertNotIn(PASSWORD, done.said + ran.stdout)

    def test_ipv6(self):
        server = self.first("SIX")
        self.assertRegex(server, r"^\[::1\]:\d+$")
        done = self.check(server)
        self.assertEqual((done.code, set(done.results()) - {"skipped"}), (0, {"ok"}), done.said)
        addresses = [step["subject"].split(" advertised as ")[1] for step in done.of("broker")]
        self.assertEqual(sorted(addresses), sorted(self.cluster.listener("SIX").split(",")))
        text = checking.run(self.folder, f"--kafka.server={server}")
        self.assertIn(f"TCP to {server} (::1)\n", text.stdout)
        closed = self.check("[::1]:1")
        self.assertRegex(closed.only("tcp")["detail"], r"^\[::1\]: Connection refused$")
        exporter = self.exporter(server)
        exporter.await_ready()
        self.assertEqual(set(exporter.metrics().by("kafka_broker_info", "address")), set(addresses))
        shown, = exporter.json("/api/v1/clusters")["clusters"]
        cluster = exporter.json(f"/api/v1/clusters/{shown['id']}")
        self.assertEqual(sorted(b["address"] for b in cluster["brokers"]), sorted(addresses))

    def test_one_address_for_all_brokers(self):
        done = self.check(self.balancer.address)
        self.assertEqual((done.code, done.failed()), (1, ["addresses"]), done.said)
        self.assertEqual(done.only("addresses")["detail"], f"brokers 1, 2 all advertise {self.balancer.address}")
        self.assertIn("advertised.listeners", done.only("addresses")["help"])
        self.assertRegex(done.only("offsets")["detail"], "^waits for each broker has an address of its own")

    def test_servers_of_two_clusters(self):
        with tempfile.TemporaryDirectory(prefix="kie-another-") as folder, Cluster(folder) as another:
            another.up(brokers=1, ttl=600, timeout=scaled(120))
            mine, its = self.cluster.bootstrap.split(","), another.bootstrap
            done = self.check(f"{mine[0]},{its},{mine[1]}")
            self.assertEqual((done.code, done.failed()), (1, ["one_cluster"]), done.said)
            self.assertIn(f"{self.cluster.state['cluster_id']}: {mine[0]}, {mine[1]}; {another.state['cluster_id']}: {its}",
                          done.only("one_cluster")["detail"])
            self.assertEqual(done.only("metadata")["result"], "skipped")
            self.assertIsNone(done.document["clusters"][0]["cluster_id"])
        # The address that is left over is only one that does not answer.
        done = self.check(f"{mine[0]},{its},{mine[1]}")
        self.assertEqual(done.failed()[0], "tcp", done.said)
        self.assertEqual(done.only("one_cluster")["result"], "ok")


if __name__ == "__main__":
    unittest.main()
