"""Somebody leaves a reception: a body with all its people, or one person (M2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.errors import Conflict, NotFound
from hall.rota import facts
from hall.rota.at_hand import keep_sessions, manages, record, rota_of, seat_of, site_of, today_of
from hall.rota.matters.models import HardMatter
from hall.rota.matters.states import OPEN
from hall.rota.models import Duty, RotaBody, RotaPerson, RotaSession
from hall.rota.queries import head_of
from hall.rota.states import LIVE, Post

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from hall.rota.models import Rota
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class RetireBody:
    """A department, bank or leadership takes part no longer."""

    body_id: int


@dataclass(frozen=True, slots=True)
class RetirePerson:
    """Somebody is no longer on the list."""

    person_id: int


def retire_body(work: Work, command: RetireBody) -> RotaBody:
    """Its turns of the past stay. Named again, it is back.

    Raises Conflict (`has_turns`, `open_matters`), NotFound, Refused.
    """
    manages(work)
    body = work.session.get(RotaBody, command.body_id)
    if body is None or body.retired_at is not None:
        raise NotFound(_l("There is no such department on the list."), code="unknown_body")
    rota = rota_of(work, body.rota_id)
    turns = _to_come(work, rota, Duty.body_id == body.id)
    if turns:
        raise _has_turns(body.name, turns)
    _nothing_open(work, body)
    body.retired_at = work.now
    mine = select(RotaPerson).where(RotaPerson.body_id == body.id, RotaPerson.retired_at.is_(None))
    for person in work.session.scalars(mine):
        person.retired_at, person.staff_id = work.now, None
    _changed(work, rota)
    return body


def _nothing_open(work: Work, body: RotaBody) -> None:
    """What citizens were promised stays somebody's to do."""
    open_ones = select(func.count()).where(
        HardMatter.body_id == body.id, HardMatter.state.in_([state.value for state in OPEN])
    )
    count = work.session.scalar(open_ones)
    if count:
        said = _l(
            "%(name)s has hard matters of citizens that are still open: %(count)s. Finish them under “Matters” first.",
            name=body.name,
            count=count,
        )
        raise Conflict(said, code="open_matters")


def retire_person(work: Work, command: RetirePerson) -> RotaPerson:
    """Their account can sign up no longer. Raises Conflict (`has_turns`), NotFound, Refused."""
    manages(work)
    person = work.session.get(RotaPerson, command.person_id)
    if person is None or person.retired_at is not None:
        raise NotFound(_l("This person is not on the list of this reception."), code="unknown_person")
    body = work.session.get_one(RotaBody, person.body_id)
    rota = rota_of(work, body.rota_id)
    person.retired_at, person.staff_id = work.now, None
    work.session.flush()
    hand_on(work, rota, body, person)
    _changed(work, rota)
    return person


def hand_on(work: Work, rota: Rota, body: RotaBody, gone: RotaPerson) -> None:
    """The turns to come of a head who left are the new head's. Raises Conflict (`has_turns`) where there is none."""
    if gone.post != Post.HEAD:
        return
    turns = _to_come(work, rota, Duty.person_id == gone.id)
    keep_sessions(work, {duty.session_id for duty, _day in turns})
    head = head_of(work.session, [body.id]).get(body.id)
    if turns and head is None:
        raise _has_turns(gone.name, turns)
    for duty, _day in turns:
        sat = seat_of(work, duty.seat_id)
        if head is not None:
            duty.person_id = head.id
            duty.revision += 1
        work.session.flush()
        record(work, facts.DutyHandedOn, duty, sat)


def _to_come(work: Work, rota: Rota, whose: ColumnElement[bool]) -> list[tuple[Duty, date]]:
    wanted = (
        select(Duty, RotaSession.held_on)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .where(whose, Duty.state.in_(LIVE), RotaSession.held_on >= today_of(work, rota))
        .order_by(RotaSession.held_on)
    )
    return [(duty, day) for duty, day in work.session.execute(wanted).all() if day]


def _has_turns(name: str, turns: list[tuple[Duty, date]]) -> Conflict:
    days = ", ".join(day.isoformat() for _duty, day in turns)
    said = _l(
        "%(name)s has turns to come (%(days)s). Name a new head, or give the turns back first.",
        name=name,
        days=days,
    )
    return Conflict(said, code="has_turns")


def _changed(work: Work, rota: Rota) -> None:
    work.session.flush()
    site = site_of(work, rota)
    work.record(facts.RotaChanged(site_id=site.id, site=site.code, rota=rota.code))
