"""What the console of a window shows of a turn, for its clerk alone (M5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay
from tests.rota_at_work import WINDOWS

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def shown(hall: OnTheDay, moment: datetime, window: str = WINDOWS[0]) -> dict[str, Any]:
    user = hall.work.by_window[window]["user"]
    with at(moment):
        said = hall.work.staff(user, "GET", f"windows/{window}/presence")
    assert said.status == 200, said.text
    return said.json


def test_M5_the_console_shows_whose_turn_it_is_and_a_code_that_changes_every_minute(hall: OnTheDay) -> None:
    duties = hall.begin()
    first = shown(hall, STARTS + timedelta(seconds=20))
    assert (first["turn"]["duty"], first["turn"]["name"], first["turn"]["stage"]) == (
        duties[0],
        "局长0",
        "expected",
    )
    assert (first["code"], first["changes_in"]) == (hall.digits(0, STARTS), 40)
    assert shown(hall, STARTS + MINUTE)["code"] == hall.digits(0, STARTS + MINUTE)
    assert shown(hall, STARTS, WINDOWS[1])["code"] == hall.digits(1, STARTS)


def test_M5_the_console_shows_who_came_that_the_code_is_used_and_who_left(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    here = shown(hall, STARTS + timedelta(seconds=30))
    assert (here["turn"]["stage"], here["used"]) == ("here", True)
    assert not shown(hall, STARTS + MINUTE)["used"]
    hall.leave(duties[0], 0, ENDS - MINUTE)
    assert shown(hall, ENDS - MINUTE)["turn"]["stage"] == "left"
    assert shown(hall, ENDS)["turn"] is None


def test_M5_the_console_shows_nothing_without_a_turn(hall: OnTheDay) -> None:
    hall.begin()
    for moment in (STARTS - 61 * MINUTE, ENDS, STARTS + timedelta(days=1)):
        none = shown(hall, moment)
        assert (none["turn"], none["code"], none["address"]) == (None, None, None)


def test_M5_only_the_windows_own_clerk_reads_the_code(hall: OnTheDay) -> None:
    hall.begin()
    with at(STARTS):
        path = f"/windows/{WINDOWS[0]}/presence"
        other = hall.work.by_window["xixian-01"]["user"]
        assert hall.work.staff(other, "GET", path[1:]).code == "not_your_window"
        assert hall.ask("GET", path, who="head0").status_code == 403
        assert hall.client.get(f"/api/v1{path}").status_code == 401


def test_E2_a_code_to_scan_only_where_phones_can_reach_the_hall(hall: OnTheDay, app: Flask) -> None:
    hall.begin()
    person = hall.work.by_window[WINDOWS[0]]
    headers = {"Authorization": f"Bearer {person['token']}"}
    with at(STARTS):
        path = f"/api/v1/windows/{WINDOWS[0]}/presence.svg"
        assert hall.client.get(path, headers=headers).status_code == 204
        app.config["HALL"] = replace(app.config["HALL"], public_url="https://hall.example")
        drawn = hall.client.get(path, headers=headers)
        assert (drawn.status_code, drawn.content_type) == (200, "image/svg+xml")
    assert shown(hall, STARTS)["address"] == f"https://hall.example/mondays/here#{hall.digits(0, STARTS)}"
