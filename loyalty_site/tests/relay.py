"""A way to the test server that can be cut: for a browser, a server that was killed and comes back.

What the server itself keeps when it is killed is tried with processes, in test_killed_server.
"""

import socket
import threading
from contextlib import suppress


class Relay:
    """Passes bytes between a port of its own and a server, until it is killed; the port stays the same."""

    def __init__(self, host: str, port: int):
        self.server, self.port = (host, port), 0
        self.open: list[socket.socket] = []
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Take connections, the first time on any free port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port, self.open = listener.getsockname()[1], [listener]
        self.threads = [self.run(self.take, listener)]

    def kill(self) -> None:
        """Drop every connection in the middle of whatever it says, and take none any more."""
        for one in self.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for one in self.open:
            one.close()

    def run(self, work, *sockets) -> threading.Thread:
        thread = threading.Thread(target=work, args=sockets, daemon=True)
        thread.start()
        return thread

    def take(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                browser, server = listener.accept()[0], socket.create_connection(self.server)
                self.open += [browser, server]
                self.threads += [self.run(self.pump, browser, server), self.run(self.pump, server, browser)]

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Pass on what comes from one side until it ends, and tell the other."""
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
