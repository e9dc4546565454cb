"""The plugin for librdkafka: what it reports of programs that it changes in nothing."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import hanging_names
import monitor_plugin
from losses import RISKY, LossScenario
from monitor_plugin import build_host, plugin
from patience import eventually, scaled
from python_application import TOKEN, Application
from scenario import WithExporters
from truth import readable

FATAL = "kafka_producer_fatal_errors_last_hour"
NOWHERE = "127.0.0.1:1"
HABITS = ("plain", "many", "forks", "failing", "copies", "fatal", "no-destroy", "never-polls", "consumes", "bad-partition")


class Hosts(WithExporters):
    """host.c with the newest librdkafka, and its own mock cluster."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.built = pathlib.Path(tempfile.mkdtemp(prefix="kie-host-"))
        cls.addClassCleanup(shutil.rmtree, cls.built, ignore_errors=True)
        cls.host = build_host(cls.built)

    def setUp(self) -> None:
        super().setUp()
        self.token = self.folder / "token"
        self.token.write_text(TOKEN + "\n")
        self.log = self.folder / "monitor.log"

    def takes_reports(self, address: str = "127.0.0.1:0", limits: str = "") -> int:
        self.watching = self.exporter(NOWHERE, text=(
            f'[ingest]\nlisten_address = "{address}"\ntoken_file = "{self.token}"\n{limits}'
            f'[[cluster]]\nservers = ["{NOWHERE}"]\n'))
        return self.watching.ingest_port()

    def run_host(self, habit: str, env: dict[str, str], *arguments: str, before: tuple[str, ...] = (), with_plugin: bool = True,
                 limit: float = 60) -> float:
        """It ends well and says nothing; the seconds that it took."""
        begin = time.monotonic()
        ended = subprocess.run([*before, str(self.host), plugin() if with_plugin else "", habit, *arguments],
                               env={**os.environ, **env}, capture_output=True, text=True, timeout=scaled(limit))
        took = time.monotonic() - begin
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", ""), f"{habit}: {self.said()}")
        return took

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def producers(self) -> list[dict]:
        return self.watching.json("/api/v1/producers?client_id=host&limit=1000")["producers"]

    def ended(self, count: int) -> list[dict]:
        return eventually(lambda: self.producers() if sum(one["ended"] for one in self.producers()) == count else None, 10,
                          lambda: f"{count} producers end, not {self.producers()} of {self.said()}")

    def test_each_habit_is_reported(self):
        port = self.takes_reports()
        env = monitor_plugin.environment(port, self.token, self.log)
        producers = records = 0
        for habit, more, acknowledged in (("plain", 1, 1000), ("many", 200, 2000), ("forks", 10, 550), ("copies", 1, 10),
                                          ("fatal", 5, 50), ("no-destroy", 1, 1000), ("never-polls", 1, 1000), ("failing", 1, 10),
                                          ("bad-partition", 1, 1000), ("consumes", 0, 0)):
            with self.subTest(habit):
                self.run_host(habit, env)
                producers, records = producers + more, records + acknowledged
                all_of_them = self.ended(producers)
                self.assertEqual(len(all_of_them), producers, "and none that never was")
                page = self.watching.await_metrics(
                    lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="host") == records, 10,
                    f"{records} records are acknowledged")
        self.assertEqual(page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 5)
        self.assertEqual(page.get("kafka_producer_vanished_last_hour", client_id="host"), 0)
        self.assertEqual(page.get("kafka_producer_delivery_failures_total", client_id="host", error="_UNKNOWN_PARTITION",
                                  persisted="no"), 1001, "a batch of 1,000 and one more")
        one = all_of_them[0]
        self.assertEqual((one["host"], one["settings"]["enable.idempotence"]), (socket.gethostname(), "true"))
        self.assertRegex(one["client"], r"^librdkafka 2\.\d+\.\d+$")
        self.assertIn('attached to "host" (librdkafka 2.', self.said())
        self.assertNotIn("reports to", self.said())

    def test_without_an_exporter_programs_are_as_without_the_plugin(self):
        quiet = socket.create_server(("127.0.0.1", 0), backlog=200)      # takes connections, and never answers
        self.addCleanup(quiet.close)
        wrong = self.folder / "wrong"
        wrong.write_text("another-token\n")
        refusing = self.takes_reports()
        for habit in HABITS:
            without = self.run_host(habit, {}, with_plugin=habit == "copies")
            for what, port, token, longest in (("away", None, self.token, 0.5), ("refusing", refusing, wrong, 0.5),
                                               ("hung", quiet.getsockname()[1], self.token, 2.5)):
                with self.subTest(exporter=what, habit=habit):
                    took = self.run_host(habit, monitor_plugin.environment(port, token))
                    # A child that ends waits a second, too, and there are five of them.
                    children = 5 if habit == "forks" else 0
                    self.assertLess(took, without * 1.5 + scaled(longest * (1 + children)), f"{without:.2f} s without it")

    def test_over_a_unix_socket(self):
        # A digit before an "s" or an "r" would be a port with TLS to the server, and the folder's name is random.
        folder = pathlib.Path(tempfile.gettempdir()) / f"kie-{os.getpid()}"
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        address = f"unix:{folder}/ingest.sock"
        self.takes_reports(address)
        self.run_host("plain", {**monitor_plugin.environment(None, self.token, self.log), "KAFKA_ISR_MONITOR_ADDRESS": address})
        self.assertEqual(self.ended(1)[0]["acknowledged_records"], 1000, self.said())

    def test_more_than_the_exporter_takes_at_once(self):
        """Together 200 reports are longer than the body that it takes; none of them is lost, and nobody is told."""
        port = self.takes_reports(limits='max_body = "64KiB"\n')
        self.run_host("many", monitor_plugin.environment(port, self.token, self.log))
        self.assertEqual(sum(one["acknowledged_records"] for one in self.ended(200)), 2000)
        self.assertNotIn("reports to", self.said())

    def test_memory_is_flat_without_an_exporter(self):
        """After a million records and after ten: librdkafka's own queues make up to 8 MiB of it, more or less, with the plugin
        and without; four bytes a record would be 34 MiB."""
        ended = subprocess.run([str(self.host), plugin(), "flat", "9000000"], capture_output=True, text=True,
                               env={**os.environ, **monitor_plugin.environment(None, self.token)}, timeout=scaled(300))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        grown = int(re.search(r"(-?\d+) KiB more", ended.stdout)[1])
        self.measured("more memory after nine million records more", f"{grown} KiB")
        self.assertLess(grown, 24 * 1024)

    def test_one_that_refuses_is_named_once(self):
        port = self.takes_reports()
        wrong = self.folder / "wrong"
        wrong.write_text("another-token\n")
        self.run_host("plain", monitor_plugin.environment(port, wrong, self.log))
        lines = [line for line in self.said().splitlines() if "attached" not in line]
        self.assertEqual(len(lines), 1, self.said())
        self.assertRegex(lines[0], rf"reports to 127\.0\.0\.1:{port}: 401 ")
        self.assertNotIn("another-token", self.said())
        self.assertEqual(self.producers(), [])

    def test_a_name_server_that_hangs(self):
        before = hanging_names.before(self.folder)
        if not before:
            self.skipTest("no name spaces")
        env = {**monitor_plugin.environment(None, self.token), "KAFKA_ISR_MONITOR_ADDRESS": "exporter.monitoring:10034"}
        took = self.run_host("plain", env, before=tuple(before))
        self.assertLess(took, scaled(5))

    def test_an_old_release_is_left_alone_until_it_is_forced(self):
        kcat = shutil.which("kcat")
        if kcat is None:
            self.skipTest("no kcat")
        port = self.takes_reports()
        command = [kcat, "-P", "-b", NOWHERE, "-X", "test.mock.num.brokers=1", "-X", f"plugin.library.paths={plugin()}", "-X", "client.id=host",
                   "-t", "payments", "-p", "0"]
        env = monitor_plugin.environment(port, self.token, self.log)
        subprocess.run(command, input="one\ntwo\n", text=True, env={**os.environ, **env}, check=True, timeout=scaled(60))
        self.assertIn("KAFKA_ISR_MONITOR_FORCE=1 attaches nevertheless", self.said())
        self.assertEqual(self.producers(), [])
        subprocess.run(command, input="one\ntwo\n", text=True, env={**os.environ, **env, "KAFKA_ISR_MONITOR_FORCE": "1"}, check=True,
                       timeout=scaled(60))
        self.assertEqual(self.ended(1)[0]["acknowledged_records"], 2)

    def test_it_exports_nothing_and_needs_nothing(self):
        library = plugin() + ".so"
        exported = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
        self.assertEqual([line.split()[-1] for line in exported.splitlines()], ["conf_init"])
        needed = re.findall(r"NEEDED.*\[(.*)\]", subprocess.run(["readelf", "-d", library], capture_output=True, text=True,
                                                                check=True).stdout)
        self.assertEqual([name for name in needed if "kafka" in name or "c++" in name], [])

    def test_memory_checked(self):
        valgrind = shutil.which("valgrind")
        if valgrind is None:
            self.skipTest("no valgrind")
        wrong = self.folder / "wrong"
        wrong.write_text("another-token\n")
        port = self.takes_reports()
        away, taken, refused = (monitor_plugin.environment(*where) for where in (
            (None, self.token), (port, self.token), (port, wrong)))
        for habit, count, env in (("plain", "100", away), ("plain", "100", taken), ("plain", "100", refused), ("many", "5", taken),
                                  ("failing", "2", away), ("copies", "3", away), ("fatal", "2", taken), ("forks", "1", away),
                                  ("bad-partition", "10", away), ("no-destroy", "100", taken)):
            with self.subTest(habit):
                self.run_host(habit, env, count, before=(valgrind, "-q", "--error-exitcode=3", "--leak-check=no"), limit=300)
        eventually(lambda: sum(one["acknowledged_records"] or 0 for one in self.producers()) == 100 + 50 + 20 + 100, 10,
                   lambda: f"what was taken is counted: {self.producers()}")


