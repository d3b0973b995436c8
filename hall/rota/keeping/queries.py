"""What a manager sees of receptions: all at a glance, who is on the list, what waits for a decision, a term to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.accounts.roles import Role
from hall.catalog.models import Department, Window
from hall.rota import leaves, queries
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaPlace, RotaSession, Seat
from hall.rota.planning import hours_told, plan, seat_changes
from hall.rota.states import LIVE, PENDING
from hall.rota.wish_models import Swap, Wish

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.rota.planning import Difference, Planned


@dataclass(frozen=True, slots=True)
class Glance:
    """One reception with what comes next; `taken` of `seats` in the next session, `asked` waits for a decision."""

    rota: Rota
    bodies: int
    next_on: date | None
    next_state: str
    seats: int
    taken: int
    drafts: int
    asked: int


def glances(session: Session, site_id: int, today: date) -> list[Glance]:
    """The hall's receptions; a few statements each, for a hall has a handful."""
    return [_glance(session, rota, today) for rota in queries.rotas(session, site_id)]


def ended(session: Session, site_id: int) -> list[Rota]:
    """Receptions that are held no longer, by code."""
    wanted = select(Rota).where(Rota.site_id == site_id, Rota.retired_at.is_not(None))
    return list(session.scalars(wanted.order_by(Rota.code)))


def _glance(session: Session, rota: Rota, today: date) -> Glance:
    mine = RotaSession.rota_id == rota.id
    coming = session.scalar(
        select(RotaSession).where(mine, RotaSession.held_on >= today).order_by(RotaSession.held_on).limit(1)
    )
    return Glance(
        rota,
        _count(session, RotaBody.rota_id == rota.id, RotaBody.retired_at.is_(None)),
        coming.held_on if coming else None,
        coming.state if coming else "",
        _count(session, Seat.session_id == coming.id, Seat.retired_at.is_(None)) if coming else 0,
        _count(session, Duty.session_id == coming.id, Duty.state.in_(LIVE)) if coming else 0,
        _count(session, mine, RotaSession.state == "draft", RotaSession.why == "manual"),
        len(asked(session, rota.id)),
    )


def _count(session: Session, *conditions: object) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in few words: whose, when, where."""

    duty: int
    body: str
    body_en: str
    person: str
    day: date | None
    window: str
    window_en: str
    part: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something asked: `kind` is swap, stand_in or leave; `state` asked or accepted; `other` a swap's second.

    `leaves` its department has had in that quarter; whether a leave `can_go_beyond` the limit is by its reason.
    """

    key: int
    kind: str
    state: str
    turn: Turn
    other: Turn | None
    reason: str
    note: str
    instead: str
    asked_at: datetime
    answer_until: datetime | None
    leaves: int = 0
    can_go_beyond: bool = False


def asked(session: Session, rota_id: int) -> list[Waiting]:
    """What waits in a reception, the oldest first: for the manager, or for the other's answer."""
    swaps = session.scalars(
        select(Swap)
        .join(Duty, Duty.id == Swap.from_duty_id)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .where(RotaSession.rota_id == rota_id, Swap.state.in_(PENDING))
    ).all()
    wishes = session.execute(
        select(Wish, RotaPerson.name)
        .join(Duty, Duty.id == Wish.duty_id)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .outerjoin(RotaPerson, RotaPerson.id == Wish.person_id)
        .where(RotaSession.rota_id == rota_id, Wish.state == "asked")
    ).all()
    keys = [swap.from_duty_id for swap in swaps] + [swap.to_duty_id for swap in swaps]
    turns = _turns(session, [*keys, *(wish.duty_id for wish, _name in wishes)])
    used = leaves.used(session, {wish.body_id for wish, _name in wishes})
    found = [
        Waiting(
            *(swap.id, "swap", swap.state, turns[swap.from_duty_id], turns[swap.to_duty_id]),
            *("", swap.note, "", swap.asked_at, swap.answer_until),
        )
        for swap in swaps
    ] + [
        Waiting(
            *(wish.id, wish.kind, wish.state, turns[wish.duty_id], None),
            *(wish.reason, wish.note, name or "", wish.asked_at, None),
            *(used.get((wish.body_id, wish.quarter), 0), wish.reason in leaves.BEYOND),
        )
        for wish, name in wishes
    ]
    return sorted(found, key=lambda one: one.asked_at)


