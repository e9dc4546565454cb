#!/usr/bin/env python3
"""What the exporter costs while 2,000 producers send it statistics of 50 KB every 5 s each.

  tests/bench/many_producers.py EXPORTER    about 90 seconds
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import socket
import statistics
import sys
import tempfile
import threading
import time

from large_cluster import TESTS, cpu_seconds, resident_bytes, row

CLIENTS, SIZE, EVERY = 2000, 50_000, 5     # bytes, seconds
ROUNDS = 12
SENDERS = 8
TOKEN = "of-a-bench"
RECORDED = TESTS / "fixtures" / "stats" / "producer_idempotent_healthy_2.8.0.json"


def document_of(size: int) -> bytes:
    """A recorded one with as many topics more as it takes; its name, age and records are to be filled in."""
    document = json.loads(RECORDED.read_text())
    document.update(name="NAME", client_id="NAME", ts=333_333_333, age=222_222_222, txmsgs=111_111_111)
    topics = list(document["topics"].values())
    text = ""
    while len(text) < size:
        topic = {**topics[len(document["topics"]) % len(topics)], "topic": f"topic-{len(document['topics'])}"}
        document["topics"][topic["topic"]] = topic
        text = json.dumps(document, separators=(",", ":"))
    return text.encode()


class Producers:
    """Each sends in its own moment of the interval, on a connection of its own."""

    def __init__(self, port: int):
        self._port, self._document = port, document_of(SIZE)
        self.size = len(self._document)
        self.refused, self.late, self.sent = [], 0.0, 0
        self._lock = threading.Lock()

    def run(self, rounds: int) -> None:
        begun = time.monotonic()
        threads = [threading.Thread(target=self._send, args=(sender, rounds, begun)) for sender in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, sender: int, rounds: int, begun: float) -> None:
        for turn in range(rounds):
            for client in range(sender, CLIENTS, SENDERS):
                due = begun + turn * EVERY + client * EVERY / CLIENTS
                time.sleep(max(0.0, due - time.monotonic()))
                answer = self._post(client, turn)
                with self._lock:
                    self.sent += 1
                    self.late = max(self.late, time.monotonic() - due)
                    if not answer.startswith(b"HTTP/1.1 200"):
                        self.refused.append(answer)

    def _post(self, client: int, turn: int) -> bytes:
        body = (self._document.replace(b"NAME", b"producer-%04d" % client).replace(b"333333333", b"%d" % (100_000_000 + turn * 5_000_000))
                .replace(b"222222222", b"%d" % (turn * 5_000_000 + 1)).replace(b"111111111", b"%d" % (turn * 1000)))
        head = (f"POST /api/v1/producers/statistics HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {TOKEN}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as connection:
            connection.sendall(head + body)
            answer = b""
            while more := connection.recv(4096):
                answer += more
        return answer


def scrapes(watching, until) -> list[float]:
    took = []
    while not until():
        took.append(watching.get("/metrics", headers={"Accept-Encoding": "gzip"}).seconds)
        time.sleep(0.25)
    return took


def times(took: list[float]) -> str:
    return f"{statistics.median(took) * 1000:.1f} ms / {max(took) * 1000:.1f} ms"


def measure(cluster, folder: pathlib.Path) -> None:
    from exporter import Exporter

    token = folder / "token"
    token.write_text(TOKEN)
    watching = Exporter(folder / "watching", cluster.bootstrap, text=(
        f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\nmax_clients = {CLIENTS}\n'
        f"[[cluster]]\nservers = {json.dumps(cluster.bootstrap.split(','))}\n"))
    with contextlib.closing(watching):
        port = int(re.search(r"\bport=(\d+)", watching.await_log(r"ingest listening.*", 10)[0])[1])
        watching.await_ready()
        pid = watching.process.pid
        row("resident memory before", f"{resident_bytes(pid) / 1e6:.0f} MB")
        producers = Producers(port)
        producers.run(1)        # all are known, and parsers have grown
        resident, sending = [], threading.Thread(target=producers.run, args=(ROUNDS,))
        before, begun = cpu_seconds(pid), time.monotonic()
        sending.start()

        def is_over() -> bool:
            resident.append(resident_bytes(pid))
            return not sending.is_alive()

        took = scrapes(watching, is_over)
        sending.join()
        after, seconds = cpu_seconds(pid), time.monotonic() - begun
        page = watching.await_metrics(
            lambda page: page.get("kafka_isr_exporter_ingest_documents_total", kind="statistics") == producers.sent - len(producers.refused),
            3, "the page has all")
        row("clients / bytes of a document", f"{page.get('kafka_isr_exporter_ingest_clients'):.0f} / {producers.size}")
        row("documents sent / taken / answered otherwise",
            f"{producers.sent} / {page.get('kafka_isr_exporter_ingest_documents_total', kind='statistics'):.0f} / {len(producers.refused)}")
        row("a document's answer, at most after it was due", f"{producers.late * 1000:.0f} ms")
        used = {name: (spent - before.get(name, 0)) / seconds for name, spent in after.items()}
        row("CPU", f"{sum(used.values()):.2f} cores")
        for name, cores in sorted(used.items(), key=lambda one: -one[1])[:4]:
            row(f"  {name}", f"{cores:.3f} cores")
        row("resident memory: median, at most", f"{statistics.median(resident) / 1e6:.0f} MB, {max(resident) / 1e6:.0f} MB")
        row("scrape with gzip meanwhile, median / at most", times(took))
        end = time.monotonic() + 10
        row("scrape with gzip afterwards, median / at most", times(scrapes(watching, lambda: time.monotonic() > end)))
        row("a page / series", f"{len(watching.get('/metrics').body) / 1e6:.2f} MB / {page.get('kafka_isr_exporter_page_series'):.0f}")
        row("polls that came late", f"{page.get('kafka_isr_exporter_polls_late_total'):.0f}")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    os.environ["KIE_EXPORTER"] = str(pathlib.Path(arguments[0]).resolve())
    sys.path[:0] = [str(TESTS / "cluster"), str(TESTS / "integration")]
    from kafka_cluster import Cluster

    with tempfile.TemporaryDirectory(prefix="kie-producers-") as folder, Cluster(f"{folder}/cluster") as cluster:
        cluster.up(brokers=3, ttl=1800)
        measure(cluster, pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
