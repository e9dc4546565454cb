"""HTTP as clients speak it, against the program itself."""

import contextlib
import gzip
import http.client
import socket
import time
import unittest

import shared_cluster
from patience import eventually, scaled
from scenario import Scenario


class Http(Scenario):
    RATE = 0

    def test_methods_paths_and_encodings(self):
        exporter = self.exporter()
        exporter.await_ready()
        for path in ("/metrics", "/", "/-/healthy", "/-/ready"):
            whole = exporter.get(path)
            head = exporter.get(path, "HEAD")
            self.assertEqual((whole.status, head.status, head.body), (200, 200, b""), path)
            self.assertEqual(head.headers["content-type"], whole.headers["content-type"])
            self.assertGreater(int(head.headers["content-length"]), 0)
            for method in ("POST", "PUT", "DELETE"):
                refused = exporter.get(path, method, {"Content-Length": "0"})
                self.assertEqual(refused.status, 405, f"{method} {path}")
                self.assertEqual(set(refused.headers["allow"].replace(" ", "").split(",")), {"GET", "HEAD"})
        for path in ("/metric", "/metrics/", "/-/", "/../etc/passwd", "/%2e%2e/etc"):
            self.assertEqual(exporter.get(path).status, 404, path)
        self.assertEqual(exporter.get("/metrics?name=x").status, 200)
        self.assertEqual(exporter.get("/metrics").headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")

        def same_page():
            """The page may be rendered anew between the requests: then once more."""
            plain, packed, again = (exporter.get("/metrics", headers=h) for h in
                                    ({}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "gzip;q=0"}))
            self.assertNotIn("content-encoding", plain.headers)
            self.assertNotIn("content-encoding", again.headers)
            self.assertEqual(packed.headers["content-encoding"], "gzip")
            self.assertEqual(packed.headers["vary"], "Accept, Accept-Encoding")
            if plain.body != again.body:
                return False
            self.assertEqual(gzip.decompress(packed.body), plain.body)
            self.assertLess(len(packed.body), len(plain.body) / 4)
            return True

        eventually(same_page, 10, "three requests on one page")

    def test_paths_are_decoded_once(self):
        exporter = self.exporter(cluster={"name": "we/st 50%25"})
        for path, status in (("we%2Fst%2050%2525", 200), ("we%252Fst%2050%2525", 404), ("we%2Fst%2050%25", 404),
                             ("we%2Fst%2050%2525%00", 404), ("%", 400)):
            self.assertEqual(exporter.get(f"/api/v1/clusters/{path}").status, status, path)
        self.assertEqual(exporter.get("/metrics%00").status, 404)

    def test_a_header_in_several_lines(self):
        exporter = self.exporter()
        exporter.get("/metrics", headers={"Accept": "application/openmetrics-text"})

        def is_openmetrics():
            """From the next page on there is one."""
            with _connect(exporter) as client:
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/plain;q=0.1\r\n"
                               b"Accept: application/openmetrics-text\r\nAccept-Encoding: gzip;q=0.1\r\n"
                               b"Accept-Encoding: identity\r\n\r\n")
                answer = _read_all(client)
            return b"application/openmetrics-text" in answer and answer.endswith(b"# EOF\n")

        eventually(is_openmetrics, 10, "what both lines say is answered")

    def test_connections_are_kept(self):
        exporter = self.exporter()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=scaled(5))) as client:
            client.connect()
            kept = client.sock
            for method, path in (("GET", "/metrics"), ("HEAD", "/metrics"), ("GET", "/nowhere"), ("POST", "/metrics"),
                                 ("GET", "/"), ("GET", "/metrics")):
                begin = time.monotonic()
                client.request(method, path)
                answer = client.getresponse()
                answer.read()
                self.assertLess(time.monotonic() - begin, scaled(1), f"{method} {path}")
                self.assertIs(client.sock, kept, f"kept after {method} {path}")
        # One that asks for the end gets it, and HTTP/1.0 does by default.
        for request in (b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                        b"GET /-/healthy HTTP/1.0\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", exporter.port), timeout=scaled(2)) as client:
                client.sendall(request)
                self.assertIn(b"The exporter runs.", _read_all(client))

    def test_both_families(self):
        exporter = self.exporter(listen=":0")
        self.assertEqual(exporter.get("/-/healthy", host="127.0.0.1").status, 200)
        self.assertEqual(exporter.get("/-/healthy", host="::1").status, 200)

    def test_silent_connections_are_cut_and_hold_up_a_scrape_no_longer(self):
        exporter = self.exporter(web={"request_timeout": "1s", "max_connections": 4})
        with contextlib.ExitStack() as stack:
            begin = time.monotonic()
            silent = [stack.enter_context(_connect(exporter)) for _ in range(4)]
            silent[0].sendall(b"GET /metrics HTTP/1.1\r\nHo")      # one that stops in the middle
            # Everybody who is served says nothing, so this one waits, but no longer than they are borne.
            answer = exporter.get("/metrics")
            self.assertEqual(answer.status, 200)
            self.measured("a scrape behind 4 silent connections of 1 s", f"{answer.seconds:.2f} s")
            self.assertLess(answer.seconds, scaled(5))
            for client in silent:
                _read_all(client)       # ends when the exporter closes it, else with a timeout
            self.assertLess(time.monotonic() - begin, scaled(8))
        self.assertLess(exporter.get("/metrics").seconds, scaled(0.5))

    def test_more_silent_connections_than_are_served(self):
        exporter = self.exporter(web={"request_timeout": "500ms", "max_connections": 2})
        with contextlib.ExitStack() as stack:
            for _ in range(6):
                stack.enter_context(_connect(exporter))
            self.assertEqual(exporter.get("/metrics").status, 200)
        self.assertTrue(eventually(lambda: exporter.get("/metrics").seconds < 0.5, 10, "scrapes are quick again"))

    def test_sigterm_with_an_open_connection(self):
        exporter = self.exporter()
        exporter.await_ready()
        with _connect(exporter) as idle, _connect(exporter) as kept:
            kept.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(kept.recv(4096))
            idle.sendall(b"GET /metr")
            self.measured("SIGTERM with open connections", f"{exporter.stop() * 1000:.0f} ms")

    def test_sigterm_while_all_brokers_are_frozen(self):
        exporter = self.exporter(poll="1s")
        exporter.await_ready()
        for broker in shared_cluster.BROKERS:
            self.cluster.pause(broker)
        # A question that nobody answers is open now.
        failed = exporter.metrics().get("kafka_isr_exporter_poll_failures_total")
        exporter.await_metrics(lambda page: page.get("kafka_isr_exporter_poll_failures_total") > failed, 15,
                               "a poll fails")
        with _connect(exporter):
            self.measured("SIGTERM with all brokers frozen", f"{exporter.stop() * 1000:.0f} ms")


def _connect(exporter):
    return socket.create_connection(("127.0.0.1", exporter.port), timeout=scaled(5))


def _read_all(client):
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(65536):
            found += part
    return found


if __name__ == "__main__":
    unittest.main()
