"""The public list of receptions as the live topic tells it, on both databases (M3, M5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall.actor import PUBLIC_ACTOR
from hall.database import db
from hall.live.channel import room_of
from hall.rota.passing import mondays_passing
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

TOPIC = "site:xixian:monday"
PUBLISHING = datetime(2026, 3, 21, 1, 0, tzinfo=UTC)
NINE = datetime(2026, 3, 23, 1, 0, tzinfo=UTC)  # the session of the 23rd begins
DAYS = ("2026-03-23", "2026-03-30")


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        for day, number in zip(DAYS, range(2), strict=True):
            mondays.sign(mondays.seats(day)[0], number)
        yield mondays


def told(hall: Mondays, moment: datetime) -> dict[str, Any]:
    """What a screen hears."""
    app = hall.client.application
    with at(moment), app.app_context():
        room = room_of(TOPIC, PUBLIC_ACTOR, app.config["HALL"].keys.tokens)
        state: dict[str, Any] = app.extensions["hall_publisher"].state(db.session(), room, 1)
        ours = {part: [one for one in state[part] if one["rota"] == CODE] for part in ("sessions", "next")}
        return {**state, **ours}  # the demo hall has Mondays of its own


def test_M3_only_what_is_published_is_told_the_day_and_the_next(hall: Mondays) -> None:
    assert told(hall, PUBLISHING)["next"] == []
    hall.published(*DAYS)
    before = told(hall, PUBLISHING)
    assert (before["day"], before["sessions"]) == ("2026-03-21", [])
    assert [row["day"] for row in before["next"]] == ["2026-03-23"], "the next one alone"
    state = told(hall, NINE + timedelta(minutes=5))
    (session,), (following,) = state["sessions"], state["next"]
    assert (session["rota"], session["day"], following["day"]) == ("directors", *DAYS)
    (seat,) = session["seats"]
    assert (seat["window"], seat["part"], seat["starts"], seat["ends"]) == (
        "xixian-05",
        "am",
        "09:00",
        "11:30",
    )
    assert (seat["body_name"], seat["person_name"], seat["title"]) == ("第0局", "局长0", "局长")
    assert (seat["starts_at"], seat["now"]) == ("2026-03-23T09:00:00.000+08:00", "waiting")
    assert {one["now"] for one in following["seats"]} == {"later"}


def test_M5_a_leave_is_never_told_the_seat_is_gone(hall: Mondays) -> None:
    duty = hall.published(DAYS[0])[DAYS[0], 0]["duty"]
    with at(PUBLISHING):
        wish = hall.must("POST", f"/duties/{duty}/leave", {"reason": "flood"}, who="head0")
        assert len(told(hall, NINE)["sessions"][0]["seats"]) == 1, "asked is not granted"
        hall.must("POST", f"/duty-wishes/{wish['id']}/approve")
    state = told(hall, NINE)
    assert state["sessions"][0]["seats"] == []
    assert "flood" not in str(state)


def test_M4_a_stand_in_is_told_by_name(hall: Mondays) -> None:
    duty = hall.published(DAYS[0])[DAYS[0], 0]["duty"]
    with at(PUBLISHING):
        asked = {"person": hall.people()["副局长0"], "reason": "mission"}
        wish = hall.must("POST", f"/duties/{duty}/stand-in", asked, who="head0")
        hall.must("POST", f"/duty-wishes/{wish['id']}/approve")
    (seat,) = told(hall, NINE)["sessions"][0]["seats"]
    assert (seat["stand_in"], seat["stand_in_title"], seat["now"]) == ("副局长0", "副局长", "stand_in")


def test_M5_what_time_alone_changes_is_told_once(hall: Mondays, app: Flask) -> None:
    hall.published(DAYS[0])

    def passing(first: int, last: int) -> set[str]:
        stretch = NINE + timedelta(minutes=first), NINE + timedelta(minutes=last)
        with app.app_context():
            return units().run(lambda session: mondays_passing(session, *stretch))

    assert passing(-60, -1) == set()
    assert passing(-1, 0) == {TOPIC}
    assert passing(0, 14) == set()
    assert passing(14, 15) == {TOPIC}
    assert passing(149, 150) == {TOPIC}
