"""What the public reads of a seat (M5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hall.rota.rules import Hours, shown_as

NINE = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
MORNING = Hours(NINE, NINE + timedelta(hours=2))


@pytest.mark.parametrize(
    ("minutes", "here", "stand_in", "said"),
    [
        (-60, "", False, "waiting"),
        (-60, "", True, "waiting"),
        (5, "", False, "waiting"),
        (5, "", True, "stand_in"),
        (5, "head", False, "receiving"),
        (5, "head", True, "receiving"),
        (5, "deputy", True, "stand_in"),
        (5, "chief_officer", False, "stand_in"),
        (15, "", False, "stand_in"),
        (119, "head", False, "receiving"),
        (120, "", False, "over"),
        (130, "head", False, "receiving"),
    ],
)
def test_M5_the_public_reads_one_of_few_words(minutes: int, here: str, stand_in: bool, said: str) -> None:
    at = NINE + timedelta(minutes=minutes)
    assert shown_as(at, MORNING, today=True, here=here, stand_in=stand_in) == said
    assert shown_as(at, MORNING, today=False, here=here, stand_in=stand_in) == "later"


def test_M5_an_absence_reads_like_a_stand_in() -> None:
    absent = shown_as(NINE + timedelta(minutes=30), MORNING, today=True, here="", stand_in=False)
    stood_in = shown_as(NINE + timedelta(minutes=30), MORNING, today=True, here="deputy", stand_in=True)
    assert absent == stood_in
