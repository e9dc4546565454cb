"""Kafka's own command-line tools, by the names of their scripts."""

from __future__ import annotations

import pathlib

import jars
from processes import ClusterError

# The class, and whether it wants --bootstrap-server.
_TOOLS = {
    "acls": ("org.apache.kafka.tools.AclCommand", True),
    "broker-api-versions": ("org.apache.kafka.tools.BrokerApiVersionsCommand", True),
    "cluster": ("org.apache.kafka.tools.ClusterTool", False),
    "configs": ("kafka.admin.ConfigCommand", True),
    "console-consumer": ("org.apache.kafka.tools.consumer.ConsoleConsumer", True),
    "consumer-groups": ("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", True),
    "delete-records": ("org.apache.kafka.tools.DeleteRecordsCommand", True),
    "dump-log": ("org.apache.kafka.tools.DumpLogSegments", False),
    "features": ("org.apache.kafka.tools.FeatureCommand", True),
    "get-offsets": ("org.apache.kafka.tools.GetOffsetShell", True),
    "leader-election": ("org.apache.kafka.tools.LeaderElectionCommand", True),
    "log-dirs": ("org.apache.kafka.tools.LogDirsCommand", True),
    "metadata-quorum": ("org.apache.kafka.tools.MetadataQuorumCommand", True),
    "producer-perf-test": ("org.apache.kafka.tools.ProducerPerformance", False),
    "reassign-partitions": ("org.apache.kafka.tools.reassign.ReassignPartitionsCommand", True),
    "storage": ("kafka.tools.StorageTool", False),
    "topics": ("org.apache.kafka.tools.TopicCommand", True),
    "transactions": ("org.apache.kafka.tools.TransactionsCommand", True),
    "verifiable-producer": ("org.apache.kafka.tools.VerifiableProducer", True),
}
_BEFORE_4 = {
    "acls": "kafka.admin.AclCommand",
    "broker-api-versions": "kafka.admin.BrokerApiVersionsCommand",
    "dump-log": "kafka.tools.DumpLogSegments",
}
NAMES = sorted(_TOOLS)


def command(version: str, folder: pathlib.Path, bootstrap: str, name: str, args: tuple) -> list[str]:
    """The command line of a tool, or of any class. bootstrap is given where the tool wants it."""
    if name not in _TOOLS and "." not in name:
        raise ClusterError(f"no tool {name}: there are {', '.join(NAMES)}")
    main, wants_bootstrap = _TOOLS.get(name, (name, False))
    if version.startswith("3."):
        main = _BEFORE_4.get(name, main)
    if wants_bootstrap:
        if not bootstrap:
            raise ClusterError("no broker runs")
        args = ("--bootstrap-server", bootstrap, *args)
    option = jars.write_logging(version, folder / "tool-logging.properties", {"": None}, "WARN")
    return jars.java_command(version, main, args, options=[option])
