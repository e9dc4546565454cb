"""`kafka-isr-exporter check` as a process, and what it finds."""

from __future__ import annotations

import json
import pathlib
import subprocess
from dataclasses import dataclass
from typing import Optional

from exporter import BINARY
from patience import scaled


@dataclass(frozen=True)
class Done:
    code: int
    said: str       # on both outputs
    document: dict

    def steps(self, cluster: int = 0) -> list[dict]:
        return self.document["clusters"][cluster]["steps"]

    def of(self, step: str, cluster: int = 0) -> list[dict]:
        found = [s for s in self.steps(cluster) if s["step"] == step]
        if not found:
            raise AssertionError(f"no step {step}:\n{self.said}")
        return found

    def only(self, step: str, cluster: int = 0) -> dict:
        found, = self.of(step, cluster)
        return found

    def results(self, cluster: int = 0) -> list[str]:
        return [s["result"] for s in self.steps(cluster)]

    def failed(self, cluster: int = 0) -> list[str]:
        return [s["step"] for s in self.steps(cluster) if s["result"] == "failed"]


def entry(bootstrap: str, properties: Optional[dict] = None, **keys) -> str:
    """A [[cluster]]. JSON's strings, numbers and arrays are TOML's too."""
    def lines(table: dict) -> str:
        return "".join(f"{json.dumps(key)} = {json.dumps(value)}\n" for key, value in table.items())

    return (f"[[cluster]]\n{lines({'servers': bootstrap.split(','), **keys})}"
            f"[cluster.librdkafka]\n{lines(properties or {})}")


def run(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "check", *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=scaled(60))


def check(folder: pathlib.Path, *entries: str) -> Done:
    """Checks a configuration of these entries. Nothing may be said but the document."""
    file = folder / "check.toml"
    file.write_text("\n".join(entries))
    done = run(folder, f"--config.file={file}", "--format=json")
    if done.stderr:
        raise AssertionError(f"on standard error:\n{done.stderr}")
    document = json.loads(done.stdout)
    for word in ("ok", "failed", "skipped"):
        found = [s for c in document.get("clusters", []) for s in c["steps"] if s["result"] == word]
        if document.get(word, 0) != len(found):
            raise AssertionError(f"{word} is not {len(found)}:\n{done.stdout}")
    return Done(done.returncode, done.stdout, document)
