"""`python -m tests.bench.scaled.listeners PORT COUNT HELLO`: thousands of websockets in one process that only listen.

One loop of epoll, no object a message: what it costs to listen shall not be what is measured. A message that counts
holds `"t":` with the sender's monotonic clock in nanoseconds and `"n":` with its number. Says `ready COUNT`; for each
line on standard input it answers what has come since, as JSON: `{number: [nanoseconds under way, …]}`.
"""

from __future__ import annotations

import json
import re
import select
import socket
import subprocess
import sys
import time
from typing import IO, Self

from tests.bench.scaled.spoken import hello_of

ASKED = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
COUNTS = re.compile(rb'"t":(\d+),"n":(\d+)')
PING, PONG, WAIT_MS = b"\x81\x012", "3", 200
TOGETHER = 100


def framed(text: str) -> bytes:
    """A short text as a client's frame; masked with zeros, which changes nothing."""
    data = text.encode()
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return b"\x81" + size + bytes(4) + data


class Listeners:
    """All sockets of this process."""

    def __init__(self, port: int, hello: str) -> None:
        self.port, self.path, self.steps = port, *hello_of(hello)
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.heard: dict[int, list[int]] = {}
        self.rest: dict[int, bytes] = {}

    def connect(self, count: int) -> None:
        """Connect so many, a hundred at a time, each through its whole greeting."""
        while len(self.sockets) < count:
            fresh = [self._begin() for _ in range(min(TOGETHER, count - len(self.sockets)))]
            for one in fresh:
                self._greet(one)
            for one in fresh:
                one.setblocking(False)
                self.sockets[one.fileno()] = one
                self.poll.register(one.fileno(), select.EPOLLIN)

    def _begin(self) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        one.sendall(ASKED.format(path=self.path, port=self.port).encode())
        return one

    def _greet(self, one: socket.socket) -> None:
        """Say each line once what must come before it has come."""
        come = b""
        for awaited, said in self.steps:
            while awaited.encode() not in come:
                more = one.recv(65536)
                assert more, f"The server hung up after {come[-200:]!r}."
                come += more
            come = come[come.index(awaited.encode()) + len(awaited) :]
            if said:
                one.sendall(framed(said))

    def listen(self, until: IO[str]) -> None:
        """Note arrivals; answer each line of `until`; end with it."""
        self.poll.register(until.fileno(), select.EPOLLIN)
        while True:
            for number, _event in self.poll.poll():
                if number == until.fileno():
                    if not until.readline():
                        return
                    self._tell()
                else:
                    self._note(number)

    def _note(self, number: int) -> None:
        try:
            data = self.sockets[number].recv(65536)
        except BlockingIOError:
            return  # read already, while a question was answered
        at = time.monotonic_ns()
        assert data, "The server hung up."
        if number in self.rest:
            data = self.rest.pop(number) + data
        if data.endswith(PING):
            self.sockets[number].send(framed(PONG))
        found = False
        for told in COUNTS.finditer(data):
            self.heard.setdefault(int(told[2]), []).append(at - int(told[1]))
            found = True
        if not found and b'"t"' in data:
            self.rest[number] = data

    def _tell(self) -> None:
        while self.poll.poll(WAIT_MS / 1000) and (ready := self.poll.poll(0)):
            for number, _event in ready:
                if number in self.sockets:
                    self._note(number)
        print(json.dumps(self.heard), flush=True)
        self.heard = {}


class Audience:
    """The listeners' process, from outside. Stands for `count` phones."""

    def __init__(self, port: int, count: int, hello: str) -> None:
        command = [sys.executable, "-m", __spec__.name, str(port), str(count), hello]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        said = self._read()
        assert said.startswith("ready"), said
        return self

    def __exit__(self, *_problem: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def heard(self) -> dict[int, list[float]]:
        """Milliseconds under way since the last question, by message."""
        assert self.process.stdin is not None
        self.process.stdin.write(".\n")
        self.process.stdin.flush()
        told: dict[str, list[int]] = json.loads(self._read())
        return {int(number): [took / 1e6 for took in times] for number, times in told.items()}

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def _main(words: list[str]) -> None:
    listeners = Listeners(int(words[0]), words[2])
    listeners.connect(int(words[1]))
    print(f"ready {words[1]}", flush=True)
    listeners.listen(sys.stdin)


if __name__ == "__main__":
    _main(sys.argv[1:])
