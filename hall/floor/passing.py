"""What changes on the floor by time alone: loans that end, waits beyond their target, devices that fall silent.

The live channel asks every second which topics that touches; what is true at a moment follows from the times alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hall import facts
from hall.accounts.models import Device
from hall.catalog.models import Line, Window
from hall.floor import rules
from hall.queueing.models import Loan, Ticket
from hall.sites import Site


def topics_passing(session: Session, since: datetime, until: datetime) -> set[str]:
    """Topics whose state time alone has changed after `since`, up to `until`."""
    sites = list(session.scalars(select(Site).where(Site.retired_at.is_(None))))
    return {
        *_loans(session, since, until),
        *_devices(session, since, until),
        *_overdue(session, sites, since, until),
    }


def _loans(session: Session, since: datetime, until: datetime) -> Iterator[str]:
    """Loans that end (Q5): the window, its line, the windows open a line."""
    rows = session.execute(
        select(Site.code, Window.code, Line.code)
        .select_from(Loan)
        .join(Window, Window.id == Loan.window_id)
        .join(Line, Line.id == Loan.line_id)
        .join(Site, Site.id == Window.site_id)
        .where(Loan.until > since, Loan.until <= until)
    )
    for site, window, line in rows:
        yield from facts.LoanEnded(site=site, window=window, line=line).topics()


def _devices(session: Session, since: datetime, until: datetime) -> Iterator[str]:
    rows = session.scalars(
        select(Site.code)
        .join(Device, Device.site_id == Site.id)
        .where(Device.seen_at > since - rules.SILENT_AFTER, Device.seen_at <= until - rules.SILENT_AFTER)
    )
    return map(facts.floor, rows)


def _overdue(session: Session, sites: list[Site], since: datetime, until: datetime) -> Iterator[str]:
    """Somebody's wait has gone beyond the target of the line (Q5)."""
    codes = {site.id: site.code for site in sites}
    defaults = {site.id: site.settings.target_min for site in sites}
    by_target: dict[int, list[int]] = {}
    for line in session.execute(
        select(Line.id, Line.site_id, Line.target_min).where(Line.retired_at.is_(None))
    ):
        target = line.target_min or defaults.get(line.site_id)
        if target:
            by_target.setdefault(target, []).append(line.id)
    crossing = [
        and_(
            Ticket.line_id.in_(ids),
            Ticket.issued_at > rules.overdue_since(since, target),
            Ticket.issued_at <= rules.overdue_since(until, target),
        )
        for target, ids in by_target.items()
    ]
    if crossing:
        rows = session.scalars(
            select(Ticket.site_id).where(Ticket.state == "waiting", or_(*crossing)).distinct()
        )
        yield from (facts.floor(codes[site_id]) for site_id in rows)
