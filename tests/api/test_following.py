"""Following a case by its receipt (I9), on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hall.catalog.models import Line
from hall.intake.review.models import OneTimeNotice
from hall.queueing.models import Ticket
from hall.unit_of_work import units
from tests.intake_at_work import NUMBER, Clerk
from tests.results_at_work import change, deferred, noticed, ready, received


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    return Clerk(client, demo)


def test_I9_the_receipt_s_page_tells_stage_missing_deadline_and_place_and_nothing_personal(
    clerk: Clerk,
) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    address = f"/case/{case['token']}"
    noticed(app, case["number"])
    assert "请出租方签字并加盖公章" in clerk.client.get(address).text
    ready(app, case["number"])
    shown = clerk.client.get(address).text
    assert "12号窗口" in shown
    for personal in (NUMBER, "测试甲", "002X", "138"):
        assert personal not in shown
    told = clerk.client.get(f"/api/v1/public/cases/{case['token']}").get_json()
    assert [row["state"] for row in told["cases"]] == ["ready"]
    assert "测试甲" not in str(told)


def test_I9_I5_a_deadline_that_is_not_known_yet_is_told_in_words(clerk: Clerk) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    deferred(app, case["number"], None)
    assert "5 个工作日" in clerk.client.get(f"/case/{case['token']}").text
    change(app, case["number"], due_on=date(2027, 1, 8))
    assert "2027-01-08" in clerk.client.get(f"/case/{case['token']}").text


def test_I9_a_guess_is_told_nothing(clerk: Clerk) -> None:
    (case,) = received(clerk)["cases"]
    forged = case["token"][:-1] + ("A" if case["token"][-1] != "A" else "B")
    assert clerk.client.get(f"/case/{forged}").status_code == 404
    assert clerk.client.get(f"/api/v1/public/cases/{forged}").status_code == 404


def test_I9_results_are_fetched_where_a_line_is_marked_whatever_its_name(clerk: Clerk) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    ready(app, case["number"])

    def mark(session: Any) -> None:
        session.execute(update(Line).values(collects=Line.code == "xixian-b"))

    with app.app_context():
        units().run(mark)
    shown = clerk.client.get(f"/case/{case['token']}").text
    assert "12号窗口" not in shown, "the line called 出件 is not marked any more"
    assert "9号窗口" in shown


def test_I9_Q3_a_code_that_gave_the_old_place_back_is_not_promised_again(clerk: Clerk) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    noticed(app, case["number"])
    assert "恢复" in clerk.client.get(f"/case/{case['token']}").text
    with app.app_context():
        ticket = select(Ticket.id).limit(1).scalar_subquery()
        units().run(lambda session: session.execute(update(OneTimeNotice).values(return_ticket_id=ticket)))
    again = clerk.client.get(f"/case/{case['token']}").text
    assert "恢复" not in again
    assert "重新取号" in again
