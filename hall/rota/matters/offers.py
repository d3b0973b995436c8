"""Who can be booked, and when: confirmed turns of published sessions with the quarter hours that are free (M6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.clock import business_date
from hall.rota.hours import given
from hall.rota.matters import rules
from hall.rota.matters.models import HardMatter
from hall.rota.matters.rules import Part
from hall.rota.models import Rota, RotaSession
from hall.rota.queries import seats_of
from hall.rota.states import Held, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.rota.queries import SeatView, Sitting
    from hall.sites import Site

WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """A head who can be booked: a confirmed turn of a published session, with the quarter hours that are free."""

    session: int
    body: int
    rota: str
    rota_name: str
    rota_name_en: str
    day: date
    name: str
    name_en: str
    person_name: str
    title: str
    stand_in: str
    stand_in_title: str
    window_name: str
    window_name_en: str
    part: Part
    matters: str
    slots: tuple[datetime, ...]
    free: tuple[datetime, ...]

    def is_ahead(self, now: datetime) -> bool:
        """Whether any quarter hour of it, free or not, is still to come; what is over is not full."""
        return any(at > now for at in self.slots)


def offers(session: Session, site: Site, now: datetime, session_id: int | None = None) -> list[Offer]:
    """Everybody who can be booked from now on, by day, part and window: five statements; `session_id` narrows it."""
    wanted = (
        select(RotaSession, Rota)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .where(
            Rota.site_id == site.id,
            Rota.retired_at.is_(None),
            RotaSession.state == Held.PUBLISHED,
            RotaSession.held_on >= business_date(site.zone, now),
        )
        .order_by(RotaSession.held_on, Rota.code)
    )
    if session_id is not None:
        wanted = wanted.where(RotaSession.id == session_id)
    found = session.execute(wanted).all()
    ids = [row.id for row, _rota in found]
    seats, taken = seats_of(session, ids), taken_times(session, ids)
    return [
        _offer(row, rota, seat, seat.sitting, taken, site, now)
        for row, rota in found
        for seat in seats.get(row.id, ())
        if seat.sitting is not None and seat.sitting.state == Turn.CONFIRMED
    ]


def _offer(  # noqa: PLR0917 - what an offer is made of
    row: RotaSession,
    rota: Rota,
    seat: SeatView,
    who: Sitting,
    taken: dict[tuple[int, int], set[datetime]],
    site: Site,
    now: datetime,
) -> Offer:
    part = Part(seat.part, *given(row, seat.part))
    day = row.held_on or row.due_on
    times = rules.slots(day, part, site.zone)
    return Offer(
        row.id,
        who.body,
        rota.code,
        rota.name,
        rota.name_en or rota.name,
        day,
        who.body_name,
        who.body_name_en or who.body_name,
        who.person_name,
        who.title,
        who.stand_in,
        who.stand_in_title,
        seat.window_name,
        seat.window_name_en or seat.window_name,
        part,
        who.matters,
        times,
        rules.free(times, taken.get((row.id, who.body), ()), now),
    )


def taken_times(session: Session, sessions: Iterable[int]) -> dict[tuple[int, int], set[datetime]]:
    """The quarter hours that citizens have, by session and body."""
    wanted = select(HardMatter.session_id, HardMatter.body_id, HardMatter.starts_at).where(
        HardMatter.session_id.in_(list(sessions)),
        HardMatter.starts_at.is_not(None),
        HardMatter.state != WITHDRAWN,
    )
    found: dict[tuple[int, int], set[datetime]] = {}
    for row in session.execute(wanted):
        found.setdefault((row.session_id, row.body_id), set()).add(row.starts_at)
    return found
