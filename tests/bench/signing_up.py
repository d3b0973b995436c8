"""Signing up for a reception with fifty departments: one after the other, and fifty at one seat."""

from __future__ import annotations

import asyncio
import random
import secrets
import sqlite3
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from hall import tokens
from tests.bench import Cell, Goal, Table
from tests.bench.halls import served
from tests.bench.wire import Caller, Reply, quantile

if TYPE_CHECKING:
    from tests.servers import LiveHall

CLIENTS, ROUNDS, ALONE, PACE_S = 50, 20, 100, 0.05
WITHIN_S = 5.0
HISTORY, SEATS = 100, 3
Who = tuple[Caller, int]
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = date(2031, 1, 6)


def _fill(hall: LiveHall) -> tuple[list[tuple[str, int]], list[int]]:
    """Fifty departments, each with its head's account; two years of sessions behind them, free seats ahead.

    Answers each head's token and key, and the seats that are free.
    """
    store = sqlite3.connect(hall.prepared.data / "hall.sqlite3", isolation_level=None)
    now = (datetime.now(UTC) - EPOCH) // MICROSECOND
    store.execute("BEGIN IMMEDIATE")
    rota, site = store.execute("SELECT id, site_id FROM rota WHERE code = 'monday'").fetchone()
    window = store.execute("SELECT id FROM service_window ORDER BY number LIMIT 1").fetchone()[0]
    heads = [_head(store, site, rota, number, now) for number in range(CLIENTS)]
    for week in range(HISTORY):
        day = FIRST - timedelta(weeks=week + 300)
        seats = _session(store, (rota, window), day, SEATS, now)
        for at, seat in enumerate(seats):
            _turn(store, seat, heads[(week * SEATS + at) % CLIENTS][1], day, now)
    free = []
    for week in range(ROUNDS + ALONE):
        free += _session(store, (rota, window), FIRST + timedelta(weeks=week), 1)
    store.execute("COMMIT")
    store.close()
    return heads, free


def _head(store: sqlite3.Connection, site: int, rota: int, number: int, now: int) -> tuple[str, int]:
    staff = store.execute(
        'INSERT INTO staff ("user", site_id, name, role, password_hash, every_site, demo, must_change, '
        "session_nonce, failures) VALUES (?, ?, ?, 'director', 'x', 0, 1, 0, ?, 0)",
        (f"bench{number}", site, f"局长{number}", secrets.token_bytes(9)),
    ).lastrowid
    token = tokens.secret_token()
    store.execute(
        "INSERT INTO staff_token (staff_id, name, digest, made_at) VALUES (?, '', ?, ?)",
        (staff, tokens.digest(token), now),
    )
    body = store.execute(
        "INSERT INTO rota_body (rota_id, name, name_en, listed) VALUES (?, ?, '', 1)", (rota, f"第{number}局")
    ).lastrowid
    person = store.execute(
        "INSERT INTO rota_person (body_id, staff_id, name, title, post) VALUES (?, ?, ?, '局长', 'head')",
        (body, staff, f"局长{number}"),
    ).lastrowid
    return token, person or 0


def _session(
    store: sqlite3.Connection, where: tuple[int, int], day: date, seats: int, published: int | None = None
) -> list[int]:
    """A day with seats at the windows from `where` on: public or open for signing up."""
    rota, window = where
    key = store.execute(
        "INSERT INTO rota_session (rota_id, state, due_on, held_on, why, signup_until, publish_on, published_at, "
        "revision, am_starts, am_ends, pm_starts, pm_ends, cancelled_because) "
        "VALUES (?, ?, ?, ?, '', ?, ?, ?, 1, '09:00', '11:30', '', '', '')",
        (rota, "published" if published else "open", *[str(day)] * 4, published),
    ).lastrowid
    found = []
    for number in range(seats):
        seat = store.execute(
            "INSERT INTO rota_seat (session_id, window_id, part) VALUES (?, ?, 'am')", (key, window + number)
        ).lastrowid
        found.append(seat or 0)
    return found


def _turn(store: sqlite3.Connection, seat: int, person: int, day: date, now: int) -> None:
    store.execute(
        "INSERT INTO duty (seat_id, session_id, body_id, person_id, state, basis, because, quarter, matters, made_at, "
        "revision) SELECT s.id, s.session_id, p.body_id, p.id, 'confirmed', 'signed', '', ?, '', ?, 1 "
        "FROM rota_seat s, rota_person p WHERE s.id = ? AND p.id = ?",
        (f"{day.year}-{(day.month + 2) // 3}", now, seat, person),
    )


