"""Topics that are deleted, stay deleted, and are created again under their old name."""

import unittest

from patience import eventually, moments
from scenario import Scenario, in_all

POLL = 1.0
NAME = "short-lived"


class Topics(Scenario):
    def setUp(self):
        super().setUp()
        self._create()
        self.cluster.produce(NAME, 0, 100)
        # Ids are what tells topics of one name apart when nothing else does.
        self.watching = self.exporter(poll=f"{POLL:g}s")
        self.watching.await_ready()
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_partition_current_offset", topic=NAME, partition=0) == 100, 10,
            "the records are seen")

    def test_a_deleted_topic_goes_and_never_comes_back(self):
        self.cluster.delete_topic(NAME)
        polls = self.watching.metrics().get("kafka_isr_exporter_polls_total")
        page = self.watching.await_metrics(self._is_gone, 2 * POLL + 1, "its series are gone")
        # The poll that was under way at the deletion does not count.
        self.assertLessEqual(page.get("kafka_isr_exporter_polls_total"), polls + 3)
        for _ in moments(5, 5):
            page = self.watching.metrics()
            self.assertTrue(self._is_gone(page))
            self.assertEqual(page.get("kafka_topic_isr_shrinks_last_hour", topic=NAME), 0)
            for broker in (1, 2, 3):
                self.assertNotIn(NAME, self.cluster.metadata(via=broker).topics)
        self.assertEqual(self._events("deleted"), 1)

    def test_made_anew_slowly(self):
        self.cluster.delete_topic(NAME)
        self.watching.await_metrics(self._is_gone, 2 * POLL + 1, "its series are gone")
        self._create()
        self._is_made_anew()
        self.assertEqual(self._events("deleted"), 1)

    def test_made_anew_between_two_polls_with_fewer_records(self):
        self.cluster.delete_topic(NAME)
        self._create()
        self.cluster.produce(NAME, 0, 5)
        self._is_made_anew()
        eventually(lambda: self.watching.metrics().get("kafka_topic_partition_current_offset", topic=NAME, partition=0)
                   == 5, 10, lambda: f"offset 5, not as in {page.series('kafka_topic_partition_current_offset')}")

    def test_made_anew_between_two_polls_with_more_records(self):
        self.cluster.delete_topic(NAME)
        self._create()
        self.cluster.produce(NAME, 0, 500)
        self._is_made_anew()

    def _create(self):
        self.cluster.create_topic(NAME, partitions=3, rf=3)

    @staticmethod
    def _is_gone(page):
        return not any(page.series(name, topic=NAME) for name in page.families() if not name.endswith("_last_hour"))

    def _events(self, kind):
        return len(self.watching.lines(rf"msg={kind} .*topic={NAME}"))

    def _is_made_anew(self):
        page = self.watching.await_metrics(
            lambda page: page.get("kafka_cluster_topic_recreations_total") == 1
            and page.get("kafka_topic_partitions", topic=NAME) == 3, 10, "it counts as created again")
        for what in ("isr_shrinks", "isr_expands", "leader_changes"):
            self.assertEqual(page.get(f"kafka_topic_{what}_total", topic=NAME), 0, what)
        polls = page.get("kafka_isr_exporter_polls_total")
        page = self.watching.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 4, 15,
                                           "four more polls, in one of which all ids are read")
        self.assertEqual(page.get("kafka_cluster_topic_recreations_total"), 1)
        for what in ("isr_shrinks", "isr_expands", "leader_changes"):
            self.assertEqual(page.get(f"kafka_topic_{what}_total", topic=NAME), 0, what)
        self.assertEqual(self._events("recreated"), 1)
        return page


@in_all
class TopicsOfTwoBrokers(Scenario):
    """Where the broker that began a look is half of all there are, and still a new id takes two of them."""

    NAME = "of-two"
    RATE = 0.0

    def setUp(self):
        super().setUp()
        self.cluster.stop(3)
        eventually(lambda: sorted(self.cluster.metadata(via=1).brokers) == sorted(self.cluster.metadata(via=2).brokers)
                   == [1, 2], 20, "both list the two of them")
        self._create()
        self.watching = self.exporter()
        self.watching.await_ready()
        self.watching.await_metrics(lambda page: page.get("kafka_topic_partitions", topic=self.NAME) == 4, 10,
                                    "the topic is seen")

    def test_made_anew_is_neither_a_shrink_nor_a_leader_change(self):
        for times in range(1, 6):
            self.cluster.delete_topic(self.NAME)
            # Other leaders and smaller ISRs than before.
            self._create([[2], [1], [2], [1]] if times % 2 else None)
            page = self.watching.await_metrics(
                lambda page: page.get("kafka_cluster_topic_recreations_total") == times
                and page.get("kafka_topic_partitions", topic=self.NAME) == 4, 10, f"created again for the {times}. time")
            for what in ("isr_shrinks", "isr_expands", "leader_changes"):
                self.assertEqual(page.get(f"kafka_topic_{what}_total", topic=self.NAME), 0, what)
        self.assertEqual(self.watching.lines(rf"msg=(leader_change|isr_shrink|isr_expand) .*topic={self.NAME}"), [])

    def _create(self, assign=None):
        self.cluster.create_topic(self.NAME, assign=assign or [[1, 2], [2, 1], [1, 2], [2, 1]])


if __name__ == "__main__":
    unittest.main()
