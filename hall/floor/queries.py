"""Reading the floor: lines, devices and notices of a site in a set number of statements. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from hall.accounts.models import Device
from hall.catalog.models import Line, Notice
from hall.floor import rules
from hall.queueing.models import Ticket
from hall.queueing.states import AT_WINDOW
from hall.sites import Site


@dataclass(frozen=True, slots=True)
class StoppedView:
    """Whether a line issues tickets, and the posted reason where not."""

    line: str
    open: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice on the screens."""

    id: int
    text: str
    text_en: str
    posted_at: datetime
    until: datetime | None
    withdrawn: bool
    zone: str


@dataclass(frozen=True, slots=True)
class LineGlance:
    """What the floor says of a line beside the public's view: people beyond the target, who waits longest (Q5)."""

    code: str
    target_min: int
    over_target: int
    longest_since: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceGlance:
    """A device in trouble: kind, name, what is wrong (gravest first), and when it was last heard."""

    id: int
    role: str
    name: str
    troubles: tuple[str, ...]
    seen_at: datetime | None


def notice_view(notice: Notice, site: Site) -> NoticeView:
    """A notice as it goes out."""
    return NoticeView(
        id=notice.id,
        text=notice.text,
        text_en=notice.text_en,
        posted_at=notice.posted_at,
        until=notice.until,
        withdrawn=notice.withdrawn_at is not None,
        zone=site.zone_name,
    )


def at_windows(site: Site, day: date) -> tuple[ColumnElement[bool], ...]:
    """The tickets of people who stand at a window: the end of the day does not touch them (Q10)."""
    return (
        Ticket.site_id == site.id,
        Ticket.business_date == day,
        Ticket.state.in_(AT_WINDOW),
        Ticket.test.is_(False),
    )


def lines(session: Session, site: Site, day: date, now: datetime) -> list[LineGlance]:
    """The lines of a site: target, people waiting beyond it, the earliest time of issue that still waits."""
    targets = _targets(session, site)
    counted = _beyond(session, {line_id: target for line_id, _code, target in targets}, day, now)
    return [LineGlance(code, target, *counted.get(line_id, (0, None))) for line_id, code, target in targets]


def _targets(session: Session, site: Site) -> list[tuple[int, str, int]]:
    """(key, code, target in minutes) of each line of a site."""
    rows = session.execute(
        select(Line.id, Line.code, Line.target_min)
        .where(Line.site_id == site.id, Line.retired_at.is_(None))
        .order_by(Line.sort, Line.id)
    )
    return [(row.id, row.code, row.target_min or site.settings.target_min) for row in rows]


def _beyond(session: Session, targets: dict[int, int], day: date, now: datetime) -> dict[int, Any]:
    """(people beyond their line's target, earliest issue) per line; test tickets are not people (Q11)."""
    beyond = [
        and_(Ticket.line_id.in_(ids), Ticket.issued_at <= rules.overdue_since(now, target))
        for target, ids in _by_target(targets).items()
    ]
    if not beyond:
        return {}
    rows = session.execute(
        select(
            Ticket.line_id, func.sum(case((or_(*beyond), Ticket.heads), else_=0)), func.min(Ticket.issued_at)
        )
        .where(
            Ticket.line_id.in_(targets),
            Ticket.business_date == day,
            Ticket.state == "waiting",
            Ticket.test.is_(False),
        )
        .group_by(Ticket.line_id)
    )
    return {row[0]: (int(row[1]), row[2]) for row in rows}


def _by_target(targets: dict[int, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for line_id, target in targets.items():
        found.setdefault(target, []).append(line_id)
    return found


def troubled_devices(session: Session, site: Site, now: datetime) -> list[DeviceGlance]:
    """Devices at work that need a hand: paper out, cover open, not heard of (Q14)."""
    rows = session.scalars(
        select(Device)
        .where(Device.site_id == site.id, Device.enrolled_at.is_not(None), Device.revoked_at.is_(None))
        .order_by(Device.role, Device.name, Device.id)
    )
    found = []
    for row in rows:
        silent = rules.is_silent(row.seen_at, now)
        troubles = rules.device_trouble(row.paper, row.cover, online=row.online, silent=silent)
        if troubles:
            found.append(DeviceGlance(row.id, row.role, row.name, troubles, row.seen_at))
    return found
