"""The plugin in applications of confluent_kafka, whose releases bring librdkafka 2.13 to 2.16: they run as without it."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import monitor_plugin
from monitor_plugin import plugin
from patience import scaled
from python_application import TOKEN
from scenario import WithExporters

PROGRAM = pathlib.Path(__file__).parent / "monitor" / "habits.py"
NOWHERE = "127.0.0.1:1"
# What it prints; and how many of its records are acknowledged, and producers reported.
HABITS = {"keywords": ("0\n0\n0\n300\n", 300, 3), "callbacks": ("1 2\nMine 3\n", 4, 1), "closes": ("closed\n", 2, 2),
          "drops": ("nothing stays\n", 31, 31), "ends": (f"{[0] * 20}\n", 20, 20)}


class Release(WithExporters):
    def run_habit(self, habit: str, packages: pathlib.Path, **environment: str) -> float:
        """It prints what it should and nothing else; the seconds that it took."""
        settings = [f"plugin.library.paths={plugin()}"] if environment else []
        begin = time.monotonic()
        done = subprocess.run([sys.executable, str(PROGRAM), habit, *settings], capture_output=True, text=True, timeout=scaled(120),
                              env={**os.environ, "PYTHONPATH": str(packages), **environment})
        took = time.monotonic() - begin
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, HABITS[habit][0], ""), habit)
        return took

    def habits_of(self, packages: pathlib.Path) -> None:
        token, log = self.folder / "token", self.folder / "monitor.log"
        token.write_text(TOKEN + "\n")
        watching = self.exporter(NOWHERE, text=(
            f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\n[[cluster]]\nservers = ["{NOWHERE}"]\n'))
        port = watching.ingest_port()
        quiet = socket.create_server(("127.0.0.1", 0), backlog=200)      # takes connections, and never answers
        self.addCleanup(quiet.close)
        proxy = {"http_proxy": f"http://{NOWHERE}", "HTTP_PROXY": f"http://{NOWHERE}"}
        records = producers = 0
        for habit, (_, acknowledged, more) in HABITS.items():
            with self.subTest(habit, packages=packages):
                plain = self.run_habit(habit, packages)
                self.run_habit(habit, packages, **monitor_plugin.environment(port, token, log), **proxy)
                records, producers = records + acknowledged, producers + more
                page = watching.await_metrics(
                    lambda page: page.get("kafka_producer_acknowledged_records_total", client_id="habits") == records
                    and page.get("kafka_producer_instances", client_id="habits") == 0, 10,
                    lambda: f"{records} records are acknowledged: {log.read_text()}")
                self.assertEqual(page.get("kafka_producer_vanished_last_hour", client_id="habits"), 0)
                shown = watching.json("/api/v1/producers?client_id=habits&limit=1000")["producers"]
                self.assertEqual(len(shown), producers)
                hung = self.run_habit(habit, packages, **monitor_plugin.environment(quiet.getsockname()[1], token))
                self.assertLess(hung, 1.5 * plain + scaled(2.5), f"{plain:.2f} s without")


class Newest(Release):
    def test_habits(self):
        self.habits_of(monitor_plugin.PYTHON_PACKAGES)


class Older(Release):
    def test_habits(self):
        for version in ("2.13.2", "2.14.2", "2.15.0"):
            folder = tempfile.mkdtemp(prefix="kie-python-")
            self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--root-user-action=ignore", "--target", folder,
                            f"confluent-kafka=={version}"], check=True)
            self.habits_of(pathlib.Path(folder))


if __name__ == "__main__":
    unittest.main()
