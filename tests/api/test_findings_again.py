"""Findings that are given to somebody else, or sent back after the verification (M7)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

LATER = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
def ledger(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Findings]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield Findings(mondays)


def line(ledger: Findings, key: int) -> dict[str, Any]:
    """The finding as its list shows it."""
    found: dict[str, Any] = ledger.read(key)["line"]
    return found


def test_M7_assigned_again_within_its_department_it_keeps_its_deadline(ledger: Findings) -> None:
    key = ledger.find()
    assert ledger.assign(key, days=5)["due_on"] == "2026-03-05"
    with at(LATER):
        again = ledger.assign(key, days=60)
        assert (again["state"], again["due_on"]) == ("assigned", "2026-03-05")
        assert line(ledger, key)["overdue"], "Only an extension, with its reason, moves it."
        assert line(ledger, key)["extended"] == 0


def test_M7_another_department_is_given_it_with_a_reason_on_record(ledger: Findings) -> None:
    key = ledger.find()
    ledger.assign(key, days=5)
    other: dict[str, Any] = {"owner": ledger.mondays.people()["局长2"], "days": 5}
    with at(LATER):
        for reason in ("", "  "):
            said = ledger.mondays.ask("POST", f"/findings/{key}/assign", {**other, "reason": reason})
            assert (said.status_code, list(said.get_json()["errors"])) == (422, ["reason"])
        assert line(ledger, key)["due_on"] == "2026-03-05"
        ledger.step(key, "assign", **other, reason="属于该局职责")
        assert line(ledger, key)["due_on"] == "2026-03-17"
        last = ledger.read(key)["steps"][-1]
    assert (last["what"], last["note"]) == ("assigned", "属于该局职责")


def test_M7_E2_who_is_not_content_has_it_sent_back_after_the_verification(ledger: Findings) -> None:
    key = ledger.rectified(citizen="欧阳小明", phone="13800004321")
    ledger.step(key, "verify", "second", note="现场看过")
    ledger.step(key, "call-back", reached="not_content", note="又坏了")
    assert ledger.code(key, "send-back", "liaison1", note="又坏了") == "forbidden"
    with at(LATER):
        back = ledger.step(key, "send-back", "second", note="群众反映又坏了")
        assert (back["state"], back["due_on"]) == ("assigned", "2026-03-05")
        assert ledger.code(key, "rectify", "liaison1", note="换了新的") == "no_evidence"
        assert ledger.add(key, photo(tint=20)).status_code == 200
        ledger.step(key, "rectify", "liaison1", note="换了新的")
        assert ledger.code(key, "close") == "not_called_back", "Who was not content is told anew."
        ledger.step(key, "call-back", reached="content")
        assert ledger.code(key, "close") == "conflict", "It is verified anew."
        ledger.step(key, "verify", "second", note="再看过")
        assert ledger.step(key, "close")["state"] == "closed"
