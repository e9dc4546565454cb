"""Conditions with deadlines. KIE_TEST_PATIENCE stretches every deadline on a slow or loaded machine."""

from __future__ import annotations

import os
import time
from typing import Callable, TypeVar, Union

T = TypeVar("T")
FACTOR = float(os.environ.get("KIE_TEST_PATIENCE", "1"))


def scaled(seconds: float) -> float:
    return seconds * FACTOR


def eventually(condition: Callable[[], T], seconds: float, what: Union[str, Callable[[], str]],
               every: float = 0.05) -> T:
    """Calls condition until it is true and returns its value; AssertionError after the scaled seconds."""
    deadline = time.monotonic() + scaled(seconds)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {scaled(seconds):g} s: {what() if callable(what) else what}")
        time.sleep(every)


def moments(seconds: float, rate: float):
    """Yields rate times a second for the (unscaled) seconds: for conditions that have to hold all the time."""
    begin = time.monotonic()
    due = begin
    while time.monotonic() - begin < seconds:
        yield time.monotonic() - begin
        due += 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))
