"""A day's shifts as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.helpers.keeping.rules import BadShifts, Times, read_shifts, write_shifts

MORNING, KEPT = Times("08:30", "12:00"), Times("14:30", "17:30", kept_back=True)


@pytest.mark.parametrize(
    "typed",
    [
        "08:30-12:00 14:30-17:30留",
        "8:30-12:00、14:30-17:30预留",
        "８：３０－１２：００；14：30~17：30（预留）",
        "14:30 至 17:30 (kept), 8:30 – 12:00",
    ],
)
def test_H2_shifts_are_read_however_people_write_them(typed: str) -> None:
    assert read_shifts(typed) == (MORNING, KEPT)


@pytest.mark.parametrize("typed", ["", "  ", "休", "—", "off"])
def test_a_day_off_has_no_shifts(typed: str) -> None:
    assert read_shifts(typed) == ()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("8.30-12", "form"),
        ("08:30-12:00 later", "form"),
        ("08:30-25:00", "form"),
        ("12:00-08:30", "order"),
        ("09:00-09:00", "order"),
        ("08:30-12:00 11:30-13:00", "overlap"),
        (" ".join(f"{hour:02}:00-{hour:02}:30" for hour in range(8, 15)), "form"),
    ],
)
def test_what_is_no_list_of_shifts_says_why(typed: str, why: str) -> None:
    with pytest.raises(BadShifts) as refused:
        read_shifts(typed)
    assert refused.value.key == why


def test_a_shift_may_end_at_midnight() -> None:
    assert read_shifts("20:00-24:00") == (Times("20:00", "24:00"),)


@given(st.lists(st.tuples(st.integers(0, 1440), st.booleans()), max_size=12, unique_by=lambda one: one[0]))
def test_what_is_written_reads_back(cuts: list[tuple[int, bool]]) -> None:
    ordered = [(f"{at // 60:02}:{at % 60:02}", kept) for at, kept in sorted(cuts)]
    pairs = zip(ordered[::2], ordered[1::2], strict=False)
    shifts = tuple(Times(begin, end, kept) for (begin, kept), (end, _kept) in pairs)
    assert read_shifts(write_shifts(shifts)) == shifts
