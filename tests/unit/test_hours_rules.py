"""Opening hours by hand (Q10): lunch, season, holiday, make-up day, dates of their own, another zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hall.calendar.published import published
from hall.hours.rules import (
    Hours,
    Opening,
    Season,
    SpecialDay,
    Stretch,
    changed_between,
    moments,
    near_closing,
    opening,
)

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
MORNING = Stretch(time(8, 30), time(12))
LUNCH = Stretch(time(12), time(14, 30), lunch=True)
AFTERNOON = Stretch(time(14, 30), time(17, 30))
SUMMER_AFTERNOON = Stretch(time(15), time(18))
WEEK = ((MORNING, LUNCH, AFTERNOON),) * 5 + ((), ())
HOURS = Hours(SHANGHAI, (Season("01-01", "12-31", WEEK),), {}, published())


def at(said: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=zone).astimezone(UTC)


def stands(said: str, hours: Hours = HOURS, *, lunch_open: bool = False) -> Opening:
    return opening(hours, at(said, hours.zone), lunch_open=lunch_open)


def test_Q10_a_line_issues_until_its_posted_closing_time() -> None:
    assert stands("2026-11-24T08:29") == Opening("closed", opens_at=at("2026-11-24T08:30"))
    assert stands("2026-11-24T08:30") == Opening("open", closes_at=at("2026-11-24T12:00"))
    assert stands("2026-11-24T17:29:59") == Opening("open", closes_at=at("2026-11-24T17:30"))
    assert stands("2026-11-24T17:30") == Opening("closed", opens_at=at("2026-11-25T08:30"))


def test_Q10_at_lunch_only_lines_that_stay_open_issue() -> None:
    assert stands("2026-11-24T12:15") == Opening("lunch", opens_at=at("2026-11-24T14:30"))
    assert stands("2026-11-24T12:15", lunch_open=True) == Opening("open", closes_at=at("2026-11-24T17:30"))


def test_Q10_over_the_weekend_it_says_monday() -> None:
    assert stands("2026-11-27T18:00") == Opening("closed", opens_at=at("2026-11-30T08:30"))
    assert stands("2026-11-28T10:00") == Opening("closed", opens_at=at("2026-11-30T08:30"))


def test_Q10_a_holiday_closes_and_a_make_up_sunday_has_a_weekdays_hours() -> None:
    assert stands("2026-10-01T10:00") == Opening("closed", opens_at=at("2026-10-08T08:30"))
    assert stands("2026-10-10T10:00").state == "open", "a Saturday made up"
    assert stands("2026-09-20T10:00") == Opening("open", closes_at=at("2026-09-20T12:00"))
    assert stands("2026-09-13T10:00").state == "closed", "an ordinary Sunday"


def test_Q10_a_saturday_with_hours_opens_but_not_within_a_holiday() -> None:
    saturdays = replace(HOURS, seasons=(Season("01-01", "12-31", (*WEEK[:5], (MORNING,), ())),))
    assert stands("2026-11-28T10:00", saturdays).is_open
    assert stands("2026-10-03T10:00", saturdays).state == "closed"


def test_Q10_an_unconfirmed_year_keeps_the_plain_week() -> None:
    assert stands("2027-10-01T10:00").is_open, "a Friday; its holiday is not published, and not guessed"


def test_Q10_the_shortest_season_that_holds_the_day_decides() -> None:
    summer = Season("06-01", "09-30", ((MORNING, SUMMER_AFTERNOON),) * 5 + ((), ()))
    winter = Season("12-01", "02-29", ((MORNING,),) * 5 + ((), ()))
    seasonal = replace(HOURS, seasons=(*HOURS.seasons, summer, winter))
    assert stands("2026-07-01T14:45", seasonal).state == "lunch"
    assert stands("2026-07-01T17:45", seasonal).is_open
    assert stands("2026-05-29T14:45", seasonal).is_open
    assert stands("2026-01-14T15:00", seasonal).state == "closed", "a season may pass New Year"
    assert stands("2026-03-04T15:00", seasonal).is_open


def test_Q10_dates_of_their_own_close_and_open_whatever_the_calendar_says() -> None:
    special = {
        date(2026, 11, 24): SpecialDay(None, "系统升级"),
        date(2026, 10, 1): SpecialDay(Stretch(time(9), time(11)), "国庆值班"),
    }
    own = replace(HOURS, special=special)
    assert stands("2026-11-24T10:00", own) == Opening("closed", opens_at=at("2026-11-25T08:30"))
    assert stands("2026-10-01T10:00", own) == Opening("open", closes_at=at("2026-10-01T11:00"))


def test_Q1_hours_are_local_to_the_site() -> None:
    west = replace(HOURS, zone=URUMQI)
    noon_in_beijing = at("2026-11-24T10:00")
    assert opening(HOURS, noon_in_beijing, lunch_open=False).is_open
    assert opening(west, noon_in_beijing, lunch_open=False) == Opening(
        "closed", opens_at=at("2026-11-24T08:30", URUMQI)
    )


def test_Q10_a_hall_without_hours_and_one_that_never_closes_are_open() -> None:
    assert stands("2026-10-01T03:00", Hours(SHANGHAI)) == Opening("open")
    assert stands("2026-10-01T03:00", replace(HOURS, always_open=True)) == Opening("open")


def test_Q10_closing_is_announced_by_the_clock_or_by_the_forecast() -> None:
    late, early = at("2026-11-24T17:00"), at("2026-11-24T15:00")
    assert near_closing(stands("2026-11-24T17:00"), late, 30, None)
    assert not near_closing(stands("2026-11-24T15:00"), early, 30, None)
    assert not near_closing(stands("2026-11-24T15:00"), early, 30, 149)
    assert near_closing(stands("2026-11-24T15:00"), early, 30, 150), "the last person could hardly be served"
    assert not near_closing(Opening("open"), late, 30, 600), "what never closes is never near it"
    assert not near_closing(stands("2026-11-24T18:00"), at("2026-11-24T18:00"), 30, 600)


def test_Q10_every_moment_at_which_a_state_changes_by_itself_is_known() -> None:
    found = [
        moment.astimezone(SHANGHAI).strftime("%H:%M") for moment in moments(HOURS, date(2026, 11, 24), 30)
    ]
    assert found == ["04:00", "08:30", "11:30", "12:00", "14:30", "17:00", "17:30"]
    holiday = [
        moment.astimezone(SHANGHAI).strftime("%H:%M") for moment in moments(HOURS, date(2026, 10, 1), 30)
    ]
    assert holiday == ["04:00"]


def test_Q10_between_two_moments_nothing_changes_and_at_each_something_is_due() -> None:
    minute, clock = timedelta(minutes=1), at("2026-11-23T00:00")
    while clock < at("2026-11-25T00:00"):
        states = [
            (found.state, near_closing(found, moment, 30, None))
            for moment in (clock, clock + minute)
            for found in [opening(HOURS, moment, lunch_open=False)]
        ]
        if states[0] != states[1]:
            assert changed_between(HOURS, clock, clock + minute, 30), clock
        clock += minute
    assert not changed_between(HOURS, at("2026-11-24T09:00"), at("2026-11-24T11:29"), 30)
