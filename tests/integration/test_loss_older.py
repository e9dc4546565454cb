"""test_loss on Kafka 3.9, the last release with elections as they were before eligible leader replicas."""

import unittest

import test_loss
from own_cluster import own_cluster
from shared_cluster import SETTINGS

VERSION = "3.9.2"


class LossOlder(test_loss.Loss):
    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=3, version=VERSION, settings=SETTINGS)


if __name__ == "__main__":
    unittest.main()
