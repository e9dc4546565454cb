"""A producer made by README's Python code goes through an unclean election: its fatal error, and the loss to the record."""

import json
import re
import subprocess
import unittest

import snippets
from losses import RISKY, LossScenario, assessments
from patience import eventually
from truth import readable

TOKEN = "open-sesame-7f2e"
FATAL = "kafka_producer_fatal_errors_last_hour"

# Does as it is told, a line each: a number is so many records, "report" a report; says what was acknowledged.
MAIN = """
import select, sys
import confluent_kafka
from kie_reporter import Producer

def delivered(error, message):
    print(*("failed", error.name()) if error else ("acknowledged", message.offset(), message.value().decode()), flush=True)

producer = Producer({"bootstrap.servers": sys.argv[1], "client.id": "ledger", "enable.idempotence": True,
                     "statistics.interval.ms": int(sys.argv[3]), "on_delivery": delivered})
sent = 0
while True:
    try:
        producer.poll(0.05)
        if not select.select([sys.stdin], [], [], 0)[0]:
            continue
        line = sys.stdin.readline()
        if not line:
            break
        if line.strip() == "report":
            producer.report()
            continue
        for _ in range(int(line)):
            producer.produce(sys.argv[2], value=str(sent), partition=0)
            sent += 1
        producer.flush(20)
    except confluent_kafka.KafkaException as failure:
        print("raised", failure.args[0].name(), flush=True)
"""


class Application:
    def __init__(self, command: list[str], env: dict[str, str], log: str):
        self._log = open(log, "w+")
        self._process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=self._log, stderr=self._log, text=True)

    def tell(self, what) -> None:
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def said(self) -> str:
        with open(self._log.name) as log:
            return log.read()

    def acknowledged(self) -> dict[int, str]:
        return {int(offset): value for offset, value in re.findall(r"^acknowledged (\d+) (\d+)$", self.said(), re.M)}

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait(20)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


class PythonProducer(LossScenario):
    def watch(self, poll: str) -> None:
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        self.watching = self.exporter(text=(
            f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\n'
            f"[[cluster]]\nservers = {json.dumps(self.cluster.bootstrap.split(','))}\npoll_interval = \"{poll}\"\n"
            f'watch_interval = "{poll}"\n'))
        self.port = int(re.search(r"\bport=(\d+)", self.watching.await_log(r"taking what producers report.*", 10)[0])[1])
        self.watching.await_ready()

    def application(self, interval_ms: int) -> Application:
        command, env = snippets.write_python(self.folder, MAIN)
        made = Application([*command, self.cluster.bootstrap, self.topic, str(interval_ms)],
                           {**snippets.environment(self.port, TOKEN), **env}, str(self.folder / "application.log"))
        self.addCleanup(made.kill)
        return made

    def await_acknowledged(self, application: Application, count: int) -> None:
        eventually(lambda: len(application.acknowledged()) == count, 30,
                   lambda: f"{count} records are acknowledged, not as in\n{application.said()[-1000:]}")

    def test_through_an_unclean_election(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]], config=RISKY)
        self.watch("60s")
        # Statistics, and with them reports, come too seldom to matter: each report is called for.
        application = self.application(600_000)
        application.tell(500)
        self.await_acknowledged(application, 500)
        application.tell("report")
        self.cluster.pause(2)
        self.cluster.await_partition(self.topic, isr=[1])
        application.tell(800)
        self.await_acknowledged(application, 1300)
        application.tell("report")
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="ledger") == 1300, 10, "it reports")
        application.tell(200)
        self.await_acknowledged(application, 1500)
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2, isr=[2])
        self.watching.await_metrics(lambda page: assessments(page, "lost") >= 1, 90, "the loss is found")

        # After the assessment it learns that it is dead, and its report of that has the rest.
        self.assertEqual(self.watching.metrics().get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 0)
        application.tell(10)
        self.watching.await_metrics(lambda page: page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER") == 1, 30,
                                    lambda: "the fatal error arrives: " + application.said()[-2500:])
        self.assertIn("raised OUT_OF_ORDER_SEQUENCE_NUMBER", application.said(), "and the application is told as without")
        there = {offset: value for (_, offset), value in readable(self.cluster, self.topic).items()}
        lost = [offset for offset, value in application.acknowledged().items() if there.get(offset) != value]
        self.assertEqual(sorted(lost), list(range(500, 1500)))
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="all") == len(lost), 90,
            f"{len(lost)} records are lost, to the record")
        said = self.events("loss,loss_revised", topic=self.topic)
        self.assertEqual(sum(event["details"]["records"] for event in said), len(lost))
        self.assertEqual({event["details"]["measure"] for event in said}, {"acknowledged"})
        fatal = self.watching.json("/api/v1/events?kind=producer_fatal")["events"]
        self.assertEqual([(e["details"]["client_id"], e["details"]["error"]) for e in fatal],
                         [("ledger", "OUT_OF_ORDER_SEQUENCE_NUMBER")])

        application.end()
        shown = eventually(lambda: [one for one in self.watching.json("/api/v1/producers?client_id=ledger")["producers"]
                                    if one["ended"]], 10, "it says that it ends")[0]
        self.assertEqual((shown["acknowledged_records"], shown["fatal"]["error"], shown["settings"]["enable.idempotence"]),
                         (1500, "OUT_OF_ORDER_SEQUENCE_NUMBER", "true"))
        failed = {(one["error"], one["persisted"]): one["records"] for one in shown["failed"]}
        self.assertEqual(sum(failed.values()), 10, failed)
        page = self.watching.metrics()
        self.assertEqual(sum(value for _, value in page.series("kafka_producer_delivery_failures_total", client_id="ledger")), 10)

    def test_both_ways_are_one_producer(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        self.watch("1s")
        application = self.application(300)
        application.tell(700)
        self.await_acknowledged(application, 700)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="ledger") == 700
            and page.get("kafka_producer_queue_messages_limit", client_id="ledger") is not None, 10, "statistics and reports come")
        page = self.watching.metrics()
        self.assertEqual(page.get("kafka_producer_instances", client_id="ledger"), 1)
        shown = self.watching.json("/api/v1/producers?client_id=ledger")["producers"]
        self.assertEqual([(one["idempotence"]["state"], one["cluster_id"]) for one in shown],
                         [("Assigned", self.watching.json("/api/v1/clusters")["clusters"][0]["id"])])
        application.end()
        self.watching.await_metrics(lambda page: page.get("kafka_producer_instances", client_id="ledger") == 0, 10, "it ends")
        self.assertEqual(self.watching.metrics().get("kafka_producer_vanished_last_hour", client_id="ledger"), 0)


if __name__ == "__main__":
    unittest.main()
