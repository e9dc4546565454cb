"""Whether a broker may be stopped: by the API, by `may-stop`, in README's loop and in Kubernetes' preStop hook."""

import json
import os
import pathlib
import re
import subprocess
import time
import unittest

import shared_cluster  # noqa: F401  (the path to the cluster tool)
from exporter import BINARY
from kafka_cluster import CONTROLLER
from own_cluster import own_cluster
from patience import eventually, scaled
from scenario import WithExporters

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFUSED = {"NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"}
TOPICS = {"orders": 12, "payments": 6}


class StopScenario(WithExporters):
    VERSION = "4.3.1"
    CONTROLLERS = 1

    @classmethod
    def setUpClass(cls):
        cls.cluster = own_cluster(cls, brokers=3, controllers=cls.CONTROLLERS, version=cls.VERSION)
        for topic, partitions in TOPICS.items():
            cls.cluster.create_topic(topic, partitions, config={"min.insync.replicas": "2"})

    def setUp(self):
        super().setUp()
        self.addCleanup(self._heal)
        self.watching = self.exporter(self.cluster.bootstrap)
        self.watching.await_ready()
        self.cluster_id = self.watching.json("/api/v1/clusters")["clusters"][0]["id"]

    def _heal(self):
        for node, how in self.cluster.status().items():
            if how == "paused":
                self.cluster.resume(node)
            elif how == "down":
                self.cluster.start(node, wait=False)
        self.cluster.wait_ready(self.cluster.brokers, timeout=scaled(60))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.watching.port}"

    def ask(self, broker, parameters=""):
        answer = self.watching.get(f"/api/v1/clusters/{self.cluster_id}/brokers/{broker}/stop{parameters}")
        return answer.status, json.loads(answer.body)

    def await_answer(self, broker, status):
        def answered():
            now, body = self.ask(broker)
            return body if now == status else None

        return eventually(answered, 40, lambda: f"{status} for broker {broker}: {self.ask(broker)}")

    def may_stop(self, *arguments):
        return subprocess.run([BINARY, "may-stop", "--url", self.url, *map(str, arguments)], text=True, capture_output=True,
                              timeout=scaled(60))

    def everything(self):
        return [p for partitions in self.cluster.metadata().topics.values() for p in partitions]

    def in_sync(self):
        return all(sorted(p.isr) == sorted(p.replicas) for p in self.everything())


