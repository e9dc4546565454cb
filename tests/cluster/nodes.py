"""The files of a node: its settings, its formatted data folder, its logs."""

from __future__ import annotations

import base64
import pathlib
import re
import subprocess
import uuid
from dataclasses import dataclass, field
from typing import Optional, Union

import jars
from certificates import Authority
from processes import HOST, ClusterError

CONTROLLER = 100        # the first one, if there are more

# Small and quick: faults show after about 3 s instead of 30 s, and nothing moves that a test did not ask for.
SETTINGS = {
    "auto.create.topics.enable": "false",
    "auto.leader.rebalance.enable": "false",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    "controlled.shutdown.retry.backoff.ms": "500",
    "file.delete.delay.ms": "1000",
    "group.initial.rebalance.delay.ms": "0",
    "log.cleaner.backoff.ms": "500",
    "log.cleaner.dedupe.buffer.size": "8388608",
    "log.cleaner.threads": "1",
    "log.initial.task.delay.ms": "500",
    "log.retention.check.interval.ms": "1000",
    "num.io.threads": "4",
    "num.network.threads": "2",
    "num.recovery.threads.per.data.dir": "1",
    "offsets.topic.num.partitions": "3",
    "replica.lag.time.max.ms": "3000",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "3",
}

# With an authorizer, the plain listener is for whoever runs the tests (and the brokers): everything is allowed there.
# Clients under test log in on the SASL listener, or with tls on one of those.
USERS = {"admin": "admin-secret", "exporter": "exporter-secret", "watcher": "watcher-secret"}
AUTHORIZER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS;User:admin",
}
PROTOCOLS = {"CONTROLLER": "PLAINTEXT", "PLAINTEXT": "PLAINTEXT", "SASL": "SASL_PLAINTEXT", "SASL_TLS": "SASL_SSL",
             "TLS": "SSL"}


@dataclass(frozen=True)
class Listener:
    """One more listener of each broker, see Lifecycle.listener()."""
    protocol: str = "PLAINTEXT"
    host: str = HOST
    advertised: Union[None, str, dict[int, str]] = None     # HOST:PORT, of all or by broker; as it listens by default
    missing: tuple[int, ...] = ()           # the brokers without it
    settings: dict[str, str] = field(default_factory=dict)      # without listener.name.NAME.

    def advertised_address(self, broker: int, port: int) -> str:
        if isinstance(self.advertised, dict):
            # In state.json every key is text.
            return {int(n): address for n, address in self.advertised.items()}.get(broker) or self.address(port)
        return self.advertised or self.address(port)

    def address(self, port: int) -> str:
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"


def is_controller(node: int) -> bool:
    return node >= CONTROLLER


