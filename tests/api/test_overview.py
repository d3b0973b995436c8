"""Deadlines of all departments: what is late rises to the manager and stays in the record (I4, I5, I8)."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient

from hall.intake.review import reminders
from tests.cases_at_work import MONDAY, Behind, at

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = timedelta(days=1)
LINE = {"material": "章程", "problem": "未签字", "wanted": "全体股东签字的原件"}
KINDS = ("overdue", "due", "acceptance", "unanswered", "recorded")


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20, task_type=7)
    return found


def go(hall: Behind, case: dict[str, Any], verb: str, **body: Any) -> None:
    said = hall.ask("review-scjg", f"/cases/{case['token']}/{verb}", body)
    assert said.status_code == 200, said.text


def page(hall: Behind, user: str = "manager", **asked: str) -> str:
    head = {"Authorization": f"Bearer {hall.tokens[user]}"}
    said = hall.client.get("/deadlines", query_string=asked, headers=head)
    assert said.status_code == 200
    return said.text


def listed(hall: Behind, kind: str, **asked: str) -> list[str]:
    return re.findall(r'overview-number">([^<]+)<', page(hall, kind=kind, **asked))


def test_I5_overdue_rises_to_the_manager_and_stays_in_the_record(hall: Behind) -> None:
    with at(MONDAY):
        late, silent, noticed = hall.received(), hall.received(), hall.received({"firm": "missing"})
        go(hall, late, "accept")
        missing = next(row["id"] for row in noticed["papers"] if row["state"] == "missing")
        go(hall, noticed, "notice", lines=[{**LINE, "paper": int(missing)}], term_days=5)
        assert not any(listed(hall, kind) for kind in KINDS)
    with at(MONDAY + 4 * DAY):  # Friday: one working day is left
        assert listed(hall, "due") == [late["number"]]
    with at(MONDAY + 7 * DAY):  # the last day for all three
        assert listed(hall, "due") == [late["number"]]
        assert not any(listed(hall, kind) for kind in ("overdue", "acceptance", "unanswered"))
    with at(MONDAY + 8 * DAY):
        assert listed(hall, "overdue") == [late["number"]], "also before any job has looked"
        assert listed(hall, "acceptance") == [silent["number"]]
        assert listed(hall, "unanswered") == [noticed["number"]]
        assert listed(hall, "overdue", department="411528-SCJG") == [late["number"]]
        assert listed(hall, "overdue", department="411528-ZRZY") == []
        hall.run(reminders.remind)
        go(hall, late, "decide", decision="granted")
        assert listed(hall, "overdue") == []
        assert listed(hall, "recorded") == [late["number"]], "decided, and not forgotten"


def test_I5_overdue_stays_in_the_record_though_no_job_looked_before_the_decision(hall: Behind) -> None:
    with at(MONDAY):
        late, early = hall.received(), hall.received()
        for one in (late, early):
            go(hall, one, "accept")
    with at(MONDAY + 7 * DAY):  # the last day
        go(hall, early, "decide", decision="granted")
    with at(MONDAY + 8 * DAY):
        go(hall, late, "decide", decision="granted")
    assert hall.case(late["number"]).overdue_since == date(2026, 3, 10)
    assert hall.case(early["number"]).overdue_since is None
    assert [hall.case(one["number"]).actual_days for one in (early, late)] == [5, 6]
    said = [row["fact"] for row in hall.look("review-scjg", f"/cases/{late['token']}").json["history"]]
    assert said.count("case_overdue") == 1


def test_I8_the_first_contact_stands_beside_each_late_case(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received()
        go(hall, case, "accept")
    with at(MONDAY + 8 * DAY):
        owner = hall.look("review-scjg", f"/cases/{case['token']}").json["owner"]
        assert owner and f"<td>{owner}</td>" in page(hall), "whom to ask"
        assert f"/cases/{case['token']}" in page(hall)
        seen = page(hall, "supervisor")
        assert case["number"] in seen
        assert "/cases/" not in seen, "a supervisor reads numbers, not cases"
        assert "测试甲" not in page(hall) + seen


def test_the_page_costs_the_same_for_one_case_and_for_many(
    hall: Behind, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    costs = []
    for _times in range(2):
        with at(MONDAY):
            for _number in range(3):
                go(hall, hall.received(), "accept")
        with at(MONDAY + 8 * DAY), queries() as said:
            assert page(hall).count("overview-number") in {3, 6}
        costs.append(len(said))
    assert costs[1] <= costs[0] <= 16


@pytest.mark.parametrize(
    "asked", ["?kind=zz", "?page=0", "?page=x", "?page=999999", "?department=zz&kind=due"]
)
def test_odd_addresses_show_the_page(hall: Behind, asked: str) -> None:
    head = {"Authorization": f"Bearer {hall.tokens['manager']}"}
    assert hall.client.get(f"/deadlines{asked}", headers=head).status_code == 200
