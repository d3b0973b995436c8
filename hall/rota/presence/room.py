"""The manager's room: today's seats, who has come, what was served beside them, absences to be checked (M5, M6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import clock
from hall.queueing.models import Ticket
from hall.rota.presence import queries
from hall.rota.presence.at_window import stage_of, who
from hall.rota.presence.sitting import services
from hall.rota.presence.states import Presence

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.rota.presence.queries import Mark
    from hall.sites import Site

AWAITED = "awaited"
"""The turn has begun, and nobody is there yet."""
UNSIGNED = "unsigned"
"""The turn is over, and nobody said that they left."""
ORDER = ("here", AWAITED, "expected", "later", "left", UNSIGNED, "away", "over")


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of today: its turn, where that stands, who sits or is expected, and what goes on at the window."""

    mark: Mark
    stage: str
    name: str
    title: str
    waited_min: int
    beside: int
    number: str


@dataclass(frozen=True, slots=True)
class Room:
    """Today, and what is still to be checked."""

    day: date
    as_of: datetime
    seats: tuple[Seat, ...]
    counts: dict[str, int]
    stand_ins: int
    unsettled: tuple[Mark, ...]
    disputed: tuple[Mark, ...]


def room(session: Session, site: Site) -> Room:
    """The room of a hall now: eight statements, whatever the number of seats."""
    now = clock.now()
    day = clock.business_date(site.zone, now)
    marks = queries.marks_of_day(session, site.id, day)
    served = services(session, [mark.duty for mark in marks])
    numbers = _numbers(session, {mark.window_id for mark in marks})
    seats = tuple(
        _seat(mark, now, served.get(mark.duty, 0), numbers.get(mark.window_id, "")) for mark in marks
    )
    counts = {stage: sum(seat.stage == stage for seat in seats) for stage in ORDER}
    stand_ins = sum(mark.mark is Presence.STAND_IN for mark in marks)
    unsettled, disputed = queries.unsettled(session, site.id), queries.disputed(session, site.id)
    return Room(day, now, seats, counts, stand_ins, unsettled, disputed)


def _seat(mark: Mark, now: datetime, beside: int, number: str) -> Seat:
    stage = stage_of(mark, now)
    waited = int((now - mark.starts).total_seconds() // 60)
    if stage == "expected" and waited >= 0:
        stage = AWAITED
    if stage == "left" and mark.left_how == "unsigned":
        stage = UNSIGNED
    name, title = who(mark)
    at_work = number if mark.starts <= now < mark.ends else ""
    return Seat(mark, stage, name, title, max(0, waited), beside, at_work)


def _numbers(session: Session, windows: set[int]) -> dict[int, str]:
    """Who is served at these windows now."""
    wanted = select(Ticket.window_id, Ticket.number).where(
        Ticket.window_id.in_(windows), Ticket.state == "serving"
    )
    return {window: number for window, number in session.execute(wanted) if window is not None}
