"""A lean driver: HTTP/1.1 kept alive and Socket.IO over a raw websocket, so that the measuring costs little itself."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

OP_TEXT, OP_CLOSE, OP_PING, OP_PONG = 1, 8, 9, 10


@dataclass(slots=True)
class Reply:
    """Status and body."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class Caller:
    """One kept-alive connection that sends one request after the other."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.fixed = f"Host: {self.host}:{self.port}\r\n"
        if token:
            self.fixed += f"Authorization: Bearer {token}\r\n"
        self.stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: object = None, key: str | None = None) -> Reply:
        """Send and wait for the whole answer."""
        data = b"" if body is None else json.dumps(body).encode()
        more = "Content-Type: application/json\r\n" if data else ""
        if key:
            more += f"Idempotency-Key: {key}\r\n"
        return await self._ask("POST", path, data, more)

    async def send(self, path: str, fields: Mapping[str, str]) -> Reply:
        """Send a page's form and wait for the whole answer."""
        more = "Content-Type: application/x-www-form-urlencoded\r\n"
        return await self._ask("POST", path, urlencode(fields).encode(), more)

    async def get(self, path: str) -> Reply:
        """Ask and wait for the whole answer."""
        return await self._ask("GET", path, b"", "")

    async def _ask(self, method: str, path: str, data: bytes, more: str) -> Reply:
        if self.stream is None:
            self.stream = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.stream
        head = f"{method} {path} HTTP/1.1\r\n{self.fixed}Content-Length: {len(data)}\r\n{more}"
        writer.write(head.encode() + b"\r\n" + data)
        return await self._reply(reader)

    @staticmethod
    async def _reply(reader: asyncio.StreamReader) -> Reply:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        length = 0
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
        return Reply(status, await reader.readexactly(length) if length else b"")

    def close(self) -> None:
        """Hang up."""
        if self.stream is not None:
            self.stream[1].close()
            self.stream = None


class Live:
    """One Socket.IO client of the namespace /live: watches topics, answers the server's pings, reads what comes."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.heard = 0
        self.last_at = 0.0
        self.acks: dict[int, asyncio.Future[Any]] = {}
        self.pongs: asyncio.Queue[float] = asyncio.Queue()
        self.asked = 0
        self.reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Handshake of websocket, Engine.IO and namespace."""
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(
            (
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                f"Host: {self.host}:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        await self._frame()  # Engine.IO's open packet
        self.say("40/live,")
        while not (await self._frame())[1].startswith(b"40/live"):
            pass
        self.reading = asyncio.create_task(self._read())

    async def watch(self, topic: str) -> Any:
        """The topic's state."""
        self.asked += 1
        waiting = self.acks[self.asked] = asyncio.get_running_loop().create_future()
        self.say(f"42/live,{self.asked}" + json.dumps(["watch", {"topic": topic}]))
        (answer,) = await waiting
        assert answer["ok"], answer
        return answer["state"]

    async def ping(self) -> float:
        """Seconds that a websocket ping takes there and back."""
        begin = time.perf_counter()
        self._send(OP_PING, b"x")
        return await self.pongs.get() - begin

    def say(self, text: str) -> None:
        """One text message."""
        self._send(OP_TEXT, text.encode())

    def close(self) -> None:
        """Hang up."""
        if self.reading:
            self.reading.cancel()
        self.writer.close()

    def _send(self, op: int, data: bytes) -> None:
        mask = os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        masked = bytes(sign ^ mask[at % 4] for at, sign in enumerate(data))
        self.writer.write(bytes([0x80 | op]) + size + mask + masked)

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0xF, await self.reader.readexactly(size)

    async def _read(self) -> None:
        while True:
            op, data = await self._frame()
            if op == OP_PONG:
                self.pongs.put_nowait(time.perf_counter())
            elif data == b"2":
                self.say("3")
            elif data.startswith(b"43/live,"):
                text = data[len(b"43/live,") :].decode()
                number, _, rest = text.partition("[")
                self.acks.pop(int(number)).set_result(json.loads("[" + rest))
            elif data.startswith(b"42/live,"):
                self.heard += 1
                self.last_at = time.time()


def quantile(values: list[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def bearer(rows: list[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    """The first clerks that have windows of their own."""
    return [row for row in rows if row["window"]][:count]
