"""A line that can be cut silently: bytes between a program and a server, which stand still on demand."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self


class Relay:
    """Passes everything on to `port`; while it is `silent`, both ends keep their connection and hear nothing."""

    def __init__(self, port: int) -> None:
        self.to = port
        self._flows = threading.Event()
        self._flows.set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._let_in, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._door.getsockname()[1])

    def silence(self) -> None:
        """Pass nothing on from now on."""
        self._flows.clear()

    def speak(self) -> None:
        """Pass on again, also what was held."""
        self._flows.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.speak()
        for line in [self._door, *self._open]:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _let_in(self) -> None:
        with suppress(OSError):  # the door is closed
            while True:
                near, _address = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while held := source.recv(65_536):
                self._flows.wait()
                target.sendall(held)
            target.shutdown(socket.SHUT_RDWR)
