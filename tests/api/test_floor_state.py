"""What the floor shows, and that it stays cheap (Q5, Q11, Q14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update

from hall import clock
from hall.accounts.models import Device
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Window, WindowLine
from hall.floor.payloads import floor as floor_state
from hall.hours.models import OpeningHours
from hall.queueing.models import Ticket
from hall.sites import Site, SiteSettings
from hall.unit_of_work import Work, perform, units
from tests.api.test_floor import W1, W9, Floor

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def floor(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Floor:
    return Floor(client, demo)


def change(app: Flask, action: Callable[[Work, None], None]) -> None:
    with app.app_context():
        perform(SYSTEM_ACTOR, action, None)


def test_Q14_an_empty_window_shows_in_opening_hours_only(app: Flask, floor: Floor) -> None:
    floor.at(W1, "open")
    assert (floor.window(W1)["state"], floor.window(W9)["state"]) == ("open", "closed"), (
        "Nobody was there today: no alarm."
    )
    assert floor.window(W1)["staff_name"] == "王芳" and floor.window(W9)["since"] is None
    floor.at(W9, "open")
    floor.at(W9, "close")
    assert floor.window(W9)["state"] == "empty"

    def open_on(weekdays: set[int]) -> None:
        def post_hours(work: Work, _command: None) -> None:
            site = work.session.scalars(select(Site)).one()
            site.settings_json, site.hours_stamp = SiteSettings().dump(), site.hours_stamp + 1
            work.session.execute(delete(OpeningHours))
            for weekday in weekdays:
                hours = {"weekday": weekday, "opens": "00:00", "closes": "23:59"}
                work.session.execute(insert(OpeningHours), {"site_id": site.id, **hours})

        change(app, post_hours)

    here = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    open_on({(here.weekday() + 3) % 7})
    assert (floor.window(W1)["state"], floor.window(W9)["state"]) == ("open", "closed")


def test_Q14_a_window_left_today_says_since_when(floor: Floor) -> None:
    floor.at(W9, "open")
    floor.at(W9, "close")
    assert floor.window(W9)["state"] == "empty" and floor.window(W9)["since"]


def test_Q5_waits_beyond_the_target_are_counted_and_Q11_tests_are_not(app: Flask, floor: Floor) -> None:
    for test in (False, False, True):
        floor.draw("xixian-c", test=test)

    def long_ago(work: Work, _command: None) -> None:
        first = work.session.scalars(select(Ticket).order_by(Ticket.id)).first()
        assert first is not None
        early = work.now - timedelta(minutes=31)
        work.session.execute(
            update(Ticket).where((Ticket.id == first.id) | Ticket.test).values(issued_at=early)
        )

    change(app, long_ago)
    line = floor.line("xixian-c")
    assert (line["waiting"], line["over_target"], line["target_min"]) == (2, 1, 30)
    assert line["longest_since"]


def test_Q14_devices_in_trouble_are_named_with_what_is_wrong(app: Flask, floor: Floor) -> None:
    assert floor.look()["devices"] == []

    def trouble(work: Work, _command: None) -> None:
        work.session.execute(
            update(Device).where(Device.role == "kiosk").values(paper="out", seen_at=work.now, online=True)
        )
        work.session.execute(
            update(Device).where(Device.role == "screen").values(seen_at=work.now - timedelta(minutes=10))
        )

    change(app, trouble)
    found = {row["role"]: row["troubles"] for row in floor.look()["devices"]}
    assert found == {"kiosk": ["paper_out"], "screen": ["offline"]}


def test_the_floor_of_sixty_windows_costs_as_many_statements_as_one_of_twenty(
    app: Flask, floor: Floor, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def statements() -> int:
        with app.app_context(), queries() as said:
            units().run(lambda session: floor_state(session, "xixian", b"key"))
        return len(said)

    statements()  # the first look also reads the hours, which are kept
    before = statements()

    def grow(work: Work, _command: None) -> None:
        site = work.session.scalars(select(Site)).one()
        lines = work.session.scalars(select(WindowLine.line_id).distinct()).all()
        for number in range(21, 61):
            window = Window(site_id=site.id, code=f"more-{number}", number=number, name=f"{number}号窗口")
            work.session.add(window)
            work.session.flush()
            work.session.add_all(WindowLine(window_id=window.id, line_id=line_id) for line_id in lines)

    change(app, grow)
    for window in list(floor.clerks)[:8]:
        floor.at(window, "open")
        floor.draw()
        floor.at(window, "call-next")
    floor.do("windows/more-30/lend", line="xixian-l", until=(clock.now() + timedelta(minutes=5)).isoformat())
    assert len(floor.look()["windows"]) == 60
    assert statements() == before <= 29
