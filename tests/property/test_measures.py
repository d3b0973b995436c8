"""The days of one case (I11): those on which the clock ran. How cases are counted is in tests/api/test_measures.py."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from hall.calendar.published import published
from hall.intake.measures.rules import Stop, actual_days, mean

KNOWN = published()
begins = st.dates(date(2004, 1, 1), date(2026, 6, 30))
lengths = st.integers(0, 90)


def worked(first: date, last: date) -> int:
    """Working days after the first up to the last, as published."""
    days = (first + timedelta(days=at) for at in range(1, (last - first).days + 1))
    return sum(chinese_calendar.is_workday(day) for day in days)


@given(begins, lengths, st.lists(st.tuples(lengths, lengths | st.none()), max_size=4))
def test_I11_actual_days_are_the_working_days_on_which_the_clock_ran(
    accepted: date, length: int, stops: list[tuple[int, int | None]]
) -> None:
    decided = accepted + timedelta(days=length)
    given_stops = [
        Stop(
            accepted + timedelta(days=at),
            None if more is None else accepted + timedelta(days=at + more),
        )
        for at, more in stops
    ]
    stood = {
        day
        for stop in given_stops
        for day in (accepted + timedelta(days=at) for at in range(1, length + 1))
        if stop.stopped < day <= (stop.resumed or decided)
    }
    ran = [accepted + timedelta(days=at) for at in range(1, length + 1)]
    expected = sum(chinese_calendar.is_workday(day) for day in ran if day not in stood)
    assert actual_days(KNOWN, accepted, decided, given_stops) == expected


@given(begins, lengths)
def test_I11_without_a_stop_the_days_are_those_of_the_calendar(accepted: date, length: int) -> None:
    decided = accepted + timedelta(days=length)
    assert actual_days(KNOWN, accepted, decided) == worked(accepted, decided)


def test_I5_I11_days_into_an_unconfirmed_year_are_not_told() -> None:
    assert actual_days(KNOWN, date(2026, 12, 30), date(2027, 1, 5)) is None
    assert mean(None, 0) is None


def test_I11_a_stop_over_a_make_up_sunday_by_hand() -> None:
    # Accepted Friday 18 September 2026; stopped that day, running again on Monday the 21st: Sunday the 20th is worked.
    assert actual_days(KNOWN, date(2026, 9, 18), date(2026, 9, 23)) == 4
    assert (
        actual_days(KNOWN, date(2026, 9, 18), date(2026, 9, 23), [Stop(date(2026, 9, 18), date(2026, 9, 21))])
        == 2
    )
