"""What the pages of this room show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hall.catalog.models import Line, Notice, ServiceItem, Window, WindowLine
from hall.premises.windows import OTHER, PREFERRED
from hall.queueing.models import Staffing
from hall.sites import Site

NOTICES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with how many windows and items go with it."""

    line: Line
    windows: int
    items: int


def lines(session: Session, site: Site, *, retired: bool = False) -> list[Line]:
    """Lines of the site in their order: those in use, or the retired ones."""
    gone = Line.retired_at.is_not(None) if retired else Line.retired_at.is_(None)
    return list(
        session.scalars(select(Line).where(Line.site_id == site.id, gone).order_by(Line.sort, Line.id))
    )


def line_rows(session: Session, site: Site) -> list[LineRow]:
    """Lines in use with their counts, in three statements."""
    served = _counts(
        session,
        select(WindowLine.line_id, func.count())
        .join(Window, Window.id == WindowLine.window_id)
        .where(Window.site_id == site.id, Window.retired_at.is_(None))
        .group_by(WindowLine.line_id),
    )
    leading = _counts(
        session,
        select(ServiceItem.line_id, func.count())
        .where(ServiceItem.site_id == site.id, ServiceItem.retired_at.is_(None))
        .group_by(ServiceItem.line_id),
    )
    return [LineRow(line, served.get(line.id, 0), leading.get(line.id, 0)) for line in lines(session, site)]


def _counts(session: Session, statement: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(statement)}


def windows(session: Session, site: Site, *, retired: bool = False) -> list[Window]:
    """Windows of the site by number: those in use, or the retired ones."""
    gone = Window.retired_at.is_not(None) if retired else Window.retired_at.is_(None)
    return list(
        session.scalars(select(Window).where(Window.site_id == site.id, gone).order_by(Window.number))
    )


def tiers(session: Session, site: Site) -> dict[int, dict[int, str]]:
    """Window id → line id → preferred or other (Q5)."""
    rows = session.execute(
        select(WindowLine.window_id, WindowLine.line_id, WindowLine.preferred)
        .join(Window, Window.id == WindowLine.window_id)
        .where(Window.site_id == site.id)
    )
    found: dict[int, dict[int, str]] = {}
    for row in rows:
        found.setdefault(row.window_id, {})[row.line_id] = PREFERRED if row.preferred else OTHER
    return found


def staffed(session: Session, site: Site) -> set[int]:
    """Windows at which somebody works now."""
    return set(
        session.scalars(
            select(Staffing.window_id)
            .join(Window, Window.id == Staffing.window_id)
            .where(Window.site_id == site.id, Staffing.closed_at.is_(None))
        )
    )


def notices(session: Session, site: Site) -> list[Notice]:
    """The latest notices, those running and those of the past, newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.site_id == site.id).order_by(Notice.id.desc()).limit(NOTICES_SHOWN)
        )
    )


def year_shown(wanted: str, today: date) -> int:
    """The year to show: the one asked for, if it is one."""
    digits = wanted.isascii() and wanted.isdigit() and len(wanted) == 4  # noqa: PLR2004 - as years are written
    return int(wanted) if digits else today.year
