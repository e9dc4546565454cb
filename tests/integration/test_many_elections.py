"""A thousand partitions that change their leader at once are assessed within seconds, and no poll waits for it."""

import time
import unittest

from losses import LossScenario, assessments
from patience import eventually, scaled

PARTITIONS = 1000
POLL = 1.0


class ManyElections(LossScenario):
    def test_are_assessed_beside_the_polls(self):
        self.watching = self.exporter(poll=f"{POLL:g}s")
        self.watching.await_ready()
        self.cluster.create_topic(self.topic, assign=[[1, 2]] * PARTITIONS)
        self.watching.await_metrics(
            lambda page: len(page.series("kafka_topic_partition_current_offset", topic=self.topic)) == PARTITIONS, 60,
            "all their offsets are seen")
        before, begun = self.watching.metrics(), time.monotonic()
        with self.nothing_is_lost(grown=PARTITIONS):
            self.cluster.stop(1)
            eventually(lambda: all(p.leader == 2 for p in self.cluster.partitions(self.topic)), 30, "2 leads all")
            changed = time.monotonic()
            page = self.watching.await_metrics(
                lambda page: assessments(page, "none") >= assessments(before, "none") + PARTITIONS, 10,
                "they are assessed")
            self.measured(f"{PARTITIONS} elections are assessed", f"{time.monotonic() - changed:.1f} s after the last one")
            polls = (page.get("kafka_isr_exporter_polls_total") - before.get("kafka_isr_exporter_polls_total"))
            self.assertGreaterEqual(polls, (time.monotonic() - begun) / scaled(POLL) - 2)
            self.assertEqual(page.get("kafka_isr_exporter_polls_late_total"),
                             before.get("kafka_isr_exporter_polls_late_total"))
            self.cluster.start(1)


if __name__ == "__main__":
    unittest.main()
