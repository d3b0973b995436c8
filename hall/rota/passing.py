"""What time alone changes on the list of receptions: turns begin and end, the day turns (M5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import topics
from hall.clock import day_bounds
from hall.rota.hours import PARTS, hours_on, part_hours
from hall.rota.models import Rota, RotaSession
from hall.rota.rules import STAFF_AFTER
from hall.rota.states import Held
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

AROUND = timedelta(days=1)


def mondays_passing(session: Session, since: datetime, until: datetime) -> set[str]:
    """Topics of the halls whose list time alone has changed after `since`, up to `until`; one statement."""
    wanted = (
        select(RotaSession, Site)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .join(Site, Site.id == Rota.site_id)
        .where(
            RotaSession.state.in_((Held.PUBLISHED, Held.CANCELLED)),
            RotaSession.held_on.between((since - AROUND).date(), (until + AROUND).date()),
        )
    )
    found = set()
    for row, site in session.execute(wanted):
        if any(since < moment <= until for moment in _moments(row, site)):
            found.add(topics.monday(site.code))
    return found


def _moments(row: RotaSession, site: Site) -> list[datetime]:
    """When the words of a session's seats can change: the day begins and ends, each part begins and ends."""
    day = row.held_on or row.due_on
    found = list(day_bounds(site.zone, day))
    for part in PARTS:
        hours = hours_on(day, part_hours(row, part), site.zone)
        found += [hours.starts, hours.starts + STAFF_AFTER, hours.ends]
    return found
