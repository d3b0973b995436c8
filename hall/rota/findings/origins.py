"""What a finding came from: a walk and its step, or a hard matter; and what became of those (M6, M7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.access import of_site
from hall.catalog.models import ServiceItem
from hall.clock import business_date
from hall.errors import Conflict, Invalid, NotFound
from hall.rota.at_hand import acts_for
from hall.rota.findings.at_hand import bodies_of, manages
from hall.rota.findings.models import Finding
from hall.rota.findings.rules import finding_number
from hall.rota.findings.states import OF_MATTERS, Source
from hall.rota.matters import queries as matters
from hall.rota.matters.models import HardMatter
from hall.rota.models import RotaBody, RotaSession
from hall.rota.walks import queries as walks
from hall.rota.walks.models import Walk, WalkStep
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class From:
    """A walk, or a step of it by number; or a hard matter (`do`). `nonce` is None for a forged token."""

    what: str
    nonce: bytes | None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Where a finding came from, for its page: `name` is the item, or the number of the matter; `nonce` opens it.

    `remark` is what was noted on the step, or in the end. `ours`: the caller acts for its department.
    """

    what: str
    name: str
    name_en: str
    body: str
    body_en: str
    day: date
    step: int | None
    step_name: str
    remark: str
    nonce: bytes
    ours: bool


@dataclass(frozen=True, slots=True)
class Became:
    """A finding that was made of it; `ours`: the caller may open it."""

    finding: int
    number: str
    state: str
    title: str
    step: int | None
    ours: bool


def taken_from(work: Work, given: From) -> Walk | HardMatter:
    """What a finding is made of, by who acts for its department. Raises Conflict, Invalid, NotFound, Refused."""
    row = (
        walks.by_nonce(work.session, given.nonce)
        if given.what == Source.WALK
        else matters.by_nonce(work.session, given.nonce)
    )
    of_site(work.actor, row.site_id)
    acts_for(work, work.session.get_one(RotaBody, row.body_id))
    if isinstance(row, HardMatter) and row.state not in OF_MATTERS:
        raise Conflict(_l("A finding is made of a matter that was taken up."), code="not_taken_up")
    if isinstance(row, Walk) and given.step is not None:
        _step(work.session, row, given.step)
    return row


def _step(session: Session, row: Walk, number: int) -> WalkStep:
    found = session.scalar(select(WalkStep).where(WalkStep.walk_id == row.id, WalkStep.number == number))
    if found is None:
        said = _l("This walk has no such step.")
        raise Invalid(said, errors={"step": [said]})
    return found


def day_of(session: Session, row: Walk | HardMatter) -> date:
    """Its session's day; of a walk outside a session, the day on which it began."""
    held = session.get(RotaSession, row.session_id) if row.session_id else None
    if held is not None:
        return held.held_on or held.due_on
    begun = row.begun_at if isinstance(row, Walk) else row.made_at
    return business_date(session.get_one(Site, row.site_id).zone, begun)


def told(session: Session, actor: Actor, row: Walk | HardMatter, step: int | None) -> Told:
    """Where a finding came from, or would come from: five statements at the most."""
    body = session.get_one(RotaBody, row.body_id)
    ours = manages(actor, row.site_id) or row.body_id in bodies_of(session, actor)
    day = day_of(session, row)
    if isinstance(row, HardMatter):
        return Told("do", row.number, row.number, body.name, body.name_en, day, None, "", "", row.nonce, ours)
    item = session.get_one(ServiceItem, row.item_id)
    gone = _step(session, row, step) if step is not None else None
    return Told(
        "walk",
        item.name,
        item.name_en,
        body.name,
        body.name_en,
        day,
        step,
        gone.name if gone else "",
        gone.remark if gone else row.conclusion,
        row.nonce,
        ours,
    )


def source_of(session: Session, actor: Actor, finding_id: int) -> Told | None:
    """Where this finding came from; None where it says nothing of it."""
    walk_id, step, matter_id = session.execute(
        select(Finding.walk_id, Finding.walk_step, Finding.matter_id).where(Finding.id == finding_id)
    ).one()
    if walk_id is not None:
        return told(session, actor, session.get_one(Walk, walk_id), step)
    return told(session, actor, session.get_one(HardMatter, matter_id), None) if matter_id else None


def asked_for(session: Session, actor: Actor, given: From) -> tuple[Told, Walk | HardMatter]:
    """What somebody wants to make a finding of, to be read before. Raises NotFound for what is not theirs."""
    row: Walk | HardMatter = (
        walks.by_nonce(session, given.nonce)
        if given.what == Source.WALK
        else matters.by_nonce(session, given.nonce)
    )
    found = told(session, actor, row, given.step)
    if not found.ours:
        raise NotFound(_l("There is no such walk or matter in your department."), code="unknown_origin")
    return found, row


def became(session: Session, actor: Actor, row: Walk | HardMatter) -> tuple[Became, ...]:
    """The findings that were made of it, in their order: three statements at the most."""
    mine = Finding.walk_id == row.id if isinstance(row, Walk) else Finding.matter_id == row.id
    rows = session.scalars(select(Finding).where(mine).order_by(Finding.id)).all()
    bodies = bodies_of(session, actor) if rows else frozenset[int]()
    return tuple(
        Became(
            found.id,
            finding_number(found.year, found.serial),
            found.state,
            found.title,
            found.walk_step,
            manages(actor, found.site_id) or found.found_by == actor.id or found.body_id in bodies,
        )
        for found in rows
    )
