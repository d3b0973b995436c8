"""Cases in a hall that has half a million of them: taking one in, a department's inbox, finding an applicant's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.bench import Cell, Goal, Table
from tests.bench.archive import MATERIALS, Archive, person
from tests.bench.halls import Desk, desks, draw, served
from tests.bench.wire import Caller, quantile

if TYPE_CHECKING:
    from tests.servers import LiveHall

ITEM, REVIEWER = "411528-SCJG-001", "review-scjg"
STORED, FEW = 500_000, 500
WINDOWS, PACE_S, TURNS, BLOCKS = 4, 0.8, 8, 4
INBOX, ASKED = 2_000, 25
STEPS = ("begin the form", "save what was typed and seen", "receive it")

Step = Callable[[], Awaitable[object]]
Took = dict[str, list[float]]


async def _timed(step: Step) -> float:
    begin = time.perf_counter()
    await step()
    return time.perf_counter() - begin


@dataclass
class Counter:
    """A window that takes cases in, each for somebody else."""

    desk: Desk
    next_person: int

    async def take_in(self, took: list[tuple[float, ...]]) -> None:
        """Call somebody, take their case in, finish; the taking in is measured, request by request."""
        assert await self.desk.call()
        ask, said = self.desk.caller.post, dict[str, Any]()

        async def command(path: str, body: dict[str, Any]) -> None:
            answer = await ask(f"/api/v1{path}", body)
            assert answer.status == 200, answer.body
            said.update(answer.json)

        papers: list[dict[str, Any]] = []
        began = await _timed(
            lambda: command(self.desk.path.removeprefix("/api/v1") + "/forms", {"item": ITEM})
        )
        papers += [{"id": paper["id"], "state": "present"} for paper in said["papers"]]
        assert len(papers) == MATERIALS, said["papers"]
        self.next_person += 1
        typed = {
            "name": "测试甲",
            "number": person(self.next_person),
            "phone": "13800000000",
            "papers": papers,
        }
        path = f"/forms/{said['token']}"
        saved = await _timed(lambda: command(f"{path}/save", {"revision": said["revision"], **typed}))
        received = await _timed(lambda: command(f"{path}/receive", {"revision": said["revision"]}))
        assert len(said["cases"]) == 1, said
        took.append((began, saved, received))
        await self.desk.finish()


async def _steadily(works: list[Step]) -> None:
    """Each of them does `TURNS` pieces of work, one every `PACE_S`, evenly apart."""
    begin = time.perf_counter()

    async def one(number: int) -> None:
        for turn in range(TURNS):
            due = begin + (turn + number / len(works)) * PACE_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await works[number]()

    await asyncio.gather(*(one(number) for number in range(len(works))))


async def _counters(hall: LiveHall) -> list[Counter]:
    await draw(hall, WINDOWS * TURNS * BLOCKS, key="cases")
    # Half of their people are known to the big hall
    return [Counter(desk, 100 + 1000 * place) for place, desk in enumerate(await desks(hall, WINDOWS))]


async def _take_in(
    halls: dict[str, LiveHall], bare: LiveHall
) -> tuple[dict[str, list[tuple[float, ...]]], list[float]]:
    """In turn a block in each hall, and as many POSTs that do nothing, three for a case."""
    took: dict[str, list[tuple[float, ...]]] = {name: [] for name in halls}
    noop: list[float] = []
    rooms = {name: await _counters(hall) for name, hall in halls.items()}
    callers = [Caller(bare.url) for _ in range(WINDOWS)]

    async def nothing(caller: Caller) -> None:
        noop.append(sum([await _timed(lambda: caller.post("/noop")) for _ in STEPS]))

    for turn in range(BLOCKS):
        for name in sorted(rooms, reverse=bool(turn % 2)):
            await _steadily([partial(one.take_in, took[name]) for one in rooms[name]])
        await _steadily([partial(nothing, caller) for caller in callers])
    return took, noop


async def _looked_for(halls: dict[str, LiveHall], bare: LiveHall) -> Took:
    """In each hall in turn: the cases of an applicant by number, and the department's inbox."""
    took: Took = {"noop": [], **{f"{what} {name}": [] for what in ("find", "inbox") for name in halls}}
    clerks = {name: Caller(hall.url, _token(hall, "clerk03")) for name, hall in halls.items()}
    reviewers = {name: Caller(hall.url, _token(hall, REVIEWER)) for name, hall in halls.items()}
    idle = Caller(bare.url)

    async def find(name: str, number: int) -> None:
        answer = await clerks[name].send("/cases", {"what": person(number)})
        assert answer.body.count(b"case-found") == 2, answer.body[-3000:]

    async def look(name: str) -> None:
        assert b"inbox-number" in (await reviewers[name].get("/inbox")).body

    for number in range(ASKED + 1):
        for name in halls:
            seconds = await _timed(partial(find, name, number)), await _timed(partial(look, name))
            if number:  # the first loads templates
                took[f"find {name}"].append(seconds[0])
                took[f"inbox {name}"].append(seconds[1])
        took["noop"].append(await _timed(partial(idle.post, "/noop")))
    return took


