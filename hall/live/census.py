"""How many live connections each address holds at the other processes, through Redis.

Every process tells its own counts every two seconds, of addresses that hold many, under a name of its own that ends by
itself: what a killed process held is forgotten after `FORGOTTEN_S`. While Redis is away each process counts for itself.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any

import gevent
import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERY_S = 2.0
FORGOTTEN_S = 12
PATIENCE_S = 2.0
SHARE = 50
"""Addresses that hold less than this part of what one may are not told of: most phones have one of their own."""
log = structlog.get_logger(__name__)


class Census:
    """The counts of the others, as they told them last."""

    def __init__(self, url: str, name: str, most: int) -> None:
        """Of the hall of this name in Redis, where one address may hold `most` connections."""
        self.url, self.names, self.least = url, f"{name}:sockets", max(1, most // SHARE)
        self.own = f"{self.names}:{secrets.token_hex(8)}"
        self.elsewhere: Counter[str] = Counter()
        self._redis: Any = None
        self._telling = False

    def begin(self, counts: Mapping[str, int]) -> None:
        """Tell these counts from now on, as they change, and hear those of the others."""
        if not self._telling:
            self._telling = True
            gevent.spawn(self._run, counts)

    def _run(self, counts: Mapping[str, int]) -> None:
        here = True
        while True:
            try:
                self.exchange(counts)
                here = True
            except Exception as problem:  # noqa: BLE001 - Redis is away, or stumbles: the limit of one process holds
                self.elsewhere = Counter()
                if here:
                    log.warning("sockets_counted_alone", error=type(problem).__name__)
                here = False
            gevent.sleep(EVERY_S)

    def exchange(self, counts: Mapping[str, int]) -> None:
        """Tell and hear once."""
        redis = self._client()
        many = {address: count for address, count in counts.items() if count >= self.least}
        with redis.pipeline(transaction=False) as asked:
            asked.set(self.own, json.dumps(many), ex=FORGOTTEN_S)
            asked.sadd(self.names, self.own)
            asked.smembers(self.names)
            names = [one.decode() for one in asked.execute()[2]]
        others = sorted(set(names) - {self.own})
        told = dict(zip(others, redis.mget(others), strict=True)) if others else {}
        gone = [name for name, said in told.items() if said is None]
        if gone:
            redis.srem(self.names, *gone)
        self.elsewhere = sum((Counter(json.loads(said)) for said in told.values() if said), Counter())

    def _client(self) -> Any:  # noqa: ANN401 - redis is only there with several processes
        if self._redis is None:
            from redis import Redis  # noqa: PLC0415 - 18 MB, of which a single process needs nothing

            self._redis = Redis.from_url(
                self.url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
            )
        return self._redis
