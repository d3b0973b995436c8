"""The inbox and a case as pages: what a reviewer sees, does with plain forms, and is told (I1, I4, I5)."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from hall.intake.models import Case, Filing
from tests.cases_at_work import Behind

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5)
    return found


def sign_in(hall: Behind, user: str) -> FlaskClient:
    browser = hall.client.application.test_client()
    token = csrf(browser.get("/sign-in"))
    password = next(row["password"] for row in hall.demo["staff"] if row["user"] == user)
    said = browser.post("/sign-in", data={"user": user, "password": password, "csrf_token": token})
    assert said.status_code == 302, said.text
    return browser


def csrf(page: TestResponse) -> str:
    found = CSRF.search(page.text)
    assert found
    return found.group(1)


def send(browser: FlaskClient, case: dict[str, Any], verb: str, **fields: str) -> TestResponse:
    page = browser.get(f"/cases/{case['token']}")
    data = {"csrf_token": csrf(page), **{f"{verb}-{name}": value for name, value in fields.items()}}
    return browser.post(f"/cases/{case['token']}/{verb}", data=data)


def test_I5_the_inbox_says_urgency_in_words_and_leads_to_the_case(hall: Behind) -> None:
    case = hall.received()
    browser = sign_in(hall, "review-scjg")
    page = browser.get("/inbox")
    assert page.status_code == 200
    assert "期限内" in page.text
    assert f"/cases/{case['token']}" in page.text
    assert "没有符合条件的办件" in browser.get("/inbox?light=overdue").text
    assert "现在没有待办件" in sign_in(hall, "review-zrzy").get("/inbox").text
    for odd in ("?page=0", "?page=999999", "?page=-1", "?page=x", "?state=zz&light=zz"):
        assert browser.get(f"/inbox{odd}").status_code == 200, odd


def test_a_case_goes_its_way_by_plain_forms(hall: Behind) -> None:
    case = hall.received()
    browser = sign_in(hall, "review-scjg")
    for verb, fields in (
        ("claim", {}),
        ("accept", {}),
        ("note", {"text": "已核实"}),
        ("decide", {"decision": "granted", "reasons": "符合条件"}),
        ("make-ready", {"number": "9141", "valid_until": "2099-01-01"}),
    ):
        said = send(browser, case, verb, **fields)
        assert said.status_code == 303, (verb, said.text)
    page = browser.get(f"/cases/{case['token']}")
    assert "待领取" in page.text
    assert "已核实" in page.text


def test_what_was_typed_stays_and_the_field_says_what_is_wrong(hall: Behind) -> None:
    case = hall.received()
    browser = sign_in(hall, "review-scjg")
    refused = send(browser, case, "decline", reason="不属于本县管辖", remedy="")
    assert refused.status_code == 422
    assert "不属于本县管辖" in refused.text
    assert 'id="error-decline-remedy"' in refused.text
    wrong_day = {"valid_until": "2026-02-30"}
    assert send(browser, case, "make-ready", **wrong_day).status_code == 422
    assert send(browser, case, "decide", decision="granted").status_code == 409
    assert send(browser, case, "no-such-verb").status_code == 404
    without = browser.post(f"/cases/{case['token']}/accept")
    assert without.status_code == 400
    assert hall.case(case["number"]).state == "received"


def test_I4_the_notice_form_asks_for_everything_missing(hall: Behind) -> None:
    case = hall.received({"firm": "missing"})
    browser = sign_in(hall, "review-scjg")
    paper = next(row for row in case["papers"] if row["state"] == "missing")
    few = send(browser, case, "notice", term_days="5")
    assert few.status_code == 422
    assert paper["name"] in few.text
    key = str(paper["id"])
    asked = {
        f"ask-{key}": "1",
        f"material-{key}": paper["name"],
        f"problem-{key}": "未提交",
        f"wanted-{key}": "补交原件",
    }
    bare = send(browser, case, "notice", term_days="5", **{f"ask-{key}": "1", "problem-x1": "未预约"})
    assert bare.status_code == 422
    for needed in (f"problem-{key}", f"wanted-{key}", "material-x1", "wanted-x1"):
        assert f'id="error-notice-{needed}"' in bare.text, "what is needed is said beside its field"
    assert send(browser, case, "notice", term_days="5", **asked).status_code == 303
    assert send(browser, case, "supplement", **{f"paper-{key}": "present"}).status_code == 303
    assert hall.case(case["number"]).state == "received"
    page = browser.get(f"/cases/{case['token']}").text
    line = next(iter(re.findall(r'name="turn-back-line-(\d+)"', page)))
    silent = send(browser, case, "turn-back", **{f"line-{line}": "1"})
    assert f'id="error-turn-back-note-{line}"' in silent.text
    wrong = {f"line-{line}": "1", f"note-{line}": "复印件不清晰"}
    assert send(browser, case, "turn-back", **wrong).status_code == 303
    assert "复印件不清晰" in browser.get(f"/cases/{case['token']}").text
    assert hall.case(case["number"]).state == "correction"


def test_a_case_reads_in_english_and_stands_below_the_inbox(hall: Behind) -> None:
    case = hall.received({"deferrable": "deferred"})
    browser = sign_in(hall, "review-scjg")
    with browser.session_transaction() as session:
        session["lang"] = "en"
    assert send(browser, case, "accept", deferral_days="3").status_code == 303
    page = browser.get(f"/cases/{case['token']}").text
    assert "If someone acts for you" in page, "conditions have English words"
    assert not re.search(r"<span class=\"quiet small\">[\u4e00-\u9fff]", page), "no Chinese condition is left"
    assert re.search(r'href="/inbox" aria-current="page"', page)
    assert 'href="/cases" aria-current' not in page
    inbox = browser.get("/inbox").text
    assert "1 deferred paper<" in inbox
    assert "1 open case here" in inbox


def test_I1_pages_refuse_whom_the_rules_refuse(hall: Behind) -> None:
    case = hall.received()
    other = sign_in(hall, "review-zrzy")
    assert other.get(f"/cases/{case['token']}").status_code == 403
    assert other.get("/inbox?department=411528-SCJG").status_code == 403
    manager = sign_in(hall, "manager")
    assert manager.get("/inbox?department=411528-SCJG").status_code == 200
    assert "/decide" not in manager.get(f"/cases/{case['token']}").text
    assert send(manager, case, "decide", decision="granted").status_code == 403


def test_the_inbox_asks_the_database_little_whatever_its_size(
    hall: Behind, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    hall.received()
    hall.write(lambda session: multiply(session, 120))
    browser = sign_in(hall, "review-scjg")
    browser.get("/inbox")
    with queries() as said:
        page = browser.get("/inbox?page=2")
    assert page.text.count("<tr data-light") == 50
    assert "121" in page.text
    assert len(said) <= 12, said


def multiply(session: Any, times: int) -> None:
    """Many cases like the one there is."""
    forms, cases = Filing.__table__, Case.__table__
    form = dict(session.execute(select(forms)).one()._mapping)
    case = dict(session.execute(select(cases)).one()._mapping)
    for number in range(times):
        fresh = {**form, "nonce": os.urandom(9), "ticket_id": None}
        del fresh["id"]
        key = session.execute(insert(Filing).returning(Filing.id), fresh).scalar_one()
        more = {**case, "nonce": os.urandom(9), "filing_id": key, "serial": 1000 + number}
        del more["id"]
        session.execute(insert(Case), {**more, "number": f"411528-2026-{1000 + number:06d}"})
