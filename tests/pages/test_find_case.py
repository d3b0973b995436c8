"""Finding a case again by what its applicant can show; nobody's number stands in an address (I9, I10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import Behind
from tests.intake_at_work import NUMBER
from tests.pages.test_case_pages import csrf, sign_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

CODE = re.compile(r'class="typed">([0-9A-Z]{5}-[0-9A-Z]{5})<')  # a link's token may look like one, too


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    return Behind(client, demo)


def look_for(browser: FlaskClient, what: str) -> TestResponse:
    return browser.post("/cases", data={"csrf_token": csrf(browser.get("/cases")), "what": what})


def receipt_code(hall: Behind, browser: FlaskClient) -> str:
    """The code on the receipt of the form received last."""
    forms = hall.clerk.look(f"/windows/{hall.clerk.window}/forms").json["forms"]
    token = next(form["token"] for form in forms if form["state"] == "received")
    found = CODE.search(browser.get(f"/forms/{token}/receipt").text)
    assert found
    return found.group(1)


def test_a_window_finds_a_case_by_every_paper_that_a_citizen_can_show(hall: Behind) -> None:
    case = hall.received({"firm": "missing"})
    browser = sign_in(hall, "clerk01")
    code = receipt_code(hall, browser)
    here = f"/cases/{case['token']}"
    serial = case["number"].rpartition("-")[2].lstrip("0")
    shown = [code, code.lower().replace("-", ""), case["number"], serial, NUMBER, NUMBER.lower()]
    shown += [f"https://hall.example/case/{case['token']}"]
    missing = next(paper for paper in case["papers"] if paper["state"] == "missing")
    line = {"paper": missing["id"], "material": missing["name"], "problem": "未签字", "wanted": "补签"}
    notice = hall.ask("review-scjg", f"/cases/{case['token']}/notice", {"lines": [line], "term_days": 5})
    assert notice.status_code == 200, notice.text
    back = hall.look("clerk01", f"/cases/{case['token']}").json["notices"][0]["return_code"]
    for what in (*shown, back, f"https://hall.example/case/{case['token']}?back={back}"):
        said = look_for(browser, what)
        assert (said.status_code, said.headers.get("Location")) == (303, here), what


def test_I10_a_number_finds_all_cases_of_its_applicant_and_no_name_does(hall: Behind) -> None:
    hall.received(bundle="xixian-company-start")
    browser = sign_in(hall, "clerk01")
    said = look_for(browser, NUMBER)
    assert said.status_code == 200
    assert said.text.count('class="inbox-number"') == 6
    assert said.text.count(NUMBER) == 1, "It stands in the field where it was typed, masked in every row."
    for nobody in (
        "测试甲",
        "110105",
        "11010519491231002",
        "00000-00000",
        "'; --",
        "http://[",
        "",
        "9" * 300,
    ):
        assert 'id="found"' not in look_for(browser, nobody).text, nobody


def test_I1_a_department_finds_its_own_cases_only(hall: Behind) -> None:
    case = hall.received()
    own = look_for(sign_in(hall, "review-scjg"), case["number"])
    assert own.headers["Location"] == f"/cases/{case['token']}"
    other = look_for(sign_in(hall, "review-zrzy"), case["number"])
    assert other.status_code == 200
    assert case["token"] not in other.text
    assert sign_in(hall, "desk").get("/cases").status_code == 403
