"""The decisions of the queue, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hall import clock
from hall.queueing import rules
from hall.queueing.rules import Head
from hall.queueing.states import TICKET_MOVES

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def head(ticket: int, line: int, minutes: float, *, early: float = 0) -> Head:
    issued = NINE + timedelta(minutes=minutes)
    return Head(ticket, line, issued - timedelta(minutes=early), issued)


def test_Q1_business_date_turns_at_four_in_the_sites_own_zone() -> None:
    late = datetime(2026, 11, 23, 19, 59, tzinfo=UTC)  # 03:59 on the 24th in Shanghai
    assert clock.business_date(SHANGHAI, late) == date(2026, 11, 23), "03:59 belongs to the day before"
    assert clock.business_date(SHANGHAI, late + timedelta(minutes=1)) == date(2026, 11, 24)


@pytest.mark.parametrize(("serial", "number"), [(1, "A001"), (999, "A999"), (1000, "A1000")])
def test_Q1_numbers_have_at_least_three_digits(serial: int, number: str) -> None:
    assert rules.number("A", serial) == number


def test_Q3_priority_lane_counts_twenty_minutes_earlier() -> None:
    assert rules.place(NINE, "priority", 20) == NINE - timedelta(minutes=20)
    assert rules.place(NINE, "ordinary", 20) == NINE


def test_Q5_other_lines_are_called_only_while_no_preferred_line_waits() -> None:
    now = NINE + timedelta(minutes=10)
    older_other, newer_preferred = head(1, 2, 0), head(2, 1, 5)
    both = rules.choose([older_other, newer_preferred], frozenset({1}), {1: 30, 2: 30}, now)
    alone = rules.choose([older_other], frozenset({1}), {1: 30, 2: 30}, now)
    assert both
    assert both.head == newer_preferred
    assert alone
    assert alone.head == older_other
    assert alone.because == "other"


def test_Q5_a_head_beyond_its_target_counts_as_preferred_everywhere() -> None:
    now = NINE + timedelta(minutes=31)
    found = rules.choose([head(1, 2, 0), head(2, 1, 5)], frozenset({1}), {1: 30, 2: 30}, now)
    assert found
    assert (found.head.ticket_id, found.because) == (1, "overdue")


def test_Q3_equal_places_go_by_id() -> None:
    found = rules.choose([head(9, 1, 0), head(3, 2, 0)], frozenset({1, 2}), {1: 30, 2: 30}, NINE)
    assert found
    assert found.head.ticket_id == 3


def test_Q5_nobody_waits_nobody_is_called() -> None:
    assert rules.choose([], frozenset({1}), {}, NINE) is None


@pytest.mark.parametrize(("seconds", "counts"), [(0, False), (19.9, False), (20, True)])
def test_Q6_only_announcements_twenty_seconds_apart_count(seconds: float, *, counts: bool) -> None:
    assert rules.counts_as_call(NINE, NINE + timedelta(seconds=seconds), 20) is counts


def test_Q6_rejoins_just_behind_the_third_waiting_or_last() -> None:
    places = [NINE + timedelta(minutes=minute) for minute in (1, 2, 3)]
    now = NINE + timedelta(minutes=30)
    fourth = NINE + timedelta(minutes=4)
    first = rules.rejoin_place([*places, fourth], 3, now)
    second = rules.rejoin_place([*places, first, fourth], 3, now)
    assert places[2] < second < first < fourth, "each just behind the third"
    assert places[2] < rules.rejoin_place(places, 3, now) < now, "the last of four"
    assert rules.rejoin_place(places[:2], 3, now) >= places[1], "behind the last where fewer wait"
    behind = places[1] + timedelta(minutes=60)
    assert rules.rejoin_place([places[0], behind], 3, now) > behind, (
        "also behind one whose place lies ahead of now"
    )


def test_Q7_the_public_reads_only_two_words() -> None:
    shown = {
        rules.public_why(reason, "ordinary", back_with_papers=False)
        for reason in (*rules.PUBLIC_WHY, "other")
    }
    assert shown == {"priority", "returned"}
    assert rules.public_why(None, "ordinary", back_with_papers=False) is None


def test_Q6_the_state_table_lets_only_a_called_ticket_be_passed() -> None:
    assert TICKET_MOVES["pass"].sources == {"called"}
    assert "serving" not in TICKET_MOVES["abandon"].sources, "who is being served cannot leave by phone"
