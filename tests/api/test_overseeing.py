"""One manager alone is enough: the business-environment office is the other person (M7, M8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from hall.accounts.models import Staff
from hall.unit_of_work import units
from tests.bulletins_at_work import AFTER, Bulletins
from tests.cases_at_work import at
from tests.findings_at_work import photo

if TYPE_CHECKING:
    from flask.testing import FlaskClient

NOBODY_SIGNS, NOBODY_LOOKS = "本大厅没有其他人可以签发", "本大厅没有其他人可以核验"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Bulletins:
    """The demo's staff alone, with its one manager and its office."""
    found = Bulletins(client, demo)
    found.held()
    found.tokens["office"] = next(row["token"] for row in demo["staff"] if row["role"] == "office")
    leave(found, "second")
    return found


def leave(hall: Bulletins, user: str) -> None:
    """Somebody leaves."""
    gone = update(Staff).where(Staff.user == user).values(retired_at=AFTER)
    with hall.client.application.app_context():
        units().run(lambda session: session.execute(gone))


def page(hall: Bulletins, path: str, who: str, status: int = 200) -> str:
    with at(AFTER):
        answer = hall.client.get(path, headers={"Authorization": f"Bearer {hall.tokens[who]}"})
    assert answer.status_code == status, answer.text
    return str(answer.text)


def test_M8_the_office_signs_off_and_writes_nothing(hall: Bulletins) -> None:
    key = hall.draft()["bulletin"]
    assert hall.refused(key, "sign-off", "manager") == "by_another"
    assert hall.refused(key, "sign-off", "head0") == "forbidden"
    assert hall.refused(key, "edit", "office", title="x", text="y") == "forbidden"
    for verb in ("write-anew", "drop"):
        assert hall.refused(key, verb, "office") == "forbidden"
    assert f"/receptions/bulletins/drafts/{key}" in page(hall, "/receptions/bulletins", "office")
    told = page(hall, f"/receptions/bulletins/drafts/{key}", "office")
    assert "签发并固定" in told
    for way in ("/edit", "/anew", "/drop", "<textarea"):
        assert way not in told.partition("<main")[2]
    assert hall.step(key, "figures", "office")["state"] == "draft"
    assert hall.step(key, "sign-off", "office")["number"] == 1
    assert hall.frozen(2026, 1)["sheet"]["signed_by"] == "冯衡"


def test_M7_the_office_verifies_and_neither_assigns_nor_sees_the_citizen(hall: Bulletins) -> None:
    ledger = hall.findings
    with at(AFTER):
        key = ledger.rectified(citizen="欧阳小明", phone="13800004321")
        assert ledger.read(key, "office")["line"]["state"] == "rectified"
        for verb, body in (
            ("assign", {"owner": 1, "days": 3}),
            ("close", {}),
            ("extend", {"days": 3, "reason": "x"}),
        ):
            assert ledger.code(key, verb, "office", **body) == "forbidden"
        told = page(hall, f"/receptions/findings/{key}", "office")
        assert 'id="act-verify"' in told
        assert "13800004321" not in told
        assert 'id="act-close"' not in told
        headers = {"Authorization": f"Bearer {hall.tokens['office']}"}
        assert hall.client.post(f"/receptions/findings/{key}/citizen", headers=headers).status_code == 403
        assert ledger.step(key, "verify", "office", note="现场看过")["state"] == "verified"
    page(hall, "/mondays", "office", 403)
    page(hall, "/receptions/today", "office", 403)


def test_O3_M7_M8_a_supervisor_reads_no_finding_and_signs_nothing(hall: Bulletins) -> None:
    """Citizens are supervisors too: they read what is not personal (O3)."""
    hall.tokens["supervisor"] = next(
        row["token"] for row in hall.demo["staff"] if row["role"] == "supervisor"
    )
    draft = hall.draft()["bulletin"]
    with at(AFTER):
        key = hall.findings.rectified(title="灯坏了")
        assert hall.findings.code(key, "verify", "supervisor", note="现场看过") == "forbidden"
    for path in ("", "/new", f"/{key}", f"/{key}/evidence/1"):
        page(hall, f"/receptions/findings{path}", "supervisor", 403)
    page(hall, f"/api/v1/findings/{key}", "supervisor", 403)
    page(hall, f"/receptions/bulletins/drafts/{draft}", "supervisor", 403)
    assert hall.refused(draft, "sign-off", "supervisor") == "forbidden"
    assert "/receptions/findings" not in page(hall, "/floor", "supervisor")


def test_M7_M8_where_nobody_else_can_the_page_says_so_in_words(hall: Bulletins) -> None:
    key = hall.draft()["bulletin"]
    with at(AFTER):
        ledger = hall.findings
        finding = ledger.find(title="灯坏了")
        ledger.assign(finding)
        ledger.add(finding, photo(), "manager")
        ledger.step(finding, "rectify", "manager", note="换好了")
    draft, found = f"/receptions/bulletins/drafts/{key}", f"/receptions/findings/{finding}"
    assert NOBODY_SIGNS not in page(hall, draft, "manager")
    assert NOBODY_LOOKS not in page(hall, found, "manager")
    leave(hall, "office")
    assert NOBODY_SIGNS in page(hall, draft, "manager")
    assert NOBODY_LOOKS in page(hall, found, "manager")
