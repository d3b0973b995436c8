"""When receptions are held and whose turn it is, by rules alone (M1, M2), against the published calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hall.calendar.published import published
from hall.calendar.rules import is_working_day, working_days_between
from hall.rota.rules import OpenSeat, Standing, propose, quarter, term_days, working_days_before
from hall.rota.states import HolidayRule

CALENDAR = published()
FIRST = date(2026, 1, 5)
starts = st.dates(date(2015, 1, 1), date(2026, 9, 1))


def test_M1_the_five_mondays_of_2026_that_are_holidays() -> None:
    days = term_days(CALENDAR, 0, HolidayRule.NEXT_WORKING_DAY, date(2026, 1, 1), date(2026, 12, 31))
    moved = {day.due_on.isoformat(): (str(day.held_on), day.why) for day in days if day.held_on != day.due_on}
    assert moved == {
        "2026-02-16": ("2026-02-24", "holiday"),
        "2026-02-23": ("None", "same_day"),
        "2026-04-06": ("2026-04-07", "holiday"),
        "2026-05-04": ("2026-05-06", "holiday"),
        "2026-10-05": ("2026-10-08", "holiday"),
    }
    assert len(days) == 52


def test_M1_skipped_or_left_to_a_person_by_the_holiday_rule() -> None:
    term = (date(2026, 10, 1), date(2026, 10, 12))
    assert [
        (day.held_on, day.why, day.dropped) for day in term_days(CALENDAR, 0, HolidayRule.SKIP, *term)
    ] == [
        (None, "skipped", True),
        (date(2026, 10, 12), "", False),
    ]
    by_hand = term_days(CALENDAR, 0, HolidayRule.MANUAL, *term)[0]
    assert (by_hand.held_on, by_hand.why, by_hand.dropped) == (None, "manual", False)


def test_M1_a_make_up_sunday_is_a_working_day_of_a_sunday_rota() -> None:
    days = term_days(CALENDAR, 6, HolidayRule.SKIP, date(2026, 1, 1), date(2026, 1, 11))
    assert [(day.due_on, day.held_on) for day in days] == [
        (date(2026, 1, 4), date(2026, 1, 4)),
        (date(2026, 1, 11), None),
    ]


def test_M1_months_that_are_not_confirmed_stay_drafts() -> None:
    days = term_days(CALENDAR, 0, HolidayRule.NEXT_WORKING_DAY, date(2026, 12, 21), date(2027, 1, 11))
    assert [(day.held_on, day.why) for day in days] == [
        (date(2026, 12, 21), ""),
        (date(2026, 12, 28), ""),
        (None, "unconfirmed"),
        (None, "unconfirmed"),
    ]


@given(starts, st.integers(0, 6), st.sampled_from(list(HolidayRule)), st.integers(0, 366))
def test_M1_every_week_once_no_day_twice_and_never_on_a_holiday(
    first: date, weekday: int, rule: HolidayRule, length: int
) -> None:
    days = term_days(CALENDAR, weekday, rule, first, first + timedelta(days=length))
    assert all(day.due_on.weekday() == weekday for day in days)
    assert all(later.due_on - sooner.due_on == timedelta(weeks=1) for sooner, later in pairwise(days))
    held = [day.held_on for day in days if day.held_on]
    assert len(held) == len(set(held))
    assert all(is_working_day(CALENDAR, day) for day in held)
    assert all(day.held_on is None for day in days if day.dropped)
    if rule is HolidayRule.NEXT_WORKING_DAY:
        assert all(day.held_on is None or day.held_on >= day.due_on for day in days)


@given(st.dates(date(2010, 2, 1), date(2026, 12, 31)), st.integers(0, 20))
def test_M2_counting_back_is_counting_forward_the_other_way(day: date, count: int) -> None:
    before = working_days_before(CALENDAR, day, count)
    assert before is not None
    if count and is_working_day(CALENDAR, day):
        assert working_days_between(CALENDAR, before, day) == count


def test_M2_sign_up_closes_six_working_days_before_over_the_spring_festival() -> None:
    assert working_days_before(CALENDAR, date(2026, 2, 24), 6) == date(2026, 2, 9)
    assert working_days_before(CALENDAR, date(2026, 2, 24), 3) == date(2026, 2, 12)


@given(
    st.integers(1, 12),
    st.integers(1, 14),
    st.integers(1, 6),
    st.lists(st.integers(0, 3), max_size=14),
)
def test_M2_proposals_are_fair_within_one_turn(
    sessions: int, bodies: int, seats: int, gone: list[int]
) -> None:
    """Equal duties: all begin with the same turns and are free on every day; earlier turns are long or never ago."""
    last = [
        date(2025, 1, 1) + timedelta(weeks=gone[body] if body < len(gone) else 0) for body in range(bodies)
    ]
    standings = [Standing(body, 2, last[body], name=f"{body:02d}") for body in range(bodies)]
    open_seats = [
        OpenSeat(session * 10 + seat, session, FIRST + timedelta(weeks=session))
        for session in range(sessions)
        for seat in range(seats)
    ]
    made = propose(open_seats, standings, {})
    turns = [sum(1 for one in made if one.body == body) for body in range(bodies)]
    assert max(turns) - min(turns) <= 1
    by_session = [(one.seat // 10, one.body) for one in made]
    assert len(by_session) == len(set(by_session))
    assert len(made) == sessions * min(seats, bodies)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 50)), min_size=1, max_size=9))
def test_M2_whoever_owes_comes_first_then_the_fewest_then_the_longest_ago(
    rows: list[tuple[int, int, int]],
) -> None:
    standings = [
        Standing(body, turns, date(2025, 1, 1) + timedelta(weeks=weeks), owed, f"{body:02d}")
        for body, (turns, owed, weeks) in enumerate(rows)
    ]
    (one,) = propose([OpenSeat(1, 1, FIRST)], standings, {})
    chosen = standings[one.body]
    assert all(chosen.owed >= other.owed for other in standings)
    equals = [other for other in standings if other.owed == chosen.owed]
    assert chosen.turns == min(other.turns for other in equals)
    first = [other for other in equals if other.turns == chosen.turns]
    assert chosen.last == min(other.last for other in first if other.last)
    if one.because == "owes":
        assert chosen.owed
    if one.because == "longest_ago":
        assert len(first) > 1


def test_M2_nobody_who_sits_in_a_session_is_proposed_for_it_again() -> None:
    seats = [OpenSeat(seat, 1, FIRST) for seat in (1, 2, 3)]
    made = propose(seats, [Standing(1, 0), Standing(2, 0)], {1: [1]})
    assert [(one.seat, one.body) for one in made] == [(1, 2)]


def test_M4_the_quarter_in_which_limits_are_counted() -> None:
    assert [quarter(date(2026, month, 1)) for month in (1, 3, 4, 12)] == [
        "2026-1",
        "2026-1",
        "2026-2",
        "2026-4",
    ]
