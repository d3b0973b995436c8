"""Booking helpers in a hall with forty of them and twenty thousand bookings: free times, booking, fifty at one seat."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from hall.helpers.slots import cell_at
from tests.bench import Cell, Goal, Table
from tests.bench.halls import served
from tests.bench.wire import Caller, quantile
from tests.booking_at_work import BUNDLE, ZONE

if TYPE_CHECKING:
    from tests.servers import LiveHall

HELPERS, BOOKINGS, DAYS = 40, 20_000, 30
ASKED, BOOKED, PACE_S = 60, 150, 0.15
CLIENTS, ROUNDS = 50, 20
HALF_HOUR = timedelta(minutes=30)
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _micro(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _midnight(days: int) -> datetime:
    local = datetime.now(ZONE) + timedelta(days=days)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _fill(hall: LiveHall) -> None:
    """Forty helpers, there from eight to eight every day, and their bookings: half to come, half over."""
    store = sqlite3.connect(hall.prepared.data / "hall.sqlite3", isolation_level=None)
    site = store.execute("SELECT id FROM site").fetchone()[0]
    line = store.execute("SELECT line_id FROM bundle WHERE code = ?", (BUNDLE,)).fetchone()[0]
    store.execute("BEGIN IMMEDIATE")
    columns = "site_id, name, role, password_hash, every_site, demo, must_change, session_nonce, failures"
    for number in range(9, HELPERS + 1):
        staff = store.execute(
            f'INSERT INTO staff ("user", {columns}) VALUES (?, ?, ?, ?, ?, 0, 1, 0, ?, 0)',  # noqa: S608 - our own words
            (f"bench{number}", site, f"帮办{number}", "helper", "x", secrets.token_bytes(9)),
        ).lastrowid
        store.execute(
            "INSERT INTO helper (site_id, staff_id, badge, does_agency, does_home_visits, revision) "
            "VALUES (?, ?, ?, 1, 0, 1)",
            (site, staff, f"B{number:02d}"),
        )
    helpers = [row[0] for row in store.execute("SELECT id FROM helper ORDER BY id")]
    store.execute("DELETE FROM helper_week")
    store.executemany(
        "INSERT INTO helper_week (helper_id, weekday, starts, ends, kept_back) VALUES (?, ?, '08:00', '20:00', 0)",
        [(helper, weekday) for helper in helpers for weekday in range(7)],
    )
    _book(store, site, line, helpers)
    store.execute("COMMIT")
    store.close()


def _book(store: sqlite3.Connection, site: int, line: int, helpers: list[int]) -> None:
    """Each helper has eight half hours a day, from a month ago to the last day that can be booked."""
    made = 0
    for day in range(-DAYS - 5, DAYS):
        for slot in range(8):
            for helper in helpers:
                if made == BOOKINGS:
                    return
                at = _midnight(day) + timedelta(hours=8) + slot * 2 * HALF_HOUR
                begin, made = cell_at(at), made + 1
                state = "confirmed" if day > 0 else "done"
                store.execute(
                    "INSERT INTO booking (site_id, nonce, state, kind, channel, helper_id, line_id, matter, needs, "
                    "starts_at, ends_at, cell_from, cell_until, kept_back, because, because_known, because_load_min, "
                    "because_among, lang, companions, made_at, name_shown, phone_shown, number_kind, number_shown, "
                    "revision) VALUES (?, ?, ?, 'assist', 'phone', ?, ?, ?, '', ?, ?, ?, ?, 0, 'in_turn', '', 0, 1, "
                    "'zh', 0, ?, '', '', '', '', 1)",
                    (
                        *(site, secrets.token_bytes(9), state, helper, line, f"line:{line}"),
                        *(_micro(at), _micro(at + HALF_HOUR), begin, begin + 6, _micro(at)),
                    ),
                )
                if state == "confirmed":
                    store.executemany(
                        "INSERT INTO booking_cell (helper_id, cell, booking_id) VALUES (?, ?, ?)",
                        [(helper, cell, made) for cell in range(begin, begin + 6)],
                    )


async def _timed(took: list[float], asking: Any) -> Any:
    begin = time.perf_counter()
    answer = await asking
    took.append(time.perf_counter() - begin)
    return answer


async def _free(hall: LiveHall, took: list[float]) -> int:
    """Thirty days of free times, again and again."""
    caller = Caller(hall.url)
    path = f"/api/v1/sites/{hall.demo['site']}/help/times?days={DAYS}&bundle={BUNDLE}"
    for _time in range(ASKED):
        answer = await _timed(took, caller.get(path))
        assert answer.status == 200, answer.body
    return sum(len(day["times"]) for day in answer.json["days"])


async def _bookings(hall: LiveHall, holds: list[float], confirms: list[float]) -> None:
    """People book at the kiosk one after the other, each with a telephone of their own."""
    kiosk = Caller(hall.url, hall.demo["kiosk"]["token"])
    site = f"/api/v1/sites/{hall.demo['site']}/bookings"
    for number in range(BOOKED):
        at = _midnight(2 + number % 20) + timedelta(hours=8, minutes=30) + (number // 20) * 2 * HALF_HOUR
        body = {"kind": "assist", "bundle": BUNDLE, "starts_at": at.isoformat()}
        held = await _timed(holds, kiosk.post(site, body, key=f"hold-{number}"))
        assert held.status == 201, held.body
        person = {"name": "王小明", "phone": f"138{number:08d}"}
        path = f"/api/v1/bookings/{held.json['token']}/confirm"
        done = await _timed(confirms, kiosk.post(path, person, key=f"confirm-{number}"))
        assert done.status == 200, done.body
        await asyncio.sleep(PACE_S)


async def _last_seats(hall: LiveHall) -> tuple[list[float], Counter[int], int]:
    """Fifty want the same helper at the same time, twenty times; the slowest answer of each round."""
    callers = [Caller(hall.url, hall.demo["kiosk"]["token"]) for _client in range(CLIENTS)]
    site = f"/api/v1/sites/{hall.demo['site']}/bookings"
    slowest, told, right = list[float](), Counter[int](), 0
    for caller in callers:
        await caller.get(f"/api/v1/sites/{hall.demo['site']}/help/helpers")
    for number in range(ROUNDS):
        at = _midnight(25) + timedelta(hours=16, minutes=0) + (number % 8) * HALF_HOUR
        body = {
            "kind": "assist",
            "bundle": BUNDLE,
            "starts_at": at.isoformat(),
            "helper": f"B{10 + number // 8:02d}",
        }
        begin = time.perf_counter()
        answers = await asyncio.gather(
            *(caller.post(site, body, key=f"seat-{number}-{at}") for at, caller in enumerate(callers))
        )
        slowest.append(time.perf_counter() - begin)
        heard = Counter(answer.status for answer in answers)
        told += heard
        right += heard == {201: 1, 409: CLIENTS - 1} and all(
            answer.json["nearest"] for answer in answers if answer.status == 409
        )
    return slowest, told, right


def run() -> Table:
    """Free times, bookings, and fifty after one seat."""
    free, holds, confirms = list[float](), list[float](), list[float]()
    with served("") as (hall,):
        _fill(hall)
        offered = asyncio.run(_free(hall, free))
        asyncio.run(_bookings(hall, holds, confirms))
        slowest, told, right = asyncio.run(_last_seats(hall))
    rows: list[tuple[Cell, ...]] = [
        (name, *(round(figure * 1000, 1) for figure in (median(took), quantile(took, 0.95), max(took))))
        for name, took in (
            (f"free times of {DAYS} days", free),
            ("hold a time", holds),
            ("confirm it", confirms),
            (f"{CLIENTS} at one seat, until the last is answered", slowest),
        )
    ]
    hold, confirm = quantile(holds, 0.95) * 1000, quantile(confirms, 0.95) * 1000
    return Table(
        title="Booking helpers",
        question=f"What does booking cost with {HELPERS} helpers and {BOOKINGS:,} bookings? HTTP, SQLite, flushed.",
        columns=("what", "median, ms", "p95, ms", "slowest, ms"),
        rows=tuple(rows),
        goals=(
            Goal("free times under 50 ms (median)", f"{median(free) * 1000:.1f} ms", median(free) < 0.05),
            Goal("booking under 60 ms at p95", f"{hold:.1f} and {confirm:.1f} ms", max(hold, confirm) < 60),
            Goal(
                f"of {CLIENTS} one has the seat and the others hear what is free, {ROUNDS} times",
                f"{right} times, {told[201]} seats",
                right == ROUNDS,
            ),
            Goal("all hear within a second", f"{max(slowest):.2f} s", max(slowest) < 1),
        ),
        notes=(
            f"{offered:,} times were offered; people book one after the other, about five a second at most.",
        ),
    )
