"""Citizens whose day is cancelled, or whose head sits no longer at their time: who is to be called, or was (M6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.access import of_site
from hall.errors import Conflict
from hall.rota.at_hand import manages
from hall.rota.matters import facts
from hall.rota.matters.booking import NEXT_REVISION, locked, record, view
from hall.rota.matters.models import HardMatter
from hall.rota.matters.states import MATTER_MOVES, Hard
from hall.rota.matters.unheld import unheld
from hall.rota.models import RotaBody, RotaSession
from hall.rota.states import Held

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from hall.rota.matters.queries import MatterView
    from hall.unit_of_work import Work


def call_off(work: Work, nonce: bytes | None) -> MatterView:
    """Its holder was called. Pressed twice it is once. Raises Conflict (`not_cancelled`, `conflict`), Refused."""
    manages(work)
    row = locked(work, nonce)
    of_site(work.actor, row.site_id)
    if row.state == Hard.CALLED_OFF:
        return view(work, row)
    if not unheld(work.session, [row]):
        raise Conflict(
            _l("The department receives at this time: nobody has to be called."), code="not_cancelled"
        )
    work.move(
        MATTER_MOVES, row, "call_off", ended_at=work.now, ended_by=work.actor.id, revision=NEXT_REVISION
    )
    record(work, facts.MatterCalledOff, row)
    return view(work, row)


TO_CALL = (Hard.BOOKED.value, Hard.ARRIVED.value)
"""Who came to a day that is not held is told so, too."""


@dataclass(frozen=True, slots=True)
class ToCall:
    """A day with citizens who are still to be called: all of it is cancelled, or a head of it does not come."""

    session: int
    day: date
    bookings: int
    cancelled: bool


def of_session(session: Session, session_id: int) -> list[tuple[HardMatter, RotaBody]]:
    """Bookings of a day that nobody hears, by time: who is still to be called, and who was."""
    wanted = (
        select(HardMatter, RotaBody)
        .join(RotaBody, RotaBody.id == HardMatter.body_id)
        .where(HardMatter.session_id == session_id)
        .where(HardMatter.state.in_((*TO_CALL, Hard.CALLED_OFF.value)))
        .order_by(HardMatter.starts_at, HardMatter.id)
    )
    found = session.execute(wanted).all()
    left = unheld(session, [row for row, _body in found])
    return [(row, body) for row, body in found if row.id in left or row.state == Hard.CALLED_OFF]


def to_call(session: Session, rota_id: int) -> list[ToCall]:
    """Days of a reception with bookings that nobody hears, whose holders were not called yet."""
    open_ones = select(HardMatter).where(HardMatter.rota_id == rota_id, HardMatter.state.in_(TO_CALL))
    rows = session.scalars(open_ones).all()
    left = unheld(session, rows)
    counts = Counter(row.session_id for row in rows if row.id in left)
    days = select(RotaSession).where(RotaSession.id.in_(counts)).order_by(RotaSession.held_on, RotaSession.id)
    return [
        ToCall(day.id, day.held_on or day.due_on, counts[day.id], day.state == Held.CANCELLED)
        for day in session.scalars(days)
    ]
