"""H4: which of a day's bookings four digits of a telephone mean."""

from __future__ import annotations

import pytest

from hall.desk.by_digits import Known, among

ME, OTHER = b"me", b"other"


def one(state: str, whose: bytes = ME, *, at_home: bool = False, in_time: bool = True) -> Known:
    return Known(whose, state, at_home, in_time)


LATE = one("confirmed", in_time=False)
NOW = one("confirmed")
HERE = one("arrived")


@pytest.mark.parametrize(
    ("bookings", "meant"),
    [
        ([NOW], NOW),
        ([LATE, NOW], NOW),
        ([HERE, NOW], NOW),
        ([LATE, HERE], HERE),
        ([HERE, LATE], HERE),
        ([LATE], LATE),
        ([one("cancelled"), NOW], NOW),
        ([one("cancelled", OTHER), NOW], NOW),
        ([one("confirmed", at_home=True), NOW], NOW),
        ([NOW, one("arrived", OTHER)], None),
        ([NOW, one("confirmed", OTHER)], None),
        ([one("no_show"), one("cancelled", OTHER)], None),
    ],
)
def test_H4_what_can_be_checked_in_goes_first_then_where_one_is_already(
    bookings: list[Known], meant: Known | None
) -> None:
    assert among(bookings) is meant


def test_H4_what_is_over_is_told_and_a_home_visit_as_such() -> None:
    cancelled, visit = one("cancelled"), one("confirmed", at_home=True)
    assert among([cancelled]) is cancelled
    assert among([visit]) is visit
