"""When somebody who is not reached was called often enough (M7). Pure."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import pytest

from hall.calendar.rules import HOLIDAY, MAKEUP, SpecialDay, WorkingCalendar
from hall.rota.findings.rules import TRIES, TRY_DAYS, Tries, after_call, is_called_back, tries_on

FRIDAY, SATURDAY, MONDAY, SUNDAY = (date(2026, 3, day) for day in (6, 7, 9, 15))
FEAST = date(2026, 3, 10)
CALENDAR = WorkingCalendar(
    frozenset({2026}),
    MappingProxyType({FEAST: SpecialDay(HOLIDAY, "节"), SUNDAY: SpecialDay(MAKEUP, "调休")}),
)


@pytest.mark.parametrize(
    ("days", "count", "worked", "enough"),
    [
        ((), 0, 0, False),
        ((FRIDAY,), 1, 1, False),
        ((FRIDAY, MONDAY), 2, 2, False),
        ((FRIDAY, FRIDAY, FRIDAY), 3, 1, False),
        ((FRIDAY, FRIDAY, FRIDAY, FRIDAY), 4, 1, False),
        ((FRIDAY, FRIDAY, MONDAY), 3, 2, True),
        ((FRIDAY, FRIDAY, SATURDAY), 3, 1, False),
        ((FRIDAY, FRIDAY, FEAST), 3, 1, False),
        ((FRIDAY, FRIDAY, SUNDAY), 3, 2, True),
        ((FRIDAY, FRIDAY, date(2027, 1, 4)), 3, 1, False),
    ],
)
def test_M7_three_tries_on_two_working_days_are_enough(
    days: tuple[date, ...], count: int, worked: int, enough: bool
) -> None:
    assert (TRIES, TRY_DAYS) == (3, 2)
    found = tries_on(days, CALENDAR)
    assert (found.count, found.days, found.enough) == (count, worked, enough)
    assert is_called_back("not_reached", found) is enough


def test_M7_who_was_reached_is_called_back_and_stays_it() -> None:
    assert is_called_back("content", Tries())
    assert is_called_back("not_content", Tries())
    assert not is_called_back(None, Tries(9, 9)), "Nobody called."
    assert after_call("content", "not_reached") == "content"
    assert after_call("content", "not_content") == "not_content"
    assert after_call("not_reached", "content") == "content"
    assert after_call(None, "not_reached") == "not_reached"
