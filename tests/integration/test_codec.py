"""The codec of the exporter, held against Kafka's own classes: what they write is read, and written byte by byte as they do."""

import base64
import json
import os
import pathlib
import subprocess
import unittest

import shared_cluster  # noqa: F401: where the next one is
import jars

CODEC = os.environ.get("KIE_CODEC", "kie_codec_messages")
SOURCE = pathlib.Path(__file__).with_name("codec") / "Messages.java"


def codec(*arguments: str, lines: str = "") -> list[str]:
    done = subprocess.run([CODEC, *arguments], input=lines, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    return done.stdout.splitlines()


def uuid(text: str) -> list[int]:
    raw = base64.urlsafe_b64decode(text + "==")
    return [int.from_bytes(half, "big", signed=True) for half in (raw[:8], raw[8:])]


def as_ours(kafka: dict) -> dict:
    """The codec's program writes an Uuid as two numbers."""
    return {key: uuid(value) if key in ("topicId", "replicaDirectoryId") else value for key, value in kafka.items()}


class Codec(unittest.TestCase):
    def _same(self, kafka, ours, place: str) -> None:
        """All that Kafka has of a message in a version; there the codec has the defaults of what is of others."""
        if isinstance(kafka, dict):
            for key, value in kafka.items():
                self._same(value, ours[key], f"{place}.{key}")
        elif isinstance(kafka, list) and isinstance(ours, list):
            self.assertEqual(len(kafka), len(ours), place)
            for i, (one, other) in enumerate(zip(kafka, ours)):
                self._same(one, other, f"{place}[{i}]")
        else:
            self.assertEqual((type(kafka), kafka), (type(ours), ours), place)

    def _compare(self, version: str, older: dict[str, int]) -> None:
        """older: the newest version of a request that this Kafka knows, where the codec knows newer ones."""
        kinds = {name: tuple(map(int, numbers)) for name, *numbers in map(str.split, codec("--kinds"))}
        self.assertEqual(len(kinds), 14)
        done = subprocess.run(
            [jars.java(), "-cp", f"{jars.fetch(version)}/*", str(SOURCE),
             *(f"{name}:{oldest}:{newest}" for name, (_, oldest, newest, _) in kinds.items())],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        said = codec(lines="".join(f"{name} {of} {written}\n" for name, _, of, _, *both, _ in rows for written in both))
        self.assertEqual(len(said), 2 * len(rows))
        seen = set()
        for i, (name, key, of, is_flexible, plain, _, told) in enumerate(rows):
            known_key, _, _, first_flexible = kinds[name]
            self.assertEqual((known_key, int(of) >= first_flexible), (int(key), is_flexible == "true"), (name, of))
            for line in said[2 * i:2 * i + 2]:      # of the bytes, and of those with tagged fields
                again, _, read = line.partition("\t")
                self.assertEqual(plain, again, (name, of, read))
                self._same(json.loads(told, object_hook=as_ours), json.loads(read), f"{name} v{of}")
            seen.add((name, int(of)))
        self.assertEqual(seen, {(name, of) for name, (_, oldest, newest, _) in kinds.items()
                                for of in range(oldest, older.get(name, newest) + 1)})
        print(f"{version}: {len(rows)} messages of {len(kinds)} kinds in {len(seen)} versions")

    def test_3_9_2(self):
        self._compare("3.9.2", older={
            "MetadataRequest": 12, "MetadataResponse": 12, "DescribeClusterRequest": 1, "DescribeClusterResponse": 1})

    def test_4_3_1(self):
        self._compare("4.3.1", older={})

    def test_4_4_0(self):
        self._compare("4.4.0", older={})


if __name__ == "__main__":
    unittest.main()
