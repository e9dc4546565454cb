"""A real Prometheus scrapes the exporter, and Prometheus's own tool finds nothing wrong with the page."""

import json
import shutil
import signal
import subprocess
import unittest
import urllib.parse
import urllib.request

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from patience import eventually, scaled
from processes import free_ports
from scenario import Scenario, missing

BROKEN = 3


class Prometheus(Scenario):
    def test_it_scrapes_and_sees_a_shrink(self):
        exporter = self.exporter()
        exporter.await_ready()
        query = self._start(exporter)
        eventually(lambda: query("up") == [1], 30, lambda: f"up is {query('up')}")
        for name in ("kafka_topic_isr_shrinks_total", "kafka_topic_isr_expands_total",
                     "kafka_topic_leader_changes_total"):
            eventually(lambda: query(f'{name}{{topic="orders"}}') == [0], 10, f"{name} in Prometheus")
        self.assertEqual(query("count(kafka_topic_partition_leader)"), [len(self.everything())])
        self.assertEqual(query("kafka_isr_exporter_build_info"), [1])

        self.cluster.kill(BROKEN)
        shrunk = eventually(lambda: [p for p in self.everything() if BROKEN in missing(p) and p.leader >= 0], 20,
                            "ISRs shrink")
        self.assertTrue(shrunk)
        expected = sum(BROKEN in p.replicas for p in self.cluster.partitions("orders"))
        eventually(lambda: query('kafka_topic_isr_shrinks_total{topic="orders"}') == [expected], 20,
                   lambda: f"{expected} shrinks, not {query('kafka_topic_isr_shrinks_total')}")
        self.assertEqual(query('kafka_topic_under_replicated_partitions{topic="orders"}'), [expected])
        self.assertEqual(query(f'kafka_broker_up{{broker="{BROKEN}"}}'), [0])
        # increase() sees what happened between two scrapes only because the counter began at 0.
        eventually(lambda: (query('increase(kafka_topic_isr_shrinks_total{topic="orders"}[5m])') or [0])[0] > 0, 10,
                   "increase() of the shrinks")

    def test_promtool_finds_nothing(self):
        exporters = [self.exporter(), self.exporter(cluster={"name": "one \"two\" \\three", "expected_brokers": 3})]
        for exporter in exporters:
            exporter.await_ready()
        for exporter in exporters:
            checked = subprocess.run(["promtool", "check", "metrics"], input=exporter.get("/metrics").body,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=scaled(30))
            self.assertEqual((checked.returncode, checked.stdout.decode()), (0, ""))
        page = exporters[1].metrics()
        self.assertEqual(page.get("kafka_expected_brokers", kafka_cluster='one "two" \\three'), 3)
        for name in page.families():
            if name.startswith(("kafka_topic_", "kafka_broker", "kafka_cluster_")):
                for labels, _ in page.series(name):
                    self.assertEqual(labels.get("kafka_cluster"), 'one "two" \\three', name)

    def _start(self, exporter):
        """Prometheus on loopback with its data in the test's folder; a function that asks it."""
        binary = shutil.which("prometheus")
        self.assertTrue(binary, "Prometheus is not installed")
        folder, port = self.folder / "prometheus", free_ports(1)[0]
        folder.mkdir()
        (folder / "prometheus.yml").write_text(
            "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n- job_name: kafka\n"
            f"  static_configs:\n  - targets: ['127.0.0.1:{exporter.port}']\n")
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [binary, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
                 f"--web.listen-address=127.0.0.1:{port}"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)
        self.addCleanup(_end, process)

        def query(expression):
            url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
            try:
                with urllib.request.urlopen(url, timeout=scaled(5)) as answer:
                    result = json.load(answer)["data"]["result"]
            except OSError as e:
                if process.poll() is not None:
                    raise AssertionError(f"Prometheus ended: {(folder / 'log').read_text()[-2000:]}") from e
                return [f"no answer: {e}"]      # it is starting
            return [float(series["value"][1]) for series in result]

        return query


def _end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(scaled(20))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    unittest.main()
