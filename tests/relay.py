"""A line that can be cut silently: bytes between a program and a server, which stand still or are lost on demand."""

from __future__ import annotations

import ctypes
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

ATTACH_FILTER, DETACH_FILTER = 26, 27  # Linux's numbers, which Python does not name
KEEP_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # one instruction: of this packet keep 0 bytes


def lose(line: socket.socket) -> None:
    """All packets for this socket come to nothing from now on, as if its machine had no power."""
    program = ctypes.create_string_buffer(KEEP_NOTHING)
    line.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HxxxxxxP", 1, ctypes.addressof(program)))


def find(line: socket.socket) -> None:
    """Its machine is there again."""
    line.setsockopt(socket.SOL_SOCKET, DETACH_FILTER, 0)


class Relay:
    """Passes everything on to `to`, a port or the path of a socket.

    While it is `silent`, both ends keep their connection and hear nothing: the machine is there, its program stands
    still. While it is `lost`, the near end's packets come to nothing, as if the machine had no power: nothing is
    acknowledged, nothing refused, nobody is let in.
    """

    def __init__(self, to: int | Path, port: int = 0) -> None:
        self.to = to
        self._flows = threading.Event()
        self._flows.set()
        self._door = socket.create_server(("127.0.0.1", port))
        self._near: list[socket.socket] = []
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

    def lose(self) -> None:
        """The machine is gone from now on."""
        for line in [self._door, *self._near]:
            with suppress(OSError):  # this one is closed
                lose(line)

    def find(self) -> None:
        """It is there again."""
        for line in [self._door, *self._near]:
            with suppress(OSError):
                find(line)

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
                far = self._far()
                self._near.append(near)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _far(self) -> socket.socket:
        if not isinstance(self.to, Path):
            return socket.create_connection(("127.0.0.1", self.to))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(self.to))
        return far

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while held := source.recv(65_536):
                self._flows.wait()
                target.sendall(held)
            target.shutdown(socket.SHUT_RDWR)
