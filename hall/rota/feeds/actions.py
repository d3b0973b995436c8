"""Making and ending the secret address of somebody's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.errors import NotFound
from hall.rota.at_hand import rota_of, site_of
from hall.rota.feeds.facts import FeedEnded, FeedFact, FeedMade
from hall.rota.feeds.models import CalendarFeed
from hall.rota.feeds.queries import may_have
from hall.rota.models import RotaBody, RotaPerson

if TYPE_CHECKING:
    from hall.rota.models import Rota
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class MakeFeed:
    """A new address for somebody's calendar; `digest` is all that is kept of it."""

    person_id: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class EndFeed:
    """The address of somebody's calendar shall open nothing any more."""

    person_id: int


def make_feed(work: Work, command: MakeFeed) -> str:
    """Give somebody a new address; the one before ends. Answers the reception's code. Raises NotFound."""
    person = _mine(work, command.person_id)
    _end(work, person)
    feed = CalendarFeed(
        person_id=command.person_id, digest=command.digest, made_at=work.now, made_by=work.actor.id
    )
    work.session.add(feed)
    work.session.flush()
    _say(work, FeedMade, feed)
    return _rota(work, person).code


def end_feed(work: Work, command: EndFeed) -> str:
    """End it; can run twice. Answers the reception's code. Raises NotFound."""
    person = _mine(work, command.person_id)
    for feed in _end(work, person):
        _say(work, FeedEnded, feed)
    return _rota(work, person).code


def _mine(work: Work, person_id: int) -> RotaPerson:
    """Somebody whose calendar the caller looks after; of all others nothing is told."""
    wanted = select(RotaPerson).where(
        RotaPerson.id == person_id, RotaPerson.retired_at.is_(None), may_have(work.actor.id)
    )
    found = work.session.scalar(wanted)
    if found is None:
        raise NotFound(_l("This person is not on the list of this reception."), code="unknown_person")
    return found


def _end(work: Work, person: RotaPerson) -> list[CalendarFeed]:
    live = select(CalendarFeed).where(CalendarFeed.person_id == person.id, CalendarFeed.ended_at.is_(None))
    ended = list(work.session.scalars(live.with_for_update()))
    for feed in ended:
        feed.ended_at, feed.ended_by = work.now, work.actor.id
    work.session.flush()
    return ended


def _rota(work: Work, person: RotaPerson) -> Rota:
    return rota_of(work, work.session.get_one(RotaBody, person.body_id).rota_id)


def _say(work: Work, kind: type[FeedFact], feed: CalendarFeed) -> None:
    rota = _rota(work, work.session.get_one(RotaPerson, feed.person_id))
    site = site_of(work, rota)
    work.record(kind(site_id=site.id, site=site.code, rota=rota.code, feed_id=feed.id))
