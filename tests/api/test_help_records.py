"""The ledger and a helper's day (H1, H6, H7): begun, written, handed over and closed; nothing personal in the open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from hall import clock
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.records import HelpCall, HelpRecord
from hall.helpers.slots import instant_of
from hall.journal import JournalEntry
from tests.helpers_at_work import Help, booked

if TYPE_CHECKING:
    from flask.testing import FlaskClient

WHO = {"name": "王小明", "phone": "13812345678", "id_number": "11010519491231002X"}


@pytest.fixture
def hall(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Help:
    found = Help(client, demo)
    found.here("helper01", "helper02")
    return found


def begun(hall: Help, kind: str = "agency", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = hall.done("POST", "/helper/records", {"kind": kind, **more}, who="helper01")
    return found


def on(hall: Help, line: dict[str, Any], verb: str, who: str = "helper01", **body: Any) -> Any:
    return hall.ask("POST", f"/help-records/{line['token']}/{verb}", body or None, who=who)


def test_H7_lines_are_numbered_by_year_without_gaps(hall: Help) -> None:
    numbers = [begun(hall, "assist")["number"] for _ in range(3)]
    assert [int(number[-5:]) for number in numbers] == [1, 2, 3]
    assert re.fullmatch(r"B\d{4}-00001", numbers[0])


def test_H7_a_call_met_makes_a_line_and_closing_it_ends_the_call(hall: Help) -> None:
    ticket = hall.draw()
    call = hall.call("", ticket=ticket["token"])
    hall.on(call, "accept", "helper01")
    hall.on(call, "meet", "helper01")
    day = hall.done("GET", "/helper", who="helper01")
    assert day["doing"] == "with"
    line = day["records"][0]
    assert (line["ticket"], line["kind"]) == (ticket["number"], "assist")
    done = on(hall, line, "close", result="advised", call_back_on="2027-01-04").get_json()
    assert (done["state"], done["result"], done["call_back_on"]) == ("closed", "advised", "2027-01-04")
    assert hall.read(call)["state"] == "ended"
    assert hall.done("GET", "/helper", who="helper01")["doing"] == "free"


def test_H1_an_agency_closes_with_a_signed_mandate_that_names_its_scope(hall: Help) -> None:
    line = begun(hall)
    refused = on(hall, line, "close", result="done")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_mandate")
    on(hall, line, "mandate", scope="代为提交公积金提取材料")
    assert on(hall, line, "close", result="done").get_json()["code"] == "no_mandate", "not signed yet"
    on(hall, line, "mandate", scope="代为提交公积金提取材料", signed=True)
    assert on(hall, line, "close", result="handed_in").status_code == 200


def test_H7_papers_taken_go_back_before_a_line_closes(hall: Help) -> None:
    line = begun(hall, "assist")
    paper = on(hall, line, "papers", name="户口簿", original=True).get_json()["papers"][0]
    refused = on(hall, line, "close", result="done")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "papers_out")
    for _ in range(2):
        back = hall.ask("POST", f"/help-records/{line['token']}/papers/{paper['id']}/return", who="helper01")
        assert back.get_json()["papers_out"] == 0
    assert on(hall, line, "close", result="done").status_code == 200
    assert on(hall, line, "note", note="x").get_json()["code"] == "closed"


def test_H6_a_line_goes_to_another_helper_with_a_note_and_is_recorded(hall: Help) -> None:
    line = begun(hall, "assist")
    assert on(hall, line, "hand-over", to="B99").status_code == 422
    assert on(hall, line, "hand-over", to="B01").status_code == 422, "not to oneself"
    given = on(hall, line, "hand-over", to="B02", note="缺户口簿原件").get_json()
    assert (given["helper"]["badge"], given["handed_over"]) == ("B02", 1)
    assert on(hall, line, "close", result="done").get_json()["code"] == "not_yours"
    assert on(hall, line, "close", "helper02", result="done").status_code == 200
    facts = hall.change(lambda session: list(session.scalars(select(JournalEntry.fact))))
    assert facts.count("help_record_handed_over") == 1


def taken(session: Any, badge: str, like: int) -> None:
    """This helper is booked in the last five minutes of a booking."""
    row = session.get(Booking, like)
    values = {column.name: getattr(row, column.name) for column in Booking.__table__.c if column.name != "id"}
    helper = session.scalars(select(Helper).where(Helper.badge == badge)).one()
    other = Booking(**values | {"nonce": b"another!!", "helper_id": helper.id, "state": "cancelled"})
    session.add(other)
    session.flush()
    session.add(BookingCell(helper_id=helper.id, cell=row.cell_until - 1, booking_id=other.id))


def test_H6_a_booking_goes_to_another_who_is_free_at_that_time(hall: Help) -> None:
    booking = booked(hall)
    token = hall.done("GET", "/helper", who="helper01")["bookings"][0]["token"]
    path = f"/helper/bookings/{token}/hand-over"
    assert hall.ask("POST", path, {"to": "B02"}, who="helper02").get_json()["code"] == "not_yours"
    hall.change(lambda session: taken(session, "B02", booking))
    refused = hall.ask("POST", path, {"to": "B02"}, who="helper01").get_json()
    assert refused["code"] == "not_free" and "booked at that time" in refused["detail"]
    hall.change(lambda session: session.execute(delete(BookingCell).where(BookingCell.booking_id != booking)))
    assert hall.done("POST", path, {"to": "B02", "note": "开会"}, who="helper01")["badge"] == "B02"
    cells = hall.change(
        lambda session: {
            row.helper_id
            for row in session.scalars(select(BookingCell).where(BookingCell.booking_id == booking))
        }
    )
    assert len(cells) == 1
    assert hall.done("GET", "/helper", who="helper01")["bookings"] == []
    assert hall.done("GET", "/helper", who="helper02")["bookings"][0]["state"] == "confirmed"


def test_H3_that_nobody_was_at_home_is_the_helper_s_to_say_when_the_time_has_come(hall: Help) -> None:
    booking = booked(hall, "home_visit", 5)
    token = hall.done("GET", "/helper", who="helper01")["bookings"][0]["token"]
    early = hall.ask("POST", f"/helper/bookings/{token}/nobody", who="helper01")
    assert (early.status_code, early.get_json()["code"]) == (409, "too_early")

    def begins(session: Any) -> None:
        session.get(Booking, booking).starts_at -= timedelta(minutes=6)

    hall.change(begins)
    hall.done("POST", f"/helper/bookings/{token}/nobody", who="helper01")
    state = hall.change(lambda session: session.scalar(select(Booking.state).where(Booking.id == booking)))
    assert state == "no_show"
    assert hall.ask("POST", f"/helper/bookings/{token}/nobody", who="helper01").status_code == 409


def test_H2_a_home_visit_says_when_to_leave_and_until_when_the_way_back_is_kept_free(hall: Help) -> None:
    booking = booked(hall, "home_visit", 5)

    def with_the_way(session: Any) -> tuple[Any, Any]:
        row = session.get(Booking, booking)
        row.cell_from, row.cell_until = row.cell_from - 6, row.cell_until + 6
        return instant_of(row.cell_from), instant_of(row.cell_until)

    leave, back = hall.change(with_the_way)
    told = hall.done("GET", "/helper", who="helper01")["bookings"][0]
    assert [datetime.fromisoformat(told[name]) for name in ("leave_at", "back_by")] == [leave, back]


def test_H7_a_booking_begun_takes_its_person_along_sealed_and_closing_finishes_it(hall: Help) -> None:
    booking = booked(hall)
    token = hall.done("GET", "/helper", who="helper01")["bookings"][0]["token"]
    begun_twice = [hall.done("POST", f"/helper/bookings/{token}/start", who="helper01") for _ in range(2)]
    assert begun_twice[0]["number"] == begun_twice[1]["number"]
    line = begun_twice[0]
    assert line["applicant"] == "王**"
    assert on(hall, line, "close", result="done").status_code == 200
    kept = hall.change(
        lambda session: session.execute(
            select(Booking.state, Booking.ended_by).where(Booking.id == booking)
        ).one()
    )
    assert tuple(kept) == ("done", "helper")


def test_H7_what_is_personal_is_sealed_masked_and_opened_only_for_its_helper_on_record(hall: Help) -> None:
    line = begun(hall, "home_visit")
    told = on(hall, line, "person", **WHO)
    assert told.status_code == 200, told.text
    assert (told.get_json()["applicant"], told.get_json()["phone"]) == ("王**", "138****5678")
    assert WHO["id_number"] not in told.text
    assert on(hall, line, "reveal", "helper02").status_code == 403
    opened = on(hall, line, "reveal").get_json()
    assert {name: opened[name] for name in WHO} == WHO
    rows = hall.change(
        lambda session: [(row.fact, str(row.data)) for row in session.scalars(select(JournalEntry))]
    )
    assert [fact for fact, _ in rows].count("help_record_unsealed") == 1
    assert not any("王小明" in data or WHO["phone"] in data for _, data in rows)
    kept = hall.change(lambda session: session.scalars(select(HelpRecord)).one())
    assert b"13812345678" not in (kept.phone_sealed or b"")


def test_H7_a_wrong_number_is_told_at_its_field(hall: Help) -> None:
    line = begun(hall, "assist")
    answer = on(hall, line, "person", name="王", id_number="110105194912310021")
    assert answer.status_code == 422
    assert "id_number" in answer.get_json()["errors"]


def test_Q8_a_helper_draws_for_the_person_once_a_line_and_follows_it(hall: Help) -> None:
    line = begun(hall, "assist")
    on(hall, line, "person", **WHO)
    path = f"/help-records/{line['token']}/ticket"
    drawn = hall.done("POST", path, {"line": "xixian-b"}, who="helper01")
    assert (drawn["ticket"][0], drawn["ticket_state"]) == ("B", "waiting")
    again = hall.ask("POST", path, {"line": "xixian-b"}, who="helper01")
    assert again.status_code == 409, "the same person waits there already"


def test_Q8_whom_nothing_is_known_of_waits_once_in_a_line_too(hall: Help) -> None:
    line = begun(hall, "assist")
    path = f"/help-records/{line['token']}/ticket"
    drawn = hall.done("POST", path, {"line": "xixian-b"}, who="helper01")
    again = hall.ask("POST", path, {"line": "xixian-b"}, who="helper01")
    assert (again.status_code, again.get_json()["code"]) == (409, "already_waiting")
    assert drawn["ticket"] in again.get_json()["detail"]
    other = hall.done("POST", path, {"line": "xixian-d"}, who="helper01")
    assert other["ticket"][0] == "D", "another matter of the same person"


def test_H6_nobody_is_handed_what_they_do_not_do(hall: Help) -> None:
    line = begun(hall, "home_visit")
    booked(hall, minutes=0)
    token = hall.done("GET", "/helper", who="helper01")["bookings"][0]["token"]

    def stay_in(session: Any) -> None:
        for helper in session.scalars(select(Helper)):
            helper.does_home_visits = helper.badge == "B03"
        for booking in session.scalars(select(Booking)):
            booking.kind = "home_visit"

    hall.change(stay_in)
    for answer in (
        on(hall, line, "hand-over", to="B02"),
        hall.ask("POST", f"/helper/bookings/{token}/hand-over", {"to": "B02"}, who="helper01"),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (422, "helper_cannot")
    assert on(hall, line, "hand-over", to="B03").status_code == 200


def test_H7_who_is_to_be_called_back_is_told_until_they_were(hall: Help) -> None:
    line = begun(hall, "assist")
    today = (clock.now() - timedelta(days=1)).date().isoformat()
    on(hall, line, "close", result="done", call_back_on=today)
    assert len(hall.done("GET", "/helper", who="helper01")["call_backs"]) == 1
    assert [on(hall, line, "called-back").status_code for _ in range(2)] == [200, 200]
    assert hall.done("GET", "/helper", who="helper01")["call_backs"] == []


def test_H5_whoever_hands_a_met_call_over_is_free_again(hall: Help) -> None:
    call = hall.call()
    hall.on(call, "accept", "helper01")
    hall.on(call, "meet", "helper01")
    line = hall.done("GET", "/helper", who="helper01")["records"][0]
    on(hall, line, "hand-over", to="B02", note="会手语")
    assert hall.change(lambda session: session.scalars(select(HelpCall.state)).all()) == ["ended"]
    assert hall.done("GET", "/helper", who="helper01")["doing"] == "free"
