"""A disk under the history that hangs, as one over a network does, delays neither polls nor scrapes nor reports."""

import json
import os
import pathlib
import subprocess
import time
import unittest

from exporter import BINARY
from metrics import Metrics
from patience import eventually, moments, scaled
from reporting import Application
from test_history import FILE, HistoryScenario

TOKEN = "open-sesame-7f2e"
POLLS = "kafka_isr_exporter_polls_total"
HANGS = 15.0        # seconds


@unittest.skipUnless(os.geteuid() == 0, "mounting a disk takes root")
class SlowDisk(HistoryScenario):
    """The history is on a file system of its own: frozen, it holds whoever writes until it is thawed."""

    def setUp(self) -> None:
        super().setUp()
        self.disk, image = self.folder / "disk", self.folder / "disk.img"
        self.disk.mkdir()
        with open(image, "wb") as file:
            file.truncate(64 << 20)
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
        if subprocess.run(["mount", "-o", "loop", str(image), str(self.disk)]).returncode != 0:
            self.skipTest("no loop device can be mounted")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=True)
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        self.options = {
            "flags": (f"--history.file={self.disk / FILE}",),
            "text": (f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\n'
                     f"[[cluster]]\nservers = {json.dumps(self.cluster.bootstrap.split(','))}\n"
                     'poll_interval = "1s"\nwatch_interval = "1s"\n')}

    def freeze(self) -> None:
        subprocess.run(["fsfreeze", "-f", str(self.disk)], check=True)
        # Whoever hangs cannot even be killed: whatever happens, not for ever.
        self.addCleanup(self.thaw, False)

    def thaw(self, check: bool = True) -> None:
        subprocess.run(["fsfreeze", "-u", str(self.disk)], check=check, stderr=None if check else subprocess.DEVNULL)

    def application(self, number: int) -> Application:
        port = self.watching.ingest_port()
        return Application(port, TOKEN, None, client_id=f"writer-{number}")

    def fatal_events(self) -> list[dict]:
        return self.watching.json("/api/v1/events?kind=producer_fatal&limit=1000")["events"]

    def test_that_hangs(self):
        self.begin(**self.options)
        self.change_leaders(1)
        self.await_writable(1)
        polls, changes = self.watching.metrics().get(POLLS), self.told()
        self.freeze()
        # Events of a cluster, which its poll writes.
        self.cluster.pause(3)
        slowest = {"scrape": 0.0, "report": 0.0, "question": 0.0}
        sent = 0
        for _ in moments(HANGS, 4):
            took = self.watching.get("/metrics").seconds
            slowest["scrape"] = max(slowest["scrape"], took)
            begin = time.monotonic()
            said = self.application(sent).report(fatal={"error": "INVALID_PRODUCER_EPOCH", "reason": "fenced"})
            slowest["report"] = max(slowest["report"], time.monotonic() - begin)
            self.assertEqual(said["accepted"], 1, said)
            sent += 1
            # Whether it can be answered depends on what of the file is in memory.
            answer = self.watching.get("/api/v1/events")
            self.assertIn(answer.status, (200, 503), answer.text)
            slowest["question"] = max(slowest["question"], answer.seconds)
        page = self.watching.metrics()
        polled = page.get(POLLS) - polls
        self.measured("during a disk that hangs", ", ".join(
            [f"{polled:.0f} polls in {HANGS:.0f} s", *(f"slowest {what} {took:.3f} s" for what, took in slowest.items())]))
        self.assertGreaterEqual(polled, 0.6 * HANGS / scaled(1), "it polls on")
        self.assertLess(slowest["scrape"], scaled(1))
        self.assertLess(slowest["report"], scaled(1))
        self.assertLess(slowest["question"], scaled(10))
        self.assertEqual(page.get("kafka_isr_exporter_journal_writable"), 0)
        self.assertEqual(page.get("kafka_cluster_up"), 1)
        self.assertEqual(len(self.watching.lines("level=warn .*a write takes longer than")), 1, self.watching.log)
        self.assertGreater(self.shrinks(page), 0)

        self.thaw()
        self.await_writable(1)
        self.assertEqual(len(self.watching.lines('msg="writing the history in time works again"')), 1, self.watching.log)
        self.cluster.resume(3)
        page = self.watching.await_metrics(lambda page: page.get("kafka_cluster_under_replicated_partitions") == 0, 60,
                                           "broker 3 has caught up")
        fatal, shrinks = self.fatal_events(), self.shrinks(page)
        self.assertEqual([event["details"]["client_id"] for event in reversed(fatal)], [f"writer-{i}" for i in range(sent)])
        self.watching.kill()
        self.again(**self.options)
        self.assertEqual(self.fatal_events(), fatal)
        self.assertEqual(self.told()[-len(changes):], changes)
        self.assertGreaterEqual(self.shrinks(self.watching.metrics()), shrinks)

    def test_that_hangs_at_the_end(self):
        self.begin(**self.options)
        self.freeze()
        self.assertEqual(self.application(0).report(fatal={"error": "INVALID_PRODUCER_EPOCH"})["accepted"], 1)
        self.watching.terminate()
        self.watching.await_log("level=warn .*the history file hangs, exiting without it", 5)
        self.thaw()
        self.watching.stop()

    def test_that_hangs_at_the_start(self):
        self.freeze()
        log = self.folder / "log"
        with open(log, "wb") as to:
            process = subprocess.Popen(
                [BINARY, f"--kafka.server={self.cluster.bootstrap.split(',')[0]}", *self.options["flags"],
                 "--web.listen-address=127.0.0.1:0"], cwd=self.folder, stdin=subprocess.DEVNULL, stderr=to)
        for clean in (process.wait, process.kill, lambda: self.thaw(False)):    # the last one first
            self.addCleanup(clean)
        threads = pathlib.Path(f"/proc/{process.pid}/task")
        eventually(lambda: "kie:signals\n" in [(thread / "comm").read_text() for thread in threads.iterdir()], 10,
                   "it takes signals")
        process.terminate()
        eventually(lambda: 'exiting without waiting any longer" for="the file of the history"' in log.read_text(), 10,
                   log.read_text)
        self.thaw()
        self.assertEqual(process.wait(scaled(5)), 0)

    @staticmethod
    def shrinks(page: Metrics) -> float:
        return sum(value for _, value in page.series("kafka_topic_isr_shrinks_total"))


if __name__ == "__main__":
    unittest.main()
