"""Q9: what windows called by hand is entered afterwards, and reconciled with what is handed in, in either order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from hall.database import db
from hall.queueing.visits import day_of_site
from hall.sites import Site
from tests.api.at_work import W1, AtWork, Reply, reply
from tests.cut_off import Alone, ago, paper, tickets
from tests.printers import API, add_printer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.servers import Prepared

ZONE = ZoneInfo("Asia/Shanghai")
SITE = f"{API}/sites/xixian"


@pytest.fixture
def alone(client: FlaskClient, prepared: Prepared, demo: dict[str, Any]) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    made.take_kit(settled=False)
    return made


@pytest.fixture
def work(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    return AtWork(client, demo)


def enter(work: AtWork, number: str, window: str = W1, **times: Any) -> Reply:
    headers = {"Authorization": f"Bearer {work.by_window[W1]['token']}", "Accept-Language": "en"}
    body = {"number": number, "window": window, **times}
    return reply(work.client.post(f"{SITE}/hand-calls", json=body, headers=headers))


def listed(work: AtWork) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {work.by_window[W1]['token']}"}
    return reply(work.client.get(f"{SITE}/hand-calls", headers=headers)).json


def minute(ago_min: float) -> str:
    return f"{ago(ago_min).astimezone(ZONE):%H:%M}"


def board(work: AtWork) -> dict[str, Any]:
    return reply(work.client.get(f"{SITE}/board")).json


@pytest.mark.parametrize("first", ["entered", "handed in"])
def test_Q9_called_by_hand_and_handed_in_meet_in_either_order(
    alone: Alone, work: AtWork, prepared: Prepared, first: str
) -> None:
    one = paper(alone.ranges()[0], 1, ago(3))
    if first == "handed in":
        alone.hand_in(one)
    entered = enter(work, "a9001", since=minute(2), until=minute(1))
    assert entered.status == 201, entered.text
    assert entered.json["state"] == ("matched" if first == "handed in" else "noted")
    if first == "entered":
        assert [row["state"] for row in listed(work)["calls"]] == ["noted"]
        alone.hand_in(one)
    ticket = tickets(prepared.database_url, "A9001")[0]
    assert (ticket.state, ticket.outcome) == ("finished", "done"), (
        f"Q9 broke: a number served by hand still waits ({first} first)."
    )
    assert ticket.first_called_at is not None and ticket.ended_at is not None
    assert ticket.first_called_at == ticket.started_at
    assert ticket.issued_at <= ticket.first_called_at <= ticket.ended_at <= datetime.now(UTC)
    assert [row["state"] for row in listed(work)["calls"]] == ["matched"]
    shown = board(work)
    assert shown["waiting"].get("A", 0) == 0, "Q9 broke: the screens count a person who was served."
    assert shown["calls"] == [], "Q9 broke: the screens speak a call that is long over."


def test_Q9_only_served_counts_as_served_without_times(
    alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    alone.hand_in(paper(alone.ranges()[0], 1, ago(3)))
    assert enter(work, "A9001").json["state"] == "matched"
    ticket = tickets(prepared.database_url, "A9001")[0]
    assert (ticket.state, ticket.first_called_at, ticket.started_at) == ("finished", None, None)
    staff = next(row for row in work.demo["staff"] if row["role"] == "manager")
    headers = {"Authorization": f"Bearer {staff['token']}"}
    total = reply(work.client.get(f"{SITE}/day-sheet", headers=headers)).json["total"]
    assert (total["issued"], total["served"]) == (1, 1), "Q9 broke: the day sheet does not take it."


def test_Q9_who_was_served_by_hand_is_ahead_of_nobody_in_the_forecast(
    app: Flask, alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    alone.hand_in(paper(alone.ranges()[0], 1, ago(9)), paper(alone.ranges()[0], 2, ago(8)))
    enter(work, "A9001", since=minute(5), until=minute(4))
    enter(work, "A9002")
    work.draw()
    drawn = tickets(prepared.database_url, "A001")[0]
    with app.app_context(), Session(db.engine) as session:
        site = session.get_one(Site, drawn.site_id)
        seen = day_of_site(session, site, drawn.business_date)[drawn.line_id]
    assert [visit.ahead for visit in seen] == [0, 1, 0], (
        "Q9 broke: the forecast counts people who were served."
    )
    assert [visit.called for visit in seen] == [True, False, False]


def test_Q9_a_number_drawn_before_the_cut_is_entered_too_and_its_person_may_draw_anew(
    alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    person = {"phone": "13900001111"}
    drawn = work.draw(person=person)
    assert alone.kit
    assert enter(work, drawn["number"]).json["state"] == "matched"
    assert tickets(prepared.database_url, drawn["number"])[0].state == "finished"
    assert work.draw(person=person)["number"] == "A002", (
        "Q9 and Q8 broke: who was served by hand still holds a claim."
    )


def test_Q9_the_clock_on_the_wall_never_calls_before_the_number_was_printed(
    alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    alone.hand_in(paper(alone.ranges()[0], 1, datetime.now(UTC)))
    assert enter(work, "A9001", since=minute(20), until=minute(10)).status == 201
    ticket = tickets(prepared.database_url, "A9001")[0]
    assert ticket.first_called_at == ticket.issued_at, "Q9 broke: a wait of less than nothing."
    assert ticket.ended_at is not None and ticket.ended_at >= ticket.issued_at


def test_Q9_what_cannot_be_is_refused_in_words(alone: Alone, work: AtWork) -> None:
    work.at(W1, "open")
    drawn = work.draw()
    work.at(W1, "call-next")
    refused = {
        "at a window": (enter(work, drawn["number"]), "ticket_not_open"),
        "no such number": (enter(work, "A017"), "unknown_number"),
        "in no range": (enter(work, "A9950"), "unknown_number"),
        "no number at all": (enter(work, "请"), "unknown_number"),
        "half a time": (enter(work, "A9001", since="09:00"), "half_a_time"),
        "the wrong way round": (enter(work, "A9001", since=minute(5), until=minute(9)), "bad_times"),
        "a foreign window": (enter(work, "A9001", window="nowhere"), "unknown_window"),
        "long ago": (enter(work, "A9001", day="2026-01-01"), "bad_day"),
        "no day": (enter(work, "A9001", day="2026-13-77"), "bad_day"),
    }
    assert {what: answer.code for what, (answer, _code) in refused.items()} == {
        what: code for what, (_answer, code) in refused.items()
    }
    assert alone.kit


def test_Q9_a_mistaken_entry_is_taken_back_until_its_ticket_has_come(
    alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    headers = {"Authorization": f"Bearer {work.by_window[W1]['token']}"}
    enter(work, "A9001")
    assert enter(work, "A9001").code == "noted_already", "Q9 broke: a number is called by hand twice."
    entry = listed(work)["calls"][0]["id"]
    back = reply(work.client.post(f"{SITE}/hand-calls/{entry}/withdraw", headers=headers))
    assert back.status == 200, back.text
    assert listed(work)["calls"] == []
    alone.hand_in(paper(alone.ranges()[0], 1, ago(1)), paper(alone.ranges()[0], 2, ago(1)))
    assert tickets(prepared.database_url, "A9001")[0].state == "waiting"
    assert listed(work)["waiting"] == ["A9001", "A9002"]
    assert enter(work, "A9001").json["state"] == "matched"
    matched = listed(work)["calls"][0]["id"]
    late = reply(work.client.post(f"{SITE}/hand-calls/{matched}/withdraw", headers=headers))
    assert late.status == 409, "Q9 broke: a served ticket would wait again."


def test_Q9_yesterdays_calls_are_entered_this_morning(alone: Alone, work: AtWork, prepared: Prepared) -> None:
    drawn = work.draw()
    day = tickets(prepared.database_url, drawn["number"])[0].business_date - timedelta(days=1)
    assert enter(work, drawn["number"], day=day.isoformat()).code == "unknown_number"
    assert alone.kit
