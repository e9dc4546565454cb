"""The code of deploy/clients is built and run, and what it sends is accepted; each language with its own client."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import unittest

import hanging_names
import snippets
from monitor_plugin import PYTHON_PACKAGES
from patience import scaled
from scenario import Scenario

TOKEN = "open-sesame-7f2e"
# As a variable that was made from a file has it.
TOKEN_OF_A_FILE = TOKEN + "\n"
PROXY = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
# librdkafka is static there, and its package says nothing of what it is linked with.
PACKAGES = snippets.ROOT / ".deps" / "prefix" / "lib" / "pkgconfig"
WITH = "-lsasl2 -lssl -lcrypto -lz -lzstd -llz4"

# Each makes a producer on a broker that its client mocks, has RECORDS of them acknowledged and is there for some statistics more.
RECORDS = 3

C = """
#include <string.h>
#include <unistd.h>

int main(void) {
  char error[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "client.id", "snippet-c", error, sizeof error);
  rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
  rd_kafka_conf_set(conf, "enable.idempotence", "true", error, sizeof error);
  const char *interval = getenv("KIE_TEST_INTERVAL");
  rd_kafka_conf_set(conf, "statistics.interval.ms", interval ? interval : "200", error, sizeof error);
  rd_kafka_conf_set_stats_cb(conf, send_statistics);
  rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
  if (!producer) return 1;
  for (int i = 0; i < 3; ++i)
    rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("t"), RD_KAFKA_V_VALUE("x", 1), RD_KAFKA_V_END);
  for (int i = 0; i < 20; ++i) rd_kafka_poll(producer, 100);
  rd_kafka_destroy(producer);
  return 0;
}
"""

CPP = """
int main() {
  SendStatistics callback;
  std::string error;
  const std::unique_ptr<RdKafka::Conf> conf{RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL)};
  conf->set("client.id", "snippet-cpp", error);
  conf->set("test.mock.num.brokers", "1", error);
  conf->set("enable.idempotence", "true", error);
  const char* interval = std::getenv("KIE_TEST_INTERVAL");
  conf->set("statistics.interval.ms", interval ? interval : "200", error);
  conf->set("event_cb", &callback, error);
  const std::unique_ptr<RdKafka::Producer> producer{RdKafka::Producer::create(conf.get(), error)};
  if (!producer) return 1;
  char value[] = "x";
  for (int i = 0; i < 3; ++i)
    producer->produce("t", RdKafka::Topic::PARTITION_UA, RdKafka::Producer::RK_MSG_COPY, value, 1, nullptr, 0, 0, nullptr);
  for (int i = 0; i < 20; ++i) producer->poll(100);
}
"""

PYTHON = """
import confluent_kafka

producer = confluent_kafka.Producer({"client.id": "snippet-python", "test.mock.num.brokers": 1, "enable.idempotence": True,
                                     "statistics.interval.ms": 200, "stats_cb": send_statistics})
for _ in range(3):
    producer.produce("t", b"x")
for _ in range(20):
    producer.poll(0.1)
"""

GO = """
func main() {
	producer, err := kafka.NewProducer(&kafka.ConfigMap{"client.id": "snippet-go", "test.mock.num.brokers": 1,
		"enable.idempotence": true, "statistics.interval.ms": 200})
	if err != nil {
		panic(err)
	}
	topic := "t"
	for range 3 {
		producer.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
			Value: []byte("x")}, nil)
	}
	for end := time.After(2 * time.Second); ; {
		select {
		case event := <-producer.Events():
			if statistics, ok := event.(*kafka.Stats); ok {
				sendStatistics(statistics)
			}
		case <-end:
			return
		}
	}
}
"""

NODE = """
const kafka = require('node-rdkafka');
const producer = new kafka.Producer({
  'client.id': 'snippet-node', 'test.mock.num.brokers': 1, 'enable.idempotence': true, 'statistics.interval.ms': 200 });
