"""The ledger's pages: what each person can do there, errors at their field, files through the form (M7)."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.heard import statements_heard
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

FORM = {"rota": "directors", "title": "窗口排队绳挡住轮椅", "source": "sit"}


@pytest.fixture
def ledger(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Iterator[Findings]:
    app.config["WTF_CSRF_METHODS"] = []  # the guard against foreign pages has tests of its own
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        mondays.tokens["office"] = next(row["token"] for row in demo["staff"] if row["role"] == "office")
        yield Findings(mondays)


def page(ledger: Findings, path: str, who: str = "manager", status: int = 200, **form: Any) -> str:
    headers = {"Authorization": f"Bearer {ledger.mondays.tokens[who]}"}
    client = ledger.mondays.client
    answer = client.post(path, headers=headers, data=form) if form else client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def offered(found: str) -> list[str]:
    return re.findall(r'id="act-([a-z-]+)"', found)


def test_M7_everybody_is_offered_what_they_can_do(ledger: Findings) -> None:
    key = ledger.find()
    path = f"/receptions/findings/{key}"
    assert offered(page(ledger, path)) == ["assign", "evidence"]
    assert offered(page(ledger, path, "head0")) == ["evidence"]
    assert offered(page(ledger, path, "office")) == [], "who may add no file is not offered to"
    ledger.assign(key)
    assert offered(page(ledger, path)) == ["evidence", "rectify", "extend", "assign"]
    assert offered(page(ledger, path, "liaison1")) == ["evidence", "rectify"]
    assert offered(page(ledger, path, "head0")) == []
    ledger.add(key, photo(), "manager")
    ledger.step(key, "rectify", note="代为整改")
    assert offered(page(ledger, path)) == []
    assert offered(page(ledger, path, "second")) == ["verify", "send-back"]
    ledger.step(key, "verify", "second", note="看过")
    assert offered(page(ledger, path)) == ["close"]
    assert offered(page(ledger, path, "second")) == ["close", "send-back"]
    ledger.step(key, "close")
    assert "已销号" in page(ledger, path)


def test_M7_a_manager_says_on_the_page_why_another_department_gets_it(ledger: Findings) -> None:
    key = ledger.find()
    ledger.assign(key)
    form: dict[str, Any] = {
        "verb": "assign",
        "assign-owner": ledger.mondays.people()["局长2"],
        "assign-days": 5,
        "revision": 2,
    }
    refused = page(ledger, f"/receptions/findings/{key}/assign", status=422, **form)
    assert 'id="field-assign-reason"' in refused
    assert 'href="#field-assign-reason"' in refused
    form["assign-reason"] = "属于该局职责"
    page(ledger, f"/receptions/findings/{key}/assign", status=303, **form)
    assert "属于该局职责" in page(ledger, f"/receptions/findings/{key}")


def test_a_finding_is_written_down_and_led_to_its_end_by_forms(ledger: Findings) -> None:
    page(ledger, "/receptions/findings/new", "head0", 303, **FORM)
    path = "/receptions/findings/1"
    owner = ledger.mondays.people()["局长1"]
    form: dict[str, Any] = {"assign-owner": owner, "assign-days": 5, "revision": 1}
    page(ledger, f"{path}/assign", status=303, **form)
    file: dict[str, Any] = {"evidence-file": (io.BytesIO(photo()), "现场.jpg"), "verb": "evidence"}
    page(ledger, f"{path}/evidence", "liaison1", 303, **file)
    page(ledger, f"{path}/rectify", "liaison1", 303, **{"rectify-note": "已移开", "revision": 2})
    page(ledger, f"{path}/verify", "second", 303, **{"verify-note": "看过", "revision": 3})
    page(ledger, f"{path}/close", "second", 303, **{"close-note": "", "revision": 4})
    assert "已销号" in page(ledger, "/receptions/findings?state=closed")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(ledger: Findings) -> None:
    found = page(
        ledger, "/receptions/findings/new", "head0", 422, **{**FORM, "title": " ", "detail": "写了很多"}
    )
    assert 'href="#field-title"' in found
    assert re.search(r'id="field-detail"[^>]*>写了很多</textarea>', found)
    key = ledger.find()
    path = f"/receptions/findings/{key}"
    form: dict[str, Any] = {
        "verb": "assign",
        "assign-days": "900",
        "assign-owner": ledger.mondays.people()["局长1"],
        "revision": 1,
    }
    found = page(ledger, f"{path}/assign", status=422, **form)
    assert 'href="#field-assign-days"' in found
    ids = re.findall(r'\bid="([^"]+)"', found)
    assert len(ids) == len(set(ids))
    found = page(ledger, f"{path}/evidence", status=422, verb="evidence")
    assert 'href="#field-evidence-file"' in found
    file: dict[str, Any] = {"evidence-file": (io.BytesIO(b"MZ" + b"\0" * 99), "a.jpg"), "verb": "evidence"}
    assert "既不是照片" in page(ledger, f"{path}/evidence", status=422, **file)
    answer = ledger.mondays.client.post(
        f"{path}/evidence",
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {ledger.mondays.tokens['manager']}"},
        environ_overrides={"CONTENT_LENGTH": str(40 << 20)},
    )
    assert answer.status_code == 413
    assert "8 MB" in answer.text


def test_M7_who_has_the_citizen_shown_is_written_down(ledger: Findings) -> None:
    key = ledger.rectified(citizen="王小明", phone="13812345678")
    path = f"/receptions/findings/{key}"
    assert "王小明" not in page(ledger, path)
    shown = page(ledger, f"{path}/citizen", verb="x")
    assert "王小明" in shown
    assert "13812345678" in shown
    page(ledger, f"{path}/citizen", "head0", 403, verb="x")
    entries = ledger.mondays.client.get(
        "/journal", headers={"Authorization": f"Bearer {ledger.mondays.tokens['manager']}"}
    )
    assert "查看群众" in entries.text


def test_odd_numbers_and_pages_are_no_fault(ledger: Findings) -> None:
    for path in ("/receptions/findings?page=999999999999", "/receptions/findings?state=x&page=-1"):
        page(ledger, path)
    page(ledger, "/receptions/findings/999", status=404)
    page(ledger, "/receptions/findings/1/rectify", status=404, **{"rectify-note": "x"})


@pytest.mark.one_process("what each process asks once in its life is counted")
def test_the_ledger_asks_as_often_for_one_as_for_sixty(ledger: Findings) -> None:
    ledger.find()
    page(ledger, "/receptions/findings")  # what a process asks once is asked
    with statements_heard() as few:
        page(ledger, "/receptions/findings")
    for number in range(60):
        ledger.find(title=f"第{number}个问题")
    with statements_heard() as many:
        found = page(ledger, "/receptions/findings")
    assert found.count('<th scope="row">') == 50
    assert len(many) == len(few)
