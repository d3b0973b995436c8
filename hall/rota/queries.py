"""Reading rotas: one of them, its sessions with their seats and turns, and how departments stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select

from hall.catalog.models import Window
from hall.errors import NotFound
from hall.rota.hours import given
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.rules import Standing
from hall.rota.states import LIVE, Turn
from hall.rota.wish_models import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Sitting:
    """Whose turn a seat is. `stand_in` sits in the person's place; it never counts as the head's attendance (M4)."""

    duty: int
    state: str
    basis: str
    because: str
    turns_then: int | None
    last_then: date | None
    body: int
    body_name: str
    body_name_en: str
    person: int
    person_name: str
    title: str
    matters: str
    stand_in: str = ""
    stand_in_title: str = ""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat of a session, and whose turn it is; None is free."""

    seat: int
    window: str
    window_name: str
    window_name_en: str
    part: str
    sitting: Sitting | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session as people see it."""

    session: int
    state: str
    due_on: date
    held_on: date | None
    why: str
    signup_until: date | None
    publish_on: date | None
    published_at: datetime | None
    am_starts: str
    am_ends: str
    pm_starts: str
    pm_ends: str
    cancelled_because: str
    seats: tuple[SeatView, ...]


def rota_by_code(session: Session, site_id: int, code: str) -> Rota:
    """One of the hall's. Raises NotFound (`unknown_rota`)."""
    found = session.scalar(select(Rota).where(Rota.site_id == site_id, Rota.code == code))
    if found is None:
        raise NotFound(_l("There is no such reception."), code="unknown_rota")
    return found


def rotas(session: Session, site_id: int) -> list[Rota]:
    """Those in use, by code."""
    wanted = select(Rota).where(Rota.site_id == site_id, Rota.retired_at.is_(None)).order_by(Rota.code)
    return list(session.scalars(wanted))


@dataclass(frozen=True, slots=True)
class OnList:
    """Somebody on the list of a reception; `mine` is the caller, or somebody of the body the caller acts for."""

    person: int
    name: str
    title: str
    post: str
    body: int
    body_name: str
    mine: bool


def people(session: Session, rota_id: int, staff_id: int | None) -> list[OnList]:
    """Everybody in use on the list, by body and post; two statements."""
    acts = select(RotaPerson.body_id).where(RotaPerson.staff_id == staff_id, RotaPerson.retired_at.is_(None))
    mine = set(session.scalars(acts))
    wanted = (
        select(RotaPerson, RotaBody.name.label("body_name"))
        .join(RotaBody, RotaBody.id == RotaPerson.body_id)
        .where(RotaBody.rota_id == rota_id, RotaBody.retired_at.is_(None), RotaPerson.retired_at.is_(None))
        .order_by(RotaBody.name, RotaPerson.id)
    )
    return [
        OnList(row.id, row.name, row.title, row.post, row.body_id, body_name, row.body_id in mine)
        for row, body_name in session.execute(wanted)
    ]


def sessions(session: Session, rota_id: int, first: date, last: date) -> tuple[SessionView, ...]:
    """The sessions due from `first` to `last`, with their seats: three statements whatever the length."""
    wanted = select(RotaSession).where(
        RotaSession.rota_id == rota_id, RotaSession.due_on.between(first, last)
    )
    found = session.scalars(wanted.order_by(RotaSession.due_on)).all()
    seats = seats_of(session, [row.id for row in found])
    return tuple(
        SessionView(
            row.id,
            row.state,
            row.due_on,
            row.held_on,
            row.why,
            row.signup_until,
            row.publish_on,
            row.published_at,
            *(*given(row, "am"), *given(row, "pm")),
            row.cancelled_because,
            tuple(seats.get(row.id, ())),
        )
        for row in found
    )


