"""The sessions of a term, from the confirmed working calendar (M1). What is signed is never touched, only told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.calendar.queries import working_calendar
from hall.errors import Invalid
from hall.rota import facts
from hall.rota.at_hand import rota_of, site_of
from hall.rota.models import Duty, RotaPlace, RotaSession, Seat
from hall.rota.rules import Day, term_days, working_days_before
from hall.rota.states import LIVE, SESSION_MOVES, Held, HolidayRule

if TYPE_CHECKING:
    from datetime import date

    from hall.calendar.rules import WorkingCalendar
    from hall.rota.models import Rota
    from hall.unit_of_work import Work

    Dates = tuple[date, date, date]


@dataclass(frozen=True, slots=True)
class Generate:
    """Make the sessions due from `first` to `last` of one rota."""

    rota_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be otherwise today and is left as it is: `what` is `day`, `seat_gone`."""

    due_on: date
    what: str
    now: str
    would_be: str


@dataclass(slots=True)
class Generated:
    """How many sessions are new, dated now, left as they were; and where they differ from what would be made today."""

    new: int = 0
    dated: int = 0
    kept: int = 0
    differences: list[Difference] = field(default_factory=list)


def generate(work: Work, command: Generate) -> Generated:
    """Make what is missing, date what waited for its calendar, and tell what differs from what is signed.

    Can run twice. Raises Invalid (`term`), NotFound, Refused for another hall's rota.
    """
    rota = rota_of(work, command.rota_id)
    try:
        return make_term(work, rota, command.first, command.last)
    except ValueError:
        said = _l("Choose a term that ends after it begins, a year at the most.")
        raise Invalid(said, errors={"last": [said]}) from None


def make_term(work: Work, rota: Rota, first: date, last: date) -> Generated:
    """The same for whoever may: a job, or the confirmation of a year. Raises ValueError for an impossible term."""
    calendar = working_calendar(work.session)
    days = term_days(calendar, rota.weekday, HolidayRule(rota.holiday_rule), first, last)
    found = {
        row.due_on: row
        for row in work.session.scalars(
            select(RotaSession).where(RotaSession.rota_id == rota.id, RotaSession.due_on.between(first, last))
        )
    }
    done = Generated()
    for day in days:
        row, dates = found.get(day.due_on), _dates(rota, calendar, day)
        if row is None:
            row = _make(work, rota, day, dates)
            done.new += 1
        elif row.state == Held.DRAFT and dates:
            date_session(work, rota, row, dates, day.why)
            done.dated += 1
        else:
            done.kept += 1
            done.differences += _other_day(day, row)
        _seats(work, rota, row, done)
    site = site_of(work, rota)
    work.record(
        facts.TermGenerated(
            site_id=site.id,
            site=site.code,
            rota=rota.code,
            first=first.isoformat(),
            last=last.isoformat(),
            new=done.new,
            kept=done.kept,
        )
    )
    return done


def _dates(rota: Rota, calendar: WorkingCalendar, day: Day) -> Dates | None:
    """The day, the last day to sign up, and the day of publication; None while a calendar is missing, or dropped."""
    if day.held_on is None:
        return None
    until = working_days_before(calendar, day.held_on, rota.signup_days)
    publish = working_days_before(calendar, day.held_on, rota.publish_days)
    return (day.held_on, until, publish) if until and publish else None


def _make(work: Work, rota: Rota, day: Day, dates: Dates | None) -> RotaSession:
    row = RotaSession(rota_id=rota.id, state=Held.DRAFT, due_on=day.due_on, why=day.why)
    if day.dropped:
        row.state = Held.DROPPED
    elif dates:
        row.state = Held.OPEN
        row.held_on, row.signup_until, row.publish_on = dates
    work.session.add(row)
    work.session.flush()
    return row


def _other_day(day: Day, row: RotaSession) -> list[Difference]:
    """A session that stays on a day on which it would not be made today."""
    if row.held_on == day.held_on or row.state not in {Held.OPEN, Held.PUBLISHED}:
        return []
    return [Difference(day.due_on, "day", str(row.held_on or ""), str(day.held_on or day.why))]


def date_session(work: Work, rota: Rota, row: RotaSession, dates: Dates, why: str) -> None:
    """A draft has its day now."""
    held_on, until, publish = dates
    work.move(SESSION_MOVES, row, "date", held_on=held_on, signup_until=until, publish_on=publish, why=why)
    site = site_of(work, rota)
    work.record(
        facts.SessionDated(
            site_id=site.id,
            site=site.code,
            rota=rota.code,
            session_id=row.id,
            day=held_on.isoformat(),
            reason=why or None,
        )
    )


def _seats(work: Work, rota: Rota, row: RotaSession, done: Generated) -> None:
    """Seats that are missing come; free ones that the rota no longer has go; signed ones are told."""
    if row.state not in {Held.DRAFT, Held.OPEN}:
        return
    places = work.session.execute(
        select(RotaPlace.window_id, RotaPlace.part).where(RotaPlace.rota_id == rota.id)
    )
    wanted = {(window, part) for window, part in places if _held_in(rota, part)}
    there = {
        (seat.window_id, seat.part): seat
        for seat in work.session.scalars(select(Seat).where(Seat.session_id == row.id))
    }
    signed = set(
        work.session.scalars(select(Duty.seat_id).where(Duty.session_id == row.id, Duty.state.in_(LIVE)))
    )
    for window, part in sorted(wanted):
        seat = there.get((window, part))
        if seat is None:
            work.session.add(Seat(session_id=row.id, window_id=window, part=part))
        else:
            seat.retired_at = None
    for key, seat in sorted(there.items()):
        if key in wanted or seat.retired_at is not None:
            continue
        if seat.id in signed:
            done.differences.append(Difference(row.due_on, "seat_gone", str(seat.id), ""))
        else:
            seat.retired_at = work.now
    work.session.flush()


def _held_in(rota: Rota, part: str) -> bool:
    return bool(rota.am_starts if part == "am" else rota.pm_starts)
