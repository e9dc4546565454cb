"""The exporter starts without Kafka, says that it is not ready, and connects when Kafka appears."""

import unittest

import shared_cluster
from patience import eventually, scaled
from scenario import Scenario, in_all


class StartWithoutKafka(Scenario):
    RATE = 0

    def test_it_serves_and_connects_later(self):
        for broker in shared_cluster.BROKERS:
            self.cluster.kill(broker)
        exporter = self.exporter()
        page = exporter.metrics()
        self.assertEqual(page.get("kafka_cluster_up"), 0)
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 0, 15, "a failed poll")
        ready = exporter.get("/-/ready")
        self.assertEqual(ready.status, 503)
        # The reason is said, not only that there is one.
        self.assertRegex(ready.text, r"^Not ready: no fresh answer from the cluster: \S.+")
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        self.assertIn("no broker has answered so far", exporter.get("/").text)
        names = {name for name in exporter.metrics().families() if not name.startswith(("kafka_isr_exporter_",
                                                                                       "process_"))}
        self.assertEqual(names, {"kafka_cluster_up", "kafka_cluster_leader_elections_total",
                                 "kafka_cluster_topic_recreations_total", "kafka_loss_assessments_pending",
                                 "kafka_loss_assessments_total"})

        for broker in shared_cluster.BROKERS:
            self.cluster.start(broker, wait=False)
        self.cluster.wait_ready(shared_cluster.BROKERS, timeout=scaled(60))
        exporter.await_ready(20)
        page = exporter.await_metrics(lambda page: page.get("kafka_brokers") == 3, 10, "all brokers are there")
        self.assertEqual(page.get("kafka_cluster_up"), 1)
        self.assertEqual(page.get("kafka_topic_partitions", topic="orders"), 50)
        self.assertEqual(len(exporter.lines('msg="poll works again"')), 1)

    @in_all
    def test_nobody_ever_listened(self):
        # Port 1 is nobody's.
        exporter = self.exporter("127.0.0.1:1")
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > 0, 15, "a failed poll")
        self.assertEqual(exporter.metrics().get("kafka_cluster_up"), 0)
        self.assertEqual(exporter.get("/-/ready").status, 503)
        eventually(lambda: exporter.lines("level=(warn|error)"), 5, "a line says so")
        self.measured("SIGTERM without Kafka", f"{exporter.stop() * 1000:.0f} ms")


if __name__ == "__main__":
    unittest.main()
