"""Help now (H5): who hears a call, who comes, what the caller reads, and what time does; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall.accounts.access import actor_of_token
from hall.actor import PUBLIC_ACTOR, SYSTEM_ACTOR
from hall.database import db
from hall.errors import DomainError
from hall.helpers.calls.actions import escalate
from hall.helpers.records import HelpCall, HelpRecord
from hall.journal import JournalEntry
from hall.live.channel import room_of
from hall.unit_of_work import perform
from tests.helpers_at_work import Help

if TYPE_CHECKING:
    from flask.testing import FlaskClient

LATE = timedelta(seconds=121)


@pytest.fixture
def hall(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Help:
    found = Help(client, demo)
    found.here("helper01", "helper02", "helper03")
    return found


def test_H5_a_call_rings_until_one_accepts_and_the_caller_sees_who_comes(hall: Help) -> None:
    call = hall.call()
    assert (call["state"], call["channel"], call["helper"]) == ("ringing", "kiosk", None)
    assert [row["state"] for row in hall.floor()["help"]] == ["ringing"]
    won = hall.on(call, "accept", "helper02")
    assert won.status_code == 200, won.text
    lost = hall.on(call, "accept", "helper01")
    assert (lost.status_code, lost.get_json()["code"]) == (409, "taken")
    seen = hall.read(call)
    assert seen["state"] == "accepted"
    assert seen["helper"] == {"name": "顾安", "badge": "B02"}
    assert seen["waited_s"] is not None


def test_H5_pressed_again_it_is_the_same_call(hall: Help) -> None:
    first, again = hall.call(), hall.call()
    assert again["token"] == first["token"]
    assert hall.done("GET", "/help-calls/here", who="kiosk")["token"] == first["token"]
    hall.on(first, "cancel")
    assert hall.ask("GET", "/help-calls/here", who="kiosk").status_code == 204
    assert hall.call()["token"] != first["token"]


def test_H5_phone_desk_and_window_call_to_a_number_once(hall: Help) -> None:
    ticket = hall.draw()
    phone = hall.call("", ticket=ticket["token"])
    assert (phone["channel"], phone["number"]) == ("phone", ticket["number"])
    assert hall.call("desk", number=ticket["number"])["token"] == phone["token"]
    clerk = next(row for row in hall.demo["staff"] if row["window"] == "xixian-01")["user"]
    hall.done("POST", "/windows/xixian-01/open", who=clerk)
    hall.done("POST", "/windows/xixian-01/call-next", who=clerk)
    assert hall.call(clerk, window="xixian-01")["token"] == phone["token"]
    assert hall.on(phone, "cancel").status_code == 200
    fresh = hall.call(clerk, window="xixian-01")
    assert (fresh["channel"], fresh["number"]) == ("window", ticket["number"])
    row = hall.floor()["help"][0]
    assert (row["where"], row["number"]) == ("1号窗口", ticket["number"])


def test_H5_who_may_not_call_is_told_so(hall: Help) -> None:
    ticket = hall.draw()
    assert hall.ask("POST", "/help-calls").status_code == 401
    assert hall.ask("POST", "/help-calls", {"ticket": "x" * 24}).status_code == 404
    assert hall.ask("POST", "/help-calls", {"window": "xixian-01"}, who="clerk02").status_code == 403
    assert hall.ask("POST", "/help-calls", {}, who="auditor").status_code == 403
    hall.done("POST", f"/tickets/{ticket['token']}/abandon")
    over = hall.ask("POST", "/help-calls", {"ticket": ticket["token"]})
    assert (over.status_code, over.get_json()["code"]) == (409, "ticket_over")
    assert hall.ask("POST", "/help-calls", {"needs": ["money"]}, who="kiosk").status_code == 422
    assert hall.ask("GET", f"/help-calls/{'x' * 24}").status_code == 404


def test_H5_a_phone_cannot_ring_the_helpers_all_day(hall: Help) -> None:
    ticket = hall.draw()
    for _ in range(5):
        hall.on(hall.call("", ticket=ticket["token"]), "cancel")
    answer = hall.ask("POST", "/help-calls", {"ticket": ticket["token"]})
    assert answer.status_code == 429, answer.text


def test_H5_unanswered_for_two_minutes_it_goes_to_the_manager_once(hall: Help) -> None:
    call = hall.call()
    hall.turn_back(LATE)
    assert hall.read(call)["state"] == "escalated", "by time alone: no job has run"
    assert hall.floor()["help"][0]["state"] == "escalated"
    with hall.client.application.app_context():
        assert [perform(SYSTEM_ACTOR, escalate, None) for _ in range(2)] == [1, 0]
    facts = hall.change(
        lambda session: session.scalar(select(func.count()).where(JournalEntry.fact == "help_escalated"))
    )
    assert facts == 1
    assert hall.on(call, "accept", "helper03").status_code == 200, "who comes late is still welcome"
    assert hall.read(call)["waited_s"] >= 121


def test_H5_handed_back_it_rings_again_and_ended_it_is_over(hall: Help) -> None:
    call = hall.call()
    hall.on(call, "accept", "helper01")
    assert hall.on(call, "hand-back", "helper02").get_json()["code"] == "not_yours"
    assert hall.on(call, "hand-back", "helper01").get_json()["state"] == "ringing"
    assert hall.read(call)["helper"] is None
    hall.on(call, "accept", "helper03")
    assert hall.on(call, "nobody", "helper03").get_json()["state"] == "ended"
    assert hall.on(call, "cancel").status_code == 409


def test_H5_a_helper_is_with_one_caller_at_a_time(hall: Help) -> None:
    first, second = hall.call(), hall.call("desk")
    hall.on(first, "accept", "helper01")
    busy = hall.on(second, "accept", "helper01")
    assert (busy.status_code, busy.get_json()["code"]) == (409, "busy")
    states = {one["badge"]: one["state"] for one in hall.floor()["helpers"]}
    assert states == {"B01": "coming", "B02": "free", "B03": "free"}


def test_H5_meeting_begins_a_line_of_the_ledger_and_frees_the_kiosk(hall: Help) -> None:
    ticket = hall.draw()
    call = hall.call("", ticket=ticket["token"])
    hall.on(call, "accept", "helper01")
    assert [hall.on(call, "meet", "helper01").status_code for _ in range(2)] == [200, 200]
    assert hall.read(call)["state"] == "with"
    rows = hall.change(
        lambda session: [(r.number[:1], r.kind, r.state, r.line_id > 0) for r in session.query(HelpRecord)]
    )
    assert rows == [("B", "assist", "open", True)], "met twice, begun once"
    kiosk = hall.call()
    hall.on(kiosk, "accept", "helper02")
    hall.on(kiosk, "meet", "helper02")
    assert hall.call()["token"] != kiosk["token"], "the next at the kiosk calls for themselves"


def test_H5_the_manager_sends_whom_the_rule_chooses_or_goes_in_person(hall: Help) -> None:
    call = hall.call(needs=["sign"])
    assert hall.on(call, "send", "helper01").status_code == 403
    assert hall.on(call, "send", "manager", helper="B08").get_json()["code"] == "not_free"
    assert hall.on(call, "send", "manager").get_json()["helper"]["badge"] == "B03", "who knows signs (H6)"
    kept = hall.change(lambda session: session.scalars(select(HelpCall.because)).all())
    assert kept == ["only"]
    other = hall.call("desk")
    assert hall.on(other, "settle", "manager").get_json()["state"] == "ended"


def test_H5_the_manager_is_told_when_nobody_is_free(hall: Help) -> None:
    hall.here()
    call = hall.call()
    answer = hall.on(call, "send", "manager")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "nobody_free")


def test_H5_the_journal_keeps_badges_and_seconds_and_no_names(hall: Help) -> None:
    call = hall.call()
    hall.on(call, "accept", "helper02")
    hall.on(call, "cancel")
    rows = hall.change(
        lambda session: {
            row.fact: row.data for row in session.query(JournalEntry) if row.fact.startswith("help_")
        }
    )
    assert {*rows} == {"help_called", "help_answered", "help_cancelled"}
    assert "B02" in str(rows["help_answered"])
    assert "顾安" not in str(rows)
    assert "seconds" in str(rows["help_answered"])


def test_H5_the_turn_of_the_day_ends_calls_that_nobody_took_back(hall: Help) -> None:
    call = hall.call()
    hall.turn_back(timedelta(hours=21))
    with hall.client.application.app_context():
        perform(SYSTEM_ACTOR, escalate, None)
        perform(SYSTEM_ACTOR, escalate, None)
    assert hall.read(call)["state"] == "cancelled"


def test_H5_a_call_is_watched_by_its_token_and_a_helper_s_page_by_that_helper_alone(hall: Help) -> None:
    call = hall.call()
    mine = hall.done("GET", "/helper", who="helper01")["topic"]
    with hall.client.application.app_context():
        key: bytes = hall.client.application.config["HALL"].keys.tokens
        me, other, manager = (
            actor_of_token(db.session(), hall.token(user)) for user in ("helper01", "helper02", "manager")
        )
        assert me and other and manager
        assert room_of(call["topic"], PUBLIC_ACTOR, key).startswith("help#")
        assert room_of(mine, me, key) == mine
        for topic, actor in (
            ("help:" + "x" * 24, manager),
            (mine, other),
            (mine, manager),
            (mine, PUBLIC_ACTOR),
        ):
            with pytest.raises(DomainError):
                room_of(topic, actor, key)
