"""HTTP/1.1 kept alive on asyncio, with no more than a driver of the interface needs: what drives shall cost little."""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 30
TRIES = 3
AGAIN_S = 0.2
NO_CONTENT = 204

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Trouble(Exception):
    """The server answered otherwise than it must, or not at all."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `closing`: the server hangs up now, as a proxy does after a thousand requests."""

    status: int
    body: bytes
    closing: bool


class Line:
    """One connection to one server: one request after the other, opened anew where it was closed."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._secure = ssl.create_default_context() if parts.scheme == "https" else None
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or (443 if self._secure else 80)
        self._path, self._named = parts.path.rstrip("/"), parts.netloc
        self._stream: Stream | None = None
        self.repeated = 0

    async def post(
        self, path: str, token: str | None, body: dict[str, Any] | None, *, expect: int = 200
    ) -> dict[str, Any]:
        """One command, under one key however often the line breaks: it is done once. Raises Trouble."""
        request = self._request(path, token, b"" if body is None else json.dumps(body).encode())
        for left in reversed(range(TRIES)):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    reply = await self._ask(request)
                break
            except (OSError, EOFError, TimeoutError) as problem:
                self.close()
                if not left:
                    raise Trouble(f"the line broke: {str(problem) or type(problem).__name__}") from problem
                self.repeated += 1
                await asyncio.sleep(AGAIN_S)
        if reply.status != expect:
            said = "nobody waits" if reply.status == NO_CONTENT else reply.body[:200].decode(errors="replace")
            raise Trouble(f"{path.rsplit('/', 1)[-1]} answered {reply.status}: {said}")
        found: dict[str, Any] = json.loads(reply.body)
        return found

    def close(self) -> None:
        """Hang up."""
        if self._stream is not None:
            self._stream[1].close()
            self._stream = None

    def _request(self, path: str, token: str | None, data: bytes) -> bytes:
        head = (
            f"POST {self._path}{path} HTTP/1.1\r\nHost: {self._named}\r\nContent-Length: {len(data)}\r\n"
            f"Idempotency-Key: {secrets.token_hex(8)}\r\n"
        )
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        if data:
            head += "Content-Type: application/json\r\n"
        return head.encode() + b"\r\n" + data

    async def _ask(self, request: bytes) -> Reply:
        if self._stream is None or self._stream[0].at_eof():
            self.close()
            self._stream = await asyncio.open_connection(self._host, self._port, ssl=self._secure)
        reader, writer = self._stream
        writer.write(request)
        reply = await _reply(reader)
        if reply.closing:
            self.close()
        return reply


async def _reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, length, closing = int(head.split(" ", 2)[1]), 0, False
    for said in head.split("\r\n")[1:]:
        name, _, value = said.partition(":")
        name = name.lower()
        if name == "content-length":
            length = int(value)
        elif name == "connection":
            closing = value.strip().lower() == "close"
    return Reply(status, await reader.readexactly(length) if length else b"", closing)
