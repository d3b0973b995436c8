"""The load of helpers today, as the manager sees it: the same minutes by which the rule chooses (H6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.accounts.models import Staff
from hall.helpers import loads
from hall.helpers.models import Helper

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hall.helpers.loads import Load
    from hall.sites import Site


@dataclass(frozen=True, slots=True)
class Bar:
    """One helper's load of today: the minutes by which the rule compares (H6)."""

    badge: str
    name: str
    load: Load


def today(reading: Session, site: Site, now: datetime) -> list[Bar]:
    """What each helper in use has to do today, the most first."""
    found = loads.of_day(reading, site, now.astimezone(site.zone).date(), now)
    people = reading.execute(
        select(Helper.id, Helper.badge, Staff.name)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(Helper.site_id == site.id, Helper.retired_at.is_(None))
    )
    bars = [Bar(badge, name, found.get(key, loads.NONE)) for key, badge, name in people]
    return sorted(bars, key=lambda one: (-one.load.whole, one.badge))
