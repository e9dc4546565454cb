"""A load balancer in front of brokers, that knows nothing of Kafka."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading


class LoadBalancer:
    """One address for several ports: each connection is taken to the next of them."""

    def __init__(self):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._targets = None

    def start(self, addresses):
        self._targets = itertools.cycle([(host, int(port)) for host, port in (a.split(":") for a in addresses)])
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self):
        self._server.close()

    def _serve(self):
        with contextlib.suppress(OSError):      # closed
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._connect, args=(client, next(self._targets)), daemon=True).start()

    def _connect(self, client, target):
        with client, socket.create_connection(target) as broker:
            back = threading.Thread(target=self._pump, args=(broker, client), daemon=True)
            back.start()
            self._pump(client, broker)
            back.join()

    @staticmethod
    def _pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
