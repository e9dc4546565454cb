"""A real Prometheus that scrapes one exporter."""

from __future__ import annotations

import json
import pathlib
import shutil
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from typing import Optional, Union

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from patience import scaled
from processes import free_ports


def end(process: subprocess.Popen) -> None:
    """SIGTERM, and SIGKILL if that is not enough."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(scaled(20))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class PrometheusServer:
    """On loopback, with its data in folder; scrapes the port of 127.0.0.1 every second. close() ends it.

    rules: a file of rules, evaluated every second; alertmanager: the port of 127.0.0.1 that alerts go to; labels: of the target.
    """

    def __init__(self, folder: pathlib.Path, exporter_port: int, rules: Optional[pathlib.Path] = None, alertmanager: int = 0,
                 labels: Optional[dict[str, str]] = None):
        binary = shutil.which("prometheus")
        if not binary:
            raise AssertionError("Prometheus is not installed")
        self._folder, port = folder, free_ports(1)[0]
        self.url = f"http://127.0.0.1:{port}"
        folder.mkdir()
        config = ("global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\n"
                  "scrape_configs:\n- job_name: kafka\n"
                  f"  static_configs:\n  - targets: ['127.0.0.1:{exporter_port}']\n    labels: {json.dumps(labels or {})}\n")
        if rules:
            config += f"rule_files: ['{rules}']\n"
        if alertmanager:
            config += f"alerting:\n  alertmanagers:\n  - static_configs:\n    - targets: ['127.0.0.1:{alertmanager}']\n"
        (folder / "prometheus.yml").write_text(config)
        with open(folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [binary, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
                 f"--web.listen-address=127.0.0.1:{port}"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)

    def query(self, expression: str) -> list[Union[float, str]]:
        """The values of the series; one text that says why while it does not answer, because it is starting."""
        answer = self._ask("query", query=expression)
        return [answer] if isinstance(answer, str) else [float(one["value"][1]) for one in answer["result"]]

    def metadata(self, family: str) -> list[dict[str, str]]:
        """What it read of the family in # TYPE and # HELP."""
        answer = self._ask("metadata", metric=family)
        return [] if isinstance(answer, str) else answer.get(family, [])

    def label_values(self, label: str, selector: str) -> list[str]:
        """The values of a label of the series that it selects."""
        answer = self._ask(f"label/{label}/values", **{"match[]": selector})
        return [] if isinstance(answer, str) else answer

    def _ask(self, path: str, **parameters: str) -> Union[dict, str]:
        url = f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(url, timeout=scaled(5)) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as e:
            if e.code == 400:
                raise AssertionError(f"{parameters}: {e.read().decode()}") from e
            return f"no answer: {e}"
        except OSError as e:
            if self._process.poll() is not None:
                raise AssertionError(f"Prometheus ended: {(self._folder / 'log').read_text()[-2000:]}") from e
            return f"no answer: {e}"

    def close(self) -> None:
        end(self._process)
