#!/usr/bin/env python3
"""What the plugin costs a record that is acknowledged, beside no plugin and beside one whose interceptor does nothing.

  tests/bench/monitor.py LIBRARY     1 M records each, in turns, to a mock cluster; about two minutes

The plugin has an address where no exporter is.
"""

from __future__ import annotations

import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "integration"))
RECORDS = "1000000"
TURNS = 5
EMPTY = TESTS / "integration" / "monitor" / "empty_interceptor.c"


def main(library: str) -> None:
    import monitor_plugin

    with tempfile.TemporaryDirectory(prefix="kie-") as folder:
        host = monitor_plugin.build_host(pathlib.Path(folder))
        empty = f"{folder}/empty.so"
        subprocess.run(["cc", "-O2", "-fPIC", "-shared", f"-I{monitor_plugin.HEADERS}", str(EMPTY), "-o", empty,
                        "-Wl,--allow-shlib-undefined"], check=True)
        plugins = {"no plugin": "", "an empty interceptor": empty, "the plugin": library}
        token = pathlib.Path(folder) / "token"
        token.write_text("token\n")
        env = {**os.environ, **monitor_plugin.environment(None, token),
               "LD_PRELOAD": str(monitor_plugin.wheels_library())}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in plugins}
        for _ in range(TURNS):
            for name, plugin in plugins.items():
                said = subprocess.run([str(host), plugin, "flat", RECORDS], env=env, check=True, capture_output=True, text=True)
                wall, cpu = re.findall(r"(\d+) ns", said.stdout)
                found[name].append((float(wall), float(cpu)))
        for name, all_of_them in found.items():
            wall, cpu = (statistics.median(column) for column in zip(*all_of_them))
            print(f"{name:<24} {wall:5.0f} ns a record, {cpu:5.0f} ns of CPU", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