def seats_of(session: Session, ids: list[int]) -> dict[int, list[SeatView]]:
    """The seats in use of these sessions, by part and window, with whose turn each is; three statements."""
    turns = _turns(session, ids)
    wanted = (
        select(Seat.id, Seat.session_id, Seat.part, Window.code, Window.name, Window.name_en)
        .join(Window, Window.id == Seat.window_id)
        .where(Seat.session_id.in_(ids), Seat.retired_at.is_(None))
        .order_by(Seat.part, Window.number, Seat.id)
    )
    found: dict[int, list[SeatView]] = {}
    for row in session.execute(wanted):
        view = SeatView(row.id, row.code, row.name, row.name_en, row.part, turns.get(row.id))
        found.setdefault(row.session_id, []).append(view)
    return found


def _turns(session: Session, ids: list[int]) -> dict[int, Sitting]:
    """The live turns of these sessions, by seat; of a cancelled session those that were."""
    wanted = (
        select(Duty, RotaBody, RotaPerson)
        .join(RotaBody, RotaBody.id == Duty.body_id)
        .join(RotaPerson, RotaPerson.id == Duty.person_id)
        .where(Duty.session_id.in_(ids), Duty.state.in_((*LIVE, Turn.CANCELLED)))
    )
    rows = session.execute(wanted).all()
    instead = _stand_ins(session, [duty.id for duty, _body, _person in rows])
    return {
        duty.seat_id: Sitting(
            duty.id,
            duty.state,
            duty.basis,
            duty.because,
            duty.turns_then,
            duty.last_then,
            body.id,
            body.name,
            body.name_en,
            person.id,
            person.name,
            person.title,
            duty.matters,
            *instead.get(duty.id, ("", "")),
        )
        for duty, body, person in rows
    }


def _stand_ins(session: Session, duties: list[int]) -> dict[int, tuple[str, str]]:
    wanted = (
        select(Wish.duty_id, RotaPerson.name, RotaPerson.title)
        .join(RotaPerson, RotaPerson.id == Wish.person_id)
        .where(Wish.duty_id.in_(duties), Wish.kind == "stand_in", Wish.state == "approved")
    )
    return {row.duty_id: (row.name, row.title) for row in session.execute(wanted)}


def standings(session: Session, rota_id: int, quarter: str) -> list[Standing]:
    """How the departments in use stand in a quarter: two statements (M2).

    A turn counts from the moment it is signed or proposed; a leave takes it away again and owes one (M4).
    """
    live = Duty.state.in_(LIVE)
    turns = (
        select(
            Duty.body_id,
            func.sum(case((Duty.quarter == quarter, 1), else_=0)).label("turns"),
            func.max(RotaSession.held_on).label("last"),
        )
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .where(RotaSession.rota_id == rota_id, live)
        .group_by(Duty.body_id)
        .subquery()
    )
    wanted = (
        select(RotaBody.id, RotaBody.name, RotaBody.listed, turns.c.turns, turns.c.last)
        .outerjoin(turns, turns.c.body_id == RotaBody.id)
        .where(RotaBody.rota_id == rota_id, RotaBody.retired_at.is_(None))
        .order_by(RotaBody.name)
    )
    owed = _owed(session, rota_id)
    return [
        Standing(row.id, int(row.turns or 0), row.last, owed.get(row.id, 0), row.name, row.listed)
        for row in session.execute(wanted)
    ]


def _owed(session: Session, rota_id: int) -> dict[int, int]:
    wanted = (
        select(Wish.body_id, func.count().label("owed"))
        .join(RotaBody, RotaBody.id == Wish.body_id)
        .where(RotaBody.rota_id == rota_id, Wish.kind == "leave", Wish.state == "approved")
        .where(Wish.made_up_by.is_(None))
        .group_by(Wish.body_id)
    )
    return {row.body_id: int(row.owed) for row in session.execute(wanted)}


def head_of(session: Session, bodies: Iterable[int]) -> dict[int, RotaPerson]:
    """The head of each of these bodies, who sits unless something else is said."""
    wanted = select(RotaPerson).where(
        RotaPerson.body_id.in_(list(bodies)), RotaPerson.post == "head", RotaPerson.retired_at.is_(None)
    )
    return {person.body_id: person for person in session.scalars(wanted.order_by(RotaPerson.id.desc()))}
