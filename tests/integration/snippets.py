"""The code blocks of README's "From your application", as they stand there."""

from __future__ import annotations

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# deploy/install-deps puts the client there.
PYTHON_PACKAGES = ROOT / ".deps" / "python"


def code(language: str) -> str:
    section = (ROOT / "README.md").read_text().split("\n### From your application\n")[1]
    found = re.findall(rf"^```{language}\n(.*?)^```$", re.split(r"\n##+ ", section)[0], re.M | re.S)
    if len(found) != 1:
        raise AssertionError(f"README has {len(found)} code blocks of {language} for applications, not one")
    return found[0]


def environment(port: int, token: str) -> dict[str, str]:
    return {**os.environ, "KIE_INGEST": f"http://127.0.0.1:{port}/api/v1/producers/", "KIE_INGEST_TOKEN": token}


def write_python(folder: pathlib.Path, main: str) -> tuple[list[str], dict[str, str]]:
    """A program that imports README's module as kie_reporter: its command, and what its environment needs."""
    if not (PYTHON_PACKAGES / "confluent_kafka").is_dir():
        raise AssertionError(f"confluent-kafka is not in {PYTHON_PACKAGES}: deploy/install-deps test")
    (folder / "kie_reporter.py").write_text(code("python"))
    (folder / "main.py").write_text(main)
    return [sys.executable, str(folder / "main.py")], {"PYTHONPATH": str(PYTHON_PACKAGES)}
