"""Losses at elections that Kafka calls clean, losses that several epochs share, and those that can not be told any more."""

import unittest

from losses import RISKY, LossScenario, assessments
from kafka_cluster import Cluster
from patience import eventually
from records import batch
from scenario import in_all
from truth import Records, readable

SAFE = {"unclean.leader.election.enable": "false"}


def segments(cluster: Cluster, broker: int, topic: str) -> list[int]:
    """First offsets of the segments of partition 0 on a broker's disk."""
    return sorted(int(file.stem) for file in (cluster.node_dir(broker) / "data" / f"{topic}-0").glob("*.log"))


class LossKinds(LossScenario):
    def setUp(self) -> None:
        super().setUp()
        self.watching = self.exporter()
        self.watching.await_ready()

    def leave_alone(self, records: int = 1000, **config) -> None:
        """Broker 2 has 500 records and is frozen; 1 acknowledges more alone."""
        self.create(self.topic, [[1, 2]], **config)
        self.write(self.topic, 500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        self.write(self.topic, records)
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_at_risk_records", topic=self.topic) == records, 15,
            f"{records} records exist once")

    def await_assessed(self, result: str, count: int = 1):
        """The page that has so many of them, with nothing left to ask."""
        return self.watching.await_metrics(
            lambda page: assessments(page, result) >= count and page.get("kafka_loss_assessments_pending") == 0, 30,
            f"{count} times {result}")

    def expect_loss(self, page, first: int, end: int, unclean: int, election: str) -> None:
        lost = end - first
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all"), lost)
        self.assertEqual(page.get("kafka_topic_lost_records_last_hour", topic=self.topic, acks="all"), lost)
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=self.topic), unclean)
        said = self.events(topic=self.topic)
        self.assertEqual(sorted(event["kind"] for event in said), ["loss"] + ["unclean_election"] * unclean)
        details = next(event["details"] for event in said if event["kind"] == "loss")
        self.assertEqual((details["first_offset"], details["end_offset"], details["records"], details["at_least"],
                          details["election"]), (first, end, lost, False, election))

    def expect_unknown(self, page) -> None:
        self.assertEqual(page.get("kafka_loss_assessments_unknown_last_hour", topic=self.topic), 1)
        self.assertEqual(page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all"), 0)
        self.assertEqual(page.get("kafka_topic_unclean_leader_elections_total", topic=self.topic), 0)
        self.assertEqual([event["kind"] for event in self.events(topic=self.topic)], ["loss_unknown"])

    # Elections that Kafka calls clean.

    def test_an_empty_disk_on_the_last_replica(self):
        self.leave_alone(**SAFE)
        self.cluster.kill(1)
        self.cluster.wipe(1)
        self.cluster.start(1)
        self.cluster.await_partition(self.topic, leader=1)
        self.expect_end(self.topic, 0)
        self.expect_loss(self.await_assessed("lost"), 0, 1500, unclean=0, election="clean")

    def test_a_log_that_was_cut(self):
        self.leave_alone(**SAFE)
        self.cluster.kill(1)
        log = self.cluster.node_dir(1) / "data" / f"{self.topic}-0" / "00000000000000000000.log"
        with open(log, "r+b") as file:
            file.truncate(log.stat().st_size * 6 // 10)
        self.cluster.start(1)
        self.cluster.await_partition(self.topic, leader=1)
        eventually(lambda: self.cluster.offsets(self.topic)[0].error == "NONE", 15, "the leader says where it ends")
        end = self.cluster.offsets(self.topic)[0].latest
        self.assertLess(end, 1500)
        self.expect_loss(self.await_assessed("lost"), end, 1500, unclean=0, election="clean")

    # Elections inside an ISR of two: while nobody looked it may have shrunk, and then grown by the election.

    @in_all
    def test_two_empty_disks_where_no_unclean_election_is_allowed(self):
        self._empty_both(**SAFE)
        self.expect_loss(self.await_assessed("lost"), 0, 1000, unclean=0, election="clean")

    @in_all
    def test_two_empty_disks_where_it_is_not_known(self):
        self._empty_both()
        self.expect_loss(self.await_assessed("lost"), 0, 1000, unclean=0, election="unknown")

    def _empty_both(self, **config) -> None:
        self.create(self.topic, [[1, 2]], **config)
        self.write(self.topic, 1000)
        self.watching.freeze()
        for broker in (1, 2):
            self.cluster.kill(broker)
        for broker in (1, 2):
            self.cluster.wipe(broker)
            self.cluster.start(broker)
        self.cluster.await_partition(self.topic, isr=[1, 2])
        self.watching.thaw()

    # Several epochs, and old news.

    def test_a_returning_leader_with_an_uncommitted_tail(self):
        self.create(self.topic, [[1, 2]], **RISKY)
        told = self._acknowledge("one", 500)
        self.cluster.kill(2)
        # Taken, and not committed while 2 counts as in sync. (A frozen 2 would find some of them in its socket later.)
        self.cluster.produce(self.topic, 0, 200, acks=1)
        with self.nothing_is_lost():
            self.assertEqual(self.cluster.offsets(self.topic)[0].latest, 500)
            self.cluster.kill(1)
            self.cluster.start(2)
            self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.expect_end(self.topic, 500)
        told.update(self._acknowledge("two", 1000))
        self.assertEqual(max(told), (0, 1499))

        self.cluster.kill(2)
        self.cluster.await_partition(self.topic, leader=-1, via=3)
        self.cluster.start(1)
        self.cluster.await_partition(self.topic, leader=1, isr=[1])
        self.expect_end(self.topic, 700)
        there = readable(self.cluster, self.topic)
        lost = sorted(offset for (_, offset), value in told.items() if there.get((0, offset)) != value)
        self.assertEqual(lost, list(range(500, 1500)))
        page = self.watching.await_metrics(lambda page: assessments(page, "lost") >= 1, 30, "the loss is found")
        self.expect_loss(page, 500, 1500, unclean=1, election="unclean")

    def _acknowledge(self, what: str, count: int) -> Records:
        first = self.cluster.write(self.topic, 0, batch([b"%s-%d" % (what.encode(), n) for n in range(count)]))
        self.seen(self.topic, [0], first + count)
        return {(0, first + n): f"{what}-{n}" for n in range(count)}

    def test_a_deposed_leader_that_wakes_and_is_asked_first(self):
        self.leave_alone(**RISKY)
        self.watching.stop()
        self.cluster.pause(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.watching = self.exporter(f"127.0.0.1:{self.cluster.port(1)}", folder=self.watching.folder)
        self.cluster.resume(1)
        page = self.watching.await_metrics(lambda page: assessments(page, "lost") >= 1, 30, "the loss is found")
        self.expect_loss(page, 500, 1500, unclean=1, election="unclean")

    # What can not be told any more.

    @in_all
    def test_retention_that_passes_what_was_known(self):
        self.create(self.topic, [[1, 2]])
        self.write(self.topic, 1000)
        self.watching.freeze()
        self.cluster.produce(self.topic, 0, 1000)
        self.cluster.alter_topic(self.topic, {"retention.ms": "500"})
        # Of both: a follower that has the records still can prove that none is lost.
        eventually(lambda: [segments(self.cluster, broker, self.topic) for broker in (1, 2)] == [[2000], [2000]], 30,
                   "retention has passed all of it")
        self.lead(self.topic, 2)
        self.watching.thaw()
        self.expect_unknown(self.await_assessed("unknown"))

    @in_all
    def test_a_log_start_that_moved_into_the_lost_range(self):
        self.leave_alone(**RISKY)
        self.watching.freeze()
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.cluster.produce(self.topic, 0, 3000)
        self.assertEqual(self.cluster.delete_records(self.topic, 0, 1000), 1000)
        self.watching.thaw()
        page = self.watching.await_metrics(lambda page: assessments(page, "unknown") >= 1, 30, "the answer is unknown")
        self.expect_unknown(page)


if __name__ == "__main__":
    unittest.main()
