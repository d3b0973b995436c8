"""The sessions of a term, from the confirmed working calendar (M1). What is signed is never touched, only told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from hall.errors import Invalid, NotFound
from hall.rota import facts
from hall.rota.at_hand import keep_sessions, record_session, rota_of, site_of, today_of
from hall.rota.hours import all_hours, set_part
from hall.rota.models import RotaSession, Seat
from hall.rota.planning import Difference, hours_told, plan, seat_changes
from hall.rota.states import SESSION_MOVES, Held

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hall.rota.models import Rota
    from hall.rota.planning import Dates, Planned
    from hall.unit_of_work import Work


KEPT = {"key_share": True}
"""A rota that is kept can still be referred to."""


@dataclass(frozen=True, slots=True)
class Generate:
    """Make the sessions due from `first` to `last` of one rota."""

    rota_id: int
    first: date
    last: date


@dataclass(slots=True)
class Generated:
    """How many sessions are new, dated now, left as they were; and where they differ from what would be made today."""

    new: int = 0
    dated: int = 0
    kept: int = 0
    differences: list[Difference] = field(default_factory=list)


def generate(work: Work, command: Generate) -> Generated:
    """Make what is missing, date what waited for its calendar, and tell what differs from what is signed.

    Days that are over are not made. Can run twice. Raises Invalid (`term`), NotFound, Refused for another hall's rota.
    """
    rota = rota_of(work, command.rota_id)
    today = today_of(work, rota)
    if command.first <= command.last < today:
        said = _l("This term is over. Choose days that are still to come.")
        raise Invalid(said, errors={"last": [said]}, code="past")
    first = command.first if command.last < command.first else max(command.first, today)
    try:
        return make_term(work, rota, first, command.last)
    except ValueError:
        said = _l("Choose a term that ends after it begins, a year at the most.")
        raise Invalid(said, errors={"last": [said]}) from None


def make_term(work: Work, rota: Rota, first: date, last: date) -> Generated:
    """The same for whoever may: a job, or the confirmation of a year. Raises ValueError for an impossible term.

    The rota is kept from who changes it meanwhile: no session is made with hours of a moment ago.
    """
    work.session.refresh(rota, with_for_update=KEPT)
    if rota.retired_at is not None:
        raise NotFound(_l("There is no such reception."), code="unknown_rota")
    there = select(RotaSession.id).where(
        RotaSession.rota_id == rota.id, RotaSession.due_on.between(first, last)
    )
    keep_sessions(work, work.session.scalars(there).all())
    done = Generated()
    for planned in plan(work.session, rota, first, last):
        row = _made(work, rota, planned)
        done.new += planned.what == "new"
        done.dated += planned.what == "dated"
        done.kept += planned.what == "kept"
        done.differences += planned.differences
        done.differences += set_seats(work, rota, row)
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


def _made(work: Work, rota: Rota, planned: Planned) -> RotaSession:
    day, row = planned.day, planned.row
    if row is None:
        row = RotaSession(
            rota_id=rota.id, state=Held.DRAFT, due_on=day.due_on, why=day.why, **all_hours(rota)
        )
        if day.dropped:
            row.state = Held.DROPPED
        elif planned.dates:
            row.state = Held.OPEN
            row.held_on, row.signup_until, row.publish_on = planned.dates
        work.session.add(row)
        work.session.flush()
    elif planned.what == "dated" and planned.dates:
        date_session(work, rota, row, planned.dates, day.why)
    return row


def date_session(work: Work, rota: Rota, row: RotaSession, dates: Dates, why: str) -> None:
    """A draft has its day now."""
    held_on, until, publish = dates
    work.move(
        SESSION_MOVES,
        row,
        "date",
        held_on=held_on,
        signup_until=until,
        publish_on=publish,
        why=why,
        revision=RotaSession.revision + 1,
    )
    record_session(work, facts.SessionDated, row, rota, why or None)


def set_seats(work: Work, rota: Rota, row: RotaSession) -> list[Difference]:
    """Seats that are missing come; free ones that the rota no longer has go; signed ones stay and are told.

    The session is kept from others until the commit: nobody signs what is taken away.
    """
    work.session.refresh(row, with_for_update=True)
    changes = seat_changes(work.session, rota, row)
    work.session.add_all(
        Seat(session_id=row.id, window_id=window, part=part) for window, part in changes.missing
    )
    for seat in changes.back:
        seat.retired_at = None
    for seat in changes.free:
        seat.retired_at = work.now
    take_hours(work, row, changes.hours)
    gone = [Difference(row.due_on, "seat_gone", str(seat.id), "") for seat in changes.signed]
    return gone + hours_told(row, changes)


def take_hours(work: Work, row: RotaSession, hours: Mapping[str, tuple[str, str]]) -> None:
    """These halves of the day have these hours now; calendars that tell of them see that it changed."""
    for part, times in hours.items():
        set_part(row, part, times)
    row.revision += bool(hours)
    work.session.flush()


def hours_follow(work: Work, rota: Rota) -> None:
    """Sessions to come that are not public follow their rota's hours, but for halves in which somebody has a turn (M1).

    A half that the rota no longer holds stays until the term is made again: its seats go with it.
    """
    wanted = select(RotaSession).where(
        RotaSession.rota_id == rota.id,
        RotaSession.state.in_((Held.DRAFT, Held.OPEN)),
        or_(RotaSession.held_on.is_(None), RotaSession.held_on >= today_of(work, rota)),
    )
    kept = wanted.order_by(RotaSession.id).with_for_update().execution_options(populate_existing=True)
    for row in work.session.scalars(kept).all():
        hours = seat_changes(work.session, rota, row).hours
        take_hours(work, row, {part: times for part, times in hours.items() if times[0]})
