"""The yardstick of the fan-out: nothing but the library `websockets` on asyncio. `GET /emit?n=` broadcasts once.

`python -m tests.bench.scaled.bare_broadcast PORT FILE`: the message stands in FILE, with `T` and `N` to be filled in.
"""

from __future__ import annotations

import asyncio
import sys
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response


async def main(port: int, message: str) -> None:
    """Serve until killed."""
    everybody: set[ServerConnection] = set()

    async def stay(one: ServerConnection) -> None:
        everybody.add(one)
        try:
            await one.wait_closed()
        finally:
            everybody.discard(one)

    def asked(one: ServerConnection, request: Request) -> Response | None:
        found = urlsplit(request.path)
        if found.path != "/emit":
            return None
        (number,) = parse_qs(found.query)["n"]
        told = message.replace('"T"', str(time.monotonic_ns())).replace('"N"', number)
        broadcast(everybody, told)
        return one.respond(HTTPStatus.OK, "ok")

    settings = {"process_request": asked, "backlog": 4096, "ping_interval": None, "compression": None}
    async with serve(stay, "127.0.0.1", port, **settings):  # type: ignore[arg-type]
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8")))
