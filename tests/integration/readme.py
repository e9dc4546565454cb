"""The permissions that README.md says the exporter needs, by the commands that stand there."""

from __future__ import annotations

import pathlib
import shlex
from typing import Optional

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from kafka_cluster import Cluster

_README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
_PRINCIPAL = "User:exporter"
Grant = tuple[str, str, Optional[str]]      # operation, resource and name, as Cluster.acl takes them


def _commands() -> list[list[str]]:
    """Without the program and its --bootstrap-server."""
    found = [shlex.split(line)[1:] for line in _README.read_text().splitlines() if line.startswith("kafka-acls ")]
    if not found or any(words[:2] != ["--bootstrap-server", "HOST:PORT"] or _PRINCIPAL not in words for words in found):
        raise AssertionError(f"README's kafka-acls commands are not as expected: {found}")
    return [words[2:] for words in found]


def execute(cluster: Cluster, user: str) -> None:
    """Kafka's own tool does what README says, for another user."""
    for words in _commands():
        cluster.tool("acls", *(f"User:{user}" if word == _PRINCIPAL else word for word in words))


def grants() -> list[Grant]:
    found = []
    for words in _commands():
        resource = "topic" if "--topic" in words else "cluster"
        name = words[words.index("--topic") + 1] if resource == "topic" else None
        operations = [after for word, after in zip(words, words[1:]) if word == "--operation"]
        found += [({"Describe": "describe", "DescribeConfigs": "describe-configs"}[o], resource, name)
                  for o in operations]
    return found
