"""A published day that is cancelled as a whole, on both databases (M3): told to all, owed by nobody, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.rota.matters.jobs import miss_matters
from hall.rota.matters.models import HardMatter
from hall.rota.models import Duty, RotaSession
from hall.rota.payloads import monday
from hall.rota.presence.absences import find_absences
from hall.rota.presence.models import Absence
from hall.rota.presence.queries import marks
from hall.rota.wish_models import Swap, Wish
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.matters_at_work import DAY, PUBLISHED, Reception
from tests.rota_at_work import CODE, EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

OTHER_DAY = "2026-03-30"
NINE = datetime(2026, 3, 23, 1, 0, tzinfo=UTC)
BECAUSE = "台风预警，大厅停止对外服务"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


def cancel(hall: Reception, because: str = BECAUSE, who: str = "manager") -> Any:
    return hall.mondays.ask("POST", f"/rota-sessions/{hall.session}/cancel", {"because": because}, who)


def duty(hall: Reception, number: int = 0, day: str = DAY) -> int:
    """The turn of a department on a day."""
    (session,) = hall.mondays.sessions(day, day)
    wanted = hall.bodies[number]
    found: int = next(
        seat["sitting"]["duty"]
        for seat in session["seats"]
        if seat["sitting"] and seat["sitting"]["body"] == wanted
    )
    return found


def events(hall: Reception) -> dict[str, tuple[str, int, str]]:
    """The public calendar: status, sequence and text by the stable name of a turn."""
    read: Any = Calendar.from_ical(hall.client.get(f"/calendars/xixian/{CODE}.ics").data)
    return {
        str(one["UID"]): (str(one["STATUS"]), int(one["SEQUENCE"]), str(one["DESCRIPTION"]))
        for one in read.walk("VEVENT")
    }


def rows(hall: Reception, table: Any, **values: Any) -> list[Any]:
    with hall.client.application.app_context():
        found = list(db.session.scalars(select(table).filter_by(**values)))
        db.session.remove()
    return found


def test_M3_a_cancelled_day_is_told_to_everybody_with_its_reason(hall: Reception, app: Flask) -> None:
    before = events(hall)
    done = cancel(hall)
    assert (done.status_code, done.get_json()["state"]) == (200, "cancelled")
    with app.app_context():
        told = monday(db.session(), "xixian")
    assert [(one["rota"], one["day"], one["because"]) for one in told["cancelled"]] == [(CODE, DAY, BECAUSE)]
    assert not [one for one in told["sessions"] + told["next"] if one["rota"] == CODE]
    assert BECAUSE in hall.client.get("/receptions").text
    assert BECAUSE in hall.client.get(f"/screen/mondays/xixian?rota={CODE}").text
    after = events(hall)
    assert set(before) == set(after)
    for name, (status, sequence, text) in after.items():
        assert (status, sequence > before[name][1], BECAUSE in text) == ("CANCELLED", True, True)
    mine = hall.client.get(
        "/mondays", headers={"Authorization": f"Bearer {hall.mondays.tokens['head0']}"}
    ).text
    assert BECAUSE in mine


def test_M2_nobody_owes_a_turn_for_a_cancelled_day_and_the_turn_counts_no_longer(hall: Reception) -> None:
    before = hall.mondays.standing("2026-1")["第0局"]
    assert (before["turns"], before["owed"]) == (1, 0)
    cancel(hall)
    after = hall.mondays.standing("2026-1")["第0局"]
    assert (after["turns"], after["owed"], after["last"]) == (0, 0, None)


def test_M2_what_a_cancelled_turn_had_made_good_is_owed_again(hall: Reception) -> None:
    """A leave of the 23rd is made good on the 30th, and the 30th is cancelled."""
    mondays = hall.mondays
    leave = mondays.must("POST", f"/duties/{duty(hall)}/leave", {"reason": "flood"}, "head0")["id"]
    mondays.must("POST", f"/duty-wishes/{leave}/approve")
    with at(EARLY):
        mondays.sign(mondays.seats(OTHER_DAY)[0], 0)
    assert mondays.standing("2026-1")["第0局"]["owed"] == 0
    mondays.published(OTHER_DAY)
    (session,) = mondays.sessions(OTHER_DAY, OTHER_DAY)
    mondays.must("POST", f"/rota-sessions/{session['session']}/cancel", {"because": BECAUSE})
    assert mondays.standing("2026-1")["第0局"]["owed"] == 1


def test_M4_what_was_asked_lapses_and_stand_in_and_leave_are_given_back(hall: Reception) -> None:
    mondays = hall.mondays
    with at(EARLY):
        mondays.sign(mondays.seats(OTHER_DAY)[0], 2)
    mondays.published(OTHER_DAY)
    (other,) = (
        s["sitting"]["duty"] for s in mondays.sessions(OTHER_DAY, OTHER_DAY)[0]["seats"] if s["sitting"]
    )
    swap = mondays.must("POST", f"/duties/{duty(hall)}/swap", {"other": other}, "head0")["id"]
    asked = {"person": mondays.people()["副局长1"], "reason": "meeting"}
    wish = mondays.must("POST", f"/duties/{duty(hall, 1)}/stand-in", asked, "head1")["id"]
    mondays.must("POST", f"/duty-wishes/{wish}/approve")
    before = events(hall)
    assert cancel(hall).status_code == 200
    assert [row.state for row in rows(hall, Swap, id=swap)] == ["lapsed"]
    assert [row.state for row in rows(hall, Wish, id=wish)] == ["given_back"]
    after = events(hall)
    for name, (_status, sequence, _text) in before.items():
        off = after[name][0] == "CANCELLED"
        assert (after[name][1] > sequence) if off else (after[name][1] == sequence)
    assert {row.state for row in rows(hall, Duty, session_id=hall.session)} == {"cancelled"}


def test_M4_a_leave_of_a_cancelled_day_owes_nothing_and_counts_no_longer(hall: Reception) -> None:
    mondays = hall.mondays
    leave = mondays.must("POST", f"/duties/{duty(hall, 1)}/leave", {"reason": "illness"}, "head1")["id"]
    mondays.must("POST", f"/duty-wishes/{leave}/approve")
    assert mondays.standing("2026-1")["第1局"]["owed"] == 1
    assert cancel(hall).status_code == 200
    (wish,) = rows(hall, Wish, id=leave)
    assert (wish.state, wish.place) == ("given_back", None)
    assert mondays.standing("2026-1")["第1局"]["owed"] == 0


def test_M5_cancelled_turns_are_no_absence(hall: Reception, app: Flask) -> None:
    cancel(hall)
    with at(NINE + timedelta(hours=9)), app.app_context():
        perform(SYSTEM_ACTOR, find_absences, None)
        mine = set(db.session.scalars(select(Duty.id).where(Duty.session_id == hall.session)))
        absent = set(db.session.scalars(select(Absence.duty_id)))
        day = NINE.date()
        rota = db.session.scalar(select(RotaSession.rota_id).where(RotaSession.id == hall.session)) or 0
        assert not mine & absent
        assert not marks(db.session(), rota, day, day)


def test_M6_who_booked_a_cancelled_day_is_called_and_missed_nothing(hall: Reception, app: Flask) -> None:
    token = hall.book()["token"]
    page = f"/admin/receptions/{CODE}/sessions/{hall.session}"
    manager = {"Authorization": f"Bearer {hall.mondays.tokens['manager']}"}
    call = f"/receptions/bookings/{token}/call-off"
    assert hall.mondays.code(call) == "not_cancelled"
    cancel(hall)
    assert BECAUSE in hall.client.get(f"/mondays/book/{token}").text
    shown = hall.client.get(page, headers=manager).text
    assert "138****4321" in shown and "已电话告知" in shown and "13800004321" not in shown
    with at(NINE + timedelta(days=2)), app.app_context():
        perform(SYSTEM_ACTOR, miss_matters, None)
    assert [row.state for row in rows(hall, HardMatter, session_id=hall.session)] == ["booked"]
    assert hall.code(f"/receptions/bookings/{token}/call-off", who="head0") == "forbidden"
    assert hall.mondays.must("POST", call)["state"] == "called_off"
    assert hall.mondays.must("POST", call)["state"] == "called_off"
    (row,) = rows(hall, HardMatter, session_id=hall.session)
    assert row.ended_at is not None, "and forgotten two months later"
    assert hall.client.get(f"/mondays/book/{token}").status_code == 200


def test_M3_only_a_published_day_that_has_not_begun_is_cancelled_by_the_manager_with_a_reason(
    hall: Reception,
) -> None:
    mondays = hall.mondays
    assert cancel(hall, who="head0").status_code == 403
    for wrong in ("", "  ", "因" * 201):
        assert "because" in cancel(hall, wrong).get_json()["errors"]
    (open_one,) = mondays.sessions(OTHER_DAY, OTHER_DAY)
    path = f"/rota-sessions/{open_one['session']}/cancel"
    assert mondays.code(path, {"because": BECAUSE}) == "not_published"
    with at(NINE):
        assert mondays.code(f"/rota-sessions/{hall.session}/cancel", {"because": BECAUSE}) == "begun"
    with at(NINE - timedelta(minutes=1)):
        assert cancel(hall).status_code == 200
    for verb in ("cancel", "drop", "restore", "publish", "hours"):
        body = {"because": BECAUSE} if verb == "cancel" else None
        assert mondays.ask("POST", f"/rota-sessions/{hall.session}/{verb}", body).status_code == 409, verb


@pytest.mark.parametrize("change", [{"state": "published", "cancelled_at": None}, {"cancelled_because": "x"}])
def test_M3_what_is_cancelled_stays_so_in_the_database_too(
    hall: Reception, app: Flask, change: dict[str, Any]
) -> None:
    cancel(hall)
    statement = update(RotaSession).where(RotaSession.id == hall.session).values(**change)
    with (
        app.app_context(),
        pytest.raises(IntegrityError, match=r"rota_session_stays|ck_rota_session_cancelled"),
    ):
        units().run(lambda session: session.execute(statement))
