"""librdkafka goes on asking the broker that answered last. When that one is frozen, no other answer waits for it."""

import time
import unittest

import shared_cluster
from patience import eventually, moments, scaled
from scenario import OffsetWatch, Scenario, oldest_offset_age

POLL = 1.0
EXPORTERS = 3       # each with a broker that it asked last of its own, and fresh ones that never waited for anybody
FROZEN_FOR = 7      # seconds: the session ends after 3, so both halves are seen


class FreezeAsked(Scenario):
    def test_no_answer_of_the_others_is_delayed(self):
        # Each in turn, so that one of them was the one asked last.
        exporters = []
        for _ in range(EXPORTERS):
            exporters.append(self.exporter(poll=f"{POLL:g}s"))
            time.sleep(POLL / EXPORTERS)        # to spread the polls, not to wait for anything
        for exporter in exporters:
            exporter.await_ready()
        before = [e.metrics().get("kafka_isr_exporter_polls_late_total") for e in exporters]
        for frozen in shared_cluster.BROKERS:
            with self.subTest(frozen=frozen):
                self._freeze(exporters, frozen)
        late = [e.metrics().get("kafka_isr_exporter_polls_late_total") - was for e, was in zip(exporters, before)]
        self.measured("polls that began late in three freezes", f"{late}")
        # The first poll that meets a frozen broker waits for it; later ones know that it is silent.
        self.assertLessEqual(max(late), 6)

    def _freeze(self, exporters, frozen):
        others = [b for b in shared_cluster.BROKERS if b != frozen]
        watches = [self.watch(OffsetWatch(self.cluster, b)) for b in others]
        led = {b: [p.partition for p in self.cluster.partitions("orders") if p.leader == b] for b in others}
        eventually(lambda: all(("orders", n) in w.values for w in watches for n in led[w.broker]), 10,
                   "the offsets are watched")
        oldest, oldest_page = [], 0.0
        self.cluster.pause(frozen)
        for _ in moments(FROZEN_FOR, 5):
            for number, exporter in enumerate(exporters):
                at, wall = time.monotonic(), time.time()
                page = exporter.metrics()
                oldest.append((*oldest_offset_age(page, at, watches), f"exporter {number}"))
                oldest_page = max(oldest_page, wall - page.get("kafka_isr_exporter_page_rendered_timestamp_seconds"))
        worst = max(oldest)
        self.measured(f"broker {frozen} frozen", f"oldest offset {worst[0] * 1000:.0f} ms {worst[1:]}, "
                      f"oldest page {oldest_page * 1000:.0f} ms")
        for watch in watches:
            watch.stop()
        self.cluster.resume(frozen)
        shared_cluster.heal(self.cluster)
        for exporter in exporters:
            exporter.await_metrics(lambda page: page.get("kafka_cluster_under_replicated_partitions") == 0, 15,
                                   "healed")
        self.assertLess(worst[0], scaled(POLL + 1), worst[1:])
        self.assertLess(oldest_page, scaled(POLL + 1))


if __name__ == "__main__":
    unittest.main()
