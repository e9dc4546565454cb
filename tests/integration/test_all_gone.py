"""With every broker gone the exporter goes on serving: no old state, not ready, and well again by itself."""

import time
import unittest

from patience import eventually, scaled
from scenario import Scenario, in_all
import shared_cluster

POLL = 1.0
STALENESS = 3 * POLL
# What may be on a page when nothing is known: whether the cluster answers, and what was counted.
# What is said of the exporter's own knowledge, and not of the cluster's state.
LASTING = {"kafka_cluster_up", "kafka_loss_assessments_pending", "kafka_topic_last_loss_timestamp_seconds"}


def state_left(page):
    return sorted(name for name in page.families()
                  if name.startswith("kafka_") and not name.startswith("kafka_isr_exporter_")
                  and name not in LASTING and not name.endswith(("_total", "_last_hour")))


def totals(page):
    return {(name, tuple(sorted(labels.items()))): value for name in page.families()
            if name.endswith("_total") for labels, value in page.series(name)}


class AllGone(Scenario):
    def test_frozen(self):
        self._lose(self.cluster.pause, self.cluster.resume)

    @in_all
    def test_killed(self):
        self._lose(self.cluster.kill, lambda broker: self.cluster.start(broker, wait=False))

    @staticmethod
    def _cpu_share(exporter, seconds=4):
        """Of one core, as the process counts it."""
        def used():
            return exporter.metrics().get("process_cpu_seconds_total")

        before, began = used(), time.monotonic()
        time.sleep(seconds)
        return (used() - before) / (time.monotonic() - began)

    def _lose(self, lose, bring_back):
        exporter = self.exporter(poll=f"{POLL:g}s")
        before = exporter.await_ready()
        for broker in shared_cluster.BROKERS:
            lose(broker)
        gone = time.monotonic()

        def nothing_is_left():
            left = state_left(exporter.metrics())
            return not left

        eventually(nothing_is_left, STALENESS + 2, lambda: f"only what lasts: {state_left(exporter.metrics())}")
        self.measured("the last state was on a page", f"{time.monotonic() - gone:.1f} s after the brokers went")
        took = []
        for _ in range(100):
            answer = exporter.get("/metrics")
            self.assertEqual(answer.status, 200)
            took.append(answer.seconds)
            time.sleep(0.02)
        self.measured("/metrics while all are gone", f"{max(took) * 1000:.1f} ms at most, "
                      f"{sorted(took)[50] * 1000:.1f} ms in the middle")
        self.assertLess(max(took), scaled(0.05))
        page = exporter.await_metrics(lambda page: page.get("kafka_cluster_up") == 0, 5, "kafka_cluster_up 0")
        self.assertEqual(state_left(page), [])
        self.assertLessEqual(set(before.by("kafka_topic_isr_shrinks_total", "topic")),
                             set(page.by("kafka_topic_isr_shrinks_total", "topic")))
        self.assertTrue(page.series("kafka_topic_isr_shrinks_last_hour"))
        ready = exporter.get("/-/ready")
        self.assertEqual(ready.status, 503)
        self.assertIn("Not ready", ready.text)
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        self.assertIn("Nothing is known at present", exporter.get("/").text)
        rendered = page.get("kafka_isr_exporter_page_rendered_timestamp_seconds")
        self.assertLess(time.time() - rendered, scaled(5), "the page is rendered anew while nobody answers")
        busy = self._cpu_share(exporter)
        self.measured("CPU while all are gone", f"{busy:.1%} of a core")
        self.assertLess(busy, 0.15)

        for broker in shared_cluster.BROKERS:
            bring_back(broker)
        self.cluster.wait_ready(shared_cluster.BROKERS, timeout=scaled(60))
        back = time.monotonic()
        eventually(lambda: exporter.get("/-/ready").status == 200, 15, "ready again")
        self.measured("ready again", f"{time.monotonic() - back:.1f} s after the brokers")
        after = exporter.await_metrics(
            lambda page: page.get("kafka_cluster_up") == 1 and page.get("kafka_brokers") == 3
            and page.get("kafka_cluster_under_replicated_partitions") == 0
            and page.get("kafka_cluster_offline_partitions") == 0, 30, "all is known and well again")
        for families in (page, before):
            now = totals(after)
            for series, value in totals(families).items():
                self.assertGreaterEqual(now[series], value, series)
        self.assertEqual({name for name in before.families() if name.startswith("kafka_")} - after.families(), set())


if __name__ == "__main__":
    unittest.main()