producer.on('event.stats', sendStatistics);
producer.setPollInterval(50);
producer.on('ready', () => {
  for (let i = 0; i < 3; ++i) producer.produce('t', null, Buffer.from('x'));
  setTimeout(() => process.exit(0), 2000);
});
producer.connect();
"""


class Snippets(Scenario):
    RATE = 0.0

    def built(self, *command, seconds: float = 300, **environment) -> str:
        done = subprocess.run([str(word) for word in command], cwd=self.folder, env={**os.environ, **environment}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
        self.assertEqual(done.returncode, 0, f"{command[0]}: {done.stdout[-3000:]}")
        return "\n".join(line for line in done.stdout.splitlines() if "Mock cluster enabled" not in line)

    def taken(self, client_id: str, *command, **environment) -> None:
        """Runs it against an exporter: its records are counted, and it goes on where there is none, or one that hangs."""
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        watching = self.exporter(text=(
            f'[ingest]\nlisten_address = "127.0.0.1:0"\ntoken_file = "{token}"\n'
            f"[[cluster]]\nservers = {json.dumps(self.cluster.bootstrap.split(','))}\n"))
        port = watching.ingest_port()
        self.built(*command, seconds=60, **snippets.environment(port, TOKEN_OF_A_FILE), **PROXY, **environment)
        page = watching.await_metrics(
            lambda page: (page.get("kafka_producer_transmitted_bytes_total", client_id=client_id) or 0) > RECORDS, 5,
            "what it sent is counted")
        self.assertEqual([value for _, value in page.series("kafka_isr_exporter_ingest_rejected_total") if value], [])
        self.assertGreaterEqual(page.get("kafka_isr_exporter_ingest_documents_total", kind="statistics"), 3)
        watching.stop()
        said = self.built(*command, seconds=60, **snippets.environment(port, TOKEN), **environment)
        self.assertEqual(len(said.splitlines()), 1, "it names its first failure, once")
        with socket.create_server(("127.0.0.1", 0)) as hung:
            self.ends_in_time(*command, **snippets.environment(hung.getsockname()[1], TOKEN), **environment)
        before = hanging_names.before(self.folder)
        if before:
            self.ends_in_time(*before, *command, **environment, KIE_INGEST_TOKEN=TOKEN,
                              KIE_INGEST="http://exporter.monitoring:10034/api/v1/producers/statistics")

    def ends_in_time(self, *command, **environment) -> None:
        """Two seconds, and half a second more for each of a few statistics, one a second."""
        began = time.monotonic()
        self.built(*command, seconds=scaled(60), **{**environment, "KIE_TEST_INTERVAL": "1000"})
        self.assertLess(time.monotonic() - began, scaled(10))

    def compiled(self, compiler: str, source: str, library: str) -> None:
        self.built("sh", "-c", f'{compiler} -Wall -Wextra -Werror {source} -o main '
                   f'$(pkg-config --cflags --libs {library} rdkafka-static libcurl) {WITH}', PKG_CONFIG_PATH=str(PACKAGES))

    def test_c(self):
        (self.folder / "main.c").write_text(snippets.code("c") + C)
        self.compiled("cc -std=gnu11 -Wno-unused-parameter -Wno-ignored-qualifiers", "main.c", "")
        self.taken("snippet-c", "./main")

    def test_cpp(self):
        (self.folder / "main.cc").write_text(snippets.code("cpp") + CPP)
        self.compiled("c++ -std=c++17", "main.cc", "rdkafka++-static")
        self.taken("snippet-cpp", "./main")

    def test_python(self):
        (self.folder / "main.py").write_text(snippets.code("python") + PYTHON)
        self.taken("snippet-python", sys.executable, "main.py", PYTHONPATH=str(PYTHON_PACKAGES))


class OtherLanguages(Snippets):
    test_c = test_cpp = test_python = None

    def tool(self, name: str) -> str:
        found = shutil.which(name)
        if not found:
            self.skipTest(f"there is no {name}")
        return found

    def test_go(self):
        go = self.tool("go")
        (self.folder / "main.go").write_text(snippets.code("go") + GO)
        self.built(go, "mod", "init", "snippet")
        self.built(go, "get", "github.com/confluentinc/confluent-kafka-go/v2@v2.8.0")
        self.built(go, "build", "-o", "main", seconds=600)
        self.taken("snippet-go", "./main")

    def test_node(self):
        npm = self.tool("npm")
        (self.folder / "main.js").write_text(snippets.code("node") + NODE)
        self.built(npm, "init", "--yes")
        self.built(npm, "install", "--no-audit", "--no-fund", "node-rdkafka@3.3.1", seconds=900)
        self.taken("snippet-node", self.tool("node"), "main.js")


if __name__ == "__main__":
    unittest.main()
