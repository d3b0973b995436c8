"""How many live connections one address may hold, refused before any is accepted.

A hall's Wi-Fi shows all its phones as one address, so the usual limit leaves room for twice the phones that a hall is
built for; it is there against one program that takes every connection a server has. With Redis it holds for all
processes together, but for what comes in within two seconds (`census`); without it each process counts for itself.
Of version 6 a network is counted as one address.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Self

from hall.live.census import Census
from hall.networks import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from config import Config

REFUSAL = b'{"code": "too_many_sockets", "detail": "Too many live connections from this address. Close some first."}'


class Crowd:
    """Stands before the live channel; what is behind it runs as long as the connection is open."""

    def __init__(
        self, inner: Callable[..., Iterable[bytes]], most: int, census: Census | None = None
    ) -> None:
        self.inner, self.most, self.census = inner, most, census
        self.open: Counter[str] = Counter()

    @classmethod
    def of(cls, inner: Callable[..., Iterable[bytes]], config: Config) -> Self:
        """As the settings say; counted over all processes where there is Redis."""
        most = config.sockets_per_address
        census = Census(config.redis_url, config.name_in_redis, most) if config.redis_url else None
        return cls(inner, most, census)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let a request in; a live connection beyond the limit is told to come later (429)."""
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return self.inner(environ, start_response)
        address = network_of(environ.get("REMOTE_ADDR", ""))
        if self.census is not None:
            self.census.begin(self.open)
        if self.open[address] + self._elsewhere(address) >= self.most:
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

    def _elsewhere(self, address: str) -> int:
        return self.census.elsewhere[address] if self.census is not None else 0
