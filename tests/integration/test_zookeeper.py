"""Clusters under ZooKeeper: losses are measured there too, and of the controller nothing is claimed."""

import unittest

import test_loss
from own_cluster import own_cluster
from shared_cluster import SETTINGS

# What is said once of a cluster that cannot say who its controller is.
SAID = "does not describe a controller quorum"


class Zookeeper28(test_loss.Loss):
    """The oldest release that the exporter supports."""
    VERSION = "2.8.2"
    # There the controller begins another epoch when a follower leaves the ISR.
    EPOCH = 1

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=3, version=cls.VERSION, zookeeper=True, settings=SETTINGS)

    def test_the_controller_is_unknown_and_said_once_to_be_so(self):
        exporter = self.exporter(poll="1s")
        page = exporter.await_ready()
        polls = page.get("kafka_isr_exporter_polls_total")
        page = exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= polls + 5, 30,
                                      "some polls more")
        self.assertEqual([family for family in page.families() if family.startswith("kafka_controller")], [])
        self.assertEqual((page.get("kafka_cluster_up"), page.get("kafka_brokers")), (1, 3))
        self.assertEqual(page.get("kafka_cluster_under_replicated_partitions"), 0)
        self.assertEqual(exporter.get("/-/ready").status, 200)
        self.assertEqual(len(exporter.lines(SAID)), 1)


class Zookeeper39(Zookeeper28):
    """The last release with ZooKeeper."""
    VERSION = "3.9.2"


if __name__ == "__main__":
    unittest.main()
