"""The client code of deploy/clients, as it stands there."""

from __future__ import annotations

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# deploy/install-deps puts the client there.
PYTHON_PACKAGES = ROOT / ".deps" / "python"


def code(language: str) -> str:
    """The one file of deploy/clients/<language>."""
    folder = ROOT / "deploy" / "clients" / language
    found = sorted(path for path in folder.glob("*") if path.is_file())
    if len(found) != 1:
        raise AssertionError(f"{folder} has {len(found)} files, not one")
    return found[0].read_text()


def environment(port: int, token: str) -> dict[str, str]:
    return {**os.environ, "KIE_INGEST": f"http://127.0.0.1:{port}/api/v1/producers/", "KIE_INGEST_TOKEN": token}


def write_python(folder: pathlib.Path, main: str) -> tuple[list[str], dict[str, str]]:
    """A program that imports the module kie_reporter of deploy/clients/python: its command, and what its environment needs."""
    if not (PYTHON_PACKAGES / "confluent_kafka").is_dir():
        raise AssertionError(f"confluent-kafka is not in {PYTHON_PACKAGES}: deploy/install-deps test")
    (folder / "kie_reporter.py").write_text(code("python"))
    (folder / "main.py").write_text(main)
    return [sys.executable, str(folder / "main.py")], {"PYTHONPATH": str(PYTHON_PACKAGES)}