def random_id() -> str:
    """A Kafka Uuid. One with a dash in front would look like an option to Kafka's tools."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def write_settings(folder: pathlib.Path, node: int, state: dict, settings: dict[str, str]) -> None:
    """server.properties. What makes it a node of this cluster comes last, so that settings cannot break it."""
    entry = state["nodes"][str(node)]
    if state["zookeeper"] and is_controller(node):
        _write_zookeeper(folder, entry["port"])
        return
    controllers = [n for n in state["nodes"] if is_controller(int(n))]
    voters = ",".join(f"{n}@{HOST}:{state['nodes'][n]['port']}" for n in controllers)
    copies = str(min(3, len(state["nodes"]) - len(controllers)))
    is_broker = not is_controller(node)
    listeners = f"{'PLAINTEXT' if is_broker else 'CONTROLLER'}://{HOST}:{entry['port']}"
    config = {**SETTINGS, "default.replication.factor": copies, "offsets.topic.replication.factor": copies,
              "transaction.state.log.replication.factor": copies,
              **(AUTHORIZER if state["authorizer"] else {}), **settings}
    if is_broker and state["authorizer"]:
        listeners += f",SASL://{HOST}:{entry['sasl_port']}"
        config.update(_logins("sasl", "PLAIN"))
    if is_broker and state["tls"]:
        listeners += f",SASL_TLS://{HOST}:{entry['sasl_tls_port']},TLS://{HOST}:{entry['tls_port']}"
        config.update(_logins("sasl_tls", "PLAIN", "SCRAM-SHA-512", "OAUTHBEARER"))
        config.update(_tls(folder.parent / "certificates"))
    advertised, protocols = listeners, dict(PROTOCOLS)
    for name, values in state["listeners"].items() if is_broker else ():
        listener, port = Listener(**values), entry[f"{name}_port"]
        if node in listener.missing:
            continue
        listeners += f",{name}://{listener.address(port)}"
        advertised += f",{name}://{listener.advertised_address(node, port)}"
        protocols[name] = listener.protocol
        config.update({f"listener.name.{name.lower()}.{key}": value for key, value in listener.settings.items()})
    if state["zookeeper"]:
        protocols.pop("CONTROLLER")
        config.update({"broker.id": str(node), "zookeeper.session.timeout.ms": "3000",
                       "zookeeper.connect": f"{HOST}:{state['nodes'][str(CONTROLLER)]['port']}"})
    else:
        config.update({
            "process.roles": "broker" if is_broker else "controller",
            "node.id": str(node),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
        })
    config.update({
        "listeners": listeners,
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "log.dirs": str(folder / "data"),
    })
    if is_broker:
        config.update({"advertised.listeners": advertised, "inter.broker.listener.name": "PLAINTEXT"})
    (folder / "server.properties").write_text("".join(f"{k}={v}\n" for k, v in config.items()))


def _write_zookeeper(folder: pathlib.Path, port: int) -> None:
    # With a tick of half a second it grants sessions of three.
    (folder / "server.properties").write_text(
        f"dataDir={folder / 'data'}\nclientPort={port}\nclientPortAddress={HOST}\ntickTime=500\n"
        "maxClientCnxns=0\nadmin.enableServer=false\n")


def _logins(listener: str, *mechanisms: str) -> dict[str, str]:
    users = " ".join(f'user_{name}="{password}"' for name, password in USERS.items())
    modules = {"PLAIN": f"plain.PlainLoginModule required {users};",
               "SCRAM-SHA-512": "scram.ScramLoginModule required;",
               # Kafka's own for development: it believes a token that nobody has signed.
               "OAUTHBEARER": 'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";'}
    prefix = f"listener.name.{listener}"
    return {f"{prefix}.sasl.enabled.mechanisms": ",".join(mechanisms),
            **{f"{prefix}.{m.lower()}.sasl.jaas.config": f"org.apache.kafka.common.security.{modules[m]}"
               for m in mechanisms}}


def _tls(certificates: pathlib.Path) -> dict[str, str]:
    return {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(certificates / "keystore.pem"),
            "ssl.truststore.type": "PEM", "ssl.truststore.location": str(certificates / "ca.pem"),
            "listener.name.tls.ssl.client.auth": "required"}


def make_certificates(authority: Authority) -> None:
    """One certificate for all brokers: they share an address."""
    certificate, key = authority.issue("broker", "/CN=broker")
    (authority.folder / "keystore.pem").write_text(key.read_text() + certificate.read_text())


def format_broker(folder: pathlib.Path, node: int, state: dict) -> None:
    """What the storage tool would write for a broker, without the price of a JVM."""
    data = folder / "data"
    data.mkdir()
    # With ZooKeeper there is nothing to format: the brokers agree on a cluster's id.
    if not state["zookeeper"]:
        (data / "meta.properties").write_text(
            f"version=1\nnode.id={node}\ncluster.id={state['cluster_id']}\ndirectory.id={random_id()}\n")


def format_controller(folder: pathlib.Path, state: dict, features: dict) -> None:
    """Kafka's storage tool: it decides the metadata version and the feature levels of the cluster."""
    if state["zookeeper"]:
        return
    args = ["format", "-t", state["cluster_id"], "-c", folder / "server.properties"]
    for name, level in features.items():
        args += ["--feature", f"{name}={level}"]
    if state["tls"]:
        for name, password in USERS.items():
            args += ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]"]
    option = jars.write_logging(state["version"], folder / "tool-logging.properties", {"": None}, "WARN")
    done = subprocess.run(jars.java_command(state["version"], "kafka.tools.StorageTool", args, options=[option]),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("\tat ")]
        raise ClusterError(f"Kafka's storage tool failed: {' '.join(lines)[:500]}")


def start_command(folder: pathlib.Path, node: int, state: dict, options: list[str] = ()) -> list[str]:
    is_zookeeper = state["zookeeper"] and is_controller(node)
    main = "org.apache.zookeeper.server.quorum.QuorumPeerMain" if is_zookeeper else "kafka.Kafka"
    option = jars.write_logging(state["version"], folder / "logging.properties", {
        "": folder / "server.log",
        "org.apache.kafka.controller": folder / "controller.log",
        "state.change.logger": folder / "state-change.log",
    })
    return jars.java_command(state["version"], main, [folder / "server.properties"], state["heap"],
                             [option, f"-Dkafka.logs.dir={folder}", *options])


def last_words(folder: pathlib.Path) -> str:
    """Why a node ended, as far as its files tell."""
    exception = re.compile(r"^(Caused by: )?([\w$]+\.)+[\w$]*(Exception|Error)\b")
    for name, wanted in (("server.log", exception), ("server.log", re.compile(r"\] (ERROR|FATAL)")),
                         ("stdout.log", re.compile(r"\S"))):
        path = folder / name
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        found = [line for line in lines if wanted.search(line)]
        if found:
            return found[-1][:300]
    return "no last words"
