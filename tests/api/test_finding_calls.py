"""Whoever is not reached is called again, on another working day, before a finding is closed (M7)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.journal import JournalEntry
from hall.rota.findings.models import FindingStep
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.rota_at_work import API, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

FRIDAY, SATURDAY, MONDAY = (datetime(2026, 3, day, 1, 0, tzinfo=UTC) for day in (6, 7, 9))
MISSED = {"reached": "not_reached"}


@pytest.fixture
def ledger(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Findings]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield Findings(mondays)


@pytest.fixture
def key(ledger: Findings) -> int:
    """Put right and verified; the citizen is still to be called."""
    found = ledger.rectified(citizen="王小明", phone="13812345678")
    ledger.step(found, "verify", "second", note="看过")
    return found


def refusal(ledger: Findings, key: int) -> str:
    answer = ledger.mondays.ask("POST", f"/findings/{key}/close", {})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_called_back")
    return str(answer.get_json()["detail"])


def shown(ledger: Findings, key: int) -> str:
    headers = {"Authorization": f"Bearer {ledger.mondays.tokens['manager']}"}
    return str(ledger.mondays.client.get(f"/receptions/findings/{key}", headers=headers).text)


def test_M7_who_is_not_reached_is_called_three_times_on_two_working_days(
    ledger: Findings, key: int, app: Flask
) -> None:
    with at(FRIDAY):
        ledger.step(key, "call-back", **MISSED)
        assert "已联系 1 次，须 3 次" in refusal(ledger, key)
        assert "已联系 1/3 次" in shown(ledger, key)
        for _again in range(2):
            ledger.step(key, "call-back", **MISSED)
        assert "在 1 个工作日" in refusal(ledger, key)
        page = shown(ledger, key)
        assert "已联系 3/3 次" in page
        assert 'id="act-call-back"' in page
    with at(SATURDAY):
        ledger.step(key, "call-back", **MISSED)
        refusal(ledger, key)
    with at(MONDAY):
        done = ledger.step(key, "call-back", **MISSED)
        assert 'id="act-call-back"' not in shown(ledger, key)
        assert ledger.read(key)["called_back"] is True
        assert ledger.step(key, "close", revision=done["revision"])["state"] == "closed"
    calls = [step for step in ledger.read(key)["steps"] if step["what"] == "called_back"]
    assert [step["reached"] for step in calls] == ["not_reached"] * 5
    with app.app_context():
        facts = units().run(
            lambda session: list(
                session.scalars(select(JournalEntry).where(JournalEntry.fact == "finding_citizen_called"))
            )
        )
        assert len(facts) == 5, "Each try is recorded."
        with pytest.raises(IntegrityError):
            units().run(lambda session: session.execute(update(FindingStep).values(reached="content")))


def test_M7_one_call_that_reaches_them_is_enough_and_stays_it(ledger: Findings, key: int) -> None:
    ledger.step(key, "call-back", **MISSED)
    ledger.step(key, "call-back", reached="not_content", note="还要再跑一趟")
    ledger.step(key, "call-back", **MISSED)
    whole = ledger.read(key)
    assert (whole["reached"], whole["called_back"]) == ("not_content", True)
    assert ledger.step(key, "close")["state"] == "closed"


def test_M7_what_is_put_right_anew_is_told_anew(ledger: Findings) -> None:
    key = ledger.rectified(citizen="王小明", phone="13812345678")
    ledger.step(key, "call-back", reached="not_content", note="没有解决")
    with at(FRIDAY):
        ledger.step(key, "send-back", "second", note="群众说没有解决")
        assert ledger.add(key, photo(tint=10)).status_code == 200
    with at(MONDAY):
        ledger.step(key, "rectify", "liaison1", note="已解决")
        ledger.step(key, "verify", "second", note="看过")
        assert ledger.code(key, "close") == "not_called_back"
        ledger.step(key, "call-back", **MISSED)
        assert ledger.read(key)["tries"] == 1
        assert ledger.mondays.client.get(f"{API}/openapi.json").status_code == 200