def _token(hall: LiveHall, user: str) -> str:
    return next(str(row["token"]) for row in hall.demo["staff"] if row["user"] == user)


def _statements(hall: LiveHall) -> int:
    """How many statements the inbox page takes, whoever asks for it included."""
    from config import Config  # noqa: PLC0415 - with the product, which other benchmarks never load
    from hall.database import db  # noqa: PLC0415
    from wsgi import create_app  # noqa: PLC0415

    app = create_app(Config.from_env({"HALL_DATA": str(hall.prepared.data), "DEMO": "1"}))
    said: list[str] = []
    headers = {"Authorization": f"Bearer {_token(hall, REVIEWER)}"}

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    answer = app.test_client().get("/inbox", headers=headers)
    event.remove(Engine, "before_cursor_execute", hear)
    app.extensions["hall_units"].engine.dispose()
    with app.app_context():
        db.engine.dispose()
    assert answer.status_code == 200, answer.text
    return sum(not statement.startswith(("BEGIN", "PRAGMA")) for statement in said)


def run() -> Table:
    """A hall with half a million cases beside one with five hundred."""
    with served("", "", "tests.bench.bare:create_app()") as (few, many, bare):
        Archive(few.prepared.data, ITEM, FEW, FEW // 4, FEW // 10).fill()
        begin = time.perf_counter()
        Archive(many.prepared.data, ITEM, STORED, INBOX, INBOX).fill()
        filling = time.perf_counter() - begin
        halls = {"few": few, "many": many}
        taken, noop = asyncio.run(_take_in(halls, bare))
        looked = asyncio.run(_looked_for(halls, bare))
        statements = _statements(many)
    return _table(
        {name: list(zip(*rows, strict=True)) for name, rows in taken.items()},
        noop,
        looked,
        statements,
        filling,
    )


def _table(
    taken: dict[str, list[tuple[float, ...]]],
    noop: list[float],
    looked: Took,
    statements: int,
    filling: float,
) -> Table:
    whole = {name: [sum(parts) for parts in zip(*steps, strict=True)] for name, steps in taken.items()}
    timed: list[tuple[str, list[float]]] = [
        (f"take a case in, {STORED:,} stored: three requests", whole["many"]),
        *((f"· {step}", list(took)) for step, took in zip(STEPS, taken["many"], strict=True)),
        (f"the same, {FEW} stored", whole["few"]),
        ("three POSTs that do nothing, at the same pace", noop),
        (f"find by the applicant's number, {STORED:,} stored", looked["find many"]),
        (f"the same, {FEW} stored", looked["find few"]),
        (f"inbox page, {INBOX:,} open cases", looked["inbox many"]),
        (f"the same, {FEW // 4} open cases", looked["inbox few"]),
        ("POST that does nothing", looked["noop"]),
    ]
    rows: list[tuple[Cell, ...]] = [
        (name, *(round(figure * 1000, 2) for figure in (median(took), quantile(took, 0.95), max(took))))
        for name, took in timed
    ]
    p95 = quantile(whole["many"], 0.95) * 1000
    inbox = quantile(looked["inbox many"], 0.95) * 1000
    share = median(looked["find many"]) / median(looked["find few"])
    return Table(
        title="Cases",
        question=f"What do cases cost in a hall that has {STORED:,} of them? SQLite, every commit flushed.",
        columns=("what", "median, ms", "p95, ms", "slowest, ms"),
        rows=tuple(rows),
        goals=(
            Goal(
                f"a case with {MATERIALS} materials under 60 ms at p95",
                f"{p95:.0f} ms for all three",
                p95 < 60,
            ),
            Goal("the inbox page under 150 ms at p95", f"{inbox:.0f} ms", inbox < 150),
            Goal("the inbox page in at most 12 statements", str(statements), statements <= 12),
            Goal("finding by number as fast as in a small archive (1.2 ×)", f"{share:.2f} ×", share <= 1.2),
        ),
        notes=(
            f"{len(whole['many'])} cases by {WINDOWS} windows, each one in {PACE_S} s, in turn with the small hall.",
            f"{ASKED} looks each, in turn. Filling the archive took {filling:.0f} s.",
        ),
    )
