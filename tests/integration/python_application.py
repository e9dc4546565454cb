"""An application of confluent_kafka that does as it is told. All that it has of this project is one setting, the plugin's,
and, if it is asked to, the statistics callback of deploy/clients/python."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import monitor_plugin
import snippets
from patience import eventually

TOKEN = "open-sesame-7f2e"

# A number is so many records; says what was acknowledged.
MAIN = """
import select, sys
import confluent_kafka
from send_statistics import send_statistics

def delivered(error, message):
    print(*("failed", error.name()) if error else ("acknowledged", message.offset(), message.value().decode()), flush=True)

settings = dict(setting.split("=", 1) for setting in sys.argv[2:])
if "statistics.interval.ms" in settings:
    settings["stats_cb"] = send_statistics
with confluent_kafka.Producer({"client.id": "ledger", "on_delivery": delivered, **settings}) as producer:
    sent = 0
    while True:
        try:
            producer.poll(0.05)
            if not select.select([sys.stdin], [], [], 0)[0]:
                continue
            line = sys.stdin.readline()
            if not line:
                break
            for _ in range(int(line)):
                producer.produce(sys.argv[1], value=str(sent), partition=0)
                sent += 1
            producer.flush(20)
        except (confluent_kafka.KafkaException, confluent_kafka.KafkaError) as failure:
            print("raised", failure, flush=True)
"""


class Application:
    """Writes to partition 0 of the topic as it is told; end() or kill() ends it."""

    def __init__(self, folder: pathlib.Path, ingest_port: int, command: list[str], **environment: str):
        token = folder / "application.token"
        token.write_text(TOKEN + "\n")
        self._log = open(folder / "application.log", "w+")
        self._process = subprocess.Popen(
            command, env={**snippets.environment(ingest_port, TOKEN),
                          **monitor_plugin.environment(ingest_port, token, folder / "monitor.log"), **environment},
            stdin=subprocess.PIPE, stdout=self._log, stderr=self._log, text=True)

    def tell(self, what) -> None:
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def said(self) -> str:
        with open(self._log.name) as log:
            return log.read()

    def acknowledged(self) -> dict[int, str]:
        return {int(offset): value for offset, value in re.findall(r"^acknowledged (\d+) (\d+)$", self.said(), re.M)}

    def await_acknowledged(self, count: int) -> None:
        eventually(lambda: len(self.acknowledged()) == count, 60,
                   lambda: f"{count} records are acknowledged, not as in\n{self.said()[-1000:]}")

    def end(self) -> int:
        self._process.stdin.close()
        return self._process.wait(20)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._log.close()


def python_application(folder: pathlib.Path, bootstrap: str, topic: str, ingest_port: int, **settings: str) -> Application:
    settings = {"bootstrap.servers": bootstrap, "enable.idempotence": "true",
                "plugin.library.paths": monitor_plugin.plugin(), **settings}
    return Application(
        folder, ingest_port, [sys.executable, "-c", MAIN, topic, *(f"{key}={value}" for key, value in settings.items())],
        PYTHONPATH=f"{monitor_plugin.PYTHON_PACKAGES}:{snippets.ROOT}/deploy/clients/python")
