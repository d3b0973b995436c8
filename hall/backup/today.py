"""What a restore on a day at work means: numbers that the backup does not know of are given out a second time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hall import clock
from hall.catalog.models import Line
from hall.database import db
from hall.queueing import rules
from hall.queueing.models import NumberSeries
from hall.sites import Site

TOLD = (
    "Numbers that were drawn today after this backup are unknown to the hall, and are given out a second time",
    "Before you open: docs/operations.md, Restoring on the same day.",
)


def told_of_today() -> list[str]:
    """From which number on each line begins again today, in words."""
    said, step = TOLD
    try:
        found = [f"{code}: {', '.join(numbers)}" for code, numbers in _next_numbers().items() if numbers]
    except SQLAlchemyError:  # a backup of a release whose tables were others: the start brings them up
        found = []
    finally:
        db.session.remove()
    return [f"{said}{', from these on:' if found else '.'}", *(f"  {line}" for line in found), step]


def _next_numbers() -> dict[str, list[str]]:
    """Of each site, its lines' next numbers. Columns are named one by one: an older schema may have no others."""
    found = {}
    now = clock.now()
    for number, code, zone in db.session.execute(select(Site.id, Site.code, Site.zone_name)).all():
        drawn = (
            (NumberSeries.site_id == Line.site_id)
            & (NumberSeries.prefix == Line.prefix)
            & (NumberSeries.business_date == clock.business_date(ZoneInfo(zone), now))
        )
        rows = db.session.execute(
            select(Line.prefix, NumberSeries.last_serial)
            .join_from(Line, NumberSeries, drawn, isouter=True)
            .where(Line.site_id == number)
            .order_by(Line.prefix)
        ).all()
        found[code] = [rules.number(prefix, (last or 0) + 1) for prefix, last in rows]
    return found
