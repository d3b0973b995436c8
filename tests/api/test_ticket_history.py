"""Q4 and Q7: priority given later, and the history by which staff answer "why was that one first"."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.journal import JournalEntry
from hall.queueing.day import turn_day
from hall.queueing.models import Ticket, TicketNote
from hall.unit_of_work import perform, units
from tests.api.at_work import W1, W2, AtWork

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

SECRET = "Wang Xiaoming, 13800001111"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    found.serve("xixian-09", "B", "A")
    assert found.at(W1, "open").status == 200
    return found


def history(hall: AtWork, ticket: dict[str, Any], user: str = "desk") -> dict[str, Any]:
    answer = hall.staff(user, "GET", f"tickets/{ticket['token']}/history")
    assert answer.status == 200, answer.text
    return answer.json


def test_Q4_priority_given_later_counts_from_the_time_of_issue(hall: AtWork) -> None:
    hall.draw()
    late = hall.draw()
    assert late["ahead"] == 1
    given = hall.staff("desk", "POST", f"tickets/{late['token']}/priority", {"reason": "pregnant"})
    assert (given.status, given.json["lane"], given.json["ahead"]) == (200, "priority", 0)
    assert hall.at(W1, "call-next").json["number"] == "A002"
    again = hall.staff("desk", "POST", f"tickets/{late['token']}/priority", {"reason": "pregnant"})
    assert again.code == "already_priority"


def test_Q4_a_clerk_may_give_it_an_auditor_and_the_public_may_not(hall: AtWork) -> None:
    ticket = hall.draw()
    path = f"tickets/{ticket['token']}/priority"
    assert hall.staff("auditor", "POST", path, {"reason": "ill"}).status == 403
    assert hall.client.post(f"/api/v1/{path}", json={"reason": "ill"}).status_code == 401
    assert hall.staff("clerk02", "POST", path, {"reason": "acquaintance"}).status == 422
    assert hall.staff("clerk02", "POST", path, {"reason": "ill"}).status == 200


def test_Q4_priority_only_while_waiting_and_for_the_whole_visit(hall: AtWork) -> None:
    first, second = hall.visit("xixian-a", "xixian-b")
    hall.staff("desk", "POST", f"tickets/{first['token']}/priority", {"reason": "disabled"})
    assert hall.read(second)["lane"] == "priority", "it is the same person"
    hall.draw("xixian-a")
    called = hall.at(W1, "call-next").json
    assert called["number"] == "A001"
    other = hall.draw("xixian-a")
    hall.at(W1, "finish", outcome="done")
    hall.at(W1, "call-next")
    hall.at(W1, "finish", outcome="done")
    hall.at(W1, "call-next")
    refused = hall.staff("desk", "POST", f"tickets/{other['token']}/priority", {"reason": "elder"})
    assert (refused.status, refused.code) == (409, "conflict")


def test_Q4_the_ground_of_priority_is_for_staff_only(hall: AtWork) -> None:
    ticket = hall.draw(lane="priority", reason="ill")
    assert "ill" not in hall.read(ticket).values()
    assert hall.look(W1)["waiting"][0]["lane_reason"] == "ill"
    assert history(hall, ticket)["lane_reason"] == "Seriously ill"


def test_Q7_the_history_says_in_plain_words_what_happened_and_why(hall: AtWork) -> None:
    hall.draw()
    second = hall.draw()
    assert hall.at(W1, "call", ticket="A002", reason="other", note=SECRET).status == 200
    hall.at(W1, "start")
    hall.at(W1, "hold", reason="form")
    hall.at(W1, "resume", ticket="A002")
    hall.at(W1, "finish", outcome="received")
    told = history(hall, second)
    assert [each["what"] for each in told["happened"]] == [
        "Drawn",
        "Called to window 1",
        "Service started at window 1",
        "Put on hold at window 1",
        "Taken up again at window 1",
        "Finished at window 1",
    ]
    assert told["happened"][1]["details"] == ["Other reason", "time of issue", SECRET]
    assert told["happened"][1]["who"] == "王芳"
    assert told["happened"][0]["details"] == ["at the kiosk", "General services"]
    assert told["happened"][-1]["details"] == ["Papers received"]


def test_E1_the_history_names_lines_in_the_reader_s_language(hall: AtWork) -> None:
    ticket = hall.draw()
    drawn = history(hall, ticket)["happened"][0]
    assert ticket["line"] == "xixian-a"
    assert "General services" in drawn["details"]
    chinese = hall.client.get(
        f"/api/v1/tickets/{ticket['token']}/history",
        headers={"Authorization": f"Bearer {hall.by_user['desk']['token']}", "Accept-Language": "zh"},
    )
    assert "综合受理" in chinese.get_json()["happened"][0]["details"]


def test_Q7_the_history_names_who_was_drawn_later_and_called_earlier(hall: AtWork) -> None:
    waiting = hall.draw()
    hall.draw(lane="priority", reason="military")
    hall.draw()
    hall.at(W1, "call-next")
    hall.at(W2, "open")
    hall.at(W2, "call", ticket="A003", reason="papers")
    told = history(hall, waiting)["overtaken_by"]
    assert [(each["number"], each["why"]) for each in told] == [
        ("A002", ["priority lane: 20 minutes ahead"]),
        ("A003", ["Back with papers", "time of issue"]),
    ]


def test_Q5_every_call_keeps_which_rule_chose_it(hall: AtWork) -> None:
    hall.draw("xixian-a")
    hall.turn_back("A001", issued_at=timedelta(minutes=45), place=timedelta(minutes=45))
    hall.at("xixian-09", "open")
    ticket = hall.at("xixian-09", "call-next").json
    called = next(each for each in history(hall, ticket)["happened"] if each["fact"] == "ticket_called")
    assert called["details"] == ["waited over target: 45 min", "time of issue"]


def test_Q7_only_staff_of_the_hall_read_a_history(hall: AtWork) -> None:
    ticket = hall.draw()
    path = f"tickets/{ticket['token']}/history"
    assert hall.client.get(f"/api/v1/{path}").status_code == 401
    assert hall.staff("auditor", "GET", path).status == 403
    assert hall.staff("clerk05", "GET", path).status == 200
    assert hall.staff("desk", "GET", "tickets/nobody/history").status == 404


def test_O3_notes_stay_out_of_the_journal_and_are_purged(hall: AtWork) -> None:
    ticket = hall.draw()
    hall.at(W1, "call-next")
    hall.at(W2, "open")
    assert hall.at(W1, "transfer", window=W2, note=SECRET).status == 200
    assert SECRET in str(history(hall, ticket)), "the next clerk reads the note"
    assert SECRET not in str(hall.holder(ticket, "later").json)

    def said(session: Session) -> str:
        return json.dumps([entry.data for entry in session.scalars(select(JournalEntry))])

    def age(session: Session) -> None:
        for row in [*session.scalars(select(TicketNote)), *session.scalars(select(Ticket))]:
            if isinstance(row, TicketNote):
                row.at -= timedelta(days=40)
            else:
                row.business_date -= timedelta(days=40)

    with hall.client.application.app_context():
        assert SECRET not in units().run(said)
        units().run(age)
        perform(SYSTEM_ACTOR, turn_day, None)
        assert not units().run(lambda session: session.scalars(select(TicketNote)).all())
