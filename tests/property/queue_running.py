"""So many days of a hall with faults, its clocks moved by hand; it goes on until everything that has to happen did."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hall import clock, journal, stores
from hall.actor import SYSTEM_ACTOR
from hall.calendar.models import CalendarDay
from hall.catalog.models import Line, Window, WindowLine
from hall.hours import actions
from hall.hours.rules import Season, Stretch
from hall.live import publisher
from hall.sites import Site
from hall.unit_of_work import perform
from kiosk import agent_draws, agent_keeper
from tests.booking_at_work import all_day
from tests.printers import add_printer
from tests.property.cut_off_kiosk import Kiosk
from tests.property.queue_day import AGENT, AGENT_TICKETS, CLOSES, LUNCH, OPENS, STAYS_OPEN, WINDOWS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from hall.unit_of_work import Work
    from tests.property.faulty_hall import FaultyHall
    from tests.property.queue_rules import Queue

AGENT_SAID = {"name": "代办行", "phone": AGENT, "tickets_a_day": AGENT_TICKETS}
ROUNDS, MORE = 10, 3
"""So often a few more examples are lived through, where something that has to happen did not."""


def live_through(
    machine: type[Queue], hall: FaultyHall, folder: Path, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    """So many examples in this hall, with two kiosks and their disks in the folder; more where they met too little."""
    monkeypatch.setattr(clock, "now", lambda: hall.at)
    monkeypatch.setattr(publisher, "time", SimpleNamespace(monotonic=hall.ticking))
    monkeypatch.setattr(publisher, "GAP_S", 0.0)
    monkeypatch.setattr(stores, "time", SimpleNamespace(monotonic=lambda: hall.passed))
    for agent in (agent_keeper, agent_draws):
        monkeypatch.setattr(agent, "read", Kiosk.read)
    monkeypatch.setattr(agent_keeper, "AT_ONCE", 3)  # a morning's papers are several batches
    with hall.app.app_context():
        perform(SYSTEM_ACTOR, all_day, ("B01", "B02", "B03"))
        perform(SYSTEM_ACTOR, _post_hours, None)
    registered = hall.press("sites/xixian/agents", AGENT_SAID, hall.bearer(role="manager"))
    assert registered.status_code == 200, f"Q8: the manager registers an agent: {registered.text}"
    url = hall.config.database_url
    kiosks = [Kiosk(hall, folder / name, add_printer(url, name=name)) for name in ("one", "two")]
    given: dict[str, Any] = {"hall": hall, "kiosks": kiosks, **_lines(hall)}
    given |= {
        "copies": [],
        "out": {},
        "papers": {},
        "came": {},
        "latest": {},
        "by_hand": {},
        "doubled": set(),
        "handed": 0,
        "notices": {},
    }
    lived = type("Q", (machine,), given)
    try:
        lived().a_day_with_everything()
        for turn in range(ROUNDS):
            if turn and settings().derandomize:
                seed(turn)(lived)  # others than before
            _run(lived, MORE if turn else examples)
            if not hall.lacking(machine.must):
                break
        lacking = hall.lacking(machine.must)
        assert not lacking, f"Nothing met {lacking}: the run proves too little. It met {dict(hall.met)}"
        with hall.app.app_context():
            hall.app.extensions["hall_units"].run(journal.seal)
    finally:
        hall.end()


def _run(machine: type[Queue], examples: int) -> None:
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=40, phases=(Phase.generate,))
    )


def _lines(hall: FaultyHall) -> dict[str, Any]:
    """What each window serves, first and otherwise, and the letters of lines."""
    with Session(hall.app.extensions["hall_units"].engine) as session:
        rows = session.execute(
            select(Window.code, Line.code, WindowLine.preferred, Line.prefix)
            .join(WindowLine, WindowLine.window_id == Window.id)
            .join(Line, Line.id == WindowLine.line_id)
        ).all()
        codes = {
            (what, row.id): row.code
            for what, kind in (("line", Line), ("window", Window))
            for row in session.execute(select(kind.id, kind.code))
        }
    tiers = {
        window: tuple(
            frozenset(row[1] for row in rows if row[0] == window and row[2] is tier) for tier in (True, False)
        )
        for window in WINDOWS
    }
    return {"tiers": tiers, "prefixes": {row[1]: row[3] for row in rows}, "codes": codes}


def _post_hours(work: Work, _command: None) -> None:
    """The same hours every day, with a lunch; the calendar knows no other day (Q10)."""
    site = work.session.scalars(select(Site).where(Site.code == "xixian")).one()
    site.settings_json = replace(site.settings, always_open=False).dump()
    work.session.execute(delete(CalendarDay))
    day = (Stretch(OPENS, LUNCH[0]), Stretch(*LUNCH, lunch=True), Stretch(LUNCH[1], CLOSES))
    actions.set_season(work, actions.SetSeason(site.id, Season(*actions.ALL_YEAR, (day,) * 7)))
    work.session.scalars(select(Line).where(Line.code == STAYS_OPEN)).one().lunch_open = True
