"""Reading feeds: whose they are, and which turns they tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from hall import tokens
from hall.catalog.models import Window
from hall.errors import NotFound
from hall.rota.feeds.models import CalendarFeed
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.states import Held, Post
from hall.rota.wish_models import Wish
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

KEPT = timedelta(days=90)
"""So long a turn that is over stays in a calendar."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """Somebody for whom the caller can make a feed; `feed` is the one there is, `made_at` since when."""

    person: int
    name: str
    body: int
    post: str
    feed: int | None
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A turn with all that its event says."""

    duty: Duty
    session: RotaSession
    rota: Rota
    part: str
    window: Window
    body: RotaBody
    person: RotaPerson
    instead: RotaPerson | None


def may_have(staff_id: int | None) -> ColumnElement[bool]:
    """For whom somebody can make a feed: themselves, and as a liaison the heads of their department."""
    me = aliased(RotaPerson)
    mine = select(me.body_id).where(me.staff_id == staff_id, me.retired_at.is_(None))
    liaison = mine.where(me.post == Post.LIAISON)
    return (RotaPerson.staff_id == staff_id) | (
        RotaPerson.body_id.in_(liaison) & (RotaPerson.post == Post.HEAD)
    )


def feeds_of(session: Session, rota_id: int, staff_id: int | None) -> list[FeedView]:
    """Whose calendars the caller looks after in a reception; one statement."""
    wanted = (
        select(RotaPerson, CalendarFeed.id.label("feed"), CalendarFeed.made_at)
        .join(RotaBody, RotaBody.id == RotaPerson.body_id)
        .outerjoin(CalendarFeed, (CalendarFeed.person_id == RotaPerson.id) & CalendarFeed.ended_at.is_(None))
        .where(RotaBody.rota_id == rota_id, RotaBody.retired_at.is_(None), RotaPerson.retired_at.is_(None))
        .where(may_have(staff_id))
        .order_by(RotaBody.name, RotaPerson.id)
    )
    return [
        FeedView(row.id, row.name, row.body_id, row.post, feed, made_at)
        for row, feed, made_at in session.execute(wanted)
    ]


def person_of(session: Session, token: str) -> RotaPerson:
    """Whose calendar a secret address opens. Raises NotFound for one that is none (any more)."""
    wanted = (
        select(RotaPerson)
        .join(CalendarFeed, CalendarFeed.person_id == RotaPerson.id)
        .where(CalendarFeed.digest == tokens.digest(token), CalendarFeed.ended_at.is_(None))
        .where(RotaPerson.retired_at.is_(None))
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFound(
            _l("There is no such calendar (any more). Ask for a new address at “My Mondays”."),
            code="unknown_feed",
        )
    return found


def of_person(session: Session, person: RotaPerson, today: date) -> list[Told]:
    """Turns of somebody, and those where they stand in; of a liaison, all of the department. One statement."""
    if person.post == Post.LIAISON:
        return _told(session, _turns(today).where(Duty.body_id == person.body_id))
    return _told(session, _turns(today).where((Duty.person_id == person.id) | (Wish.person_id == person.id)))


def of_rota(session: Session, rota: Rota, today: date) -> list[Told]:
    """What was published of a reception, with what became of it. One statement."""
    published = _turns(today).where(
        RotaSession.rota_id == rota.id,
        RotaSession.state.in_((Held.PUBLISHED, Held.CANCELLED)),
        Duty.state.in_(("confirmed", "exchanged", "excused", "cancelled")),
    )
    return _told(session, published)


def rota_of_site(session: Session, site: str, code: str) -> tuple[Rota, Site]:
    """A reception in use by the codes of its address. Raises NotFound."""
    wanted = (
        select(Rota, Site)
        .join(Site, Site.id == Rota.site_id)
        .where(Site.code == site, Rota.code == code, Rota.retired_at.is_(None), Site.retired_at.is_(None))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such reception."), code="unknown_rota")
    return found[0], found[1]


_INSTEAD = aliased(RotaPerson)


def _turns(today: date) -> Select[*tuple[Any, ...]]:
    stands_in = (Wish.duty_id == Duty.id) & (Wish.kind == "stand_in")
    stands_in &= Wish.state.in_(("approved", "given_back"))
    return (
        select(Duty, RotaSession, Rota, Seat.part, Window, RotaBody, RotaPerson, _INSTEAD)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .join(Seat, Seat.id == Duty.seat_id)
        .join(Window, Window.id == Seat.window_id)
        .join(RotaBody, RotaBody.id == Duty.body_id)
        .join(RotaPerson, RotaPerson.id == Duty.person_id)
        .outerjoin(Wish, stands_in)
        .outerjoin(_INSTEAD, _INSTEAD.id == Wish.person_id)
        .where(RotaSession.held_on >= today - KEPT)
        .order_by(RotaSession.held_on, Duty.id)
    )


def _told(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[Told]:
    return [Told(*row) for row in session.execute(wanted)]
