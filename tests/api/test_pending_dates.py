"""Days in a year whose calendar is not confirmed: pending, and told the moment it is (I5), on both databases."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from hall.calendar.actions import SetYear, set_year
from hall.calendar.models import CalendarDay, CalendarYear
from hall.calendar.rules import HOLIDAY, MAKEUP, SpecialDay
from hall.errors import Invalid
from hall.intake.review import pending
from hall.intake.review.models import ClockStop, Deferral, OneTimeNotice
from tests.cases_at_work import MONDAY, Behind, at

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = timedelta(days=1)
EVE = MONDAY + 303 * DAY  # Wednesday, 30 December 2026
YEAR = SetYear(2027, {date(2027, 1, 1): SpecialDay(HOLIDAY, "元旦")})
LINE = {"material": "章程", "problem": "未签字", "wanted": "全体股东签字的原件", "copies": "1份原件"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20, task_type=1)
    found.add_procedure("听证", 4)

    def forget(session: Any) -> None:
        session.execute(delete(CalendarDay).where(CalendarDay.day >= date(2027, 1, 1)))
        session.execute(delete(CalendarYear).where(CalendarYear.year == 2027))

    found.write(forget)
    return found


def go(hall: Behind, case: dict[str, Any], verb: str, user: str = "review-scjg", **body: Any) -> Any:
    said = hall.ask(user, f"/cases/{case['token']}/{verb}", body)
    assert said.status_code == 200, said.text
    return said.json


def test_I5_a_pending_deadline_has_its_day_the_moment_the_year_is_confirmed(hall: Behind) -> None:
    with at(EVE):
        plain, longer = hall.received(), hall.received()
        for case in (plain, longer):
            said = go(hall, case, "accept")
            assert (said["state"], said["due_days"], said["due_on"]) == ("accepted", 5, None)
        go(hall, longer, "extend", reason="案情复杂")
        assert hall.look("review-scjg", f"/cases/{plain['token']}").json["light"] == "pending"
        assert hall.run(pending.find_dates) == 0
        hall.act("manager", set_year, YEAR)
    assert hall.case(plain["number"]).due_on == date(2027, 1, 7)
    assert hall.case(longer["number"]).due_on == date(2027, 1, 21)
    with at(EVE + DAY):
        told = hall.look("review-scjg", f"/cases/{plain['token']}").json
        assert (told["light"], told["until"]) == ("green", "2027-01-07")
        assert [row["fact"] for row in told["history"]].count("case_due_known") == 1
        assert hall.run(pending.find_dates) == 0


def test_I5_clock_stops_deferrals_and_notices_have_their_days_with_it(hall: Behind) -> None:
    with at(EVE - 2 * DAY):
        stood, standing = hall.received(), hall.received({"deferrable": "deferred"})
        noticed = hall.received({"firm": "missing"})
        go(hall, stood, "accept")
        go(hall, stood, "stop-clock", procedure="听证", told=True)
        go(hall, standing, "accept", deferral_days=5)
        missing = next(row["id"] for row in noticed["papers"] if row["state"] == "missing")
        go(hall, noticed, "notice", lines=[{**LINE, "paper": int(missing)}], term_days=10)
    with at(EVE):
        go(hall, stood, "resume-clock")
        go(hall, standing, "stop-clock", procedure="听证", told=True)
        assert hall.case(stood["number"]).due_on is None
        hall.act("manager", set_year, YEAR)
    # five working days and the two on which the hearing took place, from 28 December
    assert hall.case(stood["number"]).due_on == date(2027, 1, 7)

    def days(session: Any) -> tuple[Any, ...]:
        running = select(ClockStop.ends_on).where(ClockStop.resumed_on.is_(None))
        return tuple(
            session.scalar(wanted)
            for wanted in (running, select(Deferral.until), select(OneTimeNotice.answer_by))
        )

    assert hall.write(days) == (date(2027, 1, 6), date(2027, 1, 5), date(2027, 1, 12))


def test_I5_a_year_that_is_refused_leaves_every_day_pending(hall: Behind) -> None:
    with at(EVE):
        case = hall.received()
        go(hall, case, "accept")
        wrong = SetYear(2027, {date(2027, 1, 4): SpecialDay(MAKEUP, "元旦调休")})  # a Monday
        with pytest.raises(Invalid):
            hall.act("manager", set_year, wrong)
        hall.act("manager", set_year, SetYear(2028, {date(2028, 1, 1): SpecialDay(HOLIDAY, "元旦")}))
    assert hall.case(case["number"]).due_on is None, "2028 says nothing of 2027"


def test_I5_a_dozen_pending_cases_are_dated_at_once_and_not_one_by_one(
    hall: Behind, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with at(EVE):
        cases = [hall.received() for _number in range(12)]
        for case in cases:
            go(hall, case, "accept")
        with queries() as said:
            hall.act("manager", set_year, YEAR)
    assert sum(text.startswith("UPDATE service_case") for text in said) == 1
    assert {hall.case(case["number"]).due_on for case in cases} == {date(2027, 1, 7)}
