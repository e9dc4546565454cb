"""Prometheus with the shipped rules, Alertmanager with the shipped routes, and a receiver of what it sends."""

from __future__ import annotations

import http.server
import json
import pathlib
import shutil
import subprocess
import threading
import time
import urllib.request
from dataclasses import dataclass

from faster import faster
from patience import eventually, scaled
from processes import free_ports
from prometheus_server import PrometheusServer, end

DEPLOY = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy"
# As the scrape configuration names it.
CLUSTER = "eu"
WEBHOOKS = "http://localhost:9099/"


@dataclass(frozen=True)
class Notification:
    at: float               # monotonic
    receiver: str           # page, ticket or record
    status: str             # firing or resolved
    labels: dict[str, str]
    annotations: dict[str, str]

    @property
    def name(self) -> str:
        return self.labels["alertname"]

    def __str__(self) -> str:
        return f"{self.at:.1f} {self.receiver} {self.status} {self.labels} {self.annotations.get('description')}"


class Receiver:
    """Takes Alertmanager's webhooks on a free port of 127.0.0.1 until close()."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        notifications = self.notifications

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                now = time.monotonic()
                notifications.extend(Notification(now, self.path.strip("/"), alert["status"], alert["labels"], alert["annotations"])
                                     for alert in sent["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class AlertStack:
    """With its data in folder; watches the exporter at a port of 127.0.0.1. times: how much faster all durations are."""

    def __init__(self, folder: pathlib.Path, exporter_port: int, times: int):
        folder.mkdir()
        binary = shutil.which("prometheus-alertmanager")
        if not binary:
            raise AssertionError("Alertmanager is not installed")
        self.receiver = Receiver()
        self.port = free_ports(1)[0]
        config = folder / "alertmanager.yml"
        routes = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text()
        config.write_text(faster(routes, times).replace(WEBHOOKS, f"http://127.0.0.1:{self.receiver.port}/"))
        rules = folder / "kafka-isr-exporter.rules.yml"
        rules.write_text(faster((DEPLOY / "prometheus" / rules.name).read_text(), times))
        self._log = folder / "alertmanager.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [binary, f"--config.file={config}", f"--storage.path={folder / 'silences'}",
                 f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.prometheus = PrometheusServer(folder / "prometheus", exporter_port, rules=rules, alertmanager=self.port,
                                           labels={"kafka_cluster": CLUSTER})

    def await_up(self) -> None:
        eventually(lambda: self.prometheus.query("up") == [1], 30, lambda: f"up is {self.prometheus.query('up')}")

    def told(self, name: str = "", status: str = "firing", **labels: str) -> list[Notification]:
        """What was sent so far, the oldest first."""
        return [one for one in list(self.receiver.notifications)
                if name in ("", one.name) and one.status == status
                and all(one.labels.get(key) == value for key, value in labels.items())]

    def await_told(self, name: str, seconds: float, status: str = "firing", **labels: str) -> Notification:
        return eventually(lambda: self.told(name, status, **labels), seconds,
                          lambda: f"{name} {labels} is told as {status}; {self.said()}")[0]

    def fires(self, name: str, **labels: str) -> bool:
        """Whether Prometheus has it as firing, told or not."""
        wanted = "".join(f',{key}="{value}"' for key, value in labels.items())
        return bool(self.prometheus.query(f'ALERTS{{alertname="{name}",alertstate="firing"{wanted}}}'))

    def await_firing(self, name: str, seconds: float, **labels: str) -> None:
        eventually(lambda: self.fires(name, **labels), seconds, lambda: f"{name} {labels} fires; {self.said()}")

    def is_silenced(self, name: str, **labels: str) -> bool:
        """Whether Alertmanager has it, and does not tell it because of another."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v2/alerts", timeout=scaled(5)) as answer:
            found = [alert for alert in json.load(answer)
                     if {"alertname": name, **labels}.items() <= alert["labels"].items()]
        return bool(found) and all(alert["status"]["state"] == "suppressed" for alert in found)

    def said(self) -> str:
        return "told so far:\n" + "\n".join(map(str, self.receiver.notifications[-40:])) + f"\n{self._log.read_text()[-1500:]}"

    def close(self) -> None:
        self.prometheus.close()
        end(self._process)
        self.receiver.close()
