"""Reading walks: one with its steps, and those of somebody's bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.catalog.models import Material, ServiceItem
from hall.errors import NotFound
from hall.rota.models import RotaBody
from hall.rota.walks.models import Walk, WalkStep
from hall.rota.walks.rules import Line, Told, compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

SHOWN = 40


@dataclass(frozen=True, slots=True)
class WalkView:
    """A walk with its item, body, walker and steps; `lines` compare once it has ended."""

    row: Walk
    item: ServiceItem
    body: RotaBody
    walker: str
    steps: tuple[WalkStep, ...]
    lines: tuple[Line, ...]

    @property
    def running(self) -> WalkStep | None:
        """The step whose stopwatch runs."""
        return next((step for step in self.steps if step.ended_at is None), None)

    def seconds(self, until: datetime) -> int:
        """How long the whole walk took, or has taken until now."""
        return int(((self.row.ended_at or until) - self.row.begun_at).total_seconds())


def by_nonce(session: Session, nonce: bytes | None) -> Walk:
    """The walk of a token. Raises NotFound."""
    found = nonce and session.scalar(select(Walk).where(Walk.nonce == nonce))
    if not found:
        raise NotFound(_l("There is no such walk."), code="unknown_walk")
    return found


def view(session: Session, row: Walk) -> WalkView:
    """Everything about one walk."""
    return views(session, [row])[0]


def views(session: Session, rows: Sequence[Walk]) -> list[WalkView]:
    """The same of several: four statements."""
    keys = ({row.item_id for row in rows}, {row.body_id for row in rows}, {row.staff_id for row in rows})
    items = {one.id: one for one in session.scalars(select(ServiceItem).where(ServiceItem.id.in_(keys[0])))}
    bodies = {one.id: one for one in session.scalars(select(RotaBody).where(RotaBody.id.in_(keys[1])))}
    staff = {one.id: one.name for one in session.scalars(select(Staff).where(Staff.id.in_(keys[2])))}
    steps: dict[int, list[WalkStep]] = {}
    wanted = select(WalkStep).where(WalkStep.walk_id.in_([row.id for row in rows])).order_by(WalkStep.number)
    for step in session.scalars(wanted):
        steps.setdefault(step.walk_id, []).append(step)
    return [
        WalkView(
            row,
            items[row.item_id],
            bodies[row.body_id],
            staff[row.staff_id],
            tuple(steps.get(row.id, ())),
            lines_of(row) if row.state == "ended" else (),
        )
        for row in rows
    ]


def lines_of(row: Walk) -> tuple[Line, ...]:
    """Promise and experience, line by line."""
    return compare(
        Told(row.promised_days, row.promised_visits, row.promised_papers, row.promised_fee),
        Told(row.found_days, row.found_visits, row.found_papers, row.found_fee),
    )


def of_bodies(session: Session, bodies: Iterable[int]) -> list[WalkView]:
    """The latest walks of these bodies."""
    wanted = select(Walk).where(Walk.body_id.in_(list(bodies))).order_by(Walk.begun_at.desc()).limit(SHOWN)
    return views(session, list(session.scalars(wanted)))


def open_of(session: Session, staff_id: int | None) -> Walk | None:
    """The walk on which somebody is."""
    return session.scalar(select(Walk).where(Walk.staff_id == staff_id, Walk.state == "walking"))


def promised_by(session: Session, item: ServiceItem) -> Told:
    """What the catalogue promises: days, the papers that everybody brings, the fee; one visit where it is instant."""
    papers = session.scalar(select(func.count()).where(Material.item_id == item.id, Material.condition == ""))
    visits = 1 if item.kind == "instant" else None
    return Told(item.committed_days, visits, papers, item.fee)
