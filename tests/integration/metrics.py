"""A page of the Prometheus text format 0.0.4, read strictly: what the format forbids is a ValueError."""

from __future__ import annotations

import copy
import re
from typing import Optional, Union

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.+)\}})? (\S+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
_ESCAPE = re.compile(r"\\(.)")
_COMMENT = re.compile(rf"# (HELP|TYPE) ({_NAME}) (.+)")
Labels = tuple[tuple[str, str], ...]


def _labels(text: Optional[str]) -> Labels:
    found, at = [], 0
    while text and at < len(text):
        match = _LABEL.match(text, at)
        if not match:
            raise ValueError(f"bad labels: {text}")
        value = match[2]
        if "\\" in value:
            value = _ESCAPE.sub(lambda m: "\n" if m[1] == "n" else m[1], value)
        found.append((match[1], value))
        at = match.end()
    if len({name for name, _ in found}) != len(found):
        raise ValueError(f"a label stands twice: {text}")
    return tuple(sorted(found))


class Metrics:
    def __init__(self, text: str):
        self.text = text
        self.types: dict[str, str] = {}
        self._families: dict[str, dict[Labels, float]] = {}
        helped, current = set(), ""
        if not text.endswith("\n"):
            raise ValueError("the last line has no end")
        for line in text[:-1].split("\n"):
            if line.startswith("#"):
                comment = _COMMENT.fullmatch(line)
                if not comment:
                    raise ValueError(f"bad comment: {line}")
                kind, current, rest = comment.groups()
                if kind == "HELP":
                    if current in helped:
                        raise ValueError(f"{current} has HELP twice")
                    helped.add(current)
                else:
                    if current in self.types or current not in helped or rest not in ("counter", "gauge"):
                        raise ValueError(f"bad TYPE: {line}")
                    self.types[current] = rest
                    self._families[current] = {}
                continue
            sample = _SAMPLE.fullmatch(line)
            if not sample:
                raise ValueError(f"bad line: {line}")
            if sample[1] != current or current not in self.types:
                raise ValueError(f"not below its own TYPE: {line}")
            labels = _labels(sample[2])
            if labels in self._families[current]:
                raise ValueError(f"stands twice: {line}")
            self._families[current][labels] = float(sample[3])
        for name, series in self._families.items():
            if not series:
                raise ValueError(f"{name} has no series")

    def get(self, name: str, /, **labels: Union[str, int]) -> Optional[float]:
        """The value of the series with exactly these labels; None if it is not there."""
        wanted = tuple(sorted((k, str(v)) for k, v in labels.items()))
        return self._families.get(name, {}).get(wanted)

    def series(self, name: str, /, **labels: Union[str, int]) -> list[tuple[dict[str, str], float]]:
        """All series of a family that have these labels, and maybe others."""
        wanted = {(k, str(v)) for k, v in labels.items()}
        return [(dict(found), value) for found, value in self._families.get(name, {}).items()
                if wanted <= set(found)]

    def of(self, **labels: str) -> Metrics:
        """The series with these labels, without them."""
        part = copy.copy(self)
        part._families = {}
        for name, series in self._families.items():
            kept = {tuple(pair for pair in found if pair[0] not in labels): value for found, value in series.items()
                    if set(labels.items()) <= set(found)}
            if kept:
                part._families[name] = kept
        return part

    def by(self, name: str, *keys: str) -> dict:
        """{value of the label: value of the series}, or with several labels {(label, label): value}."""
        found = {}
        for labels, value in self.series(name):
            key = tuple(labels[k] for k in keys)
            found[key if len(keys) > 1 else key[0]] = value
        return found

    def families(self) -> set[str]:
        return set(self._families)

    def total(self, name: str) -> float:
        return sum(self._families.get(name, {}).values())
