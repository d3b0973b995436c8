"""The decisions of help now (H5, H6) and of the ledger (H7), as plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from hall.helpers.calls import rules
from hall.helpers.ledger import rules as ledger

AT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class One:
    skills: frozenset[str]


def test_H5_after_two_minutes_a_call_is_the_managers_by_time_alone() -> None:
    def shown(seconds: float, state: str = "ringing") -> str:
        return rules.shown_state(state, AT, AT + timedelta(seconds=seconds), 120)

    assert [shown(0), shown(119.9), shown(120), shown(4000)] == [
        "ringing",
        "ringing",
        "escalated",
        "escalated",
    ]
    assert shown(4000, "accepted") == "accepted", "who comes, comes"


def test_H6_who_knows_the_language_hears_it_and_all_where_nobody_does() -> None:
    signs, speaks, plain = One(frozenset({"sign"})), One(frozenset({"english", "dialect"})), One(frozenset())
    team = [signs, speaks, plain]
    assert rules.hear(team, frozenset({"sign"})) == [signs]
    assert rules.hear(team, frozenset({"english", "dialect"})) == [speaks]
    assert rules.hear(team, frozenset()) == team
    assert rules.hear([plain, signs], frozenset({"english"})) == [plain, signs], "better anybody than nobody"
    assert rules.hear([], frozenset({"english"})) == []


@pytest.mark.parametrize(
    ("kind", "result", "scope", "papers", "why"),
    [
        ("assist", "advised", "", 0, None),
        ("agency", "done", "", 0, "no_mandate"),
        ("agency", "withdrawn", "", 0, None),
        ("agency", "done", "代办营业执照", 0, None),
        ("agency", "done", "代办营业执照", 2, "papers_out"),
        ("home_visit", "done", "", 1, "papers_out"),
    ],
)
def test_H7_an_agency_closes_with_its_mandate_and_with_all_papers_returned(
    kind: str, result: str, scope: str, papers: int, why: str | None
) -> None:
    assert ledger.may_close(kind, result, scope, papers) == why


def test_H7_the_wait_is_told_as_a_median() -> None:
    assert ledger.median([]) is None
    assert ledger.median([90, 10, 20]) == 20
    assert ledger.median([10, 20, 41, 90]) == 30
