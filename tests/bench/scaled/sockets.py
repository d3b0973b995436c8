"""Many sockets of the live channel in one process: one loop of epoll, so that to listen costs next to nothing.

A program made of it reads orders from its standard input, a line each, and answers those that ask with a line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import subprocess
import sys
import time
from abc import abstractmethod
from typing import Any, Self

from tests.bench.scaled.listeners import ASKED, framed

PATH = "/socket.io/?EIO=4&transport=websocket"
GREETING = (("101 Switching Protocols", ""), ('"sid"', "40/live,"), ('40/live,{"sid"', ""))
TOGETHER, OPEN_FILES = 50, 20_000
PING, PONG = b"2", "3"


def frames(come: bytearray) -> list[bytes]:
    """The whole frames of a server at the head of what has come, which are taken from it."""
    found, at = [], 0
    while len(come) >= at + 2:
        size, begin = come[at + 1] & 0x7F, at + 2
        if size >= 126:
            long = 2 if size == 126 else 8
            begin, size = begin + long, int.from_bytes(come[begin : begin + long], "big")
            if len(come) < begin:
                break
        if len(come) < begin + size:
            break
        found.append(bytes(come[begin : begin + size]))
        at = begin + size
    del come[:at]
    return found


class Sockets:
    """All sockets of this process, by the number of the file."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.poll = select.epoll()
        self.open: dict[int, socket.socket] = {}
        self.come: dict[int, bytearray] = {}
        self.lost = 0
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))

    def connect(self, count: int) -> list[int]:
        """Open so many, fifty at a time, each through its whole greeting."""
        made: list[int] = []
        while len(made) < count:
            fresh = [self._begin() for _ in range(min(TOGETHER, count - len(made)))]
            for one in fresh:
                self._greet(one)
            made += [one.fileno() for one in fresh]
        return made

    def say(self, number: int, event: str, *, ack: int | None = None, **body: str) -> None:
        """An event of the namespace."""
        told = json.dumps([event, body], separators=(",", ":"))
        self._send(number, f"42/live,{'' if ack is None else ack}{told}")

    def run(self) -> None:
        """Listen and obey until the orders end."""
        orders, rest = sys.stdin.fileno(), b""
        self.poll.register(orders, select.EPOLLIN)
        while True:
            for number, _event in self.poll.poll():
                if number != orders:
                    self._read(number)
                    continue
                told = os.read(orders, 65536)
                if not told:
                    return
                *lines, rest = (rest + told).split(b"\n")
                for line in lines:
                    answer = self.obey(line.decode())
                    if answer is not None:
                        print(json.dumps(answer), flush=True)

    @abstractmethod
    def obey(self, order: str) -> object | None:
        """Do what a line says; what it answers."""

    @abstractmethod
    def hear(self, number: int, told: bytes, at: float) -> None:
        """A packet that is no ping, and when it came (monotonic seconds)."""

    def _begin(self) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        one.sendall(ASKED.format(path=PATH, port=self.port).encode())
        return one

    def _greet(self, one: socket.socket) -> None:
        come = b""
        for awaited, said in GREETING:
            while awaited.encode() not in come:
                more = one.recv(65536)
                assert more, f"The server hung up after {come[-200:]!r}."
                come += more
            come = come[come.index(awaited.encode()) + len(awaited) :]
            if said:
                one.sendall(framed(said))
        while not come.endswith(b"}"):  # the rest of the greeting
            come += one.recv(65536)
        number = one.fileno()
        self.open[number], self.come[number] = one, bytearray()
        self.poll.register(number, select.EPOLLIN)

    def _send(self, number: int, text: str) -> None:
        if number in self.open:
            try:
                self.open[number].sendall(framed(text))
            except OSError:
                self._lose(number)

    def _read(self, number: int) -> None:
        try:
            data = self.open[number].recv(262_144)
        except OSError:
            data = b""
        at = time.monotonic()
        if not data:
            self._lose(number)
            return
        come = self.come[number]
        come += data
        for told in frames(come):
            if told == PING:
                self._send(number, PONG)
            else:
                self.hear(number, told, at)

    def _lose(self, number: int) -> None:
        self.lost += 1
        self.poll.unregister(number)
        self.open.pop(number).close()
        del self.come[number]


class Program:
    """Such a program, from outside."""

    def __init__(self, module: str, *words: str) -> None:
        command = [sys.executable, "-m", module, *words]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        self.read()
        return self

    def __exit__(self, *_problem: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def tell(self, order: str) -> None:
        """An order that is not answered."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()

    def ask(self, order: str) -> Any:
        """An order and its answer."""
        self.tell(order)
        return self.read()

    def read(self) -> Any:
        """The next answer."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said, f"{self.process.args!r} ended."
        return json.loads(said)
