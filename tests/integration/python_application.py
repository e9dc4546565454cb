"""An application that writes with a producer made by deploy/clients/python, and does as it is told."""

from __future__ import annotations

import pathlib
import re
import subprocess

import snippets
from patience import eventually

TOKEN = "open-sesame-7f2e"

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
    """Writes to partition 0 of the topic and reports to the exporter that takes reports at a port; end() or kill() ends it."""

    def __init__(self, folder: pathlib.Path, bootstrap: str, topic: str, ingest_port: int, interval_ms: int):
        command, env = snippets.write_python(folder, MAIN)
        self._log = open(folder / "application.log", "w+")
        self._process = subprocess.Popen([*command, bootstrap, topic, str(interval_ms)],
                                         env={**snippets.environment(ingest_port, TOKEN), **env}, stdin=subprocess.PIPE,
                                         stdout=self._log, stderr=self._log, text=True)

    def tell(self, what) -> None:
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def said(self) -> str:
        with open(self._log.name) as log:
            return log.read()

    def acknowledged(self) -> dict[int, str]:
        return {int(offset): value for offset, value in re.findall(r"^acknowledged (\d+) (\d+)$", self.said(), re.M)}

    def await_acknowledged(self, count: int) -> None:
        eventually(lambda: len(self.acknowledged()) == count, 30,
                   lambda: f"{count} records are acknowledged, not as in\n{self.said()[-1000:]}")

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait(20)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._log.close()
