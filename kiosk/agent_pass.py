"""Passing the browser's requests on to the hall while it is there: pages, commands, and the live channel."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from email.message import Message
    from http.server import BaseHTTPRequestHandler

CONNECT_S = 3.0
PATIENCE_S = 20.0
PIECE = 64 * 1024
HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host"}
)
LARGEST_BODY = 4 * 1024 * 1024


class NoAnswer(Exception):
    """The hall did not answer."""


class Upstream:
    """The hall as the pages see it through us. `own` is our own origin, which it never hears of."""

    def __init__(self, server: str, own: str, authority: str | None) -> None:
        parts = urlsplit(server)
        self.server, self.own = server, own
        self._host, self._netloc, self._secure = parts.hostname or "", parts.netloc, parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        self._context = ssl.create_default_context(cafile=authority) if self._secure else None

    def pass_on(self, handler: BaseHTTPRequestHandler, body: bytes, added: bytes = b"") -> None:
        """Send a request on and its answer back; `added` goes before the end of a page. Raises NoAnswer."""
        connection = self._connect()
        try:
            headers = self._headers(handler.headers, plain=bool(added))
            try:
                connection.request(handler.command, handler.path, body=body or None, headers=headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException) as problem:
                raise NoAnswer(type(problem).__name__) from None
        finally:
            connection.close()
        if added and answer.getheader("Content-Type", "").startswith("text/html"):
            content = content.replace(b"</body>", added + b"</body>", 1)
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length", "date", "server", "strict-transport-security"}:
                handler.send_header(name, self._to_own(name, value))
        handler.send_header("Date", answer.getheader("Date") or handler.date_time_string())
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)

    def tunnel(self, handler: BaseHTTPRequestHandler) -> None:
        """The live channel: bytes both ways until one side hangs up. Raises NoAnswer before anything was sent."""
        try:
            there = self._socket()
        except OSError as problem:
            raise NoAnswer(type(problem).__name__) from None
        lines = [f"{handler.command} {handler.path} HTTP/1.1", f"Host: {self._netloc}"]
        for name, value in handler.headers.items():
            if name.lower() != "host":
                lines.append(f"{name}: {self._to_hall(value)}")
        here = handler.connection
        handler.close_connection = True
        with there, contextlib.suppress(OSError):
            there.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
            _both_ways(here, there)

    def _connect(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection
        if self._context:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=CONNECT_S, context=self._context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_S)
        try:
            connection.connect()
        except OSError as problem:
            raise NoAnswer(type(problem).__name__) from None
        connection.sock.settimeout(PATIENCE_S)
        return connection

    def _socket(self) -> socket.socket:
        plain = socket.create_connection((self._host, self._port), timeout=CONNECT_S)
        made = self._context.wrap_socket(plain, server_hostname=self._host) if self._context else plain
        made.settimeout(None)
        return made

    def _headers(self, given: Message, *, plain: bool) -> dict[str, str]:
        found = {
            name: self._to_hall(value)
            for name, value in given.items()
            if name.lower() not in HOP | {"content-length"}
        }
        found["Host"] = self._netloc
        if plain:
            found = {name: value for name, value in found.items() if name.lower() != "accept-encoding"}
            found["Accept-Encoding"] = "identity"
        return found

    def _to_hall(self, value: str) -> str:
        return value.replace(self.own, self.server)

    def _to_own(self, name: str, value: str) -> str:
        """Addresses of the hall become ours; the loopback is no https."""
        if name.lower() == "set-cookie":
            return "; ".join(part for part in value.split("; ") if part.lower() != "secure")
        return value.replace(self.server, self.own) if name.lower() == "location" else value


def _both_ways(here: socket.socket, there: socket.socket) -> None:
    other = {here: there, there: here}
    while True:
        waiting = [one for one in other if isinstance(one, ssl.SSLSocket) and one.pending()]
        ready = waiting or select.select(list(other), [], [])[0]
        for one in ready:
            piece = one.recv(PIECE)
            if not piece:
                return
            other[one].sendall(piece)
