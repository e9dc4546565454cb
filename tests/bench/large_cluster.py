#!/usr/bin/env python3
"""What exporters cost beside a real cluster of three brokers with 2,000 topics of 5 partitions, RF 3.

  tests/bench/large_cluster.py EXPORTER...     about two minutes, most of them to make the topics

Several exporters, such as one of a release before, are measured one after the other on the same cluster.
KIE_TOPICS and KIE_FACTOR make it another one.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import gzip
import os
import pathlib
import re
import statistics
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
TOPICS, PARTITIONS, FACTOR = int(os.environ.get("KIE_TOPICS", 2000)), 5, int(os.environ.get("KIE_FACTOR", 3))
POLL = 2            # seconds
POLLS = 10
# Small indexes, or each of 30,000 replicas would map 20 MiB; and a thread that answers beside one that works.
SETTINGS = {"log.index.size.max.bytes": "4096", "num.network.threads": "2", "num.io.threads": "4",
            "num.replica.fetchers": "2", "log.cleaner.enable": "false"}


def make_topics(cluster) -> None:
    from kafka_cluster import ClusterError, wait_until

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: cluster.create_topic(f"topic-{n:04}", partitions=PARTITIONS, rf=FACTOR, wait=False),
                      range(TOPICS)))

    def whole() -> bool:
        try:
            topics = [cluster.ask(lambda c: c.metadata(None), via=broker, timeout=10).topics
                      for broker in cluster.running()]
        except ClusterError:
            return False        # they are busy with what they were told
        return all(len(seen) == TOPICS and all(p.leader >= 0 and len(p.isr) == FACTOR for t in seen.values() for p in t)
                   for seen in topics)

    wait_until(whole, 600, "all replicas are in sync")


def cpu_seconds(pid: int) -> dict[str, float]:
    """By the names of the threads."""
    used: dict[str, float] = collections.defaultdict(float)
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            name = (task / "comm").read_text().strip()
            # To the nanosecond; the times in stat are cut down to ticks of 10 ms.
            used[name] += int((task / "schedstat").read_text().split()[0]) / 1e9
    return used


def resident_bytes(pid: int) -> int:
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def row(what: str, value: str) -> None:
    print(f"{what:<64} {value}", flush=True)


def started(folder: pathlib.Path, bootstrap: str, **options):
    """An exporter that has read everything, the seconds until it was ready, and until then."""
    from exporter import Exporter

    begun = time.monotonic()
    watching = Exporter(folder, bootstrap, poll=f"{POLL}s", **options)
    try:
        while watching.get("/-/ready").status != 200:
            time.sleep(0.005)
        ready = time.monotonic() - begun
        # The harness would take seconds to parse such a page.
        while not all(f'collector_success{{collector="{c}"}} 1\n' in watching.get("/metrics").text
                      for c in ("offsets", "settings")):
            time.sleep(0.02)
        return watching, ready, time.monotonic() - begun
    except BaseException:
        watching.close()
        raise


def measure(cluster, folder: pathlib.Path) -> None:
    watching, ready, whole = started(folder / "plain", cluster.bootstrap)
    with contextlib.closing(watching):
        row("start to ready / with all offsets and settings", f"{ready:.2f} s / {whole:.2f} s")
        polls = watching.metrics().get("kafka_isr_exporter_polls_total")
        before = cpu_seconds(watching.process.pid)
        # Without a scrape, which is not part of a poll.
        resident = []
        until = time.monotonic() + POLL * POLLS
        while time.monotonic() < until:
            resident.append(resident_bytes(watching.process.pid))
            time.sleep(0.1)
        after = cpu_seconds(watching.process.pid)
        page = watching.metrics()
        # What it says of its series is of the page before, which is not the first any more.
        row("partitions / series", f"{page.get('kafka_cluster_partitions'):.0f} / "
                                   f"{page.get('kafka_isr_exporter_page_series'):.0f}")
        polls = page.get("kafka_isr_exporter_polls_total") - polls
        used = {name: (seconds - before.get(name, 0)) * 1000 / polls for name, seconds in after.items()}
        own = sum(ms for name, ms in used.items() if name.startswith("kie:"))
        row("CPU of a poll, our own threads / with librdkafka's", f"{own:.0f} ms / {sum(used.values()):.0f} ms")
        for collector in ("metadata", "offsets", "topic_ids", "settings"):
            took = page.get("kafka_isr_exporter_collector_duration_seconds", collector=collector)
            row(f"  {collector}, wall", f"{took * 1000:.0f} ms")
        row("polls that came late", f"{page.get('kafka_isr_exporter_polls_late_total'):.0f}")
        answers = [watching.get("/metrics", headers={"Accept-Encoding": "gzip"}) for _ in range(50)]
        row("scrape with gzip, median of 50", f"{statistics.median(a.seconds for a in answers) * 1000:.1f} ms, "
                                              f"{len(answers[0].body) / 1e6:.2f} MB")
        row("resident memory: median, at most", f"{statistics.median(resident) / 1e6:.0f} MB, {max(resident) / 1e6:.0f} MB")

    # librdkafka itself tells what it asks.
    watching, *_ = started(folder / "told", cluster.bootstrap, level="debug", properties={"debug": "protocol"})
    with contextlib.closing(watching):
        def await_poll(number):
            watching.await_metrics(lambda p: p.get("kafka_isr_exporter_polls_total") >= number, 30, f"poll {number}")

        polls = watching.metrics().get("kafka_isr_exporter_polls_total")
        # From the end of a poll to the end of another.
        await_poll(polls + 1)
        said = len(watching.log)
        await_poll(polls + 4)
        asked = collections.Counter(re.findall(r"Sent (\w+)Request", watching.log[said:]))
        row("requests of a poll", ", ".join(f"{n / 3:.1f} {kind}" for kind, n in sorted(asked.items())))


def main(arguments: list[str]) -> int:
    if not arguments or any(a.startswith("-") for a in arguments):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    sys.path[:0] = [str(TESTS / "cluster"), str(TESTS / "integration")]
    import exporter
    from kafka_cluster import Cluster

    with tempfile.TemporaryDirectory(prefix="kie-large-") as folder, Cluster(f"{folder}/cluster") as cluster:
        begun = time.monotonic()
        cluster.up(brokers=3, settings=SETTINGS, heap="1g", ttl=1800, timeout=180)
        make_topics(cluster)
        print(f"a cluster of {TOPICS} topics x {PARTITIONS}, RF {FACTOR}, in {time.monotonic() - begun:.0f} s", flush=True)
        for number, program in enumerate(arguments):
            if len(arguments) > 1:
                print(f"\n{program}")
            exporter.BINARY = str(pathlib.Path(program).resolve())
            measure(cluster, pathlib.Path(folder) / str(number))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
