"""What producers were told is safe, and what a consumer can read back: by Kafka's own clients, never by the exporter."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess

from kafka_cluster import Cluster

Records = dict[tuple[int, int], str]        # (partition, offset) -> value


class VerifiableProducer:
    """Kafka's Java producer as a process: `count` small records, acks=-1; with keys, so that every partition gets some."""

    def __init__(self, cluster: Cluster, folder: pathlib.Path, topic: str, count: int, prefix: int,
                 settings: dict[str, str]):
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / f"producer-{prefix}.properties"
        config.write_text("".join(f"{key}={value}\n" for key, value in {"retries": "100", **settings}.items()))
        self.prefix, self.count = prefix, count
        option = "--producer.config" if cluster.state["version"].startswith("3.") else "--command-config"
        self._process = subprocess.Popen(
            cluster.tool_command("verifiable-producer", "--topic", topic, "--max-messages", count, "--acks", "-1",
                                 "--repeating-keys", "1000", "--value-prefix", prefix, option, config),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def acknowledged(self, timeout: float = 60) -> Records:
        """Waits for its end; an AssertionError unless all were acknowledged."""
        try:
            said, _ = self._process.communicate(timeout=timeout)
        finally:
            self._process.kill()
        found = {}
        for line in said.splitlines():
            if '"producer_send_success"' in line:
                sent = json.loads(line)
                found[sent["partition"], sent["offset"]] = sent["value"]
        if len(found) != self.count:
            raise AssertionError(f"{len(found)} of {self.count} records were acknowledged:\n{said[-2000:]}")
        return found


def readable(cluster: Cluster, topic: str) -> Records:
    """What Kafka's console consumer reads from the beginning to the ends that the leaders name."""
    count = sum(o.latest - o.earliest for o in cluster.offsets(topic).values())
    option = "--property" if cluster.state["version"].startswith("3.") else "--formatter-property"
    said = cluster.tool("console-consumer", "--topic", topic, "--from-beginning", "--max-messages", count, "--timeout-ms",
                        "20000", option, "print.partition=true", option, "print.offset=true")
    found = {(int(p), int(o)): value for p, o, value in re.findall(r"^Partition:(\d+)\tOffset:(\d+)\t(.*)$", said, re.M)}
    if len(found) != count:
        raise AssertionError(f"{len(found)} of {count} records were read:\n{said[-2000:]}")
    return found
