"""The measures' arithmetic (I11): days without clock stops, shared papers once, visits once a form."""

from __future__ import annotations

from datetime import date, timedelta
from operator import attrgetter

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from hall.calendar.published import published
from hall.intake.measures.rules import Measured, Stop, Visits, actual_days, figures, grouped

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
    assert figures([]).actual is None


def test_I11_a_stop_over_a_make_up_sunday_by_hand() -> None:
    # Accepted Friday 18 September 2026; stopped that day, running again on Monday the 21st: Sunday the 20th is worked.
    assert actual_days(KNOWN, date(2026, 9, 18), date(2026, 9, 23)) == 4
    assert (
        actual_days(KNOWN, date(2026, 9, 18), date(2026, 9, 23), [Stop(date(2026, 9, 18), date(2026, 9, 21))])
        == 2
    )


papers = st.frozensets(st.integers(1, 12), max_size=6)


@st.composite
def cases(draw: st.DrawFn) -> Measured:
    filing, asked = draw(st.integers(1, 4)), draw(papers)
    return Measured(
        item=draw(st.sampled_from("abc")),
        department=draw(st.sampled_from("de")),
        bundle=draw(st.none() | st.just("b")),
        month=draw(st.sampled_from(["2026-01", "2026-02"])),
        filing=filing,
        visits=Visits(4, 1, filing),
        actual=draw(st.none() | st.integers(0, 40)),
        committed=draw(st.none() | st.integers(0, 40)),
        decided=draw(st.booleans()),
        asked=asked,
        reused=draw(st.frozensets(st.sampled_from(sorted(asked)))) if asked else frozenset(),
        breach=draw(st.booleans()),
        lapsed=draw(st.booleans()),
        overdue=draw(st.booleans()),
    )


@given(st.lists(cases(), max_size=20))
def test_I11_groups_make_up_the_whole_and_shared_papers_count_once(found: list[Measured]) -> None:
    whole = figures(found)
    for key in ("item", "department", "month"):
        parts = grouped(found, attrgetter(key)).values()
        for name in ("cases", "decided", "breaches", "lapses", "overdue"):
            assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
        assert sum(part.asked for part in parts) >= whole.asked, (
            "what groups share is counted once in the whole"
        )
    assert sum(part.cases for part in grouped(found, lambda case: case.bundle).values()) == sum(
        case.bundle is not None for case in found
    )
    assert whole.asked == len({paper for case in found for paper in case.asked})
    assert whole.reused <= whole.asked
    forms = {case.filing for case in found}
    assert whole.visits_made == (sum(forms) / len(forms) if forms else None), "visits count once a form"
    days = [case.actual for case in found if case.actual is not None]
    assert whole.actual is None if not days else min(days) <= (whole.actual or 0) <= max(days)
