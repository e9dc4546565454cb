"""A frozen broker is one shrink for each partition that it drops out of, and one expansion when it is back."""

import collections
import time
import unittest

from patience import eventually, scaled
from scenario import MetadataWatch, Scenario, missing

FROZEN = 3
POLL = 1.0


class FreezeFollower(Scenario):
    def test_each_partition_shrinks_once_and_expands_once(self):
        exporter = self.exporter(poll=f"{POLL:g}s")
        before = exporter.await_ready()
        self.assertEqual(before.total("kafka_topic_isr_shrinks_total"), 0)
        self.assertEqual(before.get("kafka_cluster_under_replicated_partitions"), 0)
        watches = [self.watch(MetadataWatch(self.cluster, broker)) for broker in (1, 2)]
        with_it = {(p.topic, p.partition) for p in self.everything() if FROZEN in p.replicas and len(p.replicas) > 1}
        led = {(p.topic, p.partition) for p in self.everything() if p.leader == FROZEN}
        by_topic = collections.Counter(topic for topic, _ in with_it)
        self.assertGreater(by_topic["orders"], 40)

        self.cluster.pause(FROZEN)
        shown, page = self._watch_pages(exporter, with_it)
        knew = {key: min(t for w in watches if (t := w.first(key, lambda p: FROZEN in missing(p)))) for key in with_it}
        late = {key: shown[key] - knew[key] for key in with_it}
        self.measured("a shrink is on the page after Metadata has it", f"{max(late.values()) * 1000:.0f} ms at most, "
                      f"{sorted(late.values())[len(late) // 2] * 1000:.0f} ms in the middle")
        self.assertLess(max(late.values()), scaled(POLL + 1))

        # Leaders were elected in the same moment as the shrink or a moment later.
        page = exporter.await_metrics(
            lambda page: page.total("kafka_topic_leader_changes_total") == len([k for k in led if k in with_it]),
            10, "the partitions that it led have another leader")
        for topic, partitions in by_topic.items():
            self.assertEqual(page.get("kafka_topic_under_replicated_partitions", topic=topic), partitions)
            self.assertEqual(page.get("kafka_topic_isr_shrinks_total", topic=topic), partitions)
            self.assertEqual(page.get("kafka_topic_isr_shrinks_last_hour", topic=topic), 1)
        self.assertEqual(page.get("kafka_topic_under_replicated_partitions", topic="logs"), 1)
        self.assertEqual(page.get("kafka_topic_isr_shrinks_total", topic="logs"), 0)
        for broker in (1, 2, 3):
            behind = sum(broker in missing(p) for p in self.everything())
            self.assertEqual(page.get("kafka_broker_out_of_sync_replicas", broker=broker), behind)
        self.assertEqual(page.get("kafka_broker_up", broker=FROZEN), 0)
        self.assertEqual(page.total("kafka_topic_isr_expands_total"), 0)

        self.cluster.resume(FROZEN)
        eventually(lambda: not any(missing(p) for p in self.everything()), 30, "the broker is back in every ISR")
        back = time.monotonic()
        page = exporter.await_metrics(lambda page: page.get("kafka_cluster_under_replicated_partitions") == 0, 10,
                                      "nothing is under-replicated on the page")
        self.measured("the last expansion is on the page", f"{(time.monotonic() - back) * 1000:.0f} ms after Metadata")
        for _ in range(2):
            for topic in ("orders", "payments", "logs", "__consumer_offsets"):
                shrinks = page.get("kafka_topic_isr_shrinks_total", topic=topic)
                self.assertEqual(shrinks, by_topic.get(topic, 0), topic)
                self.assertEqual(page.get("kafka_topic_isr_expands_total", topic=topic), shrinks, topic)
            polls = page.get("kafka_isr_exporter_polls_total")
            page = exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 3, 10,
                                          "three more polls")

    def _watch_pages(self, exporter, keys):
        """When each partition was first shown with the frozen broker missing, and the last page."""
        shown = {}

        def all_shown():
            page = exporter.metrics()
            now = time.monotonic()
            under = page.by("kafka_topic_partition_under_replicated_partition", "topic", "partition")
            shrinks = page.by("kafka_topic_isr_shrinks_total", "topic")
            for topic, partition in keys - set(shown):
                if under.get((topic, str(partition))) == 1 and shrinks[topic] > 0:
                    shown[topic, partition] = now
            return page if len(shown) == len(keys) else None

        page = eventually(all_shown, 20, lambda: f"still without a shrink: {keys - set(shown)}", every=0.02)
        return shown, page


if __name__ == "__main__":
    unittest.main()
