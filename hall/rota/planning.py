"""What making a term would do, before it is done: which days are new, which get their date, what differs (M1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.calendar.queries import working_calendar
from hall.rota.hours import given, others, to_take
from hall.rota.models import Duty, RotaPlace, RotaSession, Seat
from hall.rota.rules import Day, term_days, working_days_before
from hall.rota.states import LIVE, Held, HolidayRule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from hall.calendar.rules import WorkingCalendar
    from hall.rota.models import Rota

    Dates = tuple[date, date, date]


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be otherwise today and is left as it is.

    `what` is `day`, `day_taken`, `seat_gone`, `hours_am`, `hours_pm`.
    """

    due_on: date
    what: str
    now: str
    would_be: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One day of a term: `what` becomes of it is `new`, `dated` or `kept`; `row` is what is there already."""

    day: Day
    what: str
    dates: Dates | None
    row: RotaSession | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatChanges:
    """How the seats of a session differ from the places of its rota; `signed` ones stay although the place is gone.

    `hours` are those of its rota for halves of the day in which nobody has a turn; `hours_stay` what others would be.
    """

    missing: tuple[tuple[int, str], ...]
    back: tuple[Seat, ...]
    free: tuple[Seat, ...]
    signed: tuple[Seat, ...]
    hours: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hours_stay: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def plan(session: Session, rota: Rota, first: date, last: date) -> tuple[Planned, ...]:
    """Every day of a term. Reads only. Raises ValueError for an impossible term."""
    calendar = working_calendar(session)
    days = term_days(calendar, rota.weekday, HolidayRule(rota.holiday_rule), first, last)
    rows = session.scalars(select(RotaSession).where(RotaSession.rota_id == rota.id)).all()
    found = {row.due_on: row for row in rows}
    held = {row.held_on: row.due_on for row in rows if row.held_on}
    return tuple(_planned(rota, calendar, day, found.get(day.due_on), held) for day in days)


def _planned(
    rota: Rota, calendar: WorkingCalendar, day: Day, row: RotaSession | None, held: dict[date, date]
) -> Planned:
    """A day on which another session is held already, by a person's choice, is not taken twice."""
    dates = dates_of(rota, calendar, day.held_on)
    other = held.get(dates[0]) if dates else None
    if other is not None and other != day.due_on:
        told = (Difference(day.due_on, "day_taken", str(other), str(day.held_on)),)
        if row is None:
            return Planned(Day(day.due_on, None, "same_day", dropped=True), "new", None, None)
        return Planned(day, "kept", None, row, told if row.state == Held.DRAFT else ())
    if row is None:
        return Planned(day, "new", dates, None)
    if row.state == Held.DRAFT and dates:
        return Planned(day, "dated", dates, row)
    return Planned(day, "kept", dates, row, _other_day(day, row))


def dates_of(rota: Rota, calendar: WorkingCalendar, held_on: date | None) -> Dates | None:
    """The day, the last day to sign up, and the day of publication; None while a calendar is missing, or dropped."""
    if held_on is None:
        return None
    until = working_days_before(calendar, held_on, rota.signup_days)
    publish = working_days_before(calendar, held_on, rota.publish_days)
    return (held_on, until, publish) if until and publish else None


def _other_day(day: Day, row: RotaSession) -> tuple[Difference, ...]:
    """A session that stays on a day on which it would not be made today, unless a person chose it."""
    by_itself = row.held_on == day.held_on or row.state not in {Held.OPEN, Held.PUBLISHED}
    if by_itself or row.why == "by_hand":
        return ()
    return (Difference(day.due_on, "day", str(row.held_on or ""), str(day.held_on or day.why)),)


def seat_changes(session: Session, rota: Rota, row: RotaSession) -> SeatChanges:
    """Seats and hours of a session beside those of its rota; nothing where its list is public or it is not held."""
    if row.state not in {Held.DRAFT, Held.OPEN}:
        return SeatChanges((), (), (), ())
    places = session.execute(select(RotaPlace.window_id, RotaPlace.part).where(RotaPlace.rota_id == rota.id))
    wanted = {(window, part) for window, part in places if _held_in(rota, part)}
    there = {
        (seat.window_id, seat.part): seat
        for seat in session.scalars(select(Seat).where(Seat.session_id == row.id))
    }
    signed = set(session.scalars(select(Duty.seat_id).where(Duty.session_id == row.id, Duty.state.in_(LIVE))))
    parts = {part for (_window, part), seat in there.items() if seat.id in signed}
    other = others(row, rota)
    gone = [seat for key, seat in sorted(there.items()) if key not in wanted and seat.retired_at is None]
    return SeatChanges(
        tuple(sorted(wanted - set(there))),
        tuple(there[key] for key in sorted(wanted & set(there)) if there[key].retired_at is not None),
        tuple(seat for seat in gone if seat.id not in signed),
        tuple(seat for seat in gone if seat.id in signed),
        hours=to_take(other, parts),
        hours_stay={part: times for part, times in other.items() if part in parts and times[0]},
    )


def hours_told(row: RotaSession, changes: SeatChanges) -> list[Difference]:
    """Which hours a session keeps because somebody has signed up for them, and what they would be."""
    return [
        Difference(row.due_on, f"hours_{part}", "–".join(given(row, part)), "–".join(times))
        for part, times in changes.hours_stay.items()
    ]


def _held_in(rota: Rota, part: str) -> bool:
    return bool(given(rota, part)[0])
