"""The queue through its interface, on SQLite and PostgreSQL."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from hall import journal
from hall.unit_of_work import units
from tests.tampering import unguard_journal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

API = "/api/v1"
keys = itertools.count()


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, with its JSON as a dictionary."""

    status_code: int
    json: dict[str, Any]
    text: str
    headers: Mapping[str, str]


def reply(response: TestResponse) -> Reply:
    return Reply(
        response.status_code, response.get_json(silent=True) or {}, response.text, dict(response.headers)
    )


class Hall:
    """The demo hall as its kiosk and its clerks use it."""

    def __init__(self, client: FlaskClient, demo: dict[str, Any]) -> None:
        self.client, self.demo = client, demo
        self.kiosk = {"Authorization": f"Bearer {demo['kiosk']['token']}"}
        self.clerks = {row["window"]: row for row in demo["staff"] if row["window"]}

    def draw(self, line: str = "xixian-a", **more: Any) -> dict[str, Any]:
        response = self.try_draw(line, **more)
        assert response.status_code == 201, response.text
        return response.json

    def try_draw(self, line: str = "xixian-a", key: str | None = None, **more: Any) -> Reply:
        headers = {**self.kiosk, "Idempotency-Key": key or f"key-{next(keys)}"}
        return reply(self.client.post(f"{API}/tickets", json={"line": line, **more}, headers=headers))

    def at(self, window: str, verb: str, key: str | None = None, **body: Any) -> Reply:
        headers = {"Authorization": f"Bearer {self.clerks[window]['token']}"}
        if key:
            headers["Idempotency-Key"] = key
        return reply(self.client.post(f"{API}/windows/{window}/{verb}", json=body or None, headers=headers))

    def holder(self, ticket: dict[str, Any], verb: str, **body: Any) -> Reply:
        return reply(self.client.post(f"{API}/tickets/{ticket['token']}/{verb}", json=body))

    def read(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return reply(self.client.get(f"{API}/tickets/{ticket['token']}")).json


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Hall:
    found = Hall(client, demo)
    assert found.at("xixian-01", "open").status_code == 200
    return found


W1, W2 = "xixian-01", "xixian-02"


def test_Q1_numbers_run_without_gaps_by_prefix(hall: Hall) -> None:
    drawn = [hall.draw()["number"], hall.draw("xixian-b")["number"], hall.draw()["number"]]
    refused = hall.try_draw("no-such-line")
    assert drawn == ["A001", "B001", "A002"]
    assert refused.status_code == 422
    assert hall.draw()["number"] == "A003", "a refused draw must not use up a number"


def test_Q2_the_same_press_twice_calls_once(hall: Hall) -> None:
    hall.draw()
    hall.draw()
    first, again = hall.at(W1, "call-next", key="press"), hall.at(W1, "call-next", key="press")
    assert first.json == again.json
    assert again.headers["Idempotent-Replay"] == "true"


def test_Q3_priority_goes_first_and_then_by_time(hall: Hall) -> None:
    hall.draw()
    hall.draw(lane="priority", reason="elder")
    hall.draw()
    called = []
    for _ in range(3):
        called.append(hall.at(W1, "call-next").json["number"])
        hall.at(W1, "finish", outcome="done")
    assert called == ["A002", "A001", "A003"]
    assert hall.at(W1, "call-next").status_code == 204


def test_Q3_transfer_keeps_number_and_place(hall: Hall) -> None:
    ticket = hall.draw()
    hall.at(W1, "call-next")
    moved = hall.at(W1, "transfer", line="xixian-b")
    assert (moved.json["number"], moved.json["line"], moved.json["state"]) == ("A001", "xixian-b", "waiting")
    assert hall.read(ticket)["ahead"] == 0


def test_Q5_ahead_counts_the_same_line_with_an_earlier_place(hall: Hall) -> None:
    hall.draw()
    hall.draw("xixian-b")
    assert hall.draw()["ahead"] == 1
    assert hall.draw(lane="priority", reason="disabled")["ahead"] == 0


def test_Q6_passing_before_three_spaced_calls_is_refused(hall: Hall) -> None:
    hall.draw()
    hall.at(W1, "call-next")
    for _ in range(3):
        hall.at(W1, "recall")
    refused = hall.at(W1, "pass")
    assert (refused.status_code, refused.json["code"]) == (409, "too_early_to_pass")


def test_Q7_out_of_order_only_with_a_reason(hall: Hall) -> None:
    hall.draw()
    second = hall.draw()
    assert hall.at(W1, "call", ticket="A002", reason="because").status_code == 422
    assert hall.at(W1, "call", ticket="A002", reason="other").status_code == 422, "other needs a note"
    assert hall.at(W1, "call", ticket="A002", reason="health").json["state"] == "called"
    assert hall.read(second)["why_waiting"], "the holder reads the public word"


def test_Q8_the_same_person_gets_no_second_ticket_in_a_line(hall: Hall) -> None:
    person = {"phone": "13800001111"}
    first = hall.draw(person=person)
    refused = hall.try_draw(person={"phone": "138 0000 1111"})
    assert (refused.status_code, refused.json["code"]) == (409, "already_waiting")
    assert first["number"] not in refused.text, "the existing ticket is not revealed"
    assert hall.try_draw("xixian-b", person=person).status_code == 201
    hall.holder(first, "abandon")
    assert hall.try_draw(person=person).status_code == 201


def test_Q11_boards_show_numbers_and_windows_only(hall: Hall) -> None:
    hall.draw(lane="priority", reason="ill")
    hall.at(W1, "call-next")
    board = reply(hall.client.get(f"{API}/sites/xixian/board"))
    assert board.json["calls"][0]["number"] == "A001"
    assert "priority" not in board.text
    assert "lane" not in board.text


def test_Q11_test_tickets_are_marked_and_never_counted(hall: Hall) -> None:
    ticket = hall.draw(test=True)
    assert ticket["test"] is True
    assert reply(hall.client.get(f"{API}/sites/xixian/board")).json["waiting"]["A"] == 0
    assert hall.draw()["number"] == "A001", "test tickets use no number of the day"


def test_Q13_a_call_on_one_matter_freezes_the_others_until_it_is_finished(hall: Hall) -> None:
    body = {"matters": [{"line": "xixian-a"}, {"line": "xixian-b"}]}
    visit = reply(hall.client.post(f"{API}/visits", json=body, headers=hall.kiosk))
    assert [ticket["number"] for ticket in visit.json["tickets"]] == ["A001", "B001"]
    hall.at(W1, "call-next")
    hall.at("xixian-09", "open")
    assert hall.at("xixian-09", "call-next").status_code == 204, "the person cannot be at two windows"
    hall.at(W1, "finish", outcome="done")
    assert hall.at("xixian-09", "call-next").json["number"] == "B001"


def test_one_window_serves_one_ticket_at_a_time(hall: Hall) -> None:
    hall.draw()
    hall.draw()
    hall.at(W1, "call-next")
    assert hall.at(W1, "call-next").json["code"] == "window_busy"


def test_other_peoples_windows_are_refused(hall: Hall) -> None:
    other = {"Authorization": f"Bearer {hall.clerks[W2]['token']}"}
    assert hall.client.post(f"{API}/windows/{W1}/call-next", headers=other).status_code == 403
    assert hall.client.post(f"{API}/windows/{W1}/call-next").status_code == 401
    assert hall.client.post(f"{API}/tickets", json={"line": "xixian-a"}).status_code == 401


def test_hold_and_resume_give_the_ticket_back(hall: Hall) -> None:
    hall.draw()
    hall.at(W1, "call-next")
    hall.at(W1, "start")
    assert hall.at(W1, "hold", reason="form").json["state"] == "held"
    assert hall.at(W1, "resume", ticket="A001").json["state"] == "serving"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"line": 3}',
        b'{"line": "a", "x": 1}',
        b'{"line": "\\u0000"}',
        '{"line": "🎫"}'.encode(),
    ],
)
def test_bad_bodies_get_a_problem_document(hall: Hall, body: bytes) -> None:
    headers = {**hall.kiosk, "Idempotency-Key": f"bad-{next(keys)}", "Content-Type": "application/json"}
    answer = hall.client.post(f"{API}/tickets", data=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert set(reply(answer).json) >= {"type", "title", "status", "detail", "code"}


def test_an_idempotency_key_belongs_to_one_body(hall: Hall) -> None:
    assert hall.try_draw(key="k").status_code == 201
    assert hall.try_draw("xixian-b", key="k").json["code"] == "idempotency_key_reused"
    headers = {**hall.kiosk}
    missing = reply(hall.client.post(f"{API}/tickets", json={"line": "xixian-a"}, headers=headers))
    assert missing.json["code"] == "idempotency_key_missing"


def test_O3_the_journal_is_chained_and_a_changed_entry_is_found(hall: Hall) -> None:
    hall.draw()
    with hall.client.application.app_context():
        units().run(journal.seal)
        good = units().run(journal.verify)
        units().run(unguard_journal)
        units().run(lambda session: session.execute(text("UPDATE journal SET data = '{}' WHERE seq = 2")))
        bad = units().run(journal.verify)
    assert good.fault is None
    assert good.sealed >= 2
    assert bad.fault == "entry 2 was changed"


def test_E3_times_carry_the_sites_offset(hall: Hall) -> None:
    assert hall.draw()["issued_at"].endswith("+08:00")
