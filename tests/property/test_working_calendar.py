"""The working calendar against the published one, day by day and by hand."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.calendar.published import published
from hall.calendar.rules import (
    HOLIDAY,
    MAKEUP,
    WORKDAY,
    SpecialDay,
    Why,
    WorkingCalendar,
    add_working_days,
    explain,
    is_makeup_day,
    is_working_day,
    misfit,
    missing_years,
    next_working_day,
    working_days_between,
)

KNOWN = published()
published_days = st.dates(date(2004, 1, 1), date(2026, 12, 31))


@given(published_days)
def test_I5_a_day_is_a_working_day_as_published(day: date) -> None:
    assert is_working_day(KNOWN, day) is chinese_calendar.is_workday(day)


@given(published_days, st.integers(0, 60))
def test_I5_deadlines_count_working_days_after_the_first(day: date, count: int) -> None:
    end = add_working_days(KNOWN, day, count)
    if end is None:
        assert day + timedelta(days=count * 3 + 20) > date(2026, 12, 31), "pending only near the end"
        return
    between = [day + timedelta(days=each) for each in range(1, (end - day).days + 1)]
    assert sum(chinese_calendar.is_workday(each) for each in between) == count
    assert not between or chinese_calendar.is_workday(between[-1]), "a deadline falls on a working day"
    assert working_days_between(KNOWN, day, end) == count
    assert working_days_between(KNOWN, end, day) == -count


@given(published_days)
def test_I5_the_next_working_day_skips_nothing_that_works(day: date) -> None:
    following = next_working_day(KNOWN, day)
    assert following == add_working_days(KNOWN, day, 1)
    if following is not None:
        between = [day + timedelta(days=each) for each in range(1, (following - day).days)]
        assert not any(chinese_calendar.is_workday(each) for each in between)


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2026, 9, 20)])
def test_I5_the_make_up_sundays_of_2026_are_working_days(day: date) -> None:
    assert day.weekday() == 6
    assert is_working_day(KNOWN, day) is True
    assert is_makeup_day(KNOWN, day)


@pytest.mark.parametrize(
    "monday", [date(2026, 2, 16), date(2026, 2, 23), date(2026, 4, 6), date(2026, 5, 4), date(2026, 10, 5)]
)
def test_M1_five_mondays_of_2026_are_holidays(monday: date) -> None:
    assert monday.weekday() == 0
    assert is_working_day(KNOWN, monday) is False


def test_I5_a_deadline_over_the_spring_festival_of_2026() -> None:
    # Friday 13 February: Saturday the 14th is made up, the 15th to the 23rd are off.
    assert add_working_days(KNOWN, date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert add_working_days(KNOWN, date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert add_working_days(KNOWN, date(2026, 2, 13), 6) == date(2026, 2, 28), "a Saturday made up"


def test_I5_nothing_is_guessed_beyond_the_confirmed_years() -> None:
    assert is_working_day(KNOWN, date(2027, 1, 4)) is None
    assert next_working_day(KNOWN, date(2026, 12, 31)) is None
    assert add_working_days(KNOWN, date(2026, 12, 1), 30) is None
    assert add_working_days(KNOWN, date(2027, 3, 1), 0) is None
    assert working_days_between(KNOWN, date(2026, 12, 30), date(2027, 1, 3)) is None


def test_I5_confirming_the_year_gives_the_pending_date() -> None:
    holiday = {date(2027, 1, 1): SpecialDay(HOLIDAY, "元旦")}
    confirmed = WorkingCalendar(KNOWN.years | {2027}, {**KNOWN.days, **holiday})
    assert next_working_day(confirmed, date(2026, 12, 31)) == date(2027, 1, 4)


def test_I5_the_reminder_for_next_year_begins_on_1_november() -> None:
    assert missing_years(KNOWN, date(2026, 10, 31)) == ()
    assert missing_years(KNOWN, date(2026, 11, 1)) == (2027,)
    assert missing_years(KNOWN, date(2027, 1, 2)) == (2027,)


def test_I5_a_make_up_day_falls_on_a_weekend() -> None:
    assert misfit(date(2026, 1, 5), MAKEUP) == "makeup_on_weekday"
    assert misfit(date(2026, 1, 4), MAKEUP) is None
    assert misfit(date(2026, 1, 5), WORKDAY) is None


def test_I5_deadlines_do_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(KNOWN, date(2026, 1, 5), -1)


@given(published_days, st.integers(0, 60))
def test_I5_an_explained_deadline_counts_just_the_days_on_which_offices_work(day: date, count: int) -> None:
    way = explain(KNOWN, day, count)
    assert [each.day for each in way] == [day + timedelta(days=at) for at in range(len(way))], (
        "no day left out"
    )
    known = [each for each in way[1:] if each.why is not Why.PENDING]
    assert all((each.number is not None) is chinese_calendar.is_workday(each.day) for each in known)
    numbers = [each.number for each in known if each.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    end = add_working_days(KNOWN, day, count)
    if end is None:
        assert way[-1].why is Why.PENDING
        assert way[-1].day == date(2027, 1, 1)
    else:
        assert (way[-1].day, len(numbers)) == (end, count)


@given(published_days)
def test_I5_each_day_says_why_it_counts_or_not(day: date) -> None:
    following = day + timedelta(days=1)
    if following.year not in KNOWN.years:
        return
    told = explain(KNOWN, day, 1)[1]
    holiday, _name = chinese_calendar.get_holiday_detail(following)
    weekend = following.weekday() >= 5
    if holiday:
        assert told.why is (Why.HOLIDAY if told.name else Why.WEEKEND)
        assert weekend or told.name
    else:
        assert told.why is (Why.MAKEUP if weekend else Why.WORKDAY)


def test_I5_the_days_around_national_day_2026_by_hand() -> None:
    way = explain(KNOWN, date(2026, 9, 29), 5)
    assert way[-1].day == date(2026, 10, 12)
    assert [each.day for each in way if each.number] == [
        date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10), date(2026, 10, 12),
    ]  # fmt: skip
    whys = {each.day: (each.why, each.name) for each in way}
    assert whys[date(2026, 10, 1)] == (Why.HOLIDAY, "国庆节")
    assert whys[date(2026, 10, 10)][0] is Why.MAKEUP, "a Saturday made up"
    assert whys[date(2026, 10, 11)][0] is Why.WEEKEND


@pytest.mark.parametrize(
    ("before", "sunday"), [((2025, 12, 31), (2026, 1, 4)), ((2026, 9, 18), (2026, 9, 20))]
)
def test_I5_the_make_up_sundays_count_as_the_first_day(
    before: tuple[int, int, int], sunday: tuple[int, int, int]
) -> None:
    last = explain(KNOWN, date(*before), 1)[-1]
    assert (last.day, last.why, last.number) == (date(*sunday), Why.MAKEUP, 1)
