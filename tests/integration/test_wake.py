"""A broker that just woke tells its old leaders and its old ISR for a moment. That is never an event."""

import time
import unittest

import shared_cluster
from patience import eventually, moments
from scenario import MetadataWatch, Scenario, missing

EXPORTERS = 4       # polling at different moments: that many more chances to meet the one that just woke


class Wake(Scenario):
    def test_old_news_is_never_a_change(self):
        self._rounds([3])

    def test_often(self):
        self._rounds([1, 2, 3, 1, 2])

    def _rounds(self, brokers):
        exporters = []
        for _ in range(EXPORTERS):
            exporters.append(self.exporter(poll="1s"))
            time.sleep(1 / EXPORTERS)      # to spread the polls, not to wait for anything
        for exporter in exporters:
            exporter.await_ready()
        for round_, frozen in enumerate(brokers, 1):
            self._freeze_and_wake(exporters, frozen, round_)

    def _freeze_and_wake(self, exporters, frozen, round_):
        before = [_totals(e.metrics()) for e in exporters]
        stable = next(b for b in shared_cluster.BROKERS if b != frozen)
        watch = self.watch(MetadataWatch(self.cluster, stable))
        partitions = self.everything()
        led = [p for p in partitions if p.leader == frozen and len(p.replicas) > 1]
        with_it = [p for p in partitions if frozen in p.replicas and len(p.replicas) > 1]
        expected = {}
        for topic in {p.topic for p in partitions}:
            shrinks = float(sum(p.topic == topic for p in with_it))
            expected[topic] = (shrinks, float(sum(p.topic == topic for p in led)))

        self.cluster.pause(frozen)
        eventually(lambda: all(frozen in missing(p) for p in self._now(with_it)), 20, "the ISRs shrank")
        for exporter, was in zip(exporters, before):
            exporter.await_metrics(
                lambda page: _since(page, was) == {t: (s, 0.0, c) for t, (s, c) in expected.items()}, 10,
                lambda: f"{expected} of shrinks and leader changes, not {_since(exporter.metrics(), was)}")

        self.cluster.resume(frozen)
        # 15 s, so that the metadata's own age limits pass as well.
        for _ in moments(15, 10):
            for exporter, was in zip(exporters, before):
                page = exporter.metrics()
                for topic, (shrinks, expands, changes) in _since(page, was).items():
                    self.assertEqual((shrinks, changes), expected[topic], f"{topic} in round {round_}")
                    self.assertLessEqual(expands, shrinks)
                leaders = page.by("kafka_topic_partition_leader", "topic", "partition")
                for p in led:
                    self.assertNotEqual(leaders.get((p.topic, str(p.partition))), frozen, f"{p} in round {round_}")
        watch.stop()
        # What the controller did, by a broker that was awake all the time.
        for p in with_it:
            history = [seen for _, seen in watch.history[p.topic, p.partition]]
            gone = sum(bool(set(a.isr) - set(b.isr)) for a, b in zip(history, history[1:]))
            self.assertEqual(gone, 1, f"the controller shrank {p.topic}-{p.partition} in one step: {history}")
        for exporter, was in zip(exporters, before):
            self.assertEqual(_since(exporter.metrics(), was), {t: (s, s, c) for t, (s, c) in expected.items()})
        # The preferred leaders again, for the next round.
        shared_cluster.heal(self.cluster)
        for exporter in exporters:
            exporter.await_metrics(lambda page: _leads_preferred(page), 10, "the preferred leaders lead")

    def _now(self, partitions):
        now = {(p.topic, p.partition): p for p in self.everything()}
        return [now[p.topic, p.partition] for p in partitions]


def _totals(page):
    names = [f"kafka_topic_{what}_total" for what in ("isr_shrinks", "isr_expands", "leader_changes")]
    families = [page.by(name, "topic") for name in names]
    return {topic: tuple(family[topic] for family in families) for topic in families[0]}


def _since(page, before):
    return {topic: tuple(now - was for now, was in zip(values, before[topic]))
            for topic, values in _totals(page).items()}


def _leads_preferred(page):
    return all(value == 1 for _, value in page.series("kafka_topic_partition_leader_is_preferred"))


if __name__ == "__main__":
    unittest.main()
