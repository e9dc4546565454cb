"""A changed configuration takes effect without a lost event or a counter that goes back; a wrong one changes nothing."""

import collections
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import unittest

from exporter import BINARY, toml
from patience import eventually, scaled
from scenario import Scenario
from shared_cluster import TOPICS

BEHIND = 2
COUNTERS = ("kafka_topic_isr_shrinks_total", "kafka_topic_isr_expands_total", "kafka_topic_leader_changes_total",
            "kafka_isr_exporter_polls_total", "kafka_isr_exporter_scrapes_total")


class Reload(Scenario):
    def text(self, poll="1s", web=None, **cluster):
        return toml(self.cluster.bootstrap.split(","), {"poll_interval": poll, **cluster}, {}, web or {})

    def test_no_event_is_lost_and_no_counter_goes_back(self):
        watching = self.exporter(text=self.text())
        page = watching.await_ready()
        loaded = page.get("kafka_isr_exporter_config_last_reload_success_timestamp_seconds")
        replicas = {p.topic: 0 for p in self.everything()}
        for p in self.everything():
            replicas[p.topic] += BEHIND in p.replicas
        self.cluster.kill(BEHIND)
        shrunk = {topic: n for topic, n in replicas.items() if n and topic != "logs"}
        for p in self.everything():
            self.cluster.await_partition(p.topic, p.partition, isr=lambda isr: BEHIND not in isr)
        before = watching.await_metrics(lambda page: self._shrinks(page, shrunk) == shrunk, 15, "all shrinks are counted")

        watching.reload(self.text(poll="2s", expected_brokers=3))
        page = watching.await_metrics(lambda page: page.get("kafka_expected_brokers") == 3, 10, "the change is there")
        self._none_went_back(before, page)
        self.assertEqual(self._shrinks(page, shrunk), shrunk)
        self.assertEqual(page.get("kafka_isr_exporter_config_last_reload_successful"), 1)
        self.assertGreater(page.get("kafka_isr_exporter_config_last_reload_success_timestamp_seconds"), loaded)
        # What happens while it is reloaded is counted too.
        self.cluster.start(BEHIND, wait=False)
        for poll in ("1s", "2s", "1s"):
            watching.reload(self.text(poll=poll))
        after = watching.await_metrics(lambda page: {topic: page.get("kafka_topic_isr_expands_total", topic=topic)
                                                     for topic in shrunk} == shrunk, 60, "all expands are counted")
        self._none_went_back(page, after)
        self.assertEqual(self._shrinks(after, shrunk), shrunk)
        for kind in ("isr_shrink", "isr_expand"):
            self.assertEqual(self._told(watching, kind), shrunk, f"{kind} in the journal")
        self.assertEqual(watching.lines("msg=(deleted|recreated)"), [])

    def test_topics_and_clusters_come_and_go(self):
        watching = self.exporter(text=self.text())
        watching.await_ready()
        watching.reload(self.text(topic_exclude=["pay.*"]))
        watching.await_metrics(lambda page: not page.series("kafka_topic_partitions", topic="payments")
                               and not page.series("kafka_topic_isr_shrinks_total", topic="payments")
                               and page.series("kafka_topic_partitions", topic="orders"), 10, "payments is not watched")
        watching.reload(self.text())
        watching.await_metrics(lambda page: page.get("kafka_topic_partitions", topic="payments")
                               == TOPICS["payments"][0], 10, "payments is watched")
        self.assertEqual(watching.lines("msg=(deleted|recreated)"), [])
        self.assertEqual(watching.metrics().get("kafka_cluster_topic_recreations_total"), 0)

        watching.reload(self.text(name="named"))
        page = watching.await_metrics(lambda page: page.get("kafka_topic_partitions", kafka_cluster="named",
                                                            topic="orders"), 10, "it has a name")
        of_the_process = {"build_info", "scrapes_total", "page_bytes", "page_series", "page_rendered_timestamp_seconds",
                          "journal_events_total", "journal_bytes", "journal_writable", "journal_dropped_events_total",
                          "internal_errors_total", "config_last_reload_successful",
                          "config_last_reload_success_timestamp_seconds"}
        for family in page.families():
            if not family.startswith("process_") and family.removeprefix("kafka_isr_exporter_") not in of_the_process:
                for labels, _ in page.series(family):
                    self.assertEqual(labels.get("kafka_cluster"), "named", family)

    def test_a_wrong_file_changes_nothing(self):
        watching = self.exporter(text=self.text(), flags=("--web.enable-lifecycle",))
        page = watching.await_ready()
        for wrong, where in ((self.text() + 'sasl.mechanism = "NONE"\n[nonsense]\n', r"\.toml:\d+:\d+: "),
                             ("[[cluster]\n", r"\.toml:1:\d+: "),
                             (self.text() + '"ssl.ca.location" = "/nowhere/ca.pem"\n"security.protocol" = "ssl"\n',
                              r"\.toml:\d+:\d+: .*ssl\.ca\.location")):
            watching.reload(wrong)
            self.assertRegex(watching.lines("level=error .*reload failed")[-1], where)
            answer = watching.get("/-/reload", "POST")
            self.assertEqual(answer.status, 500)
            self.assertRegex(answer.text, where)
            page = watching.await_metrics(
                lambda page: page.get("kafka_isr_exporter_config_last_reload_successful") == 0, 5, "it says so")
            self.assertEqual(page.get("kafka_topic_partitions", topic="orders"), TOPICS["orders"][0])
        self.assertEqual(watching.get("/-/ready").status, 200)
        polls = page.get("kafka_isr_exporter_polls_total")
        watching.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 2, 10, "it polls on")

        watching.config.write_text(self.text(expected_brokers=4))
        self.assertEqual(watching.get("/-/reload").status, 405)
        answer = watching.get("/-/reload", "POST")
        self.assertEqual((answer.status, answer.text), (200, "Reloaded.\n"))
        watching.await_metrics(lambda page: page.get("kafka_isr_exporter_config_last_reload_successful") == 1
                               and page.get("kafka_expected_brokers") == 4, 10, "it is right again")

    def test_over_http_only_where_it_was_enabled(self):
        watching = self.exporter(text=self.text())
        watching.config.write_text(self.text(expected_brokers=4))
        self.assertEqual(watching.get("/-/reload", "POST").status, 403)
        watching.await_ready()
        self.assertIsNone(watching.metrics().get("kafka_expected_brokers"))

    def test_limits_and_json_lines(self):
        partitions = len(self.everything())
        watching = self.exporter(text=self.text(partition_metrics="unhealthy", compatible_metrics=False),
                                 flags=("--log.format=json",))
        eventually(lambda: watching.get("/-/ready").status == 200, 20, "ready")
        page = watching.await_metrics(lambda page: page.get("kafka_cluster_partitions") == partitions, 20, "all is read")
        self.assertEqual(page.series("kafka_topic_partition_leader_epoch"), [])
        self.assertIsNone(page.get("kafka_brokers"))
        left_out = page.by("kafka_isr_exporter_series_left_out", "reason")
        self.assertGreaterEqual(left_out["partition_metrics"], partitions)
        self.assertEqual(left_out["max_series"], 0)
        self.cluster.pause(BEHIND)
        page = watching.await_metrics(lambda page: page.series("kafka_topic_partition_leader_epoch", topic="orders"), 40,
                                      "the unhealthy ones have series")
        self.cluster.resume(BEHIND)
        watching.reload(self.text(max_series=100))
        page = watching.await_metrics(
            lambda page: page.get("kafka_isr_exporter_series_left_out", reason="max_series"), 10, "there is a limit")
        self.assertLessEqual(sum(len(page.series(family)) for family in page.families()
                                 if family not in self._own(page)), 100)
        for line in watching.log.splitlines():
            self.assertGreaterEqual(set(json.loads(line)), {"ts", "level", "msg"})

    def test_the_end_does_not_wait_for_a_reload(self):
        # It takes connections, and never answers.
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        here = f'[[cluster]]\nname = "here"\nservers = {json.dumps(self.cluster.bootstrap.split(","))}\n'
        watching = self.exporter(text=here + '[[cluster]]\nname = "silent"\nrequest_timeout = "60s"\n'
                                 f'servers = ["127.0.0.1:{silent.getsockname()[1]}"]\n')
        watching.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total", kafka_cluster="silent") == 1, 10,
                               "the silent one is asked")
        # It goes, as soon as its question has an end.
        watching.config.write_text(here)
        watching.process.send_signal(signal.SIGHUP)
        eventually(lambda: not self._waits(watching, signal.SIGHUP), 5, "the signal is taken")
        watching.process.send_signal(signal.SIGHUP)
        eventually(lambda: not self._waits(watching, signal.SIGHUP), 5, "another one is taken")
        self.assertEqual(watching.lines("configuration reloaded"), [])
        watching.stop()

    def test_a_reload_that_is_asked_for_while_it_starts(self):
        file = self.folder / "exporter.toml"
        os.mkfifo(file)
        log = self.folder / "log"
        with open(log, "wb") as to:
            process = subprocess.Popen([BINARY, f"--config.file={file}", "--web.listen-address=127.0.0.1:0"],
                                       cwd=self.folder, stderr=to)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def opened():
            with contextlib.suppress(OSError):      # as long as nobody reads it
                return os.open(file, os.O_WRONLY | os.O_NONBLOCK)

        writing = eventually(opened, 10, "it reads the configuration")
        process.send_signal(signal.SIGHUP)
        file.unlink()
        file.write_text(self.text())
        os.write(writing, self.text().encode())
        os.close(writing)
        eventually(lambda: "configuration reloaded" in log.read_text(), 10, log.read_text)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(scaled(5)), 0)

    @staticmethod
    def _waits(watching, what):
        """Whether a signal of the process is not taken yet."""
        status = pathlib.Path(f"/proc/{watching.process.pid}/status").read_text()
        return int(re.search(r"ShdPnd:\s*(\w+)", status)[1], 16) >> (what - 1) & 1

    @staticmethod
    def _own(page):
        return {family for family in page.families()
                if family.startswith(("process_", "kafka_isr_exporter_"))} - {"kafka_isr_exporter_series_left_out"}

    @staticmethod
    def _shrinks(page, topics):
        return {topic: page.get("kafka_topic_isr_shrinks_total", topic=topic) for topic in topics}

    @staticmethod
    def _told(watching, kind):
        """Events of the journal by topic."""
        answer = watching.json(f"/api/v1/events?kind={kind}&limit=1000")
        return dict(collections.Counter(event["topic"] for event in answer["events"]))

    def _none_went_back(self, before, after):
        for name in COUNTERS:
            for labels, value in before.series(name):
                self.assertGreaterEqual(after.get(name, **labels), value, (name, labels))


if __name__ == "__main__":
    unittest.main()
