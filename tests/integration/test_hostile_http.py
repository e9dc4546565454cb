"""Clients that mean no good: scrapes by others stay on time, and neither memory nor threads grow."""

import contextlib
import os
import re
import select
import socket
import threading
import time
import unittest

from patience import eventually, moments, scaled
from scenario import Scenario, in_all

SLOW = 40           # connections that send one byte a second
ATTACK = 12         # seconds
SHORT = 3
ON_TIME = 0.5      # a scrape of another client, in seconds; it takes a few milliseconds
MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"


class HostileHttp(Scenario):
    RATE = 0

    def setUp(self):
        super().setUp()
        self.watching = self.exporter()
        self.watching.await_ready()
        for _ in range(20):
            self.watching.metrics()     # what a first scrape makes room for

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.watching.port), timeout=scaled(10))
        self.addCleanup(client.close)
        return client

    def memory(self):
        return self.watching.metrics().get("process_resident_memory_bytes")

    def threads(self):
        """The fewest of some looks: each poll has a thread more for some milliseconds."""
        tasks = f"/proc/{self.watching.process.pid}/task"
        return min(len(os.listdir(tasks)) for _ in moments(0.5, 20))

    @contextlib.contextmanager
    def others_stay_on_time(self, growth=4 * MIB):
        """Somebody scrapes ten times a second meanwhile."""
        memory, threads = self.memory(), self.threads()
        took, stop = [], threading.Event()

        def scrape():
            while not stop.is_set():
                answer = self.watching.get("/metrics", headers={"Accept-Encoding": "gzip"})
                took.append(answer.seconds if answer.status == 200 else float("inf"))
                stop.wait(0.1)

        scraper = threading.Thread(target=scrape)
        scraper.start()
        try:
            yield
        finally:
            stop.set()
            scraper.join()
        self.measured(f"slowest of {len(took)} scrapes meanwhile", f"{max(took) * 1000:.0f} ms")
        self.assertLess(max(took), scaled(ON_TIME))
        # The figures are of the page before.
        eventually(lambda: self.memory() < memory + growth, 10, lambda: f"memory {memory} -> {self.memory()}")
        eventually(lambda: self.threads() <= threads, 10, lambda: f"threads {threads} -> {self.threads()}")

    def test_one_byte_a_second(self):
        request = b"GET /metrics HTTP/1.1\r\nHost: slow\r\nX-Slow: " + b"x" * 1000
        clients = {n: (self.connect(), 0) for n in range(SLOW)}
        cut = 0
        with self.others_stay_on_time():
            for _ in moments(ATTACK, 1):
                for n, (client, sent) in clients.items():
                    try:
                        client.sendall(request[sent:sent + 1])
                        clients[n] = (client, sent + 1)
                    except ConnectionError:     # cut off: it comes back at once
                        clients[n] = (self.connect(), 0)
                        cut += 1
        self.assertGreaterEqual(cut, SLOW, "a request that takes longer than request_timeout is cut off")

    @in_all
    def test_a_client_that_reads_a_little_at_a_time_is_disconnected(self):
        # A long name makes a page that does not fit into the buffers of a connection.
        large = self.exporter(cluster={"name": "n" * 200})
        large.await_ready()
        client = socket.socket()
        self.addCleanup(client.close)
        client.settimeout(scaled(10))
        # Before it connects: the exporter's kernel sizes its buffer by the client's segments.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        client.connect(("127.0.0.1", large.port))
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: slow\r\n\r\n")
        head = client.recv(1024)
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        self.assertGreater(length, 150_000, "about 90,000 bytes fit into the smallest buffers")
        # The exporter does not read this. So it ends the connection with a reset, which does not wait behind the page.
        client.sendall(b"x")
        ended = select.poll()
        ended.register(client, 0)
        begin, received = time.monotonic(), len(head)
        # Never so slow that CivetWeb itself would disconnect it.
        for _ in moments(scaled(60), 5):
            if ended.poll(0):
                break
            with contextlib.suppress(ConnectionError):
                received += len(client.recv(1024))
        took = time.monotonic() - begin
        self.measured("a client that reads 5 KiB a second was disconnected after", f"{took:.1f} s")
        self.assertTrue(ended.poll(0), f"after {took:.1f} s it has read {received} of {length} bytes, and is connected")
        self.assertLess(received, length / 2)
        self.assertLess(took, scaled(5 + length / 65536 + 10))

    def test_headers_without_end(self):
        with self.others_stay_on_time():
            for _ in moments(SHORT, 20):
                self._send_until_refused(b"GET /metrics HTTP/1.1\r\nHost: x\r\n", b"X-Y: zzzzzzzz\r\n" * 100)
                self._send_until_refused(b"GET /metrics HTTP/1.1\r\nX-Long: ", b"z" * 4096)

    def test_a_path_of_a_megabyte(self):
        with self.others_stay_on_time():
            for _ in moments(SHORT, 20):
                client = self.connect()
                with contextlib.suppress(ConnectionError):
                    client.sendall(b"GET /" + b"a" * MIB + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = _read_all(client)
                self.assertFalse(answer.startswith(OK), answer[:200])

    def test_a_body_on_get_is_not_taken_for_a_request(self):
        inner = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
        with self.others_stay_on_time():
            for _ in moments(SHORT, 10):
                client = self.connect()
                client.sendall(b"GET /-/ready HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                               b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (len(inner), inner))
                answers = _read_all(client)
                self.assertNotIn(b"The exporter runs.", answers)
                self.assertTrue(answers.startswith(OK), answers)
                # A body that never comes, and one that goes on and on.
                client = self.connect()
                client.sendall(b"GET /-/ready HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n")
                self.assertTrue(client.recv(65536).startswith(OK))
                with contextlib.suppress(ConnectionError, TimeoutError):
                    for _ in range(64):
                        client.sendall(b"b" * 65536)

    def test_many_requests_at_once_are_answered_in_order(self):
        paths = [b"/-/healthy", b"/nowhere", b"/-/ready"] * 30
        with self.others_stay_on_time():
            for _ in moments(SHORT, 10):
                client = self.connect()
                client.sendall(b"".join(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths[:-1])
                               + b"GET " + paths[-1] + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answers = _read_all(client)
                found = [answers[at + 9:at + 12] for at in range(len(answers)) if answers.startswith(b"HTTP/1.1 ", at)]
                self.assertEqual(found, [b"200", b"404", b"200"] * 30)

    def test_half_closed_and_vanishing_clients(self):
        with self.others_stay_on_time():
            for _ in moments(SHORT, 20):
                half = self.connect()
                half.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                half.shutdown(socket.SHUT_WR)
                self.assertTrue(_read_all(half).startswith(OK))
                for request in (b"", b"GET /metrics HT", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
                    gone = self.connect()
                    gone.sendall(request)
                    # With a reset.
                    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    gone.close()

    def test_nonsense(self):
        with self.others_stay_on_time():
            for _, nonsense in zip(moments(2 * SHORT, 5), 3 * (b"\0" * 5000, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100, b"GET\r\n\r\n",
                             b"GET  HTTP/1.1\r\n\r\n", b"\r\n" * 5000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                             b"GET /metrics HTTP/9.9\r\n\r\n", b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
                             b"GET /%zz%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
                             b"GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                             b"POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")):
                client = self.connect()
                with contextlib.suppress(ConnectionError):
                    client.sendall(nonsense)
                    client.shutdown(socket.SHUT_WR)
                answer = _read_all(client)
                self.assertIn(answer[9:12], (b"", b"400", b"404", b"405", b"411", b"413", b"505"), nonsense[:60])
        self.assertEqual(self.watching.lines("level=(warn|error)"), [])

    def _send_until_refused(self, start, more):
        """Until the exporter answers with an error or closes, which must come before the buffers of both ends are full."""
        client = self.connect()
        client.sendall(start)
        sent = len(start)
        with contextlib.suppress(ConnectionError):
            while sent < 32 * MIB and not select.select([client], [], [], 0)[0]:
                sent += client.send(more)
            self.assertNotIn(OK, _read_all(client))
        self.assertLess(sent, 32 * MIB)


def _read_all(client):
    found = b""
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65536):
            found += part
    return found


if __name__ == "__main__":
    unittest.main()
