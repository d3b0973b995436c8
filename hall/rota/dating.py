"""A manager's hand on a session: its day is chosen, it is dropped, it is taken up again (M1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.calendar.queries import working_calendar
from hall.calendar.rules import is_working_day
from hall.errors import Conflict, Invalid
from hall.rota import facts
from hall.rota.at_hand import manages, record, record_session, seat_of, session_of, today_of
from hall.rota.generating import date_session, set_seats, take_hours
from hall.rota.models import Duty, RotaSession
from hall.rota.planning import dates_of, seat_changes
from hall.rota.states import DUTY_MOVES, LIVE, SESSION_MOVES, Held
from hall.rota.wish_models import Wish

if TYPE_CHECKING:
    from hall.rota.models import Rota
    from hall.unit_of_work import Work

AROUND = timedelta(weeks=4)
BY_HAND = "by_hand"
NEXT_REVISION = RotaSession.revision + 1


@dataclass(frozen=True, slots=True)
class DateSession:
    """A draft is held on this day."""

    session_id: int
    day: date


@dataclass(frozen=True, slots=True)
class TakeHours:
    """Turns that are signed shall have the reception's new hours, too."""

    session_id: int


@dataclass(frozen=True, slots=True)
class DropSession:
    """It is not held; whoever has signed up is free again."""

    session_id: int


@dataclass(frozen=True, slots=True)
class RestoreSession:
    """It is held after all: a draft again, whose day is to be chosen."""

    session_id: int


def date_by_hand(work: Work, command: DateSession) -> RotaSession:
    """A person has chosen the day: a working day of a confirmed year, to come, that no other session of the rota has.

    Raises Conflict (`not_draft`, `day_taken`), Invalid (`past`, `unconfirmed`, `no_working_day`, `too_far`), NotFound,
    Refused.
    """
    manages(work)
    row, rota = session_of(work, command.session_id)
    if row.state != Held.DRAFT:
        raise Conflict(_l("This day is set already. Look at the list again."), code="not_draft")
    dates = _chosen(work, row, rota, command.day)
    date_session(work, rota, row, dates, "" if command.day == row.due_on else BY_HAND)
    set_seats(work, rota, row)
    return row


def _chosen(work: Work, row: RotaSession, rota: Rota, day: date) -> tuple[date, date, date]:
    calendar = working_calendar(work.session)
    works = is_working_day(calendar, day)
    dates = dates_of(rota, calendar, day) if works else None
    if day <= today_of(work, rota):
        raise _wrong("past", _l("Choose a day that is still to come."))
    if works is not None and not works:
        raise _wrong("no_working_day", _l("This is no working day. Choose another one."))
    if dates is None:
        said = _l("The working calendar of %(year)s is not confirmed yet. Confirm it first.", year=day.year)
        raise _wrong("unconfirmed", said)
    if abs(day - row.due_on) > AROUND:
        raise _wrong("too_far", _l("Choose a day within four weeks of the one it was due on."))
    other = select(RotaSession.due_on).where(RotaSession.rota_id == rota.id, RotaSession.held_on == day)
    if work.session.scalar(other.limit(1)) is not None:
        raise Conflict(
            _l("Another session of this reception is held on this day. Choose another one."), code="day_taken"
        )
    return dates


def _wrong(code: str, said: object) -> Invalid:
    return Invalid(said, errors={"day": [said]}, code=code)


def take_new_hours(work: Work, command: TakeHours) -> RotaSession:
    """A person has decided that those who signed up sit at the reception's new hours.

    Raises Conflict (`not_open`, `same_hours`), NotFound, Refused.
    """
    manages(work)
    row, rota = session_of(work, command.session_id)
    if row.state != Held.OPEN:
        raise Conflict(_l("The hours of this day stay as they were announced."), code="not_open")
    changes = seat_changes(work.session, rota, row)
    if not changes.hours_stay:
        raise Conflict(_l("This day has the hours of its reception already."), code="same_hours")
    take_hours(work, row, changes.hours_stay)
    record_session(work, facts.SessionRetimed, row, rota)
    return row


def drop(work: Work, command: DropSession) -> RotaSession:
    """Not held: the turns in it end, and what they had made good is owed again. Not once its list is public.

    Raises Conflict (`published`, `conflict`), NotFound, Refused.
    """
    manages(work)
    row, rota = session_of(work, command.session_id)
    if row.state in {Held.PUBLISHED, Held.CANCELLED}:
        raise Conflict(
            _l("The list is published. Cancel the day instead, with a reason that everybody reads."),
            code="published",
        )
    live = select(Duty).where(Duty.session_id == row.id, Duty.state.in_(LIVE)).order_by(Duty.id)
    for duty in work.session.scalars(live).all():
        sat = seat_of(work, duty.seat_id)
        work.move(DUTY_MOVES, duty, "withdraw", ended_at=work.now, revision=Duty.revision + 1)
        for wish in work.session.scalars(select(Wish).where(Wish.made_up_by == duty.id)):
            wish.made_up_by = None
        record(work, facts.DutyWithdrawn, duty, sat, "dropped")
    record_session(work, facts.SessionDropped, row, rota, BY_HAND)
    undated = dict.fromkeys(("held_on", "signup_until", "publish_on"))
    work.move(SESSION_MOVES, row, "drop", why=BY_HAND, revision=NEXT_REVISION, **undated)
    return row


def restore(work: Work, command: RestoreSession) -> RotaSession:
    """A draft again. Raises Conflict (`past`, `conflict`), NotFound, Refused."""
    manages(work)
    row, rota = session_of(work, command.session_id)
    if row.due_on + AROUND <= today_of(work, rota):
        raise Conflict(_l("This day is over."), code="past")
    work.move(SESSION_MOVES, row, "restore", why="manual", revision=NEXT_REVISION)
    record_session(work, facts.SessionRestored, row, rota)
    return row
