"""Both ends for the transport tests: a real gunicorn in a process of its own, and clients that can misbehave."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers import LiveHall

HERE = Path(__file__).parent
PATIENCE = 30.0
"""Seconds after which a wait is given up as failed; no test measures them."""
MASK = b"\x5a\xa5\x3c\xc3"


def until(what: str, condition: Callable[[], object]) -> None:
    """Wait for `condition` to become true."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, f"never happened: {what}"
        time.sleep(0.05)


class Server:
    """A running server: its address, its process, its answers."""

    def __init__(self, port: int, worker: psutil.Process) -> None:
        self.port = port
        self.worker = worker

    def get(self, path: str, **query: int | str | list[str]) -> dict[str, Any]:
        """Return the JSON that `path` answers."""
        address = f"http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(query, doseq=True)}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def emit(self, count: int, size: int, *, first: int = 0, room: list[str] | None = None) -> None:
        """Send `count` numbered events of `size` characters to everybody, every third to each `room` by itself."""
        self.get("/emit", first=first, count=count, size=size, room=room or [])

    def memory(self) -> int:
        """Return the resident bytes of the worker."""
        return int(self.worker.memory_info().rss)

    def holds(self, client: Client) -> bool:
        """Tell whether the worker still has a socket of `client`."""
        port = client.sock.getsockname()[1]
        return any(one.raddr and one.raddr.port == port for one in self.worker.net_connections("tcp"))


@contextmanager
def server(*, ping_interval: float = 25, ping_timeout: float = 20, **limits: float) -> Iterator[Server]:
    """Run the tests' app under gunicorn on a free port; clean up whatever happens."""
    settings = {"ping_interval": ping_interval, "ping_timeout": ping_timeout, "limits": limits}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        options = (
            f"--pythonpath {HERE.parent.parent} -k gevent -w 1 --worker-connections 1000 --keep-alive 65"
        )
        options += (
            f" --graceful-timeout 1 --log-level warning --no-control-socket -b fd://{listening.fileno()}"
        )
        command = [sys.executable, "-m", "gunicorn", *options.split(), "tests.race.transport_app:app"]
        environment = os.environ | {"TRANSPORT_SETTINGS": json.dumps(settings)}
        master = subprocess.Popen(command, cwd=HERE, env=environment, pass_fds=[listening.fileno()])
    try:
        started = psutil.Process(master.pid)
        until("gunicorn has a worker", lambda: started.children() or master.poll() is not None)
        assert master.poll() is None, "gunicorn did not start; its message is above"
        running = Server(port, started.children()[0])
        running.get("/counts")
        yield running
    finally:
        master.terminate()
        master.wait(PATIENCE)


def masked(payload: bytes) -> bytes:
    """Return `payload` as a client has to send it."""
    return bytes(byte ^ MASK[index % 4] for index, byte in enumerate(payload))


def frame(payload: bytes, *, opcode: int = 0x1, final: bool = True, claims: int | None = None) -> bytes:
    """Return one masked frame; `claims` announces another length than the payload has."""
    length = len(payload) if claims is None else claims
    head = bytes([opcode | (0x80 if final else 0)])
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 65536:
        head += b"\xfe" + length.to_bytes(2, "big")
    else:
        head += b"\xff" + length.to_bytes(8, "big")
    return head + MASK + masked(payload)


class Client:
    """A websocket client that reads, and answers pings, only when told to, and checks every frame."""

    def __init__(
        self, to: Server | LiveHall, name: str, *, receive_buffer: int | None = None, offers: str = ""
    ) -> None:
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(("127.0.0.1", to.port))
        self._unread = b""
        lines = [
            f"GET /socket.io/?EIO=4&transport=websocket&name={name} HTTP/1.1",
            f"Host: 127.0.0.1:{to.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            *([f"Sec-WebSocket-Extensions: {offers}"] if offers else []),
        ]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._unread:
            self._unread += self.sock.recv(4096)
        self.accepted, _, self._unread = self._unread.partition(b"\r\n\r\n")
        opened = self.text()
        assert opened.startswith('0{"sid"'), f"Engine.IO opens with its session, not with {opened!r}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def join(self) -> Self:
        """Connect to the namespace, which puts the client into the room of everybody."""
        self.say("40/live,")
        while not self.text().startswith("40/live,"):
            pass
        return self

    def say(self, text: str) -> None:
        """Send one text message."""
        self.sock.sendall(frame(text.encode()))

    def _take(self, count: int) -> bytes:
        while len(self._unread) < count:
            piece = self.sock.recv(65536)
            assert piece, f"the connection ended with {len(self._unread)} of {count} bytes of a frame"
            self._unread += piece
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """Read one frame, whatever it is: its opcode and payload."""
        first, length = self._take(2)
        assert first in {0x81, 0x88, 0x8A}, f"the stream is garbled: a frame begins with {first:#x}"
        assert length < 128, "a server never masks"
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return first & 15, self._take(length)

    def text(self) -> str:
        """Read one text message; pings on the way are answered."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            opcode, payload = self.frame()
            assert opcode == 1, f"expected a text, got frame {opcode:#x} {payload!r}"
            if payload != b"2":
                return payload.decode()
            self.say("3")
        pytest.fail("only pings came, never the message")

    def numbers(self, count: int) -> list[int]:
        """Read `count` of the numbered events and return their numbers as they came."""
        found: list[int] = []
        while len(found) < count:
            text = self.text()
            if text.startswith('42/live,["numbered",'):
                found.append(json.loads(text.removeprefix("42/live,"))[1]["n"])
        return found

    def farewell(self) -> int:
        """Read on until the server closes, and return its close code."""
        opcode, payload = self.frame()
        while opcode != 8:
            opcode, payload = self.frame()
        return int.from_bytes(payload[:2], "big")
