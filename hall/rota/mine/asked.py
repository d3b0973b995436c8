"""What was asked for one's turns, and what became of it: swaps, stand-ins, leaves (M4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.clock import day_bounds
from hall.rota.models import RotaPerson
from hall.rota.states import PENDING
from hall.rota.wish_models import Swap, Wish

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from hall.rota.queries import SeatView, SessionView, Sitting


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody's turn with its day and seat; `hours` are local HH:MM."""

    session: SessionView
    seat: SeatView
    sitting: Sitting
    day: date
    hours: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SwapView:
    """A wish to swap. `by_me`: my department asked. `there` is the other's turn, None where it is gone."""

    swap: int
    state: str
    by_me: bool
    here: Placed | None
    there: Placed | None
    note: str
    answer_until: datetime


@dataclass(frozen=True, slots=True)
class WishView:
    """A stand-in (with who) or a leave that was asked for a turn."""

    wish: int
    kind: str
    state: str
    reason: str
    person: str


def swaps_of(
    session: Session, mine: set[int], by_duty: Mapping[int, Placed], zone: ZoneInfo
) -> dict[int, SwapView]:
    """The swap that stands or ended last, by one's own turn."""
    wanted = select(Swap).where(Swap.from_duty_id.in_(mine) | Swap.to_duty_id.in_(mine)).order_by(Swap.id)
    found: dict[int, SwapView] = {}
    for row in session.scalars(wanted):
        for own, other in ((row.from_duty_id, row.to_duty_id), (row.to_duty_id, row.from_duty_id)):
            if own in mine:
                here, there = by_duty.get(own), by_duty.get(other)
                by_me = own == row.from_duty_id
                until = _answer_until(row.answer_until, (here, there), zone)
                found[own] = SwapView(row.id, row.state, by_me, here, there, row.note, until)
    return {duty: one for duty, one in found.items() if one.state in PENDING or one.by_me}


def _answer_until(until: datetime, turns: tuple[Placed | None, ...], zone: ZoneInfo) -> datetime:
    """Two days at most, and never after the first of the two days has begun: then nothing changes any more (M4)."""
    return min([until, *(day_bounds(zone, at.day)[0] for at in turns if at)])


def wishes_of(
    session: Session, mine: list[Placed], bodies: frozenset[int]
) -> tuple[dict[int, WishView], frozenset[tuple[int, str]]]:
    """The last wish of each turn, and the departments and quarters that have had their stand-in."""
    wanted = (
        select(Wish, RotaPerson.name.label("instead"))
        .outerjoin(RotaPerson, RotaPerson.id == Wish.person_id)
        .where(
            Wish.duty_id.in_([at.sitting.duty for at in mine])
            | (Wish.body_id.in_(bodies) & (Wish.kind == "stand_in") & (Wish.state == "approved"))
        )
        .order_by(Wish.id)
    )
    found, used = {}, set()
    for row, instead in session.execute(wanted):
        found[row.duty_id] = WishView(row.id, row.kind, row.state, row.reason, instead or "")
        if row.kind == "stand_in" and row.state == "approved":
            used.add((row.body_id, row.quarter))
    return found, frozenset(used)
