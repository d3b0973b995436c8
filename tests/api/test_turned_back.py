"""What came in under a one-time notice and is not what it asked for: turned back, under the same notice (I4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cases_at_work import MONDAY, Behind, at

DAY = timedelta(days=1)
ELSE = {"material": "现场核验", "problem": "未预约", "wanted": "预约核验时间"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20, task_type=1)
    return found


def go(hall: Behind, case: dict[str, Any], verb: str, user: str = "review-scjg", **body: Any) -> Any:
    return hall.ask(user, f"/cases/{case['token']}/{verb}", body)


def clerk_of(hall: Behind) -> str:
    (found,) = [row["user"] for row in hall.demo["staff"] if row["window"] == hall.clerk.window]
    return str(found)


def seen(hall: Behind, case: dict[str, Any]) -> Any:
    return hall.look("review-scjg", f"/cases/{case['token']}").json


def noticed(hall: Behind, *more: dict[str, str]) -> tuple[dict[str, Any], int]:
    """A case whose notice is out, and the paper that it asks for."""
    case = hall.received({"firm": "missing"})
    paper = next(int(row["id"]) for row in case["papers"] if row["state"] == "missing")
    line = {"material": "章程", "problem": "未签字", "wanted": "全体股东签字", "paper": paper}
    assert go(hall, case, "notice", lines=[line, *more], term_days=5).status_code == 200
    return case, paper


def bring(hall: Behind, case: dict[str, Any], paper: int, **more: Any) -> Any:
    return go(hall, case, "supplement", papers=[{"id": paper, "state": "present"}], **more)


def test_I4_a_department_turns_a_paper_back_under_the_same_notice(hall: Behind) -> None:
    with at(MONDAY):
        case, paper = noticed(hall)
        early = go(hall, case, "turn-back", lines=[])
        assert early.status_code == 409, "nothing came in yet"
        line = seen(hall, case)["notices"][0]["lines"][0]["id"]
    wrong = [{"id": line, "note": "签字的不是股东本人"}]
    with at(MONDAY + 2 * DAY):
        assert bring(hall, case, paper).json["state"] == "received"
        assert "turn-back" in seen(hall, case)["offers"]
        for user in (clerk_of(hall), "manager", "review-rsj"):
            assert go(hall, case, "turn-back", user, lines=wrong).status_code == 403, user
        assert go(hall, case, "turn-back", lines=[]).json["code"] == "nothing_chosen"
        silent = go(hall, case, "turn-back", lines=[{"id": line, "note": " "}])
        assert silent.json["errors"].keys() == {f"note-{line}"}
        foreign = go(hall, case, "turn-back", lines=[{"id": line + 99, "note": "另需验资报告"}])
        assert foreign.json["code"] == "unknown_line", "the notice is the list of all that can be asked for"
    with at(MONDAY + 3 * DAY):
        back = go(hall, case, "turn-back", lines=wrong)
        assert back.json["state"] == "correction"
        state = seen(hall, case)
        (notice,) = state["notices"]
        assert (notice["answered_at"], notice["answer_by"]) == (None, "2026-03-12"), "its time begins anew"
        assert [row["note"] for row in state["papers"] if row["state"] == "missing"] == ["签字的不是股东本人"]
        follow = hall.client.get(f"/api/v1/public/cases/{case['token']}").get_json()
        assert follow["cases"][0]["missing"][0]["still_wrong"] == "签字的不是股东本人"
        assert "签字的不是股东本人" in hall.client.get(f"/case/{case['token']}").text
        assert go(hall, case, "turn-back", lines=wrong).status_code == 409, (
            "a second press turns nothing back"
        )
    with at(MONDAY + 4 * DAY):
        assert bring(hall, case, paper).json["state"] == "received"
        assert go(hall, case, "accept").json["state"] == "accepted"
    assert not hall.case(case["number"]).notice_breach
    told = [entry["fact"] for entry in seen(hall, case)["history"]]
    assert told.count("case_turned_back") == 1


def test_I4_turning_back_has_five_working_days_from_what_came_in(hall: Behind) -> None:
    with at(MONDAY):
        case, paper = noticed(hall)
        line = seen(hall, case)["notices"][0]["lines"][0]["id"]
    with at(MONDAY + 2 * DAY):
        assert bring(hall, case, paper).status_code == 200
    wrong = [{"id": line, "note": "仍未签字"}]
    with at(MONDAY + 8 * DAY):  # the receipt is longer ago, what was brought is not
        row = hall.look("review-scjg", "/departments/411528-SCJG/inbox").json["rows"][0]
        assert (row["until"], row["light"]) == ("2026-03-11", "red"), "the inbox counts as the case does"
    with at(MONDAY + 10 * DAY):
        assert go(hall, case, "turn-back", lines=wrong).json["code"] == "too_late"


def test_I4_a_case_without_notice_has_nothing_to_turn_back(hall: Behind) -> None:
    case = hall.received()
    assert go(hall, case, "turn-back", lines=[{"id": 1, "note": "缺"}]).status_code == 409
    assert "turn-back" not in seen(hall, case)["offers"]


def test_I4_what_is_no_paper_of_the_list_is_brought_and_turned_back_as_well(hall: Behind) -> None:
    case, paper = noticed(hall, ELSE)
    line = seen(hall, case)["notices"][0]["lines"][1]["id"]
    part = bring(hall, case, paper, lines=[{"id": line, "came": False}])
    assert part.json["state"] == "correction", "the papers are here, the appointment is not"
    (first, second) = seen(hall, case)["notices"][0]["lines"]
    assert first["settled_at"]
    assert second["settled_at"] is None
    assert go(hall, case, "supplement", lines=[{"id": line + 9, "came": True}]).json["code"] == "unknown_line"
    assert go(hall, case, "supplement", lines=[{"id": line, "came": True}]).json["state"] == "received"
    back = go(hall, case, "turn-back", lines=[{"id": line, "note": "约定时间无人在场"}])
    assert back.json["state"] == "correction"
    assert go(hall, case, "supplement", lines=[{"id": line, "came": True}]).json["state"] == "received"
    assert go(hall, case, "accept").json["state"] == "accepted"
