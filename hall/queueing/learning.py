"""Learning the wait figure from finished waits: nightly, and on a hall's very first day every half hour.

Working it out takes seconds, so it is done outside any transaction, in a thread; only the result is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import gevent
from gevent import monkey
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Line
from hall.database import db
from hall.forecast import Observation, PaceModel, learn
from hall.forecast.learning import DAYS_USED
from hall.forecast.models import keep, learned_from
from hall.forecast.pace import LEAST_OBSERVATIONS
from hall.forecast.today import observations
from hall.queueing.models import NumberSeries
from hall.queueing.queries import today
from hall.queueing.visits import day_of_site
from hall.sites import Site
from hall.unit_of_work import Work, perform

EVERY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Learned:
    """A model to keep for a site. `from_day`: it knows that very day alone."""

    site_id: int
    day: date
    model: PaceModel
    from_day: bool


def due(_work: Work, _command: None) -> None:
    """Take the lease; `learn_waits` follows outside the transaction."""


def learn_waits() -> int:
    """Learn for every site whose model is not of today yet; answers how many sites have one now. Safe to run twice."""
    with Session(db.engine) as session:
        sites = session.scalars(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)).all()
        found = [learned for site in sites if (learned := _learn(session, site, clock.now()))]
    for learned in found:
        perform(SYSTEM_ACTOR, keep_learned, learned)
    return len(found)


def keep_learned(work: Work, command: Learned) -> None:
    """Put it in the place of the site's last model."""
    keep(work.session, command.site_id, command.model, command.day, from_day=command.from_day)


def _learn(session: Session, site: Site, now: datetime) -> Learned | None:
    """None where the model is today's already, or nothing can be learned."""
    day = today(site, now)
    known = learned_from(session, site.id)
    if known is not None and known[0] == day and not known[1]:
        return None
    past = _past_days(session, site, day)
    seen = [one for earlier in past for one in _seen(session, site, earlier)]
    from_day = len(seen) < LEAST_OBSERVATIONS
    if from_day:
        seen += _seen(session, site, day)
    if len(seen) < LEAST_OBSERVATIONS:
        return None
    session.rollback()
    return Learned(site.id, day, _fit(seen, day), from_day)


def _past_days(session: Session, site: Site, day: date) -> list[date]:
    """The days learned from: the last on which numbers were drawn."""
    days = session.scalars(
        select(NumberSeries.business_date)
        .where(NumberSeries.site_id == site.id, NumberSeries.business_date < day)
        .distinct()
        .order_by(NumberSeries.business_date.desc())
        .limit(DAYS_USED)
    )
    return list(days)


def _seen(session: Session, site: Site, day: date) -> list[Observation]:
    rows = session.execute(select(Line.id, Line.code).where(Line.site_id == site.id))
    codes = {row.id: row.code for row in rows}
    visits = day_of_site(session, site, day)
    return [one for line_id, of_line in visits.items() for one in observations(codes[line_id], day, of_line)]


def _fit(seen: list[Observation], day: date) -> PaceModel:
    if not monkey.is_module_patched("socket"):
        return learn(seen, as_of=day)
    fitted: PaceModel = gevent.get_hub().threadpool.apply(_fit_here, (seen, day))
    return fitted


def _fit_here(seen: list[Observation], day: date) -> PaceModel:
    return learn(seen, as_of=day)
