"""Citizens who booked a day that the hall has cancelled: who is to be called, and who was (M6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.accounts.access import of_site
from hall.errors import Conflict
from hall.rota.at_hand import manages
from hall.rota.matters import facts
from hall.rota.matters.booking import NEXT_REVISION, locked, record, view
from hall.rota.matters.models import HardMatter
from hall.rota.matters.states import MATTER_MOVES, Hard
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
    if work.session.get_one(RotaSession, row.session_id).state != Held.CANCELLED:
        raise Conflict(_l("This day is held: nobody has to be called."), code="not_cancelled")
    work.move(
        MATTER_MOVES, row, "call_off", ended_at=work.now, ended_by=work.actor.id, revision=NEXT_REVISION
    )
    record(work, facts.MatterCalledOff, row)
    return view(work, row)


def of_session(session: Session, session_id: int) -> list[tuple[HardMatter, RotaBody]]:
    """Bookings of a cancelled day by time: who is still to be called, and who was."""
    wanted = (
        select(HardMatter, RotaBody)
        .join(RotaBody, RotaBody.id == HardMatter.body_id)
        .where(HardMatter.session_id == session_id)
        .where(HardMatter.state.in_((Hard.BOOKED.value, Hard.CALLED_OFF.value)))
        .order_by(HardMatter.starts_at, HardMatter.id)
    )
    return [(row, body) for row, body in session.execute(wanted).all()]


def to_call(session: Session, rota_id: int) -> list[tuple[int, date, int]]:
    """Cancelled days of a reception with bookings whose holders were not called yet: session, day, how many."""
    wanted = (
        select(RotaSession.id, RotaSession.held_on, func.count().label("bookings"))
        .join(HardMatter, HardMatter.session_id == RotaSession.id)
        .where(
            RotaSession.rota_id == rota_id,
            RotaSession.state == Held.CANCELLED,
            HardMatter.state == Hard.BOOKED.value,
        )
        .group_by(RotaSession.id, RotaSession.held_on)
        .order_by(RotaSession.held_on)
    )
    return [(row.id, row.held_on, row.bookings) for row in session.execute(wanted)]
