"""How many live connections one address may hold, refused before any is accepted.

A hall's Wi-Fi shows all its phones as one address, so the usual limit leaves room for twice the phones that a hall is
built for; it is there against one program that takes every connection a server has. Counted in each process.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

REFUSAL = b'{"code": "too_many_sockets", "detail": "Too many live connections from this address. Close some first."}'


class Crowd:
    """Stands before the live channel; what is behind it runs as long as the connection is open."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], most: int) -> None:
        self.inner, self.most = inner, most
        self.open: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let a request in; a live connection beyond the limit is told to come later (429)."""
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return self.inner(environ, start_response)
        address = environ.get("REMOTE_ADDR", "")
        if self.open[address] >= self.most:
            size = str(len(REFUSAL))
            headers = [("Content-Type", "application/json"), ("Content-Length", size), ("Retry-After", "30")]
            start_response("429 Too Many Requests", headers)
            return [REFUSAL]
        self.open[address] += 1
        try:
            return self.inner(environ, start_response)
        finally:
            self.open[address] -= 1
            if not self.open[address]:
                del self.open[address]
