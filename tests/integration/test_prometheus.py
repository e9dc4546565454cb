"""A real Prometheus scrapes the exporter, and Prometheus's own tool finds nothing wrong with the page."""

import subprocess
import unittest

from patience import eventually, scaled
from prometheus_server import PrometheusServer
from scenario import Scenario, missing

BROKEN = 3


class Prometheus(Scenario):
    def test_it_scrapes_and_sees_a_shrink(self):
        exporter = self.exporter()
        exporter.await_ready()
        server = PrometheusServer(self.folder / "prometheus", exporter.port)
        self.addCleanup(server.close)
        query = server.query
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


if __name__ == "__main__":
    unittest.main()
