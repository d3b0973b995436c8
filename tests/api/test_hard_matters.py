"""Citizens book a head's quarter hour; what was promised to them, and kept (M6)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.journal import JournalEntry
from hall.rota.matters.jobs import forget_matters, miss_matters
from hall.rota.matters.models import HardMatter
from hall.rota.models import Duty
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, DAY, PHONE, PUBLISHED, Reception
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

BOOKINGS = "/sites/xixian/receptions/bookings"
PROMISE = {"what": "十个工作日内书面答复测绘结果", "due_on": "2026-04-07", "lawful": True}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


def do(hall: Reception, token: str, verb: str, body: object = None, who: str = "head0") -> dict[str, Any]:
    """Something happens to a booking, on the day itself."""
    with at(BEFORE):
        return hall.must("POST", f"/receptions/bookings/{token}/{verb}", body, who)


def answers(hall: Reception) -> int:
    return hall.mondays.people()["副局长0"]


def test_M6_a_citizen_books_a_quarter_hour_and_it_is_nobody_else_s(hall: Reception) -> None:
    assert hall.free()[:3] == ["09:00", "09:15", "09:30"]
    assert hall.free()[-1] == "11:15", "the last one is whole"
    booked = hall.book()
    assert (booked["state"], booked["number"], booked["day"]) == ("booked", "2026-0001", DAY)
    assert hall.free()[0] == "09:15"
    taken = hall.ask("POST", BOOKINGS, hall.wish(phone="13900001111"))
    assert (taken.status_code, taken.get_json()["code"]) == (409, "slot_taken")
    assert [at[11:16] for at in taken.get_json()["nearest"]] == ["09:15", "09:30", "09:45"]
    assert hall.book(number=1)["number"] == "2026-0002", "another head has the same quarter hour"


def test_M6_only_who_receives_can_be_booked_and_only_while_it_is_to_come(hall: Reception) -> None:
    assert hall.code(BOOKINGS, hall.wish(at="09:05")) == "no_time"
    assert hall.code(BOOKINGS, hall.wish(at="11:30")) == "no_time"
    assert hall.code(BOOKINGS, hall.wish(starts_at="morgen")) == "no_time"
    assert hall.code(BOOKINGS, hall.wish(body=999)) == "not_received"
    assert hall.code(BOOKINGS, hall.wish(session=999)) == "not_received"
    with at(BEFORE + timedelta(hours=1)):
        assert hall.code(BOOKINGS, hall.wish()) == "slot_taken"
        assert hall.free()[0] == "09:45"
    with at(BEFORE + timedelta(days=1)):
        assert hall.code(BOOKINGS, hall.wish()) == "not_received"


def test_M6_one_open_booking_a_telephone_and_department(hall: Reception) -> None:
    first = hall.book()
    assert hall.code(BOOKINGS, hall.wish(at="10:00")) == "already_booked"
    assert hall.book(at="10:00", number=1)["state"] == "booked"
    hall.must("POST", f"/receptions/bookings/{first['token']}/withdraw")
    assert hall.must("POST", f"/receptions/bookings/{first['token']}/withdraw")["state"] == "withdrawn"
    assert hall.free()[0] == "09:00"
    assert hall.book()["state"] == "booked"


def test_M6_what_is_missing_is_told_at_each_field(hall: Reception) -> None:
    said = hall.ask("POST", BOOKINGS, hall.wish(name=" ", phone="12", asked=""))
    assert said.status_code == 422
    assert set(said.get_json()["errors"]) == {"name", "phone", "asked"}
    assert hall.must("GET", "/sites/xixian/receptions/times")["offers"]


def test_M6_taken_up_promised_and_kept_with_who_answers_by_when(hall: Reception) -> None:
    token = hall.book()["token"]
    assert do(hall, token, "arrive", who="manager")["state"] == "arrived"
    assert do(hall, token, "take-up")["state"] == "taken_up"
    body = {**PROMISE, "answers": answers(hall)}
    promised = do(hall, token, "promise", body)
    assert (promised["due_on"], promised["answers"]) == ("2026-04-07", "副局长 副局长0")
    with at(datetime(2026, 4, 8, 1, 0, tzinfo=UTC)):
        assert hall.must("GET", f"/receptions/bookings/{token}")["overdue"]
    assert do(hall, token, "end", {"how": "keep", "outcome": "已书面答复"})["state"] == "kept"
    assert (
        hall.code(f"/receptions/bookings/{token}/end", {"how": "fail", "outcome": "x"}, "head0") == "conflict"
    )


def test_M6_a_promise_names_day_and_person_and_keeps_to_the_law(hall: Reception) -> None:
    token = hall.book()["token"]
    path = f"/receptions/bookings/{token}/promise"
    good = {**PROMISE, "answers": answers(hall)}
    assert hall.code(path, good, "head0") == "conflict", "not before it is taken up"
    do(hall, token, "take-up")
    other = hall.mondays.people()["局长1"]
    with at(BEFORE):
        for name, value in (
            ("what", " "),
            ("due_on", "2026-03-22"),
            ("due_on", "2027-04-01"),
            ("answers", other),
            ("lawful", False),
        ):
            said = hall.ask("POST", path, {**good, name: value}, "head0")
            assert (said.status_code, list(said.get_json()["errors"])) == (422, [name]), name


def test_M6_a_petition_is_pointed_to_its_office(hall: Reception) -> None:
    token = hall.book()["token"]
    assert do(hall, token, "end", {"how": "point"})["state"] == "pointed"
    with at(BEFORE):
        assert hall.code(f"/receptions/bookings/{token}/take-up", who="head0") == "conflict"


def test_M6_only_the_department_itself_takes_up(hall: Reception) -> None:
    token = hall.book()["token"]
    with at(BEFORE):
        assert hall.code(f"/receptions/bookings/{token}/take-up", who="head1") == "forbidden"
        assert hall.code(f"/receptions/bookings/{token}/reveal", who="head1") == "forbidden"
        assert hall.must("GET", "/sites/xixian/receptions/matters", who="head1")["matters"] == []
        (mine,) = hall.must("GET", "/sites/xixian/receptions/matters", who="liaison0")["matters"]
    assert (mine["name"], mine["phone"]) == ("欧**", "138****4321")
    assert hall.code(f"/receptions/bookings/{token}/take-up", who="head0") == "not_today"


def test_M6_a_matter_from_the_floor_is_taken_up_as_it_comes(hall: Reception) -> None:
    body = {"body": hall.bodies[0], "source": "floor", "asked": "三次都说缺材料"}
    path = "/sites/xixian/receptions/matters"
    assert hall.code(path, body, "head0") == "not_today"
    with at(BEFORE):
        assert hall.must("POST", path, body, "head0")["state"] == "taken_up"
        assert hall.code(path, body, "head1") == "forbidden"


def test_M6_the_database_itself_gives_a_quarter_hour_once(hall: Reception, app: Flask) -> None:
    hall.book()

    def again(session: Any) -> None:
        row = session.scalars(select(HardMatter)).one()
        values = {column.name: getattr(row, column.name) for column in HardMatter.__table__.columns}
        del values["id"]
        session.add(
            HardMatter(**{**values, "nonce": b"123456789", "serial": 7, "number": "x", "phone_trace": None})
        )

    with app.app_context(), pytest.raises(IntegrityError):
        units().run(again)


def test_M6_E2_who_brings_a_matter_is_sealed_masked_and_opened_on_record_only(
    hall: Reception, app: Flask
) -> None:
    token = hall.book()["token"]
    seen = hall.ask("GET", f"/receptions/bookings/{token}").text
    assert PHONE not in seen
    assert "欧阳小明" not in seen
    assert do(hall, token, "reveal") == {"name": "欧阳小明", "phone": PHONE}
    with app.app_context():
        rows = units().run(
            lambda session: [
                (row.fact, row.data + row.subject) for row in session.scalars(select(JournalEntry))
            ]
        )
        stored = units().run(lambda session: repr(session.execute(select(HardMatter.__table__)).all()))
    assert "matter_unsealed" in {fact for fact, _text in rows}
    for text in ("欧阳小明", PHONE, "宅基地确权"):
        assert text not in json.dumps(rows, ensure_ascii=False), text
        assert text not in stored, text


def test_M6_E2_who_did_not_come_is_missed_and_forgotten_after_two_months(hall: Reception, app: Flask) -> None:
    hall.book()
    with app.app_context():
        with at(BEFORE + timedelta(hours=2)):
            assert perform(SYSTEM_ACTOR, miss_matters, None) == 0
        with at(BEFORE + timedelta(days=1)):
            assert perform(SYSTEM_ACTOR, miss_matters, None) == 1
            assert perform(SYSTEM_ACTOR, forget_matters, None) == 0
        with at(BEFORE + timedelta(days=62)):
            assert perform(SYSTEM_ACTOR, forget_matters, None) == 1
            assert perform(SYSTEM_ACTOR, forget_matters, None) == 0
        row = units().run(lambda session: session.scalars(select(HardMatter)).one())
    assert (row.state, row.name_shown, row.name_sealed, row.asked_sealed, row.phone_trace) == (
        "not_come",
        "",
        None,
        None,
        None,
    )


def test_M6_who_does_not_receive_any_more_is_told_so(hall: Reception, app: Flask) -> None:
    token = hall.book()["token"]
    assert hall.must("GET", f"/receptions/bookings/{token}")["received"]
    with app.app_context():
        units().run(
            lambda session: session.execute(
                update(Duty).where(Duty.body_id == hall.bodies[0]).values(state="excused")
            )
        )
    assert not hall.must("GET", f"/receptions/bookings/{token}")["received"]
    assert hall.free() == []
