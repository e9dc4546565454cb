"""The exporter under test as a process, and what it says."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import Optional, Union

from metrics import Metrics
from patience import eventually, scaled

BINARY = os.environ.get("KIE_EXPORTER", "")
Value = Union[str, int, bool, list]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()


def toml(servers: list[str], cluster: dict[str, Value], properties: dict[str, Value], web: dict[str, Value]) -> str:
    """JSON's strings, numbers, booleans and arrays are TOML's too."""
    def lines(table: dict[str, Value]) -> str:
        return "".join(f"{json.dumps(key) if '.' in key else key} = {json.dumps(value)}\n"
                       for key, value in table.items())

    return (f"[web]\n{lines(web)}\n[[cluster]]\n{lines({'servers': servers, **cluster})}\n"
            f"[cluster.librdkafka]\n{lines(properties)}")


class Exporter:
    """Started on a free port of 127.0.0.1 with its configuration and log in folder; stop() ends it.

    cluster, properties and web are keys of [[cluster]], [cluster.librdkafka] and [web]; text is the whole file instead.
    """

    def __init__(self, folder: pathlib.Path, bootstrap: str, poll: str = "1s", cluster: Optional[dict] = None,
                 properties: Optional[dict] = None, web: Optional[dict] = None, level: str = "info",
                 listen: str = "127.0.0.1:0", environment: Optional[dict[str, str]] = None, text: Optional[str] = None,
                 flags: tuple[str, ...] = ()):
        if not BINARY:
            raise AssertionError("KIE_EXPORTER must name the exporter's binary")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "exporter.toml"
        self.config.write_text(text or toml(bootstrap.split(","), {"poll_interval": poll, **(cluster or {})},
                                            properties or {}, web or {}))
        self.log_path = folder / "exporter.log"
        self.page = ""          # the last one read
        self._told: Optional[float] = None      # when it was told to end
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [BINARY, f"--config.file={self.config}", f"--web.listen-address={listen}", f"--log.level={level}", *flags],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env={**os.environ, **(environment or {})})
        try:
            # In logfmt or in JSON.
            self.port = int(self.await_log(r'msg"?[=:]"serving metrics".*\bport"?[=:]"?(\d+)', 10)[1])
        except BaseException:
            self.close()
            raise

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def lines(self, pattern: str) -> list[str]:
        return [line for line in self.log.splitlines() if re.search(pattern, line)]

    def await_log(self, pattern: str, seconds: float) -> re.Match:
        def found() -> Optional[re.Match]:
            match = re.search(pattern, self.log)
            if not match and self.process.poll() is not None:
                raise AssertionError(f"the exporter ended with {self.process.returncode}:\n{self.log}")
            return match

        return eventually(found, seconds, lambda: f"{pattern} in the log:\n{self.log[-4000:]}")

    def ingest_port(self) -> int:
        """Where it takes producers' documents; 0 if that is a Unix socket."""
        port = re.search(r"\bport=(\d+)", self.await_log(r"ingest listening.*", 10)[0])
        return int(port[1]) if port else 0

    # What it serves.

    def get(self, path: str, method: str = "GET", headers: Optional[dict[str, str]] = None,
            host: str = "127.0.0.1") -> Answer:
        begin = time.monotonic()
        with contextlib.closing(http.client.HTTPConnection(host, self.port, timeout=scaled(20))) as connection:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            body = response.read()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, body,
                      time.monotonic() - begin)

    def json(self, path: str) -> dict:
        answer = self.get(path)
        if answer.status != 200:
            raise AssertionError(f"{path} answered {answer.status}: {answer.text}")
        return json.loads(answer.body)

    def metrics(self) -> Metrics:
        answer = self.get("/metrics")
        if answer.status != 200:
            raise AssertionError(f"/metrics answered {answer.status}: {answer.text}")
        self.page = answer.text
        return Metrics(self.page)

    def await_metrics(self, condition, seconds: float, what) -> Metrics:
        """The first page of which condition(page) is true; what: as of eventually()."""
        def holds() -> Optional[Metrics]:
            page = self.metrics()
            return page if condition(page) else None

        return eventually(holds, seconds, what)

    def reload(self, text: str) -> None:
        """SIGHUP with another configuration, until it has been read."""
        read = len(self.lines("configuration reloaded|reload failed"))
        self.config.write_text(text)
        self.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(self.lines("configuration reloaded|reload failed")) > read, 10,
                   "the configuration is read")

    def await_ready(self, seconds: float = 20) -> Metrics:
        """Until a poll has been answered in full; the page that has it."""
        eventually(lambda: self.get("/-/ready").status == 200, seconds, "the exporter is ready")
        # Settings come last in the first poll, so with them everything is there.
        return self.await_metrics(
            lambda page: all([value for _, value in page.series("kafka_isr_exporter_collector_success", collector=c)]
                             == [1] for c in ("offsets", "settings")), seconds, "offsets and settings are read")

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    # Its end.

    def kill(self) -> None:
        """SIGKILL, at once."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        if self._told is None:
            self._told = time.monotonic()
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> float:
        """SIGTERM. Returns the seconds it took; an AssertionError if more than 5, or not the exit code 0."""
        self.terminate()
        try:
            code = self.process.wait(scaled(5))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still there {scaled(5):g} s after SIGTERM") from None
        took = time.monotonic() - self._told
        with self.process.stdout as out:
            said = out.read()
        if code != 0 or said:
            raise AssertionError(f"exit code {code} after SIGTERM, on stdout {said!r}\n{self.log[-2000:]}")
        return took

    def close(self) -> None:
        """For cleaning up: stop() unless that was done, so that no crash goes unseen."""
        try:
            if not self.process.stdout.closed:
                self.stop()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()

    def last_words(self) -> str:
        return (f"--- end of the exporter's log\n{self.log[-6000:]}"
                f"--- the last page without HELP and TYPE\n"
                + "".join(f"{line}\n" for line in self.page.splitlines() if not line.startswith("#"))[-9000:])
