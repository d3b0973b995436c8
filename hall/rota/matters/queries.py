"""Reading hard matters: one as its holder and its department read it, and the lists of a department and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from hall.clock import business_date
from hall.errors import NotFound
from hall.rota.matters import rules
from hall.rota.matters.models import HardMatter
from hall.rota.matters.offers import offers
from hall.rota.models import Rota, RotaBody, RotaPerson, RotaSession

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from hall.rota.matters.offers import Offer
    from hall.sites import Site

T = TypeVar("T", RotaBody, RotaSession, RotaPerson)
ENDED_SHOWN = 20


def by_nonce(session: Session, nonce: bytes | None) -> HardMatter:
    """The matter of a token. Raises NotFound."""
    found = nonce and session.scalar(select(HardMatter).where(HardMatter.nonce == nonce))
    if not found:
        raise NotFound(_l("We know no such booking."), code="unknown_matter")
    return found


@dataclass(frozen=True, slots=True)
class MatterView:
    """One matter as pages tell it; `offer` is who receives it, None where their turn is no longer at that time.

    Names and telephones are masked; what is sealed stays sealed.
    """

    row: HardMatter
    body: RotaBody
    session: RotaSession
    offer: Offer | None
    answers: str
    overdue: bool
    zone: ZoneInfo


def views(session: Session, site: Site, rows: Iterable[HardMatter], now: datetime) -> list[MatterView]:
    """The same matters in the same order, with what belongs to them: five statements and the offers."""
    matters = list(rows)
    bodies = _by_key(session, RotaBody, {row.body_id for row in matters})
    days = _by_key(session, RotaSession, {row.session_id for row in matters})
    people = _by_key(session, RotaPerson, {row.answers_id for row in matters if row.answers_id})
    known = {(one.session, one.body): one for one in offers(session, site, now)} if matters else {}
    today = business_date(site.zone, now)
    return [
        MatterView(
            row,
            bodies[row.body_id],
            days[row.session_id],
            _still(known.get((row.session_id, row.body_id)), row),
            _called(people.get(row.answers_id or 0)),
            rules.overdue(row.state, row.due_on, today),
            site.zone,
        )
        for row in matters
    ]


def _still(offer: Offer | None, row: HardMatter) -> Offer | None:
    fits = offer is not None and (row.starts_at is None or row.starts_at in offer.slots)
    return offer if fits else None


def _called(person: RotaPerson | None) -> str:
    return f"{person.title} {person.name}".strip() if person else ""


def _by_key(session: Session, table: type[T], keys: set[int]) -> dict[int, T]:
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(keys)))}


def bodies_of(session: Session, site_id: int, staff_id: int | None, *, every: bool) -> list[RotaBody]:
    """The bodies that somebody acts for, by name; all of the hall for a manager."""
    wanted = (
        select(RotaBody)
        .join(Rota, Rota.id == RotaBody.rota_id)
        .where(Rota.site_id == site_id, Rota.retired_at.is_(None), RotaBody.retired_at.is_(None))
        .order_by(RotaBody.name, RotaBody.id)
    )
    if not every:
        acts = select(RotaPerson.body_id).where(
            RotaPerson.staff_id == staff_id, RotaPerson.retired_at.is_(None)
        )
        wanted = wanted.where(RotaBody.id.in_(acts))
    return list(session.scalars(wanted))


def people_of(session: Session, body_id: int) -> list[RotaPerson]:
    """Who of a body can answer for a promise: everybody but liaisons, heads first."""
    wanted = select(RotaPerson).where(
        RotaPerson.body_id == body_id, RotaPerson.retired_at.is_(None), RotaPerson.post != "liaison"
    )
    order = {"head": 0, "deputy": 1, "chief_officer": 2}
    return sorted(session.scalars(wanted), key=lambda one: (order[one.post], one.id))


def coming(session: Session, bodies: Iterable[int], today: date) -> list[HardMatter]:
    """What these bodies have before them: booked from today on; here or taken up, and not promised yet."""
    wanted = (
        select(HardMatter)
        .join(RotaSession, RotaSession.id == HardMatter.session_id)
        .where(
            HardMatter.body_id.in_(list(bodies)),
            HardMatter.state.in_(("booked", "arrived", "taken_up")),
            or_(RotaSession.held_on >= today, HardMatter.state != "booked"),
        )
        .order_by(RotaSession.held_on, HardMatter.starts_at, HardMatter.id)
    )
    return list(session.scalars(wanted))


def promised(session: Session, bodies: Iterable[int]) -> list[HardMatter]:
    """Promises that are open, the earliest day first."""
    wanted = select(HardMatter).where(HardMatter.body_id.in_(list(bodies)), HardMatter.state == "promised")
    return list(session.scalars(wanted.order_by(HardMatter.due_on, HardMatter.id)))


def ended(session: Session, bodies: Iterable[int]) -> list[HardMatter]:
    """The last ones that are over."""
    wanted = select(HardMatter).where(HardMatter.body_id.in_(list(bodies)), HardMatter.ended_at.is_not(None))
    return list(session.scalars(wanted.order_by(HardMatter.ended_at.desc()).limit(ENDED_SHOWN)))


def of_day(session: Session, site_id: int, day: date) -> list[HardMatter]:
    """What the desk sees: all matters of a day with a time, by time."""
    wanted = (
        select(HardMatter)
        .join(RotaSession, RotaSession.id == HardMatter.session_id)
        .where(HardMatter.site_id == site_id, RotaSession.held_on == day, HardMatter.starts_at.is_not(None))
        .order_by(HardMatter.starts_at, HardMatter.id)
    )
    return list(session.scalars(wanted))
