"""python3 watchdog.py FOLDER SECONDS: ends the cluster there after so many seconds, whatever became of its starter."""

import os
import sys
import time

from lifecycle import Lifecycle

if __name__ == "__main__":
    cluster = Lifecycle(sys.argv[1])
    time.sleep(float(sys.argv[2]))
    # A newer cluster in the same folder has a watchdog of its own.
    if cluster.exists() and cluster.state.get("watchdog", {}).get("pid") == os.getpid():
        cluster.down()
