"""Bookings that nobody hears: the day is cancelled, or its department does not sit at that time any more (M4, M6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.rota.hours import given
from hall.rota.matters import rules
from hall.rota.matters.rules import Part
from hall.rota.models import Duty, Rota, RotaSession, Seat
from hall.rota.states import Turn
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Exists
    from sqlalchemy.orm import Session

    from hall.rota.matters.models import HardMatter


def sits(matter: type[HardMatter]) -> Exists:
    """Whether the department of a matter has a confirmed turn on its day at all: a cancelled day has none."""
    turn = select(Duty.id).where(
        Duty.session_id == matter.session_id,
        Duty.body_id == matter.body_id,
        Duty.state == Turn.CONFIRMED.value,
    )
    return turn.exists()


def unheld(session: Session, rows: Iterable[HardMatter]) -> set[int]:
    """The keys of those among them whose quarter hour is in no confirmed turn of their department; two statements."""
    booked = [row for row in rows if row.starts_at is not None]
    times = _times(session, {row.session_id for row in booked}) if booked else {}
    return {row.id for row in booked if row.starts_at not in times.get((row.session_id, row.body_id), ())}


def _times(session: Session, days: set[int]) -> dict[tuple[int, int], tuple[datetime, ...]]:
    """The quarter hours that are received, by session and body."""
    zones = {
        key: site.zone
        for key, site in session.execute(
            select(RotaSession.id, Site)
            .join(Rota, Rota.id == RotaSession.rota_id)
            .join(Site, Site.id == Rota.site_id)
            .where(RotaSession.id.in_(days))
        ).all()
    }
    turns = (
        select(RotaSession, Duty.body_id, Seat.part)
        .join(Duty, Duty.session_id == RotaSession.id)
        .join(Seat, Seat.id == Duty.seat_id)
        .where(RotaSession.id.in_(days), Duty.state == Turn.CONFIRMED.value)
    )
    return {
        (held.id, body): rules.slots(
            held.held_on or held.due_on, Part(part, *given(held, part)), zones[held.id]
        )
        for held, body, part in session.execute(turns).all()
    }