def _turns(session: Session, keys: list[int]) -> dict[int, Turn]:
    wanted = (
        select(Duty.id, RotaBody, RotaPerson.name, RotaSession.held_on, Window, Seat.part)
        .join(RotaBody, RotaBody.id == Duty.body_id)
        .join(RotaPerson, RotaPerson.id == Duty.person_id)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .join(Seat, Seat.id == Duty.seat_id)
        .join(Window, Window.id == Seat.window_id)
        .where(Duty.id.in_(keys))
    )
    return {
        key: Turn(key, body.name, body.name_en, person, day, window.name, window.name_en, part)
        for key, body, person, day, window, part in session.execute(wanted)
    }


@dataclass(frozen=True, slots=True)
class Listed:
    """A body with its people in use, each with the account they sign in with."""

    body: RotaBody
    people: tuple[tuple[RotaPerson, str], ...]
    department: str
    turns: int
    owed: int


def bodies(session: Session, rota_id: int, quarter: str) -> tuple[list[Listed], list[RotaBody]]:
    """Those in use by name, with their turns of a quarter; and those that are no longer on the list."""
    rows = session.scalars(
        select(RotaBody).where(RotaBody.rota_id == rota_id).order_by(RotaBody.name, RotaBody.id)
    ).all()
    people: dict[int, list[tuple[RotaPerson, str]]] = {}
    wanted = (
        select(RotaPerson, Staff.user)
        .outerjoin(Staff, Staff.id == RotaPerson.staff_id)
        .where(RotaPerson.body_id.in_([row.id for row in rows]), RotaPerson.retired_at.is_(None))
        .order_by(RotaPerson.id)
    )
    for person, user in session.execute(wanted):
        people.setdefault(person.body_id, []).append((person, user or ""))
    codes = {row.id: row.code for row in session.execute(select(Department.id, Department.code))}
    standing = {one.body: one for one in queries.standings(session, rota_id, quarter)}
    used = [
        Listed(
            row,
            tuple(people.get(row.id, ())),
            codes.get(row.department_id or 0, ""),
            standing[row.id].turns,
            standing[row.id].owed,
        )
        for row in rows
        if row.retired_at is None
    ]
    return used, [row for row in rows if row.retired_at is not None]


def names(session: Session, rota_id: int) -> dict[int, RotaBody]:
    """All bodies of a reception by key."""
    return {row.id: row for row in session.scalars(select(RotaBody).where(RotaBody.rota_id == rota_id))}


def accounts(session: Session, site_id: int) -> list[tuple[str, str]]:
    """Accounts whose role is director: user and name."""
    wanted = (
        select(Staff.user, Staff.name)
        .where(Staff.site_id == site_id, Staff.role == Role.DIRECTOR.value, Staff.retired_at.is_(None))
        .order_by(Staff.user)
    )
    return [(row.user, f"{row.name}（{row.user}）") for row in session.execute(wanted)]


def departments(session: Session, site_id: int) -> list[Department]:
    """The hall's departments, by code."""
    wanted = select(Department).where(Department.site_id == site_id, Department.retired_at.is_(None))
    return list(session.scalars(wanted.order_by(Department.code)))


def windows(session: Session, site_id: int) -> list[Window]:
    """Windows in use, by number."""
    wanted = select(Window).where(Window.site_id == site_id, Window.retired_at.is_(None))
    return list(session.scalars(wanted.order_by(Window.number)))


def places(session: Session, rota: Rota) -> set[tuple[str, str]]:
    """The seats of every new session: window code and part."""
    wanted = (
        select(Window.code, RotaPlace.part)
        .join(Window, Window.id == RotaPlace.window_id)
        .where(RotaPlace.rota_id == rota.id)
    )
    return {(row.code, row.part) for row in session.execute(wanted)}


@dataclass(frozen=True, slots=True)
class ToBe:
    """A day of a term to be: what becomes of it, how many seats come and go, which signed ones stay without a place.

    `hours` are halves of the day that get their reception's hours.
    """

    planned: Planned
    come: int
    go: int
    stay: tuple[Turn, ...]
    differences: tuple[Difference, ...]
    hours: tuple[str, ...] = ()


def term(session: Session, rota: Rota, first: date, last: date) -> list[ToBe]:
    """What making this term would do. Raises ValueError for an impossible term."""
    found = []
    for planned in plan(session, rota, first, last):
        if planned.row is None:
            found.append(ToBe(planned, 0, 0, (), planned.differences))
            continue
        changes = seat_changes(session, rota, planned.row)
        live = select(Duty.id).where(
            Duty.seat_id.in_([seat.id for seat in changes.signed]), Duty.state.in_(LIVE)
        )
        stay = tuple(_turns(session, list(session.scalars(live))).values()) if changes.signed else ()
        come = len(changes.missing) + len(changes.back)
        told = (*planned.differences, *hours_told(planned.row, changes))
        found.append(ToBe(planned, come, len(changes.free), stay, told, tuple(changes.hours)))
    return found
