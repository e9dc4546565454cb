"""The history's file in a running process: one user, damage, a disk that is full or read-only, and a sudden end."""

import os
import pathlib
import subprocess
import unittest
from typing import Optional

import exporter as exporters
from losses import LossScenario
from metrics import Metrics
from patience import eventually, scaled

FILE = "kafka-isr-exporter.db"


class HistoryScenario(LossScenario):
    changes = 0     # of the topic's leader

    def begin(self, **options) -> None:
        self.watching = self.exporter(**options)
        self.watching.await_ready()
        self.create(self.topic, [[1, 2]])

    def again(self, **options) -> None:
        self.watching = self.exporter(folder=self.watching.folder, **options)

    def change_leaders(self, count: int) -> None:
        """So many events, each on a page before the next happens."""
        for _ in range(count):
            self.changes += 1
            self.lead(self.topic, 2 if self.cluster.partition(self.topic).leader == 1 else 1)
            self.watching.await_metrics(lambda page: self.counted(page) == self.changes, 15, "the change is counted")

    def counted(self, page: Metrics) -> Optional[float]:
        return page.get("kafka_topic_leader_changes_total", topic=self.topic)

    def told(self) -> list[dict]:
        return self.events("leader_change", topic=self.topic)

    def await_writable(self, value: int) -> None:
        self.watching.await_metrics(lambda page: page.get("kafka_isr_exporter_journal_writable") == value, 15,
                                    f"journal_writable is {value}")


class History(HistoryScenario):
    def setUp(self) -> None:
        super().setUp()
        self.begin()

    def test_goes_on_after_a_sudden_end(self):
        self.change_leaders(3)
        shown, total = self.told(), self.watching.metrics().get("kafka_isr_exporter_journal_events_total",
                                                                kind="leader_change")
        self.assertEqual((len(shown), total), (3, 3))
        self.watching.kill()
        self.again()
        self.assertEqual(self.counted(self.watching.metrics()), 3, "on the first page")
        self.assertEqual(self.told(), shown)
        self.watching.await_ready()
        self.change_leaders(1)
        self.assertEqual(self.told()[1:], shown)

    def test_has_one_user(self):
        folder = self.watching.folder
        second = subprocess.run(
            [exporters.BINARY, f"--config.file={self.watching.config}", "--web.listen-address=127.0.0.1:0"], cwd=folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=scaled(10))
        self.assertNotEqual(second.returncode, 0)
        self.assertRegex(second.stderr, f"{FILE} is used by another exporter")
        self.change_leaders(1)
        self.assertEqual(self.watching.metrics().get("kafka_isr_exporter_journal_writable"), 1)

    def test_damage_is_set_aside(self):
        self.change_leaders(1)
        self.watching.stop()
        file = self.watching.folder / FILE
        whole = file.read_bytes()
        file.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[3 * 4096:])
        self.again()
        self.watching.await_ready()
        [aside] = self.watching.folder.glob(f"{FILE}.damaged-*Z")
        self.assertEqual(aside.read_bytes()[4096:3 * 4096], b"\xff" * 8192)
        said = self.watching.lines("level=(warn|error) .*set aside")
        self.assertEqual(len(said), 1, self.watching.log)
        self.assertIn(aside.name, said[0])
        self.assertEqual(self.told(), [])
        self.changes = 0
        self.change_leaders(1)
        self.await_writable(1)
        self.assertEqual(len(self.told()), 1)


@unittest.skipUnless(os.geteuid() == 0, "mounting a disk takes root")
class Disk(HistoryScenario):
    """Where the history has a small disk of its own."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self._mount("-t", "tmpfs", "-o", "size=1m", "tmpfs")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=True)
        self.options = {"flags": (f"--history.file={self.disk / FILE}",)}

    def _mount(self, *how: str) -> None:
        subprocess.run(["mount", *how, str(self.disk)], check=True)

    def _expect_trouble_and_its_end(self, heal) -> None:
        """Everything goes on in memory, one line says so, and what was kept is written when the disk is well again."""
        self.change_leaders(2)
        self.await_writable(0)
        told = self.told()
        self.assertEqual(len(self.watching.lines('level=(warn|error) msg="writing the history failed"')), 1, self.watching.log)
        heal()
        self.await_writable(1)
        self.assertEqual(len(self.watching.lines('msg="writing the history works again"')), 1, self.watching.log)
        self.assertEqual(self.told(), told)
        self.watching.kill()
        self.again(**self.options)
        self.assertEqual(self.counted(self.watching.metrics()), self.changes)
        self.assertEqual(self.told(), told)

    def test_that_is_full(self):
        self.begin(**self.options)
        self.change_leaders(1)
        self.await_writable(1)
        junk = self.disk / "junk"
        self._fill(junk)
        eventually(lambda: self._is_full_for(junk), 60, "the file of the history cannot grow")
        self._expect_trouble_and_its_end(junk.unlink)

    @staticmethod
    def _fill(junk: pathlib.Path) -> None:
        with open(junk, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def _is_full_for(self, junk: pathlib.Path) -> bool:
        """A WAL that has room left inside is written over and over: until it has to grow."""
        self._fill(junk)
        self.change_leaders(1)
        return self.watching.metrics().get("kafka_isr_exporter_journal_writable") == 0

    def test_that_is_read_only(self):
        self._mount("-o", "remount,ro")
        self.begin(**self.options)
        self._expect_trouble_and_its_end(lambda: self._mount("-o", "remount,rw"))


if __name__ == "__main__":
    unittest.main()
