#!/usr/bin/env python3
"""What the monitor for Java takes of a producer's thread for each acknowledged record, beside an interceptor that does nothing.

  tests/bench/monitor_java.py      about a minute; no Kafka is needed

The monitor has an address where no exporter is.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
NOWHERE = "127.0.0.1:1"


def main() -> None:
    import java_application
    from java_application import jars

    with tempfile.TemporaryDirectory(prefix="kie-") as folder:
        monitor = java_application.build_monitor(pathlib.Path(folder))
        class_path = f"{monitor}:{jars.fetch('4.3.1')}/*"
        subprocess.run([jars.java() + "c", "-cp", class_path, "-d", folder, str(HERE / "MonitorBench.java")], check=True)
        for partitions in ("1", "100"):
            said = subprocess.run([jars.java(), "-cp", f"{folder}:{class_path}", "MonitorBench", NOWHERE, partitions], check=True,
                                  capture_output=True, text=True).stdout
            without, monitored = said.split()
            print(f"Java, {partitions} partitions: an empty interceptor {without} ns, the monitor {monitored} ns a record", flush=True)


if __name__ == "__main__":
    main()