async def _press(who: Who, seat: int, key: str, took: list[float], wait: float = 0) -> Reply:
    caller, person = who
    body = {"person": person, "matters": "企业登记"}
    await asyncio.sleep(wait)
    begin = time.perf_counter()
    answer = await caller.post(f"/api/v1/seats/{seat}/sign-up", body, key=key)
    took.append(time.perf_counter() - begin)
    return answer


async def _alone(callers: list[Who], seats: list[int], took: list[float]) -> None:
    """One after the other, each on a seat of its own."""
    for number, seat in enumerate(seats):
        answer = await _press(callers[number % CLIENTS], seat, f"alone-{number}", took)
        assert answer.status == 200, answer.body
        await asyncio.sleep(PACE_S)


async def _rounds(
    callers: list[Who], seats: list[int], took: list[float], within: float
) -> tuple[int, list[float]]:
    """Fifty want one seat within so many seconds, again and again; how often one had it, how long each took."""
    right, rounds = 0, list[float]()
    chance = random.Random(7)  # the same times at each run
    for number, seat in enumerate(seats):
        begin = time.perf_counter()
        answers = await asyncio.gather(
            *(
                _press(who, seat, f"round-{within}-{number}-{at}", took, chance.uniform(0, within))
                for at, who in enumerate(callers)
            )
        )
        rounds.append(time.perf_counter() - begin)
        heard = Counter(answer.status for answer in answers)
        right += heard == {200: 1, 409: CLIENTS - 1} and all(
            answer.json["code"] == "taken" for answer in answers if answer.status == 409
        )
    return right, rounds


async def _measure(
    hall: LiveHall, heads: list[tuple[str, int]], seats: list[int], took: dict[str, list[float]]
) -> tuple[int, list[float]]:
    callers = [(Caller(hall.url, token), person) for token, person in heads]
    for caller, _person in callers:
        await caller.get(f"/api/v1/sites/{hall.demo['site']}/rotas")
    half = ROUNDS // 2
    await _alone(callers, seats[ROUNDS:], took["alone"])
    spread, _long = await _rounds(callers, seats[:half], took["spread"], WITHIN_S)
    once, long = await _rounds(callers, seats[half:ROUNDS], took["once"], 0)
    return spread + once, long


def run() -> Table:
    """Sign-ups alone, fifty at one seat within seconds, and fifty in the same instant."""
    took: dict[str, list[float]] = {"alone": [], "spread": [], "once": []}
    with served("") as (hall,):
        heads, seats = _fill(hall)
        right, long = asyncio.run(_measure(hall, heads, seats, took))
    names = {
        "alone": "one after the other, a seat each",
        "spread": f"{CLIENTS} at one seat within {WITHIN_S:.0f} s",
        "once": f"{CLIENTS} at one seat in the same instant",
    }
    rows: list[tuple[Cell, ...]] = [
        (
            text,
            *(
                round(figure * 1000, 1)
                for figure in (median(took[name]), quantile(took[name], 0.95), max(took[name]))
            ),
        )
        for name, text in names.items()
    ]
    alone, spread = (quantile(took[name], 0.95) * 1000 for name in ("alone", "spread"))
    return Table(
        title="Signing up for a reception",
        question=f"What does a seat cost with {CLIENTS} departments and {HISTORY * SEATS} turns? SQLite, flushed.",
        columns=("what", "median, ms", "p95, ms", "slowest, ms"),
        rows=tuple(rows),
        goals=(
            Goal(
                f"under 60 ms at p95, alone and with {CLIENTS} at one seat",
                f"{alone:.1f} and {spread:.1f} ms",
                max(alone, spread) < 60,
            ),
            Goal(
                f"of {CLIENTS} one has the seat and the others hear that it is taken, {ROUNDS} times",
                f"{right} times",
                right == ROUNDS,
            ),
            Goal(
                "pressed in the same instant, all hear within a second", f"{max(long):.2f} s", max(long) < 1
            ),
        ),
        notes=(
            "In the same instant fifty requests wait for each other in one process: the last answer is the queue.",
        ),
    )
