"""The desk's day: counted questions, opening checklist, closing sweep (Q14), on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hall.desk.models import ChecklistTick, DeskQuestion
from hall.journal import JournalEntry
from hall.unit_of_work import units
from tests.desk_at_work import Desk


@pytest.fixture
def desk(client: FlaskClient, demo: dict[str, Any]) -> Desk:
    return Desk(client, demo)


def facts_of(desk: Desk, fact: str) -> int:
    with desk.client.application.app_context():
        wanted = select(JournalEntry.id).where(JournalEntry.fact == fact)
        return len(units().run(lambda session: session.scalars(wanted).all()))


def test_questions_are_counted_by_topic_and_the_last_is_taken_back(desk: Desk) -> None:
    for topic in ("where", "where", "papers"):
        assert desk.ask("POST", "/desk/questions", {"topic": topic}).status_code == 200
    assert desk.ask("GET", "/desk/questions").get_json() == {
        "counts": {"where": 2, "papers": 1},
        "total": 3,
    }
    assert desk.ask("POST", "/desk/questions/take-back").get_json()["counts"] == {"where": 2}
    assert facts_of(desk, "question_counted") == 3
    assert facts_of(desk, "question_taken_back") == 1


def test_a_question_can_be_taken_back_for_a_minute_only_and_by_who_counted_it(desk: Desk) -> None:
    desk.ask("POST", "/desk/questions", {"topic": "where"})
    manager = desk.token("manager")
    other = desk.ask("POST", "/desk/questions/take-back", who=manager)
    assert (other.status_code, other.get_json()["code"]) == (409, "nothing_to_undo")
    with desk.client.application.app_context():
        earlier = update(DeskQuestion).values(asked_at=DeskQuestion.asked_at)
        row = units().run(lambda session: session.scalars(select(DeskQuestion)).one())
        units().run(
            lambda session: session.execute(earlier.values(asked_at=row.asked_at - timedelta(seconds=61)))
        )
    assert desk.ask("POST", "/desk/questions/take-back").status_code == 409


def test_a_topic_that_the_site_does_not_have_is_refused(desk: Desk) -> None:
    answer = desk.ask("POST", "/desk/questions", {"topic": "weather"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "unknown_topic")
    desk.settle(question_topics=("weather",))
    assert desk.ask("POST", "/desk/questions", {"topic": "weather"}).status_code == 200


def test_Q14_a_point_is_ticked_once_with_who_and_when_and_can_be_run_twice(desk: Desk) -> None:
    first = desk.ask("POST", "/desk/checklists/opening/paper", {"note": "新卷"}).get_json()
    again = desk.ask("POST", "/desk/checklists/opening/paper", {"note": "新卷"}).get_json()
    assert first == again
    paper = next(point for point in first["points"] if point["code"] == "paper")
    assert (paper["done"], paper["note"], bool(paper["by"]), bool(paper["at"])) == (True, "新卷", True, True)
    assert facts_of(desk, "checklist_ticked") == 1
    with desk.client.application.app_context():
        assert len(units().run(lambda session: session.scalars(select(ChecklistTick)).all())) == 1


def test_Q14_a_point_is_one_row_in_the_database_too(desk: Desk) -> None:
    desk.ask("POST", "/desk/checklists/closing/held")
    with desk.client.application.app_context():
        row = units().run(lambda session: session.scalars(select(ChecklistTick)).one())
        copied = {
            name: getattr(row, name)
            for name in ("site_id", "business_date", "kind", "point", "staff_id", "ticked_at")
        }
        with pytest.raises(Exception, match=r"(?i)unique"):
            units().run(lambda session: session.add(ChecklistTick(**copied, done=True)))


def test_Q14_a_point_can_be_opened_again(desk: Desk) -> None:
    desk.ask("POST", "/desk/checklists/opening/sound")
    opened = desk.ask("POST", "/desk/checklists/opening/sound", {"done": False}).get_json()
    assert [point["done"] for point in opened["points"] if point["code"] == "sound"] == [False]
    assert facts_of(desk, "checklist_ticked") == 2


def test_Q14_the_site_s_own_points_are_the_list(desk: Desk) -> None:
    desk.settle(opening_points=("paper", "饮水机"))
    assert [point["code"] for point in desk.ask("GET", "/desk/checklists/opening").get_json()["points"]] == [
        "paper",
        "饮水机",
    ]
    assert desk.ask("POST", "/desk/checklists/opening/饮水机").status_code == 200
    refused = desk.ask("POST", "/desk/checklists/opening/screens")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "unknown_point")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/desk/checklists/opening/paper", {"done": "yes"}, 422),
        ("/desk/checklists/opening/paper", {"by": "me"}, 422),
        ("/desk/checklists/opening/paper", {"note": "x" * 201}, 422),
        ("/desk/checklists/lunch/paper", {}, 404),
        ("/desk/questions", {}, 422),
        ("/desk/questions", {"topic": 3}, 422),
        ("/desk/compare", {"asked": "A001"}, 422),
        ("/desk/tickets/A001/address", {"confirmed": False}, 422),
        ("/desk/tickets/A001/return", {"date": "2026-13-45"}, 422),
        ("/desk/tickets/A001/return", {"date": "２０２６-０１-０１"}, 422),
        ("/desk/tickets/A001/reprint", {"printer": 10**30}, 422),
        ("/desk/tickets/A001/priority", {"reason": "acquaintance"}, 422),
    ],
)
def test_bad_bodies_get_a_problem_document(desk: Desk, path: str, body: object, status: int) -> None:
    answer = desk.ask("POST", path, body)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
