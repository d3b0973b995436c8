"""A day whose list is public is not held after all: cancelled as a whole, with a reason that everybody reads (M3).

Its turns are given back: they count no longer, and nobody owes one. Who has the fewest turns comes first again (M2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.errors import Conflict, Invalid
from hall.rota import facts
from hall.rota.at_hand import keep_sessions, manages, record, record_session, seat_of, session_of, site_of
from hall.rota.exchanging import lapse, pending_swaps, sessions_of_swaps
from hall.rota.hours import PARTS, given, hours_on, part_hours
from hall.rota.models import Duty, RotaSession
from hall.rota.presence.models import Attendance
from hall.rota.states import DUTY_MOVES, LIVE, SESSION_MOVES, WISH_MOVES, Held
from hall.rota.wish_models import Wish
from hall.unit_of_work import LostRace

if TYPE_CHECKING:
    from hall.rota.models import Rota
    from hall.unit_of_work import Work

BECAUSE = 200


@dataclass(frozen=True, slots=True)
class CancelSession:
    """A published day is not held; `because` is told to everybody."""

    session_id: int
    because: str


def cancel(work: Work, command: CancelSession) -> RotaSession:
    """Its turns end, what was asked for them comes to nothing, and what they had made good is owed again.

    Bookings of its quarter hours stay, so that their holders are called. Raises Conflict (`not_published`, `begun`),
    Invalid (`because`), NotFound, Refused.
    """
    manages(work)
    others = sessions_of_swaps(work, command.session_id)
    keep_sessions(work, {command.session_id, *others})
    row, rota = session_of(work, command.session_id)
    if not sessions_of_swaps(work, row.id) <= others:
        raise LostRace
    because = " ".join(command.because.split())
    if not 0 < len(because) <= BECAUSE:
        said = _l("Say why, in %(count)s signs at the most: everybody reads it.", count=BECAUSE)
        raise Invalid(said, errors={"because": [said]})
    if row.state != Held.PUBLISHED:
        raise Conflict(_l("Only a day whose list is published is cancelled."), code="not_published")
    _not_begun(work, row, rota)
    mine = select(Duty).where(Duty.session_id == row.id).order_by(Duty.id)
    for duty in work.session.scalars(mine.where(Duty.state.in_(LIVE))).all():
        _end(work, duty)
    _give_back(work, row)
    work.move(
        SESSION_MOVES,
        row,
        "cancel",
        cancelled_at=work.now,
        cancelled_by=work.actor.id,
        cancelled_because=because,
        revision=RotaSession.revision + 1,
    )
    record_session(work, facts.SessionCancelled, row, rota)
    return row


def _not_begun(work: Work, row: RotaSession, rota: Rota) -> None:
    """Once it has begun, or somebody has come, the records tell what was; nothing of them is taken back (M5)."""
    zone, day = site_of(work, rota).zone, row.held_on or row.due_on
    held = [part for part in PARTS if given(row, part)[0]] or PARTS[:1]
    starts = min(hours_on(day, part_hours(row, part), zone).starts for part in held)
    come = (
        select(Attendance.id)
        .join(Duty, Duty.id == Attendance.duty_id)
        .where(Duty.session_id == row.id)
        .limit(1)
    )
    if starts <= work.now or work.session.scalar(come) is not None:
        raise Conflict(
            _l("This day has begun. What became of each turn is written down in today’s room."), code="begun"
        )


def _end(work: Work, duty: Duty) -> None:
    sat = seat_of(work, duty.seat_id)
    for swap in pending_swaps(work, duty):
        lapse(work, swap)
    for wish in work.session.scalars(select(Wish).where(Wish.duty_id == duty.id, Wish.state == "asked")):
        work.move(WISH_MOVES, wish, "lapse", decided_at=work.now)
    for wish in work.session.scalars(select(Wish).where(Wish.made_up_by == duty.id)):
        wish.made_up_by = None
    work.move(DUTY_MOVES, duty, "cancel", ended_at=work.now, revision=Duty.revision + 1)
    record(work, facts.DutyCancelled, duty, sat)


def _give_back(work: Work, row: RotaSession) -> None:
    """A stand-in of this day uses up no quarter, and a leave of it owes nothing: there was no day to be away from."""
    approved = (
        select(Wish)
        .join(Duty, Duty.id == Wish.duty_id)
        .where(Duty.session_id == row.id, Wish.state == "approved", Wish.made_up_by.is_(None))
        .order_by(Wish.id)
    )
    for wish in work.session.scalars(approved).all():
        work.move(
            WISH_MOVES, wish, "give_back", place=None, beyond=""
        )  # a leave counts no longer in its quarter
