"""The whole recorded day of all offices, replayed on a scaled hall with phones and screens connected, day after day.

`SPEED` minutes of that day in one (20), `DAYS` in a row (3), `OFFICES` (all), `PHONES` (2000), `SCREENS` a site (3),
`PROCESSES` of the application (2), `DATE` of the record. Between two days the hall's clock is put forward: its date
turns, and its own jobs end what was left. The table is written after each day, so that a run that is broken off
leaves what was seen until then.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import psycopg

from hall.forecast.warsaw import read_record
from hall.replay.drive import Clock, Press, Watching
from hall.replay.plan import DayPlan, plan_day
from hall.replay.run import Scene, act
from hall.replay.stage import ZONE
from hall.replay.wire import Line
from tests.bench import Table
from tests.bench.scaled import dated
from tests.bench.scaled.longday_table import Seen, Wish, table
from tests.bench.scaled.phones import Phones
from tests.bench.scaled.screens import Screens
from tests.bench.scaled.shown import Shown
from tests.bench.scaled.standing import Standing
from tests.simulated_queues import REAL, simulate, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hall.forecast.warsaw import Row
    from hall.replay.drive import Deeds
    from hall.replay.stage import Stage

OPENS_H = 8
SIMULATED_OFFICES, SIMULATED_QUEUES = 20, 11
QUIET_GAP_S, NEWS_S, REST_S, NIGHT_S, LOOK_S = 0.25, 3.0, 10.0, 150.0, 30.0
DONE_WRONG = ("Traceback", "_failed", "it is started again")
NIGHT_WORK = """
SELECT (SELECT count(*) FROM ticket WHERE state IN ('waiting', 'held', 'called', 'serving')),
       (SELECT count(*) FROM job_run WHERE name = 'turn_day' AND ran_at >= %(day)s)
"""


@dataclass(slots=True)
class Hall:
    """The hall as the run uses it."""

    standing: Standing
    clock: Path
    scenes: list[Scene] = field(default_factory=list)
    opened: date = field(default_factory=lambda: datetime.now(UTC).date() + timedelta(days=1))

    def dawn(self, number: int) -> None:
        """Put the hall's clock forward to the morning of this day."""
        partial = self.clock.with_suffix(".part")
        partial.write_text(str(_ahead(self._day(number))), encoding="ascii")
        partial.replace(self.clock)

    def sleep_through(self, number: int) -> None:
        """The next morning; the night is over when the hall itself has turned its date and ended what was left."""
        self.dawn(number)
        time.sleep(8 * dated.LOOK_S)  # every process has seen the new clock
        deadline = time.monotonic() + NIGHT_S
        with psycopg.connect(self.standing.env["DATABASE_URL"], autocommit=True) as line:
            while (left := line.execute(NIGHT_WORK, {"day": self._day(number)}).fetchone()) != (0, 1):
                assert time.monotonic() < deadline, (
                    f"Q10: {left} tickets are open, or the date has not turned."
                )
                time.sleep(1)

    def _day(self, number: int) -> date:
        return self.opened + timedelta(days=number)


def _ahead(day: date) -> float:
    morning = datetime(day.year, day.month, day.day, OPENS_H, tzinfo=ZoneInfo(ZONE))
    return (morning - datetime.now(UTC)).total_seconds()


@contextmanager
def _opened(wish: Wish, plans: Sequence[DayPlan]) -> Iterator[Hall]:
    with TemporaryDirectory(prefix="hall-clock-") as folder:
        clock = Path(folder) / "ahead"
        clock.write_text("0", encoding="ascii")
        more = {
            dated.FILE: str(clock),
            "GUNICORN_CMD_ARGS": "--config python:tests.bench.scaled.dated_gunicorn",
        }
        with Standing(wish.processes, more) as standing:
            hall = Hall(standing, clock)
            hall.dawn(0)
            stages = standing.stage(plans)
            hall.scenes = [Scene(plan, stage) for plan, stage in zip(plans, stages, strict=True)]
            yield hall


async def _pressed(url: str, stage: Stage, count: int) -> list[Press]:
    """One person after the other is drawn for, called and done with; nobody else is there."""
    line_code, clerks = next(iter(stage.clerks.items()))
    clerk, http, found = clerks[0], Line(url), []
    await http.post(f"/api/v1/windows/{clerk.window}/open", clerk.token, None)
    for number in range(count + 5):
        await http.post("/api/v1/tickets", stage.kiosk, {"line": line_code}, expect=201)
        await asyncio.sleep(QUIET_GAP_S)
        pressed = time.monotonic()
        called = await http.post(f"/api/v1/windows/{clerk.window}/call-next", clerk.token, None)
        answered = time.monotonic()
        if number >= 5:  # the first find everything cold
            found.append(
                Press(called["number"], clerk.window, called["called_at"], pressed, pressed, answered)
            )
        await http.post(f"/api/v1/windows/{clerk.window}/finish", clerk.token, {"outcome": "done"})
    await http.post(f"/api/v1/windows/{clerk.window}/close", clerk.token, None)
    http.close()
    return found


