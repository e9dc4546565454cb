"""What goes on failing is said when it starts and when it ends, not at every poll."""

import collections
import re
import unittest

import shared_cluster
from patience import moments, scaled
from scenario import Scenario

OUTAGE = 10     # seconds


class QuietLog(Scenario):
    def test_an_outage_is_a_few_lines(self):
        exporter = self.exporter(poll="1s", cluster={"request_timeout": "1s"})
        exporter.await_ready()
        self.assertEqual(exporter.lines("level=(warn|error)"), [])
        for broker in shared_cluster.BROKERS:
            self.cluster.kill(broker)
        failed = exporter.metrics().get("kafka_isr_exporter_poll_failures_total")
        for _ in moments(OUTAGE, 2):
            exporter.metrics()
        # As many chances to repeat itself.
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") >= failed + 4, 40,
                               "polls fail")
        said = exporter.lines("level=(warn|error)")
        own = [line for line in said if "from=librdkafka" not in line]
        self.assertEqual(len([line for line in own if 'msg="poll failed"' in line]), 1, own)
        self._each_once(own)
        # librdkafka tells of each broker and kind of trouble once.
        others = [line for line in said if "from=librdkafka" in line]
        kinds = collections.Counter(re.sub(r"^.*msg=\"?(\[[^]]*\]).*facility=(\w+).*", r"\1 \2", line)
                                    for line in others)
        self.assertTrue(all(n == 1 for n in kinds.values()), kinds)
        self.assertLessEqual(len(others), 4 * len(shared_cluster.BROKERS), others)

        for broker in shared_cluster.BROKERS:
            self.cluster.start(broker, wait=False)
        self.cluster.wait_ready(shared_cluster.BROKERS, timeout=scaled(60))
        exporter.await_metrics(lambda page: page.get("kafka_cluster_up") == 1 and page.get("kafka_brokers") == 3
                               and page.get("kafka_cluster_under_replicated_partitions") == 0, 30, "well again")
        self.assertEqual(len(exporter.lines('level=info msg="poll works again"')), 1)
        exporter.await_ready()
        lines = len(exporter.lines("level=(warn|error)"))
        polls = exporter.metrics().get("kafka_isr_exporter_polls_total")
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 4, 15, "four polls")
        self.assertEqual(len(exporter.lines("level=(warn|error)")), lines, "a healthy cluster is nothing to warn of")

    def _each_once(self, lines):
        kinds = collections.Counter(re.search(r'msg=("[^"]*"|\S+)', line)[1] for line in lines)
        self.assertTrue(all(n == 1 for n in kinds.values()), kinds)


if __name__ == "__main__":
    unittest.main()
