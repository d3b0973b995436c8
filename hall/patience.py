"""How long whoever asks Redis waits for it: hardly at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import BlockingConnectionPool

AT_ONCE = 50
"""Connections of a client. They stay open for good; of a crowd that comes back the others wait for one of them, where
redis-py's usual pool would count it as a Redis that is away, and a wider one take all connections that Redis has."""


def redis_pool(url: str, within_s: float) -> BlockingConnectionPool:
    """Connections that hold up no request: so many seconds for one, to connect and to be answered; no second try."""
    from redis import BlockingConnectionPool  # noqa: PLC0415 - where there is one process, it is not loaded
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    return BlockingConnectionPool.from_url(
        url,
        max_connections=AT_ONCE,
        timeout=within_s,
        socket_connect_timeout=within_s,
        socket_timeout=within_s,
        retry=Retry(NoBackoff(), 0),
    )
