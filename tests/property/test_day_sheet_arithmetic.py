"""The day sheet's arithmetic for any day: percentiles, shares, service times, groups (Q7, Q11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.queueing.states import State
from hall.reports import rules
from hall.reports.rules import ENDINGS, Visit

MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
seconds = st.floats(0, 86_400, allow_nan=False)
maybe = st.none() | seconds


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    state = draw(st.sampled_from(sorted(State)))
    waits = state == State.WAITING
    return Visit(
        line=draw(st.sampled_from("abc")),
        window=draw(st.none() | st.sampled_from("12")),
        issued_at=MORNING + timedelta(seconds=draw(seconds)),
        state=state,
        target_s=draw(st.sampled_from((600.0, 1800.0))),
        wait_s=None if waits else draw(maybe),
        walk_s=draw(maybe),
        service_s=draw(maybe),
        still_s=draw(seconds) if waits else None,
        held=draw(st.booleans()),
        reasons=tuple(draw(st.lists(st.sampled_from(("priority", "papers")), max_size=2))),
    )


days = st.lists(visits(), max_size=60)


@given(st.lists(seconds, min_size=1, max_size=200), st.floats(0.01, 1))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    values: list[float], share: float
) -> None:
    found = rules.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values) + 1e-9


@given(st.lists(maybe, max_size=100))
def test_a_spread_keeps_its_order_and_counts_only_what_is_known(values: list[float | None]) -> None:
    found, known = rules.spread(values), [value for value in values if value is not None]
    assert (found is None) == (not known)
    if found:
        assert found.count == len(known)
        assert min(known) <= found.median <= found.p90 <= found.longest == max(known)


@given(days)
def test_every_visit_ends_once_so_the_shares_make_up_the_whole(day: list[Visit]) -> None:
    row = rules.figures(day)
    assert sum(row.endings.values()) == row.issued == len(day)
    shares = [row.share(ending) for ending in ENDINGS]
    if day:
        assert sum(share or 0 for share in shares) == pytest.approx(1)
        assert row.over_share is not None and 0 <= row.over_share <= 1
    else:
        assert shares == [None] * len(ENDINGS) and row.over_share is None


@given(days)
def test_lines_windows_and_hours_each_add_up_to_the_hall(day: list[Visit]) -> None:
    whole = rules.figures(day)
    for key in (lambda visit: visit.line, lambda visit: visit.window, lambda visit: visit.issued_at.hour):
        rows = rules.grouped(day, key).values()
        assert sum(row.issued for row in rows) == whole.issued
        for ending in ENDINGS:
            assert sum(row.endings[ending] for row in rows) == whole.endings[ending]
        assert sum(row.over_target for row in rows) == whole.over_target
        assert max((row.wait.longest for row in rows if row.wait), default=None) == (
            whole.wait.longest if whole.wait else None
        )


@given(days)
def test_Q7_calls_out_of_order_are_counted_by_reason(day: list[Visit]) -> None:
    assert sum(rules.reasons(day).values()) == rules.figures(day).out_of_order


@given(seconds, st.lists(st.tuples(seconds, seconds), max_size=5))
def test_service_is_never_negative_nor_longer_than_start_to_finish(
    length: float, holds: list[tuple[float, float]]
) -> None:
    ended = MORNING + timedelta(seconds=length)
    aside = [
        (MORNING + timedelta(seconds=since), MORNING + timedelta(seconds=until)) for since, until in holds
    ]
    assert 0 <= rules.service_time(MORNING, ended, aside) <= (ended - MORNING).total_seconds()


def test_unserved_is_told_from_abandoned_and_passed() -> None:
    states = ("finished", "passed", "abandoned", "unserved", "held")
    row = rules.figures([Visit("a", None, MORNING, state, 1800) for state in states])
    assert row.endings == dict.fromkeys(ENDINGS, 1)


def test_service_time_leaves_out_what_was_set_aside() -> None:
    def at(minutes: int) -> datetime:
        return MORNING + timedelta(minutes=minutes)

    assert rules.service_time(at(0), at(20), [(at(5), at(12))]) == 13 * 60
    assert rules.service_time(at(10), at(20), [(at(5), at(12))]) == 8 * 60, "set aside before the start"