class Kcat(Application):
    """Says nothing of what was acknowledged: the exporter does, of which this asks.

    kcat waits for whole kilobytes, of which four records are one.
    """

    def __init__(self, folder: pathlib.Path, port: int, command: list[str], reported, **environment: str):
        super().__init__(folder, port, command, **environment)
        self._reported, self._sent = reported, 0

    def tell(self, count: int) -> None:
        self._process.stdin.write("".join(f"{number:0255}\n" for number in range(self._sent, self._sent + count)))
        self._process.stdin.flush()
        self._sent += count

    def await_acknowledged(self, count: int) -> None:
        eventually(lambda: self._reported() == count, 30, lambda: f"{count} records are acknowledged: {self.said()[-1000:]}")

    def acknowledged(self) -> dict[int, str]:
        return {number: f"{number:0255}" for number in range(int(self._reported()))}


class ProducerScenario(LossScenario):
    def shown(self) -> list[dict]:
        return self.watching.json("/api/v1/producers?client_id=ledger")["producers"]

    def reported(self) -> float:
        return self.watching.metrics().get("kafka_producer_acknowledged_records_total", client_id="ledger")

    def through_an_unclean_election(self, start) -> Application:
        """start: makes the application of a port."""
        self.cluster.create_topic(self.topic, assign=[[1, 2]], config=RISKY)
        port = self.watch_with_reports("60s")
        self.watching.await_ready()
        application = start(port)
        self.acknowledge_alone(application, "ledger")
        self.elect_uncleanly(application)
        self.assertEqual(self.watching.metrics().get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER"), 0)
        application.tell(10)
        eventually(lambda: re.search("OUT_OF_ORDER|out of order", application.said()), 30,
                   lambda: f"it fails: {application.said()[-500:]}")
        begin = time.monotonic()
        self.watching.await_metrics(lambda page: page.get(FATAL, error="OUT_OF_ORDER_SEQUENCE_NUMBER") == 1, 3,
                                    lambda: "the fatal error arrives: " + application.said()[-2500:])
        self.measured("from the application's first failed record to the page", f"{time.monotonic() - begin:.2f} s")
        fatal = self.watching.json("/api/v1/events?kind=producer_fatal")["events"]
        self.assertEqual([(e["details"]["client_id"], e["details"]["error"]) for e in fatal],
                         [("ledger", "OUT_OF_ORDER_SEQUENCE_NUMBER")])
        return application

    def start_elsewhere(self, made: Application) -> Application:
        self.addCleanup(made.kill)
        return made


class Producers(ProducerScenario):
    def test_unclean_election_to_the_record(self):
        application = self.through_an_unclean_election(self.application)
        self.assertEqual(application.end(), 0, application.said()[-1000:])
        shown = eventually(lambda: [one for one in self.shown() if one["ended"]], 10, "it says that it ends")[0]
        self.assertEqual((shown["acknowledged_records"], shown["fatal"]["error"], shown["cluster_id"]),
                         (1500, "OUT_OF_ORDER_SEQUENCE_NUMBER", self.watching.json("/api/v1/clusters")["clusters"][0]["id"]))
        self.assertEqual(sum(one["records"] for one in shown["failed"]), 10)

    def test_with_statistics_of_its_own_it_is_one_producer(self):
        self.cluster.create_topic(self.topic, assign=[[1, 2]])
        port = self.watch_with_reports("1s")
        self.watching.await_ready()
        application = self.application(port, **{"statistics.interval.ms": "300"})
        application.tell(700)
        application.await_acknowledged(700)
        page = self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="ledger") == 700
            and page.get("kafka_producer_queue_messages_limit", client_id="ledger") is not None, 10, "statistics and reports come")
        self.assertEqual(page.get("kafka_producer_instances", client_id="ledger"), 1)
        self.assertEqual([(one["idempotence"]["state"], one["acknowledged_records"]) for one in self.shown()],
                         [("Assigned", 700)])
        self.assertEqual(application.end(), 0)
        self.watching.await_metrics(lambda page: page.get("kafka_producer_instances", client_id="ledger") == 0, 10, "it ends")
        self.assertEqual(self.watching.metrics().get("kafka_producer_vanished_last_hour", client_id="ledger"), 0)


