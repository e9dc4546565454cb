"""The plugin for librdkafka, and programs that have it."""

from __future__ import annotations

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# deploy/install-deps puts clients there.
PYTHON_PACKAGES = ROOT / ".deps" / "python"
HEADERS = ROOT / ".deps" / "prefix" / "include"
HOST = pathlib.Path(__file__).parent / "monitor" / "host.c"


def plugin() -> str:
    """As an application names it: librdkafka adds .so."""
    return os.environ["KIE_MONITOR"].removesuffix(".so")


def wheels_library() -> pathlib.Path:
    """The librdkafka that the Python client's wheel brings: the newest release that can be had."""
    found = sorted((PYTHON_PACKAGES / "confluent_kafka.libs").glob("librdkafka*.so*"))
    if len(found) != 1:
        raise AssertionError(f"{len(found)} librdkafka in {PYTHON_PACKAGES}/confluent_kafka.libs: deploy/install-deps test")
    return found[0]


def environment(port: int | None, token_file: pathlib.Path, log: pathlib.Path | None = None) -> dict[str, str]:
    """What the plugin is told; port None: no exporter is there."""
    found = {"KAFKA_ISR_MONITOR_ADDRESS": f"127.0.0.1:{port or 1}", "KAFKA_ISR_MONITOR_TOKEN_FILE": str(token_file)}
    return {**found, "KAFKA_ISR_MONITOR_LOG": str(log)} if log else found


def build_host(folder: pathlib.Path) -> pathlib.Path:
    """host.c, with the wheel's librdkafka."""
    made, library = folder / "host", wheels_library()
    subprocess.run(["cc", "-std=c11", "-O1", "-g", "-D_GNU_SOURCE", f"-I{HEADERS}", str(HOST), "-o", str(made), str(library),
                    f"-Wl,-rpath,{library.parent}", "-Wl,--allow-shlib-undefined"], check=True, capture_output=True)
    return made
