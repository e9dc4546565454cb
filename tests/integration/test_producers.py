"""What applications send of their producers is counted, shown and kept."""

import gzip
import http.client
import json
import os
import pathlib
import random
import select
import socket
import time
import unittest

from patience import eventually, moments
from prometheus_server import PrometheusServer
from scenario import Scenario

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATS = ROOT / "tests" / "fixtures" / "stats"
TOKEN = "open-sesame-7f2e"
PATH = "/api/v1/producers/statistics"
REPORTS = "/api/v1/producers/reports"
FATAL = "kafka_producer_fatal_errors_last_hour"
RULES = ROOT / "deploy" / "prometheus" / "kafka-isr-exporter.rules.yml"
KILLS = int(os.environ.get("KIE_PRODUCER_KILLS", "10"))


def document(name: str) -> bytes:
    return (STATS / f"{name}.json").read_bytes()


class Reporter:
    """A producer that acknowledges and fails more records with each report."""

    def __init__(self, number: int):
        self.instance, self.sequence, self.acknowledged, self.failed = f"storm-{number}", 0, 0, 0

    def report(self, records: int) -> bytes:
        self.sequence += 1
        self.acknowledged += records
        self.failed += records % 3
        return json.dumps({
            "version": 1, "instance": self.instance, "sequence": self.sequence, "time": time.time(), "client_id": "storm",
            "acknowledged": self.acknowledged,
            "failed": [{"error": "_MSG_TIMED_OUT", "persisted": "possibly", "records": self.failed}]}).encode()


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self._path)


