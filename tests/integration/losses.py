"""What scenarios about lost records share: elections made to order, and what the exporter has to say of them."""

from __future__ import annotations

import contextlib
import json
import uuid
from typing import Iterator

from exporter import Exporter
from metrics import Metrics
from patience import eventually
from python_application import TOKEN, Application, python_application
from scenario import Partition, Scenario
from truth import readable

RISKY = {"unclean.leader.election.enable": "true", "min.insync.replicas": "1"}
KINDS = "loss,unclean_election,loss_unknown"


def assessments(page: Metrics, result: str) -> float:
    return page.get("kafka_loss_assessments_total", result=result)


class LossScenario(Scenario):
    RATE = 0.0          # what is written is counted
    watching: Exporter

    def setUp(self) -> None:
        super().setUp()
        # Never used before: a broker that restarts takes the settings of a deleted topic for those of its successor.
        self.topic = f"ledger-{uuid.uuid4().hex[:8]}"

    def watch_with_reports(self, poll: str, listen: str = "127.0.0.1:0", ingest: str = "127.0.0.1:0", **cluster: str) -> int:
        """An exporter that takes reports too; the port where it does, 0 if that is a Unix socket."""
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        keys = {"servers": self.cluster.bootstrap.split(","), "poll_interval": poll, "watch_interval": poll, **cluster}
        self.watching = self.exporter(listen=listen, text=(
            f'[ingest]\nlisten_address = "{ingest}"\ntoken_file = "{token}"\n[[cluster]]\n'
            + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())))
        return self.watching.ingest_port()

    def application(self, ingest_port: int, **settings: str) -> Application:
        made = python_application(self.folder, self.cluster.bootstrap, self.topic, ingest_port, **settings)
        self.addCleanup(made.kill)
        return made

    def acknowledge_alone(self, application: Application, client_id: str) -> None:
        """500 records of an application are on brokers 1 and 2, then 1,000 on broker 1 alone; all are reported."""
        application.tell(500)
        application.await_acknowledged(500)
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        application.tell(1000)
        application.await_acknowledged(1500)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id=client_id) == 1500, 10,
            lambda: f"it reports: {application.said()[-1000:]}")

    def elect_uncleanly(self, application: Application) -> None:
        """Broker 2 without the 1,000: the exporter's loss is what was acknowledged and cannot be read back, to the record."""
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.watching.await_metrics(lambda page: assessments(page, "lost") >= 1, 90, "the loss is found")
        there = {offset: value for (_, offset), value in readable(self.cluster, self.topic).items()}
        lost = [offset for offset, value in application.acknowledged().items() if there.get(offset) != value]
        self.assertEqual(sorted(lost), list(range(500, 1500)))
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all") == len(lost), 90,
            f"{len(lost)} records are lost, to the record")
        said = self.events("loss,loss_revised", topic=self.topic)
        self.assertEqual(sum(event["details"]["records"] for event in said), len(lost))
        self.assertEqual({event["details"]["measure"] for event in said}, {"acknowledged"})

    def create(self, topic: str, assign: list[list[int]], **config) -> None:
        """A topic that the exporter has seen the offsets of."""
        self.cluster.create_topic(topic, assign=assign, config=config)
        self.seen(topic, range(len(assign)), 0)

    def write(self, topic: str, count: int, partition: int = 0) -> None:
        """Acknowledged by all, and seen by the exporter."""
        first = self.cluster.produce(topic, partition, count)
        self.seen(topic, [partition], first + count)

    def seen(self, topic: str, partitions, offset: int, which: str = "current") -> None:
        """Until the exporter has seen this offset, or a later one."""
        self.watching.await_metrics(
            lambda page: all((page.get(f"kafka_topic_partition_{which}_offset", topic=topic, partition=p) or 0) >= offset
                             and page.get(f"kafka_topic_partition_{which}_offset", topic=topic, partition=p) is not None
                             for p in partitions), 15, f"{topic} is seen with its {which} offset {offset}")

    def expect_end(self, topic: str, end: int, partition: int = 0) -> None:
        """What a consumer can read ends there, as the leader says once it knows."""
        eventually(lambda: self.cluster.offsets(topic)[partition].latest == end, 15,
                   lambda: f"{topic}-{partition} ends at {end}, not as in {self.cluster.offsets(topic)[partition]}")

    def lead(self, topic: str, broker: int, partition: int = 0) -> None:
        """A clean change of the leader to an in-sync replica, at once."""
        replicas = self.cluster.partition(topic, partition).replicas
        order = [broker, *(r for r in replicas if r != broker)]
        self.cluster.reassign(topic, {partition: order})
        self.cluster.elect(topic, partition)
        self.cluster.await_partition(topic, partition, leader=broker)

    def newest(self) -> dict[tuple[str, int], Partition]:
        """By topic id and partition, as the broker has them that knows most: one that just woke tells old news."""
        found: dict[tuple[str, int], Partition] = {}
        for broker in self.cluster.running():
            for partitions in self.cluster.metadata(via=broker).topics.values():
                for p in partitions:
                    key = (p.topic_id, p.partition)
                    if key not in found or p.epoch > found[key].epoch:
                        found[key] = p
        return found

    def events(self, kinds: str = KINDS, **filters) -> list[dict]:
        query = "".join(f"&{key}={value}" for key, value in filters.items())
        return self.watching.json(f"/api/v1/events?kind={kinds}{query}")["events"]

    @contextlib.contextmanager
    def nothing_is_lost(self, grown: int = 1, sure_of: str = "") -> Iterator[None]:
        """What happens inside makes at least so many leader epochs grow; each is assessed, and none is a loss.

        sure_of: only of this topic it must be said. A leader from outside the last ISR whose log has no record of the
        epoch before may have come back with records that nobody committed, unless it is known where the epoch that it
        has ended: topics without traffic may be unknown then.
        """
        before, known = self.watching.metrics(), self.newest()
        yield
        after = self.newest()
        grew = sum(key in known and p.epoch > known[key].epoch for key, p in after.items() if p.leader >= 0)
        # Nobody can answer for these.
        leaderless = sum(p.leader < 0 for p in after.values())
        self.assertGreaterEqual(grew, grown)
        page = self.watching.await_metrics(
            lambda page: page.get("kafka_loss_assessments_pending") <= leaderless
            and self._answered(page) >= self._answered(before) + grew, 40,
            lambda: f"{grew} epochs more are assessed than {self._answered(before)}")
        self.assertGreater(assessments(page, "none"), assessments(before, "none"))
        for family in ("kafka_topic_lost_records_total", "kafka_topic_lost_records_last_hour",
                       "kafka_topic_unclean_leader_elections_total", "kafka_topic_unclean_leader_elections_last_hour"):
            self._expect_zero(page.series(family))
        self._expect_zero(page.series("kafka_loss_assessments_unknown_last_hour",
                                      **({"topic": sure_of} if sure_of else {})))
        self.assertEqual(assessments(page, "lost"), 0)
        self.assertEqual([event for event in self.events()
                          if event["kind"] != "loss_unknown" or sure_of in ("", event["topic"])], [])

    @staticmethod
    def _answered(page: Metrics) -> float:
        return page.total("kafka_loss_assessments_total")

    def _expect_zero(self, series: list[tuple[dict[str, str], float]]) -> None:
        self.assertTrue(series)
        self.assertEqual([(labels, value) for labels, value in series if value], [])
