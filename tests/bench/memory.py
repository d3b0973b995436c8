"""What the server's process takes: at rest, and for each thousand phones that are connected."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import Goal, Table
from tests.bench.crowd import Crowd
from tests.bench.halls import LINE, desks, draw, served

if TYPE_CHECKING:
    from tests.servers import LiveHall

PHONES = (1000, 2000)


def _own(pid: int) -> float:
    """Megabytes of a process, what it shares with others counted in part (PSS)."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
    assert found, told
    return int(found[1]) / 1024


def _all(hall: LiveHall) -> float:
    return _own(hall.pid) + sum(_own(worker) for worker in hall.workers)


async def _work(hall: LiveHall, key: str) -> None:
    """A little of everything, so that nothing is measured before it was loaded."""
    await draw(hall, 100, key=key)
    for desk in await desks(hall, 2):
        for _ in range(10):
            await desk.call()
            await desk.finish()


def run() -> Table:
    """A hall at rest, then with phones."""
    with served("") as (hall,):
        asyncio.run(_work(hall, "warm"))
        time.sleep(3)
        rest = _all(hall)
        tickets = asyncio.run(draw(hall, PHONES[-1], key="phone"))
        time.sleep(1)
        used = [_all(hall)]
        crowd = Crowd(hall.url, LINE)
        for before, count in zip((0, *PHONES), PHONES, strict=False):
            crowd.join([ticket["token"] for ticket in tickets[before:count]])
            asyncio.run(draw(hall, 20, key=f"more-{count}"))
            time.sleep(4)
            used.append(_all(hall))
        crowd.leave()
    each = (used[-1] - used[0]) / PHONES[-1] * 1000
    rows = [("at rest", rest), ("after 2,000 tickets, nobody connected", used[0])]
    rows += [(f"{count:,} phones", megabytes) for count, megabytes in zip(PHONES, used[1:], strict=True)]
    return Table(
        title="Memory",
        question="What does the server take, master and worker together, shared pages in part (PSS)?",
        columns=("when", "MB"),
        rows=tuple((name, round(megabytes, 1)) for name, megabytes in rows),
        goals=(
            Goal("150 MB at rest", f"{rest:.0f} MB", rest <= 150),
            Goal("70 MB more for 1,000 phones", f"{each:.0f} MB", each <= 70),
        ),
        notes=("Each phone watches its ticket and its line.",),
    )