class MoreProducers(ProducerScenario):
    def test_a_clean_move_with_acks_1(self):
        """The leader acknowledges records that no follower has, and hands over."""
        self.cluster.create_topic(self.topic, assign=[[1, 2]], config={"min.insync.replicas": "1"})
        port = self.watch_with_reports("1s")
        self.watching.await_ready()
        application = self.application(port, **{"acks": "1", "enable.idempotence": "false"})
        application.tell(500)
        application.await_acknowledged(500)
        self.seen(self.topic, [0], 500)
        # Its follower is in the ISR for a while yet. The answer to its last fetch may wait for it.
        self.cluster.pause(2)
        application.tell(1)
        application.await_acknowledged(501)
        application.tell(299)
        application.await_acknowledged(800)
        self.watching.await_metrics(
            lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="ledger") == 800, 10, "it reports")
        self.cluster.kill(1)
        self.cluster.resume(2)
        self.cluster.await_partition(self.topic, leader=2)
        there = eventually(lambda: {offset: value for (_, offset), value in readable(self.cluster, self.topic).items()}, 15,
                           "the new leader is read")
        lost = [offset for offset, value in application.acknowledged().items() if there.get(offset) != value]
        self.assertIn(sorted(lost), ([*range(500, 800)], [*range(501, 800)]))
        self.watching.await_metrics(
            lambda page: page.get("kafka_topic_lost_records_total", topic=self.topic, acks="1") == len(lost), 60,
            f"{len(lost)} records are lost that the leader alone acknowledged")
        self.assertEqual(self.watching.metrics().get("kafka_topic_lost_records_total", topic=self.topic, acks="all"), 0)

    def test_kcat(self):
        self.through_an_unclean_election(lambda port: self.start_elsewhere(Kcat(
            self.folder, port, [shutil.which("kcat"), "-P", "-b", self.cluster.bootstrap, "-t", self.topic, "-p", "0",
                                "-X", "client.id=ledger", "-X", "enable.idempotence=true", "-X", f"plugin.library.paths={plugin()}"],
            self.reported, KAFKA_ISR_MONITOR_FORCE="1")))

    def test_c(self):
        host = build_host(self.folder)
        application = self.through_an_unclean_election(lambda port: self.start_elsewhere(Application(
            self.folder, port, [str(host), plugin(), "ledger", self.cluster.bootstrap, self.topic])))
        self.assertEqual(application.end(), 0, application.said()[-1000:])


if __name__ == "__main__":
    unittest.main()
