"""What a turn allows, how often its event has changed, how one stands among the others (M2–M4)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from hall.rota.feeds.rules import Seen, sequence, status, status_of_head
from hall.rota.mine.rules import Column, allowed, columns
from hall.rota.rules import Standing

DAY = date(2026, 3, 23)
UNTIL = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("state", "turn", "today", "can"),
    [
        ("open", "signed", UNTIL, "withdraw"),
        ("open", "proposed", UNTIL, "withdraw"),
        ("open", "signed", UNTIL + timedelta(days=1), ""),
        ("published", "confirmed", DAY - timedelta(days=1), "change"),
        ("published", "confirmed", DAY, ""),
        ("published", "signed", UNTIL, ""),
        ("dropped", "signed", UNTIL, ""),
    ],
)
def test_M3_M4_a_turn_allows_what_its_time_allows(state: str, turn: str, today: date, can: str) -> None:
    assert allowed(state, turn, today=today, held_on=DAY, signup_until=UNTIL) == can


def test_M2_departments_are_counted_by_their_turns_without_gaps() -> None:
    standings = [Standing(1, 3), Standing(2, 1), Standing(3, 1)]
    assert columns(standings, {2}) == (
        Column(0, 0, mine=False),
        Column(1, 2, mine=True),
        Column(2, 0, mine=False),
        Column(3, 1, mine=False),
    )
    assert columns([], set()) == (Column(0, 0, mine=False),)


def test_M4_the_sequence_of_an_event_grows_with_every_change() -> None:
    lives = (
        ("signed", "withdrawn"),
        ("proposed", "confirmed", "exchanged"),
        ("signed", "confirmed", "excused"),
    )
    for life in lives:
        for before, after in pairwise(life):
            assert sequence(Seen(before, held=True, stand_in=False)) < sequence(
                Seen(after, held=True, stand_in=False)
            )
    stood_in = Seen("confirmed", held=True, stand_in=True)
    assert (
        sequence(Seen("confirmed", held=True, stand_in=False))
        < sequence(stood_in)
        < sequence(Seen("excused", held=True, stand_in=True))
    )


def test_M3_the_sequence_of_an_event_never_falls_when_its_day_is_taken_up_again() -> None:
    """Dropped, taken up again, dated: the day is held as before, and calendars have counted on."""
    day = Seen("signed", held=True, stand_in=False, changes=2)
    dropped = Seen("withdrawn", held=False, stand_in=False, changes=4)
    restored = Seen("withdrawn", held=False, stand_in=False, changes=5)
    dated = Seen("withdrawn", held=True, stand_in=False, changes=6)
    counted = [sequence(one) for one in (day, dropped, restored, dated)]
    assert counted == sorted(set(counted))
    assert {status(one) for one in (dropped, restored, dated)} == {"CANCELLED"}


def test_M4_who_is_stood_in_for_is_off() -> None:
    stood_in = Seen("confirmed", held=True, stand_in=True)
    assert (status(stood_in), status_of_head(stood_in)) == ("CONFIRMED", "CANCELLED")
    assert status(Seen("signed", held=True, stand_in=False)) == "TENTATIVE"
    assert status(Seen("signed", held=False, stand_in=False)) == "CANCELLED"
