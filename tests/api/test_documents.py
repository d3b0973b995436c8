"""Official documents: which there are, what stands on them, every copy counted (I3, I5, I10), on both databases."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hall import clock
from hall.intake.documents.models import Printing
from hall.intake.documents.rules import Kind
from hall.intake.review.models import Deferral
from hall.journal import JournalEntry
from hall.unit_of_work import units
from tests.cases_at_work import Behind
from tests.intake_at_work import NUMBER, Clerk
from tests.results_at_work import change, deferred, noticed, ready, received


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    return Clerk(client, demo)


def page(clerk: Clerk, address: str, *, status: int = 200, token: str = "") -> str:
    shown = clerk.client.get(address, headers={"Authorization": f"Bearer {token or clerk.token}"})
    assert shown.status_code == status, shown.text
    return shown.text


def press(clerk: Clerk, address: str) -> str:
    said = clerk.client.post(address, headers={"Authorization": f"Bearer {clerk.token}"})
    assert said.status_code == 303, said.text
    return said.headers["Location"]


def test_I3_the_receipt_names_all_cases_and_papers_and_masks_the_number(clerk: Clerk) -> None:
    form = received(clerk, bundle="xixian-company-start")
    shown = page(clerk, f"/forms/{form['token']}/receipt")
    assert all(case["number"] in shown for case in form["cases"])
    assert all(paper["name"] in shown for paper in form["papers"])
    assert "110105********002X" in shown
    assert NUMBER not in shown
    assert shown.count("components.css") == 1, "beside the paper stands a page of the house"
    assert shown.count('<article class="sheet">') == shown.count("</article>")


def test_I3_every_printing_is_counted_and_a_reprint_says_so(clerk: Clerk) -> None:
    form = received(clerk)
    address = f"/forms/{form['token']}/receipt"
    assert "补打（" not in page(clerk, press(clerk, address))
    assert "补打（第 2 份）" in page(clerk, press(clerk, address))
    with clerk.client.application.app_context():
        copies = units().run(
            lambda session: list(session.scalars(select(Printing.copy).order_by(Printing.id)))
        )
        said = units().run(
            lambda session: [row.fact for row in session.scalars(select(JournalEntry))].count(
                "document_printed"
            )
        )
    assert (copies, said) == ([0, 1], 2)


def test_I3_a_document_is_there_only_after_its_act(clerk: Clerk) -> None:
    (case,) = received(clerk)["cases"]
    address = f"/cases/{case['token']}/documents"
    kinds = [kind.value for kind in Kind if kind is not Kind.RECEIPT]
    for kind in kinds:
        page(clerk, f"{address}/{kind}", status=404)
    noticed(clerk.client.application, case["number"])
    shown = page(clerk, f"{address}/notice")
    assert "以上为需要补正的全部内容。补正后凭本单到导办台，恢复原排队次序。" in shown
    assert re.search(r"补件返回码：<strong class=\"typed\">[0-9A-Z]{5}-[0-9A-Z]{5}<", shown)
    ready(clerk.client.application, case["number"])
    for kind in ("acceptance", "decision", "handover"):
        assert case["number"] in page(clerk, f"{address}/{kind}")
    assert "0376-5951302" in page(clerk, f"{address}/acceptance"), "the department's telephone"


def test_I5_an_extension_and_a_special_procedure_are_told_in_writing(clerk: Clerk) -> None:
    behind = Behind(clerk.client, clerk.demo)
    behind.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20)
    behind.add_procedure("听证", 10)
    case = behind.received()

    def go(user: str, verb: str, **body: Any) -> None:
        said = behind.ask(user, f"/cases/{case['token']}/{verb}", body)
        assert said.status_code == 200, said.text

    go("review-scjg", "accept")
    go("second-scjg", "extend", reason="需要现场核查")
    address = f"/cases/{case['token']}/documents"
    shown = page(clerk, f"{address}/extension")
    assert all(text in shown for text in ("延长办理期限 10 个工作日", "需要现场核查", "批准人"))
    go("review-scjg", "stop-clock", procedure="听证", told=True, planned_days=3)
    first = page(clerk, f"{address}/procedure")
    assert all(text in first for text in ("听证", "3 个工作日", "自恢复计时之日起顺延", "特〔2026〕1号"))
    assert "补打（" in page(clerk, press(clerk, f"{address}/procedure")) + page(
        clerk, press(clerk, f"{address}/procedure")
    )
    go("review-scjg", "resume-clock")
    go("review-scjg", "stop-clock", procedure="听证", told=True, planned_days=4)
    assert "特〔2026〕1-2号" in page(clerk, f"{address}/procedure")
    assert "补打（" not in page(clerk, press(clerk, f"{address}/procedure")), (
        "a second stop, a document of its own"
    )


def test_I7_a_termination_says_what_did_not_come_who_signed_and_what_goes_back(clerk: Clerk) -> None:
    app = clerk.client.application
    form = received(clerk)
    (case,) = form["cases"]
    deferred(app, case["number"], date(2026, 12, 1))
    with app.app_context():
        units().run(
            lambda session: session.execute(
                update(Deferral).values(state="broken", ended_by=Deferral.granted_by, ended_at=clock.now())
            )
        )
    change(app, case["number"], state="terminated", open_deferrals=0, ended_at=clock.now())
    shown = page(clerk, f"/cases/{case['token']}/documents/termination")
    late, *here = (paper["name"] for paper in form["papers"])
    assert f"{late}（期限 2026年12月1日）" in shown
    assert "容〔2026〕1号" in shown
    assert re.search(r"签发人</th><td>[^—<]+</td>", shown)
    back = shown[shown.index("退回材料清单") :]
    assert late not in back
    assert all(name in back for name in here)


def test_I5_a_pending_deadline_is_told_in_words_and_never_guessed(clerk: Clerk) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    deferred(app, case["number"], None)
    words = "自受理次日起 5 个工作日（具体日期待放假安排公布后确定）"
    assert words in page(clerk, f"/cases/{case['token']}/documents/acceptance")
    change(app, case["number"], due_on=date(2027, 1, 8))
    shown = page(clerk, f"/cases/{case['token']}/documents/acceptance")
    assert words not in shown
    assert "2027年1月8日前" in shown


def test_I7_the_undertaking_comes_twice_with_the_day_of_arrival(clerk: Clerk) -> None:
    (case,) = received(clerk)["cases"]
    deferred(clerk.client.application, case["number"], date(2026, 12, 1))
    shown = page(clerk, f"/cases/{case['token']}/documents/undertaking")
    assert shown.count('<article class="sheet">') == 2
    assert shown.count("补齐前不颁发办理结果；逾期未补齐的终止办理，可重新申请。") == 2
    assert "承诺于2026年12月1日前补齐" in shown


def test_I3_non_acceptance_gives_reason_remedy_and_where_to_go(clerk: Clerk) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    change(app, case["number"], state="not_accepted", reasons="不属于本机关职权\n可申请行政复议\n息县公安局")
    shown = page(clerk, f"/cases/{case['token']}/documents/non_acceptance")
    assert all(text in shown for text in ("不属于本机关职权", "可申请行政复议", "息县公安局"))


def test_only_windows_and_the_case_s_own_department_see_documents(clerk: Clerk) -> None:
    (case,) = received(clerk)["cases"]
    ready(clerk.client.application, case["number"])
    address = f"/cases/{case['token']}/documents/decision"
    staff = {one["user"]: one["token"] for one in clerk.demo["staff"]}
    assert case["number"] in page(clerk, address, token=staff["review-scjg"])
    page(clerk, address, status=403, token=staff["review-rsj"])
    auditor = next(one["token"] for one in clerk.demo["staff"] if one["role"] == "auditor")
    page(clerk, address, status=403, token=auditor)


def test_E2_a_code_to_scan_only_where_phones_reach_the_hall(clerk: Clerk) -> None:
    app = clerk.client.application
    form = received(clerk)
    assert "<svg xmlns" not in page(clerk, f"/forms/{form['token']}/receipt")
    app.config["HALL"] = replace(app.config["HALL"], public_url="https://hall.example")
    assert "<svg xmlns" in page(clerk, f"/forms/{form['token']}/receipt")


def test_Q3_a_notice_has_its_return_code_to_scan_also_where_phones_do_not_reach_the_hall(
    clerk: Clerk,
) -> None:
    app = clerk.client.application
    (case,) = received(clerk)["cases"]
    noticed(app, case["number"])
    address = f"/cases/{case['token']}/documents/notice"
    assert 'class="return-qr"' in page(clerk, address), "the hall's own scanner reads it"
    app.config["HALL"] = replace(app.config["HALL"], public_url="https://hall.example")
    assert 'class="return-qr"' not in page(clerk, address), "the code for phones holds it"


@pytest.mark.parametrize("printing", ["x", "0", "99999", "9" * 30, "١"])
def test_a_printing_that_is_not_this_document_s_is_no_page(clerk: Clerk, printing: str) -> None:
    form = received(clerk)
    page(clerk, f"/forms/{form['token']}/receipt?printing={printing}", status=404)
    page(clerk, f"/forms/{'A' * 24}/receipt", status=404)
