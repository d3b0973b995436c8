"""What the page of a director or liaison shows: their turns, what is free, what is asked, how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.rota import leaves, queries
from hall.rota.hours import part_hours
from hall.rota.mine.asked import Placed, SwapView, WishView, swaps_of, wishes_of
from hall.rota.mine.rules import allowed
from hall.rota.models import Rota, RotaBody, RotaPerson
from hall.rota.rules import quarter
from hall.rota.states import STAND_INS, Held, Post

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from hall.rota.queries import OnList, SeatView, SessionView

BACK = timedelta(weeks=3)  # a day that was moved on is due before it is held
AHEAD = timedelta(weeks=30)


@dataclass(frozen=True, slots=True)
class MyTurn:
    """A turn of a department that the caller acts for, what can be done with it, and what was asked for it last.

    `leaves` of `leave_limit` its department has had in the turn's quarter.
    """

    at: Placed
    can: str
    swap: SwapView | None
    wish: WishView | None
    instead: tuple[OnList, ...]
    stand_in_used: bool
    leaves: int
    leave_limit: int
    others: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day for which one can sign up: its free seats, how many there are in all, and a turn of one's own there."""

    session: SessionView
    day: date
    free: tuple[tuple[SeatView, tuple[str, str]], ...]
    taken: tuple[Placed, ...]
    mine: Placed | None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page shows of one reception."""

    heads: tuple[OnList, ...]
    bodies: frozenset[int]
    turns: tuple[MyTurn, ...]
    asked: tuple[SwapView, ...]
    days: tuple[OpenDay, ...]
    published: tuple[tuple[SessionView, tuple[Placed, ...]], ...]
    quarters: tuple[str, ...]
    matters: Mapping[int, str]


def rotas_of(session: Session, site_id: int, staff_id: int | None) -> list[Rota]:
    """The receptions on whose list an account stands; where it is on none, all of the hall's."""
    wanted = (
        select(Rota)
        .join(RotaBody, RotaBody.rota_id == Rota.id)
        .join(RotaPerson, RotaPerson.body_id == RotaBody.id)
        .where(
            Rota.site_id == site_id,
            Rota.retired_at.is_(None),
            RotaBody.retired_at.is_(None),
            RotaPerson.staff_id == staff_id,
            RotaPerson.retired_at.is_(None),
        )
        .order_by(Rota.code)
        .distinct()
    )
    return list(session.scalars(wanted)) or queries.rotas(session, site_id)


def page(session: Session, rota: Rota, staff_id: int | None, today: date, zone: ZoneInfo) -> Page:
    """The state of the page; a fixed number of statements."""
    everybody = queries.people(session, rota.id, staff_id)
    bodies = frozenset(one.body for one in everybody if one.mine)
    found = queries.sessions(session, rota.id, today - BACK, today + AHEAD)
    coming = [one for one in found if one.held_on and one.held_on >= today and one.state != Held.DROPPED]
    placed = [(one, tuple(_placed(one))) for one in coming]
    mine = [at for _one, seats in placed for at in seats if at.sitting.body in bodies]
    by_duty = {at.sitting.duty: at for _one, seats in placed for at in seats}
    swaps = swaps_of(session, {at.sitting.duty for at in mine}, by_duty, zone)
    wishes, used = wishes_of(session, mine, bodies)
    had = (leaves.used(session, bodies), rota.leaves)
    return Page(
        heads=tuple(one for one in everybody if one.mine and one.post == Post.HEAD),
        bodies=bodies,
        turns=tuple(_turn(at, today, everybody, placed, swaps, wishes, used, had) for at in mine),
        asked=tuple(one for one in swaps.values() if not one.by_me and one.state == "asked"),
        days=tuple(_open_days(placed, bodies, today)),
        published=tuple((one, seats) for one, seats in placed if one.state == Held.PUBLISHED),
        quarters=_quarters(coming, today),
        matters=_matters(mine),
    )


def names(session: Session, rota_id: int, *, english: bool) -> dict[int, str]:
    """What departments are called in the reader's language."""
    wanted = select(RotaBody.id, RotaBody.name, RotaBody.name_en).where(RotaBody.rota_id == rota_id)
    return {row.id: (english and row.name_en) or row.name for row in session.execute(wanted)}


def _placed(view: SessionView) -> Iterable[Placed]:
    for seat in view.seats:
        if seat.sitting and view.held_on:
            yield Placed(view, seat, seat.sitting, view.held_on, part_hours(view, seat.part))


def _open_days(
    placed: list[tuple[SessionView, tuple[Placed, ...]]],
    bodies: frozenset[int],
    today: date,
) -> Iterable[OpenDay]:
    for view, seats in placed:
        if view.state != Held.OPEN or not view.signup_until or view.signup_until < today or not view.held_on:
            continue
        free = tuple((seat, part_hours(view, seat.part)) for seat in view.seats if not seat.sitting)
        own = [at for at in seats if at.sitting.body in bodies]
        yield OpenDay(view, view.held_on, free, seats, own[0] if bodies and len(own) == len(bodies) else None)


def _turn(  # noqa: PLR0917 - what a turn is told from
    at: Placed,
    today: date,
    everybody: list[OnList],
    placed: list[tuple[SessionView, tuple[Placed, ...]]],
    swaps: Mapping[int, SwapView],
    wishes: Mapping[int, WishView],
    used: frozenset[tuple[int, str]],
    had: tuple[Mapping[tuple[int, str], int], int],
) -> MyTurn:
    can = allowed(
        at.session.state,
        at.sitting.state,
        today=today,
        held_on=at.day,
        signup_until=at.session.signup_until or at.day,
    )
    body = at.sitting.body
    instead = tuple(one for one in everybody if one.body == body and one.post in STAND_INS)
    return MyTurn(
        at,
        can,
        swaps.get(at.sitting.duty),
        wishes.get(at.sitting.duty),
        instead,
        (body, quarter(at.day)) in used,
        had[0].get((body, quarter(at.day)), 0),
        had[1],
        tuple(_others(at, placed, today)) if can == "change" else (),
    )


def _others(
    at: Placed, placed: list[tuple[SessionView, tuple[Placed, ...]]], today: date
) -> Iterable[Placed]:
    """Turns that can be swapped with this one: nobody comes to sit twice on one day (M4)."""
    here = {one.sitting.body for view, seats in placed if view is at.session for one in seats}
    for view, seats in placed:
        if view.state != Held.PUBLISHED or view.held_on is None or view.held_on <= today:
            continue
        there = {one.sitting.body for one in seats}
        for one in seats:
            clash = view is not at.session and (at.sitting.body in there or one.sitting.body in here)
            if one.sitting.body != at.sitting.body and one.sitting.state == "confirmed" and not clash:
                yield one


def _quarters(coming: list[SessionView], today: date) -> tuple[str, ...]:
    days = [one.held_on for one in coming if one.held_on and one.seats]
    return tuple(sorted({quarter(day) for day in [today, *days]}))


def _matters(mine: list[Placed]) -> dict[int, str]:
    """What a department said last that it receives, to begin with."""
    return {at.sitting.body: at.sitting.matters for at in mine if at.sitting.matters}
