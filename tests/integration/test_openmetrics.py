"""OpenMetrics for those who ask for it: as Prometheus's Python client reads it, and as a real Prometheus does."""

import gzip
import io
import unittest

from patience import eventually
from prometheus_client import parser
from prometheus_client.openmetrics.parser import text_fd_to_metric_families
from prometheus_server import PrometheusServer
from scenario import Scenario

ACCEPT = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"}
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
NAME = 'one "two" \\three'
RENDERED = ("kafka_isr_exporter_page_rendered_timestamp_seconds", ())


def _read(families):
    """{family: (type, help)} and {(sample, labels): value}; nothing may be there twice."""
    described, samples = {}, {}
    for family in families:
        if family.name in described:
            raise AssertionError(f"{family.name} is there twice")
        described[family.name] = family.type, family.documentation
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            if key in samples:
                raise AssertionError(f"{key} is there twice")
            samples[key] = sample.value
    return described, samples


def _read_openmetrics(body):
    return _read(text_fd_to_metric_families(io.StringIO(body.decode())))


class OpenMetrics(Scenario):
    RATE = 0

    def test_it_is_the_same_page_as_the_text(self):
        exporter = self.exporter(cluster={"name": NAME, "expected_brokers": 3})
        exporter.await_ready()
        self._await_openmetrics(exporter)

        def same_page():
            """The page may be rendered anew between the requests: then once more."""
            text, body = exporter.get("/metrics"), exporter.get("/metrics", headers=ACCEPT)
            self.assertEqual((text.headers["content-type"], body.headers["content-type"]), (TEXT, OPENMETRICS))
            old = _read(parser.text_string_to_metric_families(text.text))
            new = _read_openmetrics(body.body)
            return (old, new) if old[1][RENDERED] == new[1][RENDERED] else None

        (old_families, old_samples), (families, samples) = eventually(same_page, 10, "two requests on one page")
        self.assertEqual(samples, old_samples)
        self.assertEqual(families, old_families)
        self.assertGreater(len(samples), len(self.everything()))
        self.assertEqual(samples["kafka_topic_isr_shrinks_total", (("kafka_cluster", NAME), ("topic", "orders"))], 0)
        self.assertEqual(families["kafka_topic_isr_shrinks"][0], "counter")
        self.assertGreater(samples["kafka_isr_exporter_polls_total", (("kafka_cluster", NAME),)], 0)
        self.assertGreater(samples["process_cpu_seconds_total", ()], 0)

    def test_gzip_and_who_gets_what(self):
        exporter = self.exporter()
        exporter.await_ready()
        self._await_openmetrics(exporter)

        def same_page():
            """As above."""
            plain, packed, refused = (exporter.get("/metrics", headers={**ACCEPT, **more}) for more in
                                      ({}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "gzip;q=0, *"}))
            for answer in (plain, packed, refused):
                self.assertEqual(answer.headers["content-type"], OPENMETRICS)
                self.assertEqual(answer.headers["vary"], "Accept, Accept-Encoding")
            self.assertEqual([a.headers.get("content-encoding") for a in (plain, packed, refused)],
                             [None, "gzip", None])
            if plain.body != refused.body:
                return False
            self.assertEqual(gzip.decompress(packed.body), plain.body)
            self.assertLess(len(packed.body), len(plain.body) / 4)
            _read_openmetrics(plain.body)
            return True

        eventually(same_page, 10, "three requests on one page")
        for accept, kind in (("*/*", TEXT), ("text/plain", TEXT),
                             ("text/plain;q=0.5, application/openmetrics-text;q=0.4", TEXT),
                             ("application/openmetrics-text; version=2.0.0", TEXT),
                             ("application/openmetrics-text;q=0", TEXT), ("nonsense", TEXT),
                             ("application/openmetrics-text;q=0.1", OPENMETRICS),
                             ("text/plain;q=0.4, application/openmetrics-text;q=0.5", OPENMETRICS)):
            self.assertEqual(exporter.get("/metrics", headers={"Accept": accept}).headers["content-type"], kind,
                             accept)

    def test_a_real_prometheus_asks_for_it_and_reads_it(self):
        exporter = self.exporter()
        exporter.await_ready()
        server = PrometheusServer(self.folder / "prometheus", exporter.port)
        self.addCleanup(server.close)
        # Only OpenMetrics has a counter's family by this name.
        known = eventually(lambda: server.metadata("kafka_topic_isr_shrinks"), 30,
                           lambda: f"the family in Prometheus; up is {server.query('up')}")
        self.assertEqual([one["type"] for one in known], ["counter"])
        scrapes = server.query("count_over_time(up[5m])")[0]
        eventually(lambda: server.query("count_over_time(up[5m])")[0] >= scrapes + 2, 15, "two scrapes more")
        # Without its last line the page would be a failed scrape.
        self.assertEqual(server.query("min_over_time(up[5m])"), [1])
        self.assertEqual(server.query('kafka_topic_isr_shrinks_total{topic="orders"}'), [0])
        self.assertEqual(server.query("count(kafka_topic_partition_leader)"), [len(self.everything())])

    def _await_openmetrics(self, exporter):
        """The first that asks gets text, because a scrape renders nothing."""
        eventually(lambda: exporter.get("/metrics", headers=ACCEPT).headers["content-type"] == OPENMETRICS, 10,
                   "OpenMetrics is rendered")


if __name__ == "__main__":
    unittest.main()
