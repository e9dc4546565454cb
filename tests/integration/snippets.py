"""The client code of deploy/clients, as it stands there."""

from __future__ import annotations

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def code(language: str) -> str:
    """The one file of deploy/clients/<language>."""
    folder = ROOT / "deploy" / "clients" / language
    found = sorted(path for path in folder.glob("*") if path.is_file())
    if len(found) != 1:
        raise AssertionError(f"{folder} has {len(found)} files, not one")
    return found[0].read_text()


def environment(port: int, token: str) -> dict[str, str]:
    return {**os.environ, "KIE_INGEST": f"http://127.0.0.1:{port}/api/v1/producers/statistics", "KIE_INGEST_TOKEN": token}