class Producers(Scenario):
    RATE = 0.0

    def watch(self, address: str = "127.0.0.1:0", folder: pathlib.Path = None, listen: str = "127.0.0.1:0"):
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        text = (f'[ingest]\nlisten_address = "{address}"\ntoken_file = "{token}"\nmax_clients = 50\n'
                f"[[cluster]]\nservers = {json.dumps(self.cluster.bootstrap.split(','))}\npoll_interval = \"1s\"\n")
        watching = self.exporter(text=text, folder=folder, listen=listen)
        self.port = watching.ingest_port()
        return watching

    def post(self, body: bytes, token: str = TOKEN, path: str = PATH, **headers) -> tuple[int, dict]:
        return self.send(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10), body, token, path, **headers)

    @staticmethod
    def send(connection, body: bytes, token: str = TOKEN, path: str = PATH, **headers) -> tuple[int, dict]:
        try:
            connection.request("POST", path, body, {"Authorization": f"Bearer {token}", **headers})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def test_a_fatal_error_is_counted_once_and_outlives_a_restart(self):
        watching = self.watch()
        page = watching.await_ready()
        self.assertEqual(page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 0)
        self.assertEqual(self.post(document("producer_idempotent_healthy_2.8.0"))[0], 200)
        page = watching.await_metrics(
            lambda page: page.get("kafka_producer_instances", client_id="orders-producer") == 1, 3, "the producer is there")
        self.assertEqual(page.get("kafka_producer_idempotence_state", client_id="orders-producer", state="Assigned"), 1)
        ooosn = document("producer_idempotent_ooosn_2.8.0")
        for body, headers in ((ooosn, {}), (gzip.compress(ooosn), {"Content-Encoding": "gzip"})):
            self.assertEqual(self.post(body, **headers), (200, {"accepted": 1, "refused": 0, "errors": []}))
        page = watching.await_metrics(lambda page: page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER") == 1, 3,
                                      "the fatal error is there")
        self.assertEqual(page.get("kafka_producer_fatal_errors_total", client_id="orders-producer",
                                  error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 1)
        self.assertEqual(page.get("kafka_producer_idempotence_state", client_id="orders-producer", state="FatalError"), 1)
        self.assertEqual(len(watching.lines("level=error .*fatal error.*OUT_OF_ORDER_SEQUENCE_NUMBER")), 1)
        events = watching.json("/api/v1/events?kind=producer_fatal")["events"]
        self.assertEqual([(e["cluster_id"], e["details"]["client_id"], e["details"]["error"]) for e in events],
                         [(None, "orders-producer", "OUT_OF_ORDER_SEQUENCE_NUMBER")])
        self.assertIn("sequence desynchronization", events[0]["details"]["reason"])
        shown = watching.json("/api/v1/producers?client_id=orders-producer")["producers"]
        self.assertEqual([(p["gone"], p["fatal"]["error"], p["idempotence"]["state"]) for p in shown],
                         [(False, "OUT_OF_ORDER_SEQUENCE_NUMBER", "FatalError")])

        sent = page.get("kafka_producer_transmitted_bytes_total", client_id="orders-producer")
        self.assertGreater(sent, 0)
        watching.kill()
        watching = self.watch(folder=watching.folder)
        page = watching.metrics()
        self.assertEqual(page.get("kafka_producer_transmitted_bytes_total", client_id="orders-producer"), sent)
        self.assertEqual(page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 1, "on the first page")
        self.assertEqual(self.post(ooosn)[0], 200)
        watching.await_metrics(
            lambda page: page.get("kafka_producer_instances", client_id="orders-producer") == 1, 3, "it reports again")
        self.assertEqual(watching.metrics().get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 1)
        self.assertEqual(watching.metrics().get("kafka_producer_transmitted_bytes_total", client_id="orders-producer"), sent)
        self.assertEqual(len(watching.json("/api/v1/events?kind=producer_started")["events"]), 1)

    def test_totals_neither_go_back_nor_jump_however_often_it_is_killed(self):
        watching = self.watch()
        reporters = [Reporter(number) for number in range(5)]
        shown, total = 0, "kafka_producer_acknowledged_records_total"
        chance = random.Random(7)
        for _ in range(KILLS):
            ends = time.monotonic() + chance.uniform(0, 1.5)
            while time.monotonic() < ends:
                for one in reporters:
                    self.assertEqual(self.post(one.report(chance.randrange(1000)), path=REPORTS)[0], 200)
                now = watching.metrics().get(total, client_id="storm") or 0
                self.assertGreaterEqual(now, shown)
                self.assertLessEqual(now, sum(one.acknowledged for one in reporters))
                shown = now
            watching.kill()
            watching = self.watch(folder=watching.folder)
            now = watching.metrics().get(total, client_id="storm") or 0
            self.assertGreaterEqual(now, shown, "on the first page")
            self.assertLessEqual(now, sum(one.acknowledged for one in reporters))
            shown = now
        for one in reporters:
            self.post(one.report(0), path=REPORTS)
        watching.await_metrics(lambda page: page.get(total, client_id="storm") == sum(one.acknowledged for one in reporters), 5,
                               "the total is exact")
        page = watching.metrics()
        self.assertEqual(page.get("kafka_producer_delivery_failures_total", client_id="storm", error="_MSG_TIMED_OUT",
                                  persisted="possibly"), sum(one.failed for one in reporters))
        self.assertEqual(page.get("kafka_producer_instances", client_id="storm"), len(reporters))
        self.assertEqual(page.get("kafka_producer_vanished_last_hour", client_id="storm"), 0)
        started = watching.json("/api/v1/events?kind=producer_started")["events"]
        self.assertEqual(sorted(event["details"]["instance"] for event in started), [one.instance for one in reporters])
        self.measured("killed", f"{KILLS} times, {sum(one.acknowledged for one in reporters)} records in "
                      f"{sum(one.sequence for one in reporters)} reports")

    def test_prometheus_sees_nothing_but_what_happened_over_a_kill(self):
        watching = self.watch()
        watching.await_ready()
        # Failures of long ago, for Prometheus.
        failed = {"failed": [{"error": "_MSG_TIMED_OUT", "persisted": "possibly", "records": 35}]}
        old = [{"version": 1, "instance": name, "sequence": 1, "time": time.time(), "client_id": "storm-before",
                "acknowledged": 1000, **failed} for name in ("A", "B")]
        for report in old:
            self.assertEqual(self.post(json.dumps(report).encode(), path=REPORTS)[0], 200)
        failures = 'kafka_producer_delivery_failures_total{client_id="storm-before"}'
        watching.await_metrics(lambda page: page.total("kafka_producer_delivery_failures_total") == 70, 5, "it has both")
        prometheus = PrometheusServer(self.folder / "prometheus", watching.port, rules=RULES)
        self.addCleanup(prometheus.close)
        one, series = Reporter(0), 'kafka_producer_acknowledged_records_total{client_id="storm"}'

        def reports(count: int) -> None:
            for _ in moments(count, 1):
                self.assertEqual(self.post(one.report(99), path=REPORTS)[0], 200)

        reports(10)
        eventually(lambda: prometheus.query(series) == [one.acknowledged], 15, "Prometheus has it")
        watching.kill()
        # The application goes on, and nobody takes its reports.
        for _ in range(3):
            one.report(99)
        watching = self.watch(folder=watching.folder, listen=f"127.0.0.1:{watching.port}")
        # They report one after the other.
        for report in old:
            self.assertEqual(self.post(json.dumps({**report, "sequence": 2, "time": time.time()}).encode(), path=REPORTS)[0], 200)
            reports(5)
        eventually(lambda: prometheus.query(series) == [one.acknowledged], 15, "Prometheus has it again")
        self.assertEqual(prometheus.query(f"resets({series}[10m])"), [0])
        first, last = (prometheus.query(f"{which}_over_time({series}[10m])")[0] for which in ("min", "max"))
        self.assertEqual(last, one.acknowledged)
        increase = prometheus.query(f"increase({series}[10m])")[0]
        # It adds half an interval at each end.
        self.assertAlmostEqual(increase, last - first, delta=0.15 * (last - first))
        self.assertEqual([prometheus.query(f"{which}_over_time({failures}[10m])") for which in ("min", "max")], [[70], [70]])
        self.assertEqual(prometheus.query('count_over_time(ALERTS{alertname=~"KafkaProducer.*"}[10m])'), [])
        self.assertEqual(prometheus.query("kafka_producer_vanished_last_hour > 0"), [])

    def endless(self, header: bytes, more: bytes) -> int:
        """Sends more of a body as long as it is let, a gigabyte at most: the status of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n".encode() + header + b"\r\n")
            try:
                for _ in range(1000):
                    if select.select([connection], [], [], 0)[0]:
                        break
                    connection.sendall(more)
            except ConnectionError:
                pass                # it may hang up before it is read to the end
            return int(connection.recv(100).split()[1])

    def test_a_hostile_client_disturbs_neither_polls_nor_scrapes(self):
        watching = self.watch()
        watching.await_ready()
        late = watching.metrics().get("kafka_isr_exporter_polls_late_total")
        slow = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(28)]
        try:
            for one in slow:
                one.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
                            "Content-Length: 1000000\r\n\r\n{".encode())
            self.assertEqual(self.post(document("producer_idempotent_healthy_2.8.0"))[0], 200)
            took = [watching.get("/metrics").seconds for _ in range(50)]
        finally:
            for one in slow:
                one.close()
        self.measured("a scrape beside 28 slow bodies", f"{max(took) * 1000:.1f} ms at most")
        self.assertLess(max(took), 0.5)
        before = watching.metrics().get("process_resident_memory_bytes")
        self.assertEqual(self.endless(b"Transfer-Encoding: chunked\r\n", b"100000\r\n" + b" " * (1 << 20) + b"\r\n"), 413)
        self.assertEqual(self.endless(b"Content-Length: 99999999999\r\n", b" " * (1 << 20)), 413)
        self.assertEqual(self.post(gzip.compress(b" " * 500_000_000), **{"Content-Encoding": "gzip"})[0], 413)
        self.assertEqual(self.post(b"x", token="wrong")[0], 401)
        accepted, took = 0, []
        for first in range(0, 1_000_000, 50_000):
            many = b"".join(b'{"name":"n%d#producer-1","client_id":"n%d","type":"producer","ts":5,"age":1}\n' % (i, i)
                            for i in range(first, first + 50_000))
            accepted += self.post(many)[1]["accepted"]
            took.append(watching.get("/metrics").seconds)
        self.assertEqual(accepted, 9_999, "max_instances")
        self.measured("a scrape between bodies of a million clients", f"{max(took) * 1000:.1f} ms at most")
        self.assertLess(max(took), 0.5)
        page = watching.await_metrics(
            lambda page: page.get("kafka_isr_exporter_ingest_rejected_total", reason="instances") == 990_001, 3, "all others are refused")
        self.assertEqual(page.get("kafka_isr_exporter_ingest_clients"), 51, "one is for all without room")
        self.assertEqual(page.get("kafka_isr_exporter_ingest_rejected_total", reason="clients"), 9_950)
        self.assertEqual(page.get("kafka_producer_instances", client_id="other"), 9_950)
        self.assertEqual(page.get("kafka_isr_exporter_ingest_rejected_total", reason="inflated"), 1)
        self.assertEqual(len(watching.lines("level=warn .*reason=clients")), 1)
        self.assertEqual(page.get("kafka_isr_exporter_polls_late_total"), late)
        self.assertLess(page.get("process_resident_memory_bytes") - before, 150e6)
        self.assertNotIn(TOKEN, watching.log + watching.get("/").text + watching.metrics().text)

    def test_over_a_unix_socket(self):
        # The name of the test's own folder may have a digit before an "r", which is refused.
        path = f"/tmp/kie-ingest-{os.getpid()}.sock"
        watching = self.watch(f"unix:{path}")
        self.assertEqual(self.send(UnixConnection(path), document("kcat_producer_idempotent_2.0.2"))[0], 200)
        watching.await_metrics(lambda page: page.get("kafka_producer_instances", client_id="shop-producer") == 1, 3,
                               "the producer is there")
        # One that was killed leaves its socket behind.
        watching.kill()
        watching = self.watch(f"unix:{path}", folder=watching.folder)
        eventually(lambda: self.send(UnixConnection(path), document("kcat_producer_idempotent_2.0.2"))[0] == 200, 5,
                   "it is taken again")
        watching.stop()
        self.assertFalse(pathlib.Path(path).exists())


if __name__ == "__main__":
    unittest.main()
