"""H6: what counts as load today: booked time, calls, people who walked in, and what a colleague handed over."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock
from hall.helpers import loads
from hall.helpers.loads import Load
from hall.helpers.models import Booking, Helper
from hall.helpers.records import HelpCall, HelpRecord
from hall.sites import Site
from tests.helpers_at_work import Help, booked
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def hall(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Help:
    found = Help(client, demo)
    found.here("helper01", "helper02")
    return found


def ten(session: Any) -> datetime:
    """Ten o'clock of today."""
    zone = session.scalars(select(Site)).one().zone
    return clock.now().astimezone(zone).replace(hour=10, minute=0, second=0, microsecond=0)


def load(hall: Help, at: int = 720) -> dict[str, Load]:
    """Everybody's load of today as it is at twelve, by badge."""

    def read(session: Any) -> dict[str, Load]:
        site = session.scalars(select(Site)).one()
        now = ten(session) + timedelta(minutes=at - 600)
        found = loads.of_day(session, site, now.date(), now)
        return {row.badge: found.get(row.id, loads.NONE) for row in session.scalars(select(Helper))}

    answer: dict[str, Load] = hall.change(read)
    return answer


def helped(hall: Help, who: str) -> dict[str, Any]:
    """A call that somebody accepted."""
    call = hall.call()
    assert hall.on(call, "accept", who).status_code == 200
    return call


def lasted(hall: Help, table: type[Any], minutes: int | None, **names: str) -> None:
    """All rows of a table began at ten, and lasted so long."""

    def turn(session: Any) -> None:
        at = ten(session)
        for row in session.scalars(select(table)):
            setattr(row, names["begin"], at)
            if table is HelpCall:
                row.called_at = at
            if minutes is not None:
                setattr(row, names["end"], at + timedelta(minutes=minutes))

    hall.change(turn)


CALL = {"begin": "accepted_at", "end": "ended_at"}
LINE = {"begin": "opened_at", "end": "closed_at"}


def test_H6_a_call_counts_from_its_acceptance_to_its_end(hall: Help) -> None:
    call = helped(hall, "helper01")
    lasted(hall, HelpCall, None, **CALL)
    assert load(hall)["B01"] == Load(calls=120), "still on the way: until now"
    hall.on(call, "nobody", "helper01")
    lasted(hall, HelpCall, 40, **CALL)
    assert load(hall)["B01"] == Load(calls=40)
    other = helped(hall, "helper02")
    hall.on(other, "hand-back", "helper02")
    assert load(hall)["B02"] == Load(), "what was handed back is nobody's"


def test_H6_who_walked_in_counts_until_closing_and_an_agency_as_long_as_it_is_taken_on(hall: Help) -> None:
    line = hall.done("POST", "/helper/records", {"kind": "assist"}, who="helper01")
    lasted(hall, HelpRecord, None, **LINE)
    assert load(hall)["B01"] == Load(walk_ins=120)
    hall.done("POST", f"/help-records/{line['token']}/close", {"result": "advised"}, who="helper01")
    lasted(hall, HelpRecord, 25, **LINE)
    assert load(hall)["B01"] == Load(walk_ins=25)
    hall.done("POST", "/helper/records", {"kind": "agency"}, who="helper02")
    assert load(hall, 1439)["B02"] == Load(walk_ins=60), "it stays open for days"


def test_H6_a_call_met_counts_once_and_who_takes_over_carries_the_rest(hall: Help) -> None:
    call = helped(hall, "helper01")
    hall.on(call, "meet", "helper01")
    line = hall.done("GET", "/helper", who="helper01")["records"][0]
    hand_over = f"/help-records/{line['token']}/hand-over"
    hall.done("POST", hand_over, {"to": "B02"}, who="helper01")
    hall.done("POST", f"/help-records/{line['token']}/close", {"result": "done"}, who="helper02")
    lasted(hall, HelpCall, 10, **CALL)
    lasted(hall, HelpRecord, 45, **LINE)
    assert load(hall)["B01"] == Load(calls=10)
    assert load(hall)["B02"] == Load(walk_ins=35)


def test_H6_a_booking_handed_over_is_the_other_s_load_also_when_help_has_begun(hall: Help) -> None:
    key = booked(hall, minutes=0)
    token = hall.done("GET", "/helper", who="helper01")["bookings"][0]["token"]
    hall.done("POST", f"/helper/bookings/{token}/hand-over", {"to": "B02"}, who="helper01")
    assert (load(hall)["B01"], load(hall)["B02"]) == (Load(), Load(booked=30))
    row = hall.change(lambda session: session.get(Booking, key).because_load_min)
    assert row == 0, "the figure kept is what the colleague had before"
    line = hall.done("POST", f"/helper/bookings/{token}/start", who="helper02")
    hall.done("POST", f"/help-records/{line['token']}/hand-over", {"to": "B01"}, who="helper02")
    assert (load(hall)["B01"], load(hall)["B02"]) == (Load(booked=30), Load())
    assert hall.done("GET", "/helper", who="helper02")["doing"] == "free"


def test_H6_who_had_a_call_is_not_sent_while_another_had_none_and_the_figure_is_kept(hall: Help) -> None:
    hall.here("helper01", "helper02", "helper03")
    for who in ("helper01", "helper02"):
        hall.on(helped(hall, who), "nobody", who)

    def turn(session: Any) -> None:
        for row in session.scalars(select(HelpCall)):
            row.accepted_at, row.ended_at = clock.now(), clock.now() + timedelta(minutes=20)

    hall.change(turn)
    call = hall.call()
    assert hall.on(call, "send", "manager").get_json()["helper"]["badge"] == "B03"
    newest = select(HelpCall).order_by(HelpCall.id.desc()).limit(1)
    kept = hall.change(lambda session: session.scalars(newest).one())
    assert (kept.because, kept.because_load_min, kept.because_among) == ("least_loaded", 0, 3)


def test_H6_the_manager_s_plot_shows_the_numbers_of_the_rule(hall: Help) -> None:
    line = hall.done("POST", "/helper/records", {"kind": "agency"}, who="helper02")
    assert line["kind"] == "agency"
    helped(hall, "helper01")

    def turn(session: Any) -> None:
        for row in session.scalars(select(HelpCall)):
            row.accepted_at, row.ended_at = clock.now(), clock.now() + timedelta(minutes=25)

    hall.change(turn)
    page = Manager(hall.client.application, hall.client, hall.demo).get("helpers").text
    section = page[page.index('id="today-title"') :]
    rows = re.findall(r"<tr><td>[^<]* (B\d\d)</td>(.*?)</tr>", section, re.DOTALL)
    shown = {badge: [int(one) for one in re.findall(r">(\d+)<", cells)] for badge, cells in rows}
    assert shown["B01"] == [0, 25, 0, 25] and shown["B02"] == [0, 0, 60, 60]
    assert [badge for badge, _cells in rows][:2] == ["B02", "B01"], "the most first"
    assert len(re.findall(r'class="value"', section)) == len(rows)
