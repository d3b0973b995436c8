"""The decisions about bookings by hand: the window that opens with the hall, lateness, cancelling, lengths (H2–H4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hall.calendar.published import published
from hall.helpers import rules, slots
from hall.helpers.slots import Length, Plan, Shift, bits
from hall.hours.rules import Hours, Season, SpecialDay, Stretch
from hall.sites import SiteSettings

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING, AFTERNOON = Stretch(time(8, 30), time(12)), Stretch(time(14, 30), time(17, 30))
HOURS = Hours(SHANGHAI, (Season("01-01", "12-31", ((MORNING, AFTERNOON),) * 5 + ((), ())),), {}, published())
PLAN = Plan(((Shift(time(8), time(12)), Shift(time(14), time(18), kept_back=True)),) * 5 + ((), ()))
SETTINGS = SiteSettings()


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI).astimezone(UTC)


def clocks(mask: int) -> list[str]:
    return [f"{bit * 5 // 60:02d}:{bit * 5 % 60:02d}" for bit in bits(mask)]


def offered(day: str, kind: str = "assist", *, kept_back: bool = False) -> list[str]:
    when = date.fromisoformat(day)
    shift = slots.shift_mask(PLAN, HOURS, when, kept_back=kept_back)
    free = shift & slots.open_mask(HOURS, when, at_home=kind == "home_visit")
    return clocks(
        slots.beginnings(free, rules.length_of(kind, SETTINGS)) & slots.grid(SETTINGS.booking_step_min)
    )


def test_H2_times_lie_inside_shift_and_opening_hours() -> None:
    assert offered("2026-11-24") == ["08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert offered("2026-11-24", "agency")[-1] == "11:00", "an hour must fit"


def test_H2_what_is_kept_back_only_the_desk_gives_away() -> None:
    assert offered("2026-11-24", kept_back=True)[7:] == ["14:30", "15:00", "15:30", "16:00", "16:30", "17:00"]


def test_H2_a_home_visit_has_its_way_inside_the_shift() -> None:
    assert rules.length_of("home_visit", SETTINGS) == Length(6, 12, 6)
    assert offered("2026-11-24", "home_visit") == ["08:30", "09:00", "09:30", "10:00", "10:30"]


def test_H2_holidays_closures_and_weekends_have_no_times_and_make_up_days_have() -> None:
    assert offered("2026-10-01") == [], "a holiday"
    assert offered("2026-11-28") == [], "a Saturday"
    assert offered("2026-10-10") == offered("2026-11-24"), "a Saturday made up"
    closed = replace(HOURS, special={date(2026, 11, 24): SpecialDay(None, "stock-taking")})
    assert slots.open_mask(closed, date(2026, 11, 24), at_home=True) == 0, "nor at home"


def test_H2_a_date_of_its_own_replaces_the_week() -> None:
    day = date(2026, 11, 24)
    away = replace(PLAN, days={day: ()})
    assert slots.shift_mask(away, HOURS, day, kept_back=True) == 0
    there = replace(PLAN, days={day: (Shift(time(22), time(0)),)})
    assert clocks(slots.shift_mask(there, HOURS, day, kept_back=False))[-1] == "23:55"


def test_H2_new_days_open_when_the_hall_does_and_not_at_midnight() -> None:
    def last(said: str) -> date:
        return rules.last_day(HOURS, at(said), 14)

    assert last("2026-11-24T00:01") == date(2026, 12, 7), "still yesterday's"
    assert last("2026-11-24T08:29") == date(2026, 12, 7)
    assert last("2026-11-24T08:30") == date(2026, 12, 8)
    assert last("2026-11-28T12:00") == last("2026-11-27T12:00"), "nothing opens on a closed day"
    plain = Hours(SHANGHAI, always_open=True)
    assert rules.last_day(plain, at("2026-11-28T08:30"), 1) == date(2026, 11, 29)


def test_H4_up_to_fifteen_minutes_late_keeps_the_booked_place() -> None:
    booked = at("2026-11-24T10:00")

    def place(late_min: float) -> tuple[datetime, str]:
        now = booked + timedelta(minutes=late_min)
        return rules.arrival_place(booked, now, grace_min=15, head_start_min=30)

    assert place(-60) == place(15) == (booked - timedelta(minutes=30), "booked")
    assert place(15.1) == (booked + timedelta(minutes=15.1), "issued")


def test_H4_checking_in_is_possible_from_two_hours_before_until_the_end() -> None:
    begins, ends = at("2026-11-24T10:00"), at("2026-11-24T10:30")
    said = [
        rules.may_arrive(begins, ends, at(f"2026-11-24T{now}"), 120)
        for now in ("07:59", "08:00", "10:29", "10:30")
    ]
    assert said == ["too_early", None, None, "too_late"]


def test_H3_two_hours_before_is_the_last_moment_to_cancel() -> None:
    begins = at("2026-11-24T10:00")
    assert rules.may_cancel(begins, at("2026-11-24T08:00"), 120)
    assert not rules.may_cancel(begins, at("2026-11-24T08:00:01"), 120)


def test_H3_a_hold_is_over_to_the_moment() -> None:
    until = at("2026-11-24T10:10")
    assert not rules.hold_over(until, until - timedelta(microseconds=1))
    assert rules.hold_over(until, until)


def test_the_nearest_free_times_are_told_in_their_order() -> None:
    free = [at(f"2026-11-24T{hour:02d}:00") for hour in (8, 9, 11, 15)]
    assert rules.nearest(free, at("2026-11-24T10:30"), 3) == free[:3]
