"""Q6, Q7 and Q14 at one window: announcing, passing and undoing, holding, handing over, pausing, closing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import ServiceItem
from hall.journal import JournalEntry
from hall.queueing.day import turn_day
from hall.queueing.models import FinishedItem, Staffing, Ticket
from hall.unit_of_work import perform, units
from tests.api.at_work import W1, W2, AtWork
from tests.cases_at_work import at

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

GAP = timedelta(seconds=21)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    assert found.at(W1, "open").status == 200
    return found


def announce_again(hall: AtWork, number: str, times: int) -> None:
    for _ in range(times):
        hall.turn_back(number, counted_at=GAP, called_at=GAP)
        assert hall.at(W1, "recall").status == 200


def test_Q6_two_presses_within_a_second_are_one_announcement(hall: AtWork) -> None:
    hall.draw()
    with at(clock.now()):
        hall.at(W1, "call-next")
        assert hall.at(W1, "recall").json["times_called"] == 1
    hall.turn_back("A001", called_at=GAP)
    assert hall.at(W1, "recall").json["times_called"] == 2


def test_Q6_the_window_says_when_passing_becomes_possible(hall: AtWork) -> None:
    hall.draw()
    called = hall.at(W1, "call-next").json
    at_hand = hall.look(W1)["at_hand"]
    assert (at_hand["counted_calls"], at_hand["max_calls"]) == (1, 3)
    assert at_hand["counts_again_at"] > called["called_at"]
    announce_again(hall, "A001", 1)
    assert hall.at(W1, "pass").code == "too_early_to_pass"
    announce_again(hall, "A001", 1)
    assert hall.look(W1)["at_hand"]["counted_calls"] == 3
    assert hall.at(W1, "pass").json["state"] == "passed"


def test_Q6_a_pass_is_undone_for_a_minute_while_the_window_is_empty(hall: AtWork) -> None:
    hall.draw()
    hall.draw()
    hall.at(W1, "call-next")
    announce_again(hall, "A001", 2)
    hall.at(W1, "pass")
    view = hall.look(W1)
    assert (view["last_passed"], view["undo_until"] is not None) == ("A001", True)
    hall.at(W1, "call-next")
    assert hall.at(W1, "undo-pass").code == "window_busy"
    hall.at(W1, "finish", outcome="done")
    assert hall.at(W1, "undo-pass").json == {**hall.look(W1)["current"], "state": "called"}
    hall.at(W1, "pass")
    hall.turn_back("A001", passed_at=timedelta(seconds=61))
    assert hall.at(W1, "undo-pass").code == "nothing_to_undo"


def test_Q7_out_of_order_other_needs_words_and_staff_read_them_later(hall: AtWork) -> None:
    hall.draw()
    ticket = hall.draw()
    assert hall.at(W1, "call", ticket="A002", reason="other").json["errors"]["note"]
    assert hall.at(W1, "call", ticket="A002", reason="other", note="interpreter waits").status == 200
    assert hall.look(W1)["at_hand"]["notes"] == ["interpreter waits"]
    assert "interpreter" not in str(hall.read(ticket))
    with hall.client.application.app_context():
        said = units().run(lambda session: [row.data for row in session.scalars(select(JournalEntry))])
    assert any('"reason":"other"' in data for data in said), "the journal keeps the reason"


def test_Q14_on_hold_keeps_reason_and_note_and_comes_back(hall: AtWork) -> None:
    hall.draw(heads=4)
    hall.at(W1, "call-next")
    hall.at(W1, "start")
    assert hall.at(W1, "hold", reason="lunch").status == 422
    assert hall.at(W1, "hold", reason="form", note="form 3, second page").status == 200
    held = hall.look(W1)["held_tickets"][0]
    assert (held["number"], held["reason"], held["heads"]) == ("A001", "form", 4)
    assert held["notes"] == ["form 3, second page"]
    assert hall.at(W1, "resume", ticket="A001").json["state"] == "serving"
    assert hall.look(W1)["held_tickets"] == []


def test_Q14_the_transfer_note_reaches_the_next_clerk(hall: AtWork) -> None:
    hall.draw()
    hall.at(W1, "call-next")
    assert hall.at(W1, "transfer", window=W2).code == "window_closed"
    hall.at(W2, "open")
    hall.at(W1, "transfer", window=W2, note="copy of the deed is with me")
    assert hall.at(W2, "call-next").json["number"] == "A001"
    assert hall.look(W2)["at_hand"]["notes"] == ["copy of the deed is with me"]


def test_Q14_whoever_was_sent_to_a_window_that_closes_goes_back_to_the_line(hall: AtWork) -> None:
    hall.serve(W2, "B")
    hall.draw()
    hall.at(W1, "call-next")
    hall.at(W2, "open")
    hall.at(W1, "transfer", window=W2)
    assert hall.at(W1, "call-next").status == 204
    hall.at(W2, "close")
    assert hall.at(W1, "call-next").json["number"] == "A001"


def test_Q14_held_tickets_are_handed_over_to_a_staffed_window(hall: AtWork) -> None:
    hall.draw()
    assert hall.at(W1, "hand-over", to_window=W2).code == "window_closed"
    hall.at(W2, "open")
    assert hall.at(W1, "hand-over", to_window=W2).code == "nothing_held"
    hall.at(W1, "call-next")
    hall.at(W1, "hold", reason="copy")
    assert hall.at(W1, "hand-over", to_window=W1).status == 422
    assert hall.at(W1, "hand-over", to_window="elsewhere").status == 422
    assert hall.at(W2, "resume", ticket="A001").code == "held_elsewhere"
    handed = hall.at(W1, "hand-over", to_window=W2, note="originals in the blue folder")
    assert handed.json["held"] == []
    assert hall.look(W2)["held_tickets"][0]["notes"] == ["originals in the blue folder"]
    assert hall.at(W2, "resume", ticket="A001").json["state"] == "serving"
    told = hall.staff("desk", "GET", f"tickets/{hall.look(W2)['current']['token']}/history").json["happened"]
    assert [each["what"] for each in told][-2:] == [
        "Put on hold at window 1",
        "Taken up again at window 2",
    ]
    assert told[-2]["details"][0] == "handed over to a colleague"


def test_Q14_what_a_closed_window_left_on_hold_can_be_taken_up_elsewhere(hall: AtWork) -> None:
    hall.draw()
    hall.at(W1, "call-next")
    hall.at(W1, "hold", reason="copy")
    assert hall.at(W1, "close").json["state"] == "closed"
    hall.at(W2, "open")
    assert hall.at(W2, "resume", ticket="A001").json["window"] == W2


def test_Q14_a_pause_has_a_reason_and_a_busy_window_is_not_closed(hall: AtWork) -> None:
    hall.draw()
    assert hall.at(W1, "pause", reason="shopping").status == 422
    paused = hall.at(W1, "pause", reason="meeting").json
    assert (paused["state"], paused["reason"]) == ("paused", "meeting")
    assert hall.at(W1, "call-next").code == "window_paused"
    hall.at(W1, "open")
    hall.at(W1, "call-next")
    assert hall.at(W1, "close").code == "window_busy"


def test_Q14_a_colleague_is_told_who_holds_the_window(hall: AtWork) -> None:
    assert hall.at(W1, "open", "manager").code == "window_held"
    view = hall.look(W1)
    assert (view["staff_name"], view["opened_at"] is not None) == ("王芳", True)


def test_Q14_the_same_person_takes_over_with_another_browser(hall: AtWork) -> None:
    assert hall.at(W1, "open", seat="left").json["seat"] == "left"
    assert hall.at(W1, "open", seat="right").json["seat"] == "right"
    assert hall.at(W1, "open").json["seat"] == "right", "a caller without a seat takes nobody's"


def test_finishing_counts_what_was_done(hall: AtWork) -> None:
    hall.draw()
    hall.at(W1, "call-next")
    with hall.client.application.app_context():
        code = units().run(lambda session: session.scalars(select(ServiceItem.code).limit(1)).one())
    unknown = hall.at(W1, "finish", outcome="done", items=[{"code": "none", "count": 1}])
    assert unknown.code == "unknown_item"
    twice = [{"code": code, "count": 2}, {"code": code, "count": 1}]
    assert hall.at(W1, "finish", outcome="received", items=twice).status == 200
    with hall.client.application.app_context():
        counted = units().run(lambda session: session.scalars(select(FinishedItem.count)).all())
    assert counted == [3]


def test_Q10_the_turn_of_the_day_tells_the_windows_that_it_closes(hall: AtWork) -> None:
    ticket = hall.draw()
    assert ticket["state"] == "waiting"

    def yesterday(session: Session) -> None:
        for staffing in session.scalars(select(Staffing)):
            staffing.opened_at -= timedelta(days=1)
        for row in session.scalars(select(Ticket)):
            row.business_date -= timedelta(days=1)

    hall.change(yesterday)
    with hall.client.application.app_context():
        perform(SYSTEM_ACTOR, turn_day, None)
        facts = units().run(lambda session: [row.fact for row in session.scalars(select(JournalEntry))])
    assert "window_closed" in facts
    assert hall.look(W1)["state"] == "closed"