class MayStop(StopScenario):
    def test_readmes_loop_restarts_three_brokers_without_a_refused_write(self):
        text, = re.findall(r"```sh\n(for broker in .*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        self.assertIn("http://localhost:10033", text)
        loop = text.replace("http://localhost:10033", self.url)
        loop, found = re.subn(r"^ +ssh .*$", "    restart $broker || exit 1", loop, flags=re.MULTILINE)
        self.assertEqual(found, 1)
        tool = f'{ROOT}/tests/cluster/kafka --dir "{self.cluster.dir}"'
        began = time.monotonic()
        with self.cluster.traffic(list(TOPICS), rate=600, acks=-1) as traffic:
            eventually(lambda: len(traffic.ends) == sum(TOPICS.values()), 20, "every partition has records")
            done = subprocess.run(
                # Like systemctl, it does not wait until the broker is in sync, nor even listed.
                ["bash", "-c", f"restart() {{ {tool} stop $1 && {{ {tool} start $1 >&2 & }}; }}\n{loop}wait"], text=True,
                capture_output=True, timeout=scaled(200),
                env={**os.environ, "PATH": f"{pathlib.Path(BINARY).parent}:{os.environ['PATH']}"})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            eventually(self.in_sync, 60, "all are in sync")
        self.assertEqual(re.findall(r"broker (\d): yes", done.stdout), ["1", "2", "3"])
        # It had to wait for the one before.
        self.assertRegex(done.stderr, r"broker 2: no: \d+ blocked partitions")
        self.assertEqual({error: count for error, count in traffic.errors.items() if error in REFUSED}, {})
        self.assertGreater(traffic.acknowledged, 2000)
        self.measured("README's loop over three brokers",
                      f"{time.monotonic() - began:.0f} s; {traffic.acknowledged} records acknowledged, errors {dict(traffic.errors)}")

    def test_a_broker_that_is_behind_forbids_the_others_until_it_caught_up(self):
        for broker in (1, 2, 3):
            status, body = self.ask(broker)
            self.assertEqual((status, body["may_stop"], body["margin"], body["blocked_partitions"]), (200, True, 0, 0), body)
        page = self.watching.metrics()
        self.assertEqual(page.by("kafka_broker_stop_blocked_partitions", "broker"), {"1": 0, "2": 0, "3": 0})
        with self.cluster.traffic(list(TOPICS), rate=200, acks=1):
            self.cluster.pause(3)
            # Silent at once, long before it leaves the ISR.
            body = self.await_answer(1, 409)
            self.assertEqual(body["silent_brokers"], [3])
            self.assertEqual(body["obstacles"], {"under_min_isr": sum(TOPICS.values())})
            for topic, partitions in TOPICS.items():
                for partition in range(partitions):
                    self.cluster.await_partition(topic, partition, isr=lambda isr: 3 not in isr)
            self.assertEqual(self.ask(1)[0], 409)
            # It adds nothing any more.
            self.assertEqual(self.await_answer(3, 200)["blocked_partitions"], 0)
            done = self.may_stop("--wait", "2s", 2, 1)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, r"\Abroker 2: no: 18 blocked partitions \(under_min_isr 18\): orders/0, .*\n"
                                          r"broker 1: no: ")
            self.cluster.resume(3)
            done = self.may_stop("--wait", "1m", "--cluster", self.cluster_id, 1)
            self.assertEqual((done.returncode, done.stdout), (0, "broker 1: yes\n"), done.stderr)
            self.assertTrue(self.in_sync(), "as Kafka says")

    def test_each_obstacle_has_its_name(self):
        made = {"alone": ([[2]], 1, 2, "offline"), "pair": ([[1, 2]], 1, 2, "one_copy"), "strict": ([[1, 2, 3]], 3, 3, "under_min_isr")}
        for topic, (assign, min_isr, broker, obstacle) in made.items():
            with self.subTest(obstacle=obstacle):
                self.cluster.create_topic(topic, assign=assign, config={"min.insync.replicas": str(min_isr)})
                body = self.await_answer(broker, 409)
                self.assertEqual(body["obstacles"], {obstacle: 1})
                partition, = body["partitions"]
                self.assertEqual((partition["topic"], partition["partition"], partition["obstacle"], partition["in_sync_replicas"]),
                                 (topic, 0, obstacle, assign[0]))
                self.assertEqual(self.ask(broker, f"?accept={obstacle}")[0], 200)
                self.assertEqual(self.may_stop("--accept", obstacle, broker).returncode, 0)
                self.cluster.delete_topic(topic)
                self.await_answer(broker, 200)

    def test_who_is_being_added_is_waited_for(self):
        self.cluster.create_topic("moving", assign=[[1, 2]], config={"min.insync.replicas": "1"})
        self.addCleanup(self.cluster.delete_topic, "moving")
        self.watching.await_metrics(lambda page: page.get("kafka_topic_partitions", topic="moving") == 1, 15, "it is seen")
        self.cluster.pause(3)
        self.cluster.reassign("moving", {0: [1, 2, 3]}, wait=False)
        body = eventually(lambda: (lambda b: b if b["obstacles"].get("reassigning") else None)(self.ask(3)[1]), 20,
                          lambda: f"it is being added: {self.ask(3)}")
        self.assertEqual([one["topic"] for one in body["partitions"] if one["obstacle"] == "reassigning"], ["moving"])
        self.cluster.resume(3)
        self.await_answer(3, 200)
        self.assertEqual(sorted(self.cluster.partition("moving").isr), [1, 2, 3])

    def test_the_only_controller_is_needed(self):
        body = self.await_answer(CONTROLLER, 409)
        self.assertEqual(body["obstacles"], {"quorum": 1})
        self.assertEqual([one["topic"] for one in body["partitions"]], ["__cluster_metadata"])
        self.assertEqual(self.ask(17)[0], 404)
        done = self.may_stop(17)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stdout, "broker 17: not known: there is no broker")

    def test_who_is_blind_says_neither(self):
        self.cluster.kill(CONTROLLER)
        body = self.await_answer(1, 503)
        self.assertIsNone(body["may_stop"])
        self.assertRegex(" ".join(body["unknown"]), "ontroller")
        done = self.may_stop(1)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stdout, "broker 1: not known: .*ontroller")
        self._heal()
        self.await_answer(1, 200)
        for broker in (1, 2, 3):
            self.cluster.pause(broker)
        self.assertEqual(self.ask(1)[0], 503, "at once")
        self._heal()
        self.await_answer(1, 200)
        self.watching.terminate()
        done = self.may_stop("--wait", "1s", 1)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stdout, "broker 1: not known: the exporter does not answer")

    def test_topics_that_are_not_watched_are_not_known(self):
        self.watching = self.exporter(self.cluster.bootstrap, cluster={"topic_include": ["orders"]})
        self.watching.await_ready()
        status, body = self.ask(1)
        self.assertEqual((status, body["may_stop"]), (503, None))
        self.assertRegex(" ".join(body["unknown"]), "not watched")
        self.assertEqual(self.may_stop(1).returncode, 2)
        self.assertEqual(self.may_stop("--accept-unwatched", 1).returncode, 0)

    def test_the_pre_stop_hook_holds_a_broker_until_it_may_go(self):
        text = (ROOT / "deploy" / "README.md").read_text()
        command, = re.findall(r"preStop:\n\s+exec:\n\s+command: (\[.*?\])\n", text, re.DOTALL)
        words = json.loads(command)
        self.assertEqual(words[:2], ["sh", "-c"])
        for before, after in (("http://kafka-isr-exporter:10033", self.url), ("CLUSTER", self.cluster_id)):
            self.assertIn(before, words[2])
            words[2] = words[2].replace(before, after)

        def start():
            hook = subprocess.Popen(words, env={**os.environ, "HOSTNAME": "kafka-1"}, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True)
            self.addCleanup(hook.stdout.close)
            self.addCleanup(hook.kill)
            return hook

        self.await_answer(1, 200)
        self.assertEqual(start().wait(scaled(20)), 0)
        self.cluster.pause(3)
        self.await_answer(1, 409)
        hook = start()
        asked = self.watching.metrics().get("kafka_isr_exporter_polls_total")
        self.watching.await_metrics(lambda page: page.get("kafka_isr_exporter_polls_total") >= asked + 3, 30, "three polls more")
        self.assertIsNone(hook.poll())
        self.cluster.resume(3)
        self.assertEqual(hook.wait(scaled(60)), 0)
        self.assertEqual(self.ask(1)[0], 200)


class MayStop392(MayStop):
    VERSION = "3.9.2"


class Quorum(StopScenario):
    """One of three controllers may be stopped, a second one may not."""
    CONTROLLERS = 3

    def test_two_of_three_are_needed(self):
        for node in self.cluster.controllers:
            self.await_answer(node, 200)
        *others, dead = self.cluster.controllers
        self.cluster.kill(dead)
        for node in others:
            self.assertEqual(self.await_answer(node, 409)["obstacles"], {"quorum": 1})
        self.assertEqual(self.await_answer(1, 200)["blocked_partitions"], 0)
        self.assertEqual(self.ask(others[0], "?accept=quorum")[0], 200)
        self.cluster.start(dead, wait=False)
        for node in others:
            self.await_answer(node, 200)


class Quorum392(Quorum):
    VERSION = "3.9.2"


if __name__ == "__main__":
    unittest.main()
