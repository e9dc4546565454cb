"""test_loss on Kafka 3.9, the last release with elections as they were before eligible leader replicas."""

import tempfile
import unittest

import test_loss
from kafka_cluster import Cluster
from patience import scaled
from shared_cluster import SETTINGS

VERSION = "3.9.2"


class LossOlder(test_loss.Loss):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="kie-older-")
        cls.addClassCleanup(folder.cleanup)
        cls.cluster = Cluster(folder.name)
        cls.cluster.up(brokers=3, version=VERSION, settings=SETTINGS, ttl=900, timeout=scaled(120))
        cls.addClassCleanup(cls.cluster.down)


if __name__ == "__main__":
    unittest.main()
