"""The decisions of the reception desk, apart from any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hall.desk.rules import Standing, compare, possible, returned_place

T = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def ticket(key: int, minutes: int = 0, **more: object) -> Standing:
    at = T + timedelta(minutes=minutes)
    plain = Standing(key, f"A{key:03d}", "a", "waiting", "ordinary", "issued", at, at)
    return replace(plain, **more)  # type: ignore[arg-type]


def test_Q3_the_earlier_place_is_first_whoever_asks() -> None:
    early, late = ticket(1), ticket(2, 5)
    assert compare(late, early).first == compare(early, late).first == early
    assert compare(late, early).public == ("by_time",)


def test_Q3_same_place_goes_by_id() -> None:
    assert compare(ticket(2), ticket(1)).first.id == 1


def test_Q7_a_call_out_of_order_comes_before_a_better_place() -> None:
    first = ticket(2, 5, state="serving", first_called_at=T + timedelta(minutes=9), call_reason="papers")
    order = compare(ticket(1), first)
    assert order.first is first
    assert order.called
    assert order.public == ("papers_back",)
    assert order.staff[0] == "out_of_order"


def test_Q6_one_who_missed_a_call_and_waits_again_counts_as_waiting() -> None:
    back = ticket(1, first_called_at=T, basis="rejoined", place=T + timedelta(minutes=30))
    order = compare(back, ticket(2, 5))
    assert order.first.id == 2
    assert order.public == ("rejoined",)


def test_Q7_what_became_of_another_s_number_is_for_the_desk_alone() -> None:
    back = ticket(1, basis="rejoined", place=T + timedelta(minutes=30))
    order = compare(ticket(2, 5), back)
    assert order.public == ("by_rule",)
    assert "rejoined" in order.staff
    missed = ticket(1, state="passed", first_called_at=T)
    assert compare(ticket(2, 5), missed).public == ("by_time",)
    assert compare(missed, ticket(2, 5)).public == ("by_time", "missed")


def test_Q4_priority_explains_only_where_it_overtook() -> None:
    lane = ticket(1, lane="priority", place=T - timedelta(minutes=20))
    assert compare(ticket(2, 5), lane).public == ("by_time",)
    overtook = ticket(3, 10, lane="priority", place=T - timedelta(minutes=10))
    assert compare(ticket(2, 5), overtook).public == ("by_rule",)


def test_Q3_papers_bring_back_the_old_place_or_half_an_hour() -> None:
    notice = ticket(1, state="finished", outcome="incomplete")
    now = T + timedelta(hours=2)
    assert returned_place(notice, True, now, 30) == notice.place
    assert returned_place(notice, False, now, 30) == now - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("standing", "facts", "expected"),
    [
        (ticket(1), {}, ("priority", "reprint", "address", "leave")),
        (ticket(1, lane="priority"), {}, ("reprint", "address", "leave")),
        (ticket(1, state="passed"), {"rejoin_open": True}, ("rejoin", "reprint", "address", "leave")),
        (ticket(1, state="passed"), {}, ("reprint", "address", "leave")),
        (ticket(1, state="serving"), {}, ("reprint", "address")),
        (ticket(1, state="finished", outcome="incomplete"), {}, ("return",)),
        (ticket(1, state="finished", outcome="incomplete"), {"returned": True}, ()),
        (ticket(1, state="finished", outcome="incomplete"), {"today": False}, ("return",)),
        (ticket(1, state="finished", outcome="done"), {}, ()),
        (ticket(1, state="unserved"), {"today": False}, ()),
    ],
)
def test_what_the_desk_may_do_with_a_number(
    standing: Standing, facts: dict[str, bool], expected: tuple[str, ...]
) -> None:
    given = {"today": True, "returned": False, "rejoin_open": False, **facts}
    assert possible(standing, **given) == expected
