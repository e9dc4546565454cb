"""Clusters that belong to one class of tests, for settings and faults that the shared one must not have."""

from __future__ import annotations

import tempfile
import unittest

import shared_cluster  # noqa: F401
from kafka_cluster import Cluster
from patience import scaled


def own_cluster(case: type[unittest.TestCase], ttl: float = 900, **options) -> Cluster:
    """Starts one, with options of Cluster.up(); it ends with the class."""
    cluster = Cluster(own_folder(case))
    cluster.up(ttl=ttl, timeout=scaled(120), **options)
    case.addClassCleanup(cluster.down)
    return cluster


def own_folder(case: type[unittest.TestCase]) -> str:
    """A folder that is removed when the class has ended."""
    folder = tempfile.TemporaryDirectory(prefix=f"kie-{case.__name__.lower()}-")
    case.addClassCleanup(folder.cleanup)
    return folder.name
