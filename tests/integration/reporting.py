"""An application that reports what brokers acknowledged to its producers, written down by hand."""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Optional

REPORTS = "/api/v1/producers/reports"


class Application:
    """One producer object. Times and offsets are the test's; nothing is sent before report()."""

    def __init__(self, port: int, token: str, cluster_id: Optional[str], client_id: str = "ledger-writer"):
        self._url, self._token = f"http://127.0.0.1:{port}{REPORTS}", token
        self._sequence = itertools.count(1)
        self._segments: dict[tuple[str, int], list[dict]] = {}
        self.said = {"version": 1, "instance": uuid.uuid4().hex, "client_id": client_id, "cluster_id": cluster_id,
                     "acknowledged": 0}

    def acknowledged(self, topic: str, next_offset: int, broker: Optional[int], acks: str = "all", partition: int = 0) -> None:
        segments = self._segments.setdefault((topic, partition), [])
        last = segments[-1] if segments else None
        if last is None or last["broker"] != broker or next_offset < last["next"]:
            segments.append({"topic": topic, "partition": partition, "segment": len(segments), "broker": broker, "acks": acks})
        segments[-1].update(next=next_offset, time=time.time())
        self.said["acknowledged"] += 1

    def report(self, **more) -> dict:
        said = {**self.said, **more, "sequence": next(self._sequence), "time": time.time(),
                "offsets": [one for segments in self._segments.values() for one in segments]}
        return post(self._url, self._token, json.dumps(said).encode())


def post(url: str, token: str, body: bytes) -> dict:
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as e:
        return json.load(e)
