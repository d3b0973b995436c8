"""Why was that one first? The desk answers from the tickets themselves (Q7), on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hall.journal import JournalEntry
from hall.unit_of_work import units
from tests.desk_at_work import Desk

SECRETS = ("绿色通道", "60", "残疾", "孕", "病", "军", "elder", "健康", "身体", "priority")


@pytest.fixture
def desk(client: FlaskClient, demo: dict[str, Any]) -> Desk:
    found = Desk(client, demo)
    found.at("xixian-01", "open")
    return found


def test_Q7_by_time_is_explained_by_time(desk: Desk) -> None:
    desk.draw()
    desk.draw()
    answer = desk.why("A002", "A001")
    assert (answer["first"], answer["second"]) == ("A001", "A002")
    assert "先后" in " ".join(answer["public"])
    desk.at("xixian-01", "call-next")
    assert desk.why("A002", "A001")["verdict"].startswith("A001")


def test_Q7_the_public_hears_by_rule_and_the_desk_reads_the_ground(desk: Desk) -> None:
    desk.draw()
    desk.draw(lane="priority", reason="elder")
    answer = desk.why("A001", "A002")
    said = " ".join([answer["verdict"], *answer["public"]])
    assert "依规优先" in said
    assert not [word for word in SECRETS if word in said], f"to be read out, and says too much: {said}"
    assert "60" in " ".join(answer["staff"])


def test_Q7_out_of_order_is_by_rule_to_the_public_and_has_its_reason_for_the_desk(desk: Desk) -> None:
    desk.draw()
    desk.draw()
    desk.at("xixian-01", "call", ticket="A002", reason="health")
    answer = desk.why("A001", "A002")
    said = " ".join([answer["verdict"], *answer["public"]])
    assert answer["first"] == "A002"
    assert "依规优先" in said
    assert not [word for word in SECRETS if word in said]
    assert "身体" in " ".join(answer["staff"])


def test_Q7_back_with_papers_is_said_in_these_words(desk: Desk) -> None:
    desk.draw()
    desk.incomplete("A001")
    desk.draw()
    desk.do("A001", "return")
    answer = desk.why("A002", "A003")
    assert answer["first"] == "A003"
    assert any("补件返回" in sentence for sentence in answer["public"])


def test_Q6_the_one_who_missed_the_call_hears_so_and_a_stranger_does_not(desk: Desk) -> None:
    for _ in range(5):
        desk.draw()
    desk.passed("A001")
    desk.do("A001", "rejoin")
    own, stranger = desk.why("A001", "A002"), desk.why("A002", "A001")
    assert own["first"] == stranger["first"] == "A002"
    assert any("过号" in sentence for sentence in own["public"])
    assert not any("过号" in sentence for sentence in stranger["public"])
    assert any("过号" in sentence for sentence in stranger["staff"])


def test_Q5_different_lines_have_each_their_own_order(desk: Desk) -> None:
    desk.draw()
    desk.draw("xixian-b")
    answer = desk.why("A001", "B001")
    assert any("不同" in sentence for sentence in answer["public"])


def test_Q7_that_it_was_asked_is_written_down_for_both_numbers(desk: Desk) -> None:
    desk.draw()
    desk.draw()
    desk.why("A002", "A001")
    with desk.client.application.app_context():
        asked = units().run(
            lambda session: session.scalars(
                select(JournalEntry.subject).where(JournalEntry.fact == "call_why_asked")
            ).all()
        )
    assert len(set(asked)) == 2


def test_two_times_the_same_number_is_refused(desk: Desk) -> None:
    desk.draw()
    answer = desk.ask("POST", "/desk/compare", {"asked": "A001", "other": "a001"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "same_number")
    assert "other" in answer.get_json()["errors"]


def test_E1_the_answer_is_in_the_caller_s_language(desk: Desk) -> None:
    desk.draw()
    desk.draw(lane="priority", reason="pregnant")
    headers = {"Authorization": f"Bearer {desk.token('reception')}", "Accept-Language": "en"}
    body = {"asked": "A001", "other": "A002"}
    answer = desk.client.post("/api/v1/desk/compare", json=body, headers=headers).get_json()
    assert answer["public"] == ["A002: priority by rule."]