def _shown(screens: Screens, each: int, presses: Sequence[Sequence[Press]]) -> tuple[Shown, list[str]]:
    """From each press of each site to each of its screens, and what these missed."""
    time.sleep(NEWS_S)
    told, found = screens.ask("?"), Shown()
    for of_site in presses:
        found.add(of_site, told["calls"], each)
    errors = [f"{found.missed} times a screen never showed a call"] if found.missed else []
    return found, errors + [f"screens {name}: {told[name]}" for name in ("lost", "refused") if told[name]]


def _quiet(hall: Hall, wish: Wish) -> Seen:
    """One window, one screen, nobody else."""
    stage = hall.scenes[0].stage
    with Screens(hall.standing.port, 1, [stage.site]) as screens:
        presses = asyncio.run(_pressed(hall.standing.url, stage, wish.quiet))
        shown, errors = _shown(screens, 1, [presses])
    return Seen("nobody else", wish.quiet + 5, presses, shown.took_ms, errors)


def _day(hall: Hall, wish: Wish, name: str, phones: Phones, screens: Screens) -> Seen:
    """All offices from the first person to the last."""
    before, begun = hall.standing.seconds(), time.monotonic()
    clock = Clock(min(scene.plan.begins for scene in hall.scenes), wish.speed)
    with hall.standing.most_memory(LOOK_S) as memory:
        offices = asyncio.run(act([hall.standing.url], hall.scenes, clock, Watching(ticket=phones.follow)))
    took_s, after = time.monotonic() - begun, hall.standing.seconds()
    deeds = [deed for office in offices for deed in office]
    presses = [press for deed in deeds for press in deed.presses]
    by_site = [[press for deed in office for press in deed.presses] for office in offices]
    shown, missed = _shown(screens, wish.screens, by_site)
    followed = phones.ask("?")
    errors = [error for deed in deeds for error in deed.errors] + missed
    errors += [f"phones {what}: {followed[what]}" for what in ("lost", "refused") if followed[what]]
    errors += _not_as_planned(hall.scenes, deeds)
    errors += [f"the log says: {word}" for word in DONE_WRONG if word in hall.standing.log]
    time.sleep(REST_S)
    hall.standing.look(memory)
    return Seen(
        name=name,
        tickets=sum(deed.drawn for deed in deeds),
        presses=presses,
        screen_ms=shown.took_ms,
        pushed=shown.pushed,
        errors=errors,
        memory=memory,
        used={part: after[part] - before[part] for part in after},
        took_s=took_s,
        repeated=sum(deed.repeated for deed in deeds),
        messages=followed["messages"],
        backends=hall.standing.backends(),
    )


def _not_as_planned(scenes: Sequence[Scene], deeds: Sequence[Deeds]) -> list[str]:
    queues = [queue for scene in scenes for queue in scene.plan.queues]
    planned = sum(len(queue.waits) for queue in queues)
    made = sum(len(deed.presses) for deed in deeds)
    return [] if made == planned else [f"{made} calls were made where the record has {planned}"]


def _plans(wish: Wish) -> tuple[str, list[DayPlan]]:
    """The real record where it lies at hand, else a simulated one of about as many offices, queues and people."""
    if REAL.exists():
        return "Warsaw's offices", _of_day(read_record(REAL), wish.day, wish.offices)
    with TemporaryDirectory() as folder:
        readings = [
            reading._replace(office=f"Hall {number:02d}")
            for number in range(1, SIMULATED_OFFICES + 1)
            for reading in simulate(1, SIMULATED_QUEUES, number)
        ]
        rows = read_record(write(readings, Path(folder) / "simulated.csv"))
        return "simulated offices", _of_day(rows, rows[0].day, wish.offices)


def _of_day(rows: Sequence[Row], day: date, most: int) -> list[DayPlan]:
    names = sorted({row.office for row in rows if row.day == day})
    found = [plan_day(rows, office, day, whole=True) for office in names[: most or None]]
    return [plan for plan in found if plan.queues]


def run() -> Iterator[Table]:
    """The quiet figures, then day after day; a table after each."""
    wish = Wish.from_env()
    record, plans = _plans(wish)
    with ExitStack() as stack:
        hall = stack.enter_context(_opened(wish, plans))
        seen = [_quiet(hall, wish)]
        sites = [scene.stage.site for scene in hall.scenes]
        screens = stack.enter_context(Screens(hall.standing.port, wish.screens, sites))
        phones = stack.enter_context(Phones(hall.standing.port, wish.phones))
        for number in range(1, wish.days + 1):
            hall.sleep_through(number)
            seen.append(_day(hall, wish, f"day {number}", phones, screens))
            yield table(wish, record, hall.scenes, seen)
