"""The years that the State Council has published, as the chinesecalendar package carries them (2004–2026). Pure."""

from __future__ import annotations

from datetime import date

from chinese_calendar import constants

from hall.calendar.rules import HOLIDAY, MAKEUP, SpecialDay, WorkingCalendar

CHINESE_NAMES = {holiday.value: holiday.chinese for holiday in constants.Holiday}


def published() -> WorkingCalendar:
    """All published years with their holidays and make-up days, named in Chinese."""
    days = {
        **{day: SpecialDay(HOLIDAY, _chinese(name)) for day, name in constants.holidays.items()},
        **{day: SpecialDay(MAKEUP, f"{_chinese(name)}调休") for day, name in constants.workdays.items()},
    }
    first, last = min(constants.holidays), max(constants.holidays)
    return WorkingCalendar(frozenset(range(first.year, last.year + 1)), days)


def days_of(calendar: WorkingCalendar, year: int) -> dict[date, SpecialDay]:
    """The named days of one year, in order."""
    return {day: calendar.days[day] for day in sorted(calendar.days) if day.year == year}


def _chinese(name: str) -> str:
    return str(CHINESE_NAMES.get(name, name))
