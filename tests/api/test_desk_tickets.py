"""The reception desk's way with tickets, on SQLite and PostgreSQL: look up, put right, bring back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hall.desk.models import PapersReturn
from hall.journal import JournalEntry
from hall.unit_of_work import units
from tests.desk_at_work import Desk


@pytest.fixture
def desk(client: FlaskClient, demo: dict[str, Any]) -> Desk:
    found = Desk(client, demo)
    found.at("xixian-01", "open")
    return found


def test_Q4_the_desk_draws_in_the_priority_lane_on_a_word(desk: Desk) -> None:
    desk.draw()
    drawn = desk.draw(lane="priority", reason="elder", heads=3)
    assert (drawn["lane"], drawn["ahead"]) == ("priority", 0)
    found = desk.find(drawn["number"].lower())
    assert (found["lane_reason"], found["heads"], found["state"]) == ("elder", 3, "waiting")


def test_Q4_priority_is_given_to_a_number_that_waits_already(desk: Desk) -> None:
    desk.draw()
    desk.draw()
    given = desk.do("A002", "priority", reason="military")
    assert given.status_code == 200, given.text
    assert (given.get_json()["lane"], given.get_json()["ahead"]) == ("priority", 0)
    assert "priority" not in desk.find("A002")["can"]
    assert desk.do("A002", "priority", reason="military").status_code == 409


def test_Q7_a_look_up_tells_the_ticket_s_story_in_plain_words(desk: Desk) -> None:
    desk.draw()
    desk.at("xixian-01", "call-next")
    told = " ".join(step["text"] for step in desk.find("A001")["story"])
    assert "取号" in told and "1号窗口" in told


def test_a_look_up_never_hands_out_the_ticket_s_token(desk: Desk) -> None:
    drawn = desk.draw()
    answer = desk.ask("GET", f"/desk/tickets/{drawn['number']}")
    assert drawn["token"] not in answer.text


def test_a_lost_ticket_s_address_needs_a_word_of_the_desk_and_is_written_down(desk: Desk) -> None:
    drawn = desk.draw()
    assert desk.do("A001", "address").status_code == 422
    given = desk.do("A001", "address", confirmed=True)
    assert given.status_code == 200
    assert given.get_json()["path"] == f"/t/{drawn['token']}"
    assert "ticket_address_shown" in facts_of(desk)


def test_Q6_the_desk_brings_a_passed_number_back_once(desk: Desk) -> None:
    for _ in range(5):
        desk.draw()
    desk.passed("A001")
    assert "rejoin" in desk.find("A001")["can"]
    back = desk.do("A001", "rejoin")
    assert back.status_code == 200, back.text
    assert (back.get_json()["state"], back.get_json()["ahead"]) == ("waiting", 3)
    for expected in ("A002", "A003", "A004"):
        assert desk.at("xixian-01", "call-next")["number"] == expected
        desk.at("xixian-01", "finish", outcome="done")
    desk.passed("A001")
    assert "rejoin" not in desk.find("A001")["can"]
    again = desk.do("A001", "rejoin")
    assert (again.status_code, again.get_json()["code"]) == (403, "rejoin_over")


def test_Q6_after_half_an_hour_the_desk_is_told_what_to_do_instead(desk: Desk) -> None:
    desk.draw()
    desk.passed("A001")
    passed_at = desk.ticket("A001").passed_at
    assert passed_at
    desk.alter("A001", passed_at=passed_at - timedelta(minutes=31))
    assert "rejoin" not in desk.find("A001")["can"]
    refused = desk.do("A001", "rejoin")
    assert refused.status_code == 403
    assert "重新取号" in refused.get_json()["detail"]


def test_Q3_back_with_papers_on_the_same_day_gets_the_old_place(desk: Desk) -> None:
    desk.draw()
    desk.draw()
    desk.incomplete("A001")
    assert desk.find("A001")["can"] == ["return"]
    slip = desk.do("A001", "return")
    assert slip.status_code == 201, slip.text
    ticket = slip.get_json()["ticket"]
    assert (ticket["number"], ticket["ahead"], ticket["basis"]) == ("A003", 0, "returned")
    assert ticket["why_waiting"] == "补件返回"
    assert desk.ticket("A003").place == desk.ticket("A001").place
    assert desk.at("xixian-01", "call-next")["number"] == "A003"


def test_Q3_a_notice_brings_back_once(desk: Desk) -> None:
    desk.draw()
    desk.incomplete("A001")
    assert desk.do("A001", "return").status_code == 201
    again = desk.do("A001", "return")
    assert (again.status_code, again.get_json()["code"]) == (409, "returned_before")
    assert desk.draw()["number"] == "A003", "a refused return draws no number"


def test_Q3_a_notice_brings_back_once_in_the_database_too(desk: Desk) -> None:
    desk.draw()
    desk.incomplete("A001")
    desk.do("A001", "return")
    desk.draw()
    with desk.client.application.app_context():
        row = units().run(lambda session: session.scalars(select(PapersReturn)).one())
        second = desk.ticket("A003").id
        with pytest.raises(Exception, match=r"(?i)unique"):
            units().run(
                lambda session: session.add(
                    PapersReturn(notice_ticket_id=row.notice_ticket_id, ticket_id=second, made_at=row.made_at)
                )
            )


def test_Q3_on_a_later_day_the_place_is_half_an_hour_before(desk: Desk) -> None:
    desk.draw()
    desk.incomplete("A001")
    before = desk.ticket("A001").business_date
    desk.alter("A001", business_date=before - timedelta(days=3), number="A091")
    day = (before - timedelta(days=3)).isoformat()
    assert desk.ask("GET", f"/desk/tickets/A091?date={day}").get_json()["can"] == ["return"]
    slip = desk.do("A091", "return", date=day)
    assert slip.status_code == 201, slip.text
    ticket = desk.ticket(slip.get_json()["ticket"]["number"])
    assert ticket.issued_at - ticket.place == timedelta(minutes=30)


def test_Q3_only_a_number_that_ended_for_missing_papers_comes_back(desk: Desk) -> None:
    desk.draw()
    assert desk.do("A001", "return").get_json()["code"] == "not_incomplete"
    desk.at("xixian-01", "call-next")
    desk.at("xixian-01", "finish", outcome="done")
    assert desk.do("A001", "return").status_code == 409


def test_a_reprint_is_counted_and_never_made_of_what_is_over(desk: Desk) -> None:
    desk.draw()
    assert desk.do("A001", "reprint").get_json()["ticket"]["reprints"] == 1
    assert "slip_printed" in facts_of(desk)
    assert desk.do("A001", "leave").get_json()["state"] == "abandoned"
    assert "导办台" in desk.find("A001")["story"][-1]["text"], "the story says that the desk did it"
    assert desk.do("A001", "reprint").get_json()["code"] == "ticket_over"


def test_Q11_a_test_ticket_is_marked_and_not_counted(desk: Desk) -> None:
    drawn = desk.draw(test=True)
    assert drawn["test"] is True
    assert desk.find(drawn["number"])["test"] is True
    lines = desk.client.get("/api/v1/sites/xixian/lines").get_json()
    assert lines[0]["waiting"] == 0


def test_Q8_the_claim_is_kept_as_a_keyed_hash_and_in_no_journal_row(desk: Desk) -> None:
    desk.draw(person={"id_number": "413021196001011234"})
    refused = desk.ask(
        "POST", "/tickets", {"line": "xixian-a", "person": {"id_number": "413021196001011234"}}
    )
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_waiting")
    with desk.client.application.app_context():
        rows = units().run(lambda session: session.scalars(select(JournalEntry.data)).all())
    assert not [row for row in rows if "413021" in row]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/desk/tickets/Z999", 404),
        ("/desk/tickets/%F0%9F%8E%AB", 404),
        ("/desk/tickets/A001?date=yesterday", 422),
        ("/desk/tickets/A001?date=2020-01-01", 404),
        ("/desk/tickets/" + "A" * 300, 404),
    ],
)
def test_bad_numbers_and_dates_get_a_problem_document(desk: Desk, path: str, status: int) -> None:
    desk.draw()
    answer = desk.ask("GET", path)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"


def test_others_may_not_use_the_desk(desk: Desk) -> None:
    desk.draw()
    clerk = desk.token("window")
    assert desk.ask("GET", "/desk/tickets/A001", who=clerk).status_code == 403
    assert desk.ask("POST", "/desk/tickets/A001/leave", who=clerk).status_code == 403
    assert desk.ask("POST", "/desk/tickets/A001/leave", who=desk.demo["kiosk"]["token"]).status_code == 403
    assert desk.client.get("/api/v1/desk/tickets/A001").status_code == 401


def test_the_same_press_twice_is_done_once(desk: Desk) -> None:
    desk.draw()
    first = desk.ask("POST", "/desk/tickets/A001/reprint", key="press")
    again = desk.ask("POST", "/desk/tickets/A001/reprint", key="press")
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert desk.find("A001")["reprints"] == 1


def facts_of(desk: Desk) -> list[str]:
    with desk.client.application.app_context():
        return list(units().run(lambda session: session.scalars(select(JournalEntry.fact)).all()))
