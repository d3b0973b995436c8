"""Reading helpers for their administration: the list, one of them, and bookings that a person must move."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.accounts.roles import Role
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.helpers.keeping.rules import Times
from hall.helpers.models import Booking, Helper, HelperDay, HelperSkill, HelperWeek
from hall.helpers.states import Booked

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_ORPHANS = 200
MOVABLE = (Booked.CONFIRMED.value, Booked.ARRIVED.value)


@dataclass(frozen=True, slots=True)
class HelperView:
    """A helper in the list: `week` says for each weekday the stretches; `booked` counts what is to come."""

    id: int
    badge: str
    name: str
    user: str
    does_agency: bool
    does_home_visits: bool
    retired_at: datetime | None
    account_ended: bool
    skills: tuple[str, ...] = ()
    week: tuple[tuple[Times, ...], ...] = ((),) * 7
    booked: int = 0
    to_move: int = 0
    next_away: date | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A booking whose helper's shift is gone: when, for what, with whom; its person as masked."""

    id: int
    starts_at: datetime
    kind: str
    name_shown: str
    phone_shown: str
    helper: str
    badge: str
    matter: str
    matter_en: str


@dataclass(slots=True)
class _Parts:
    skills: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    week: dict[int, list[list[Times]]] = field(
        default_factory=lambda: defaultdict(lambda: [[] for _day in range(7)])
    )
    booked: dict[int, int] = field(default_factory=dict)
    to_move: dict[int, int] = field(default_factory=dict)
    away: dict[int, date] = field(default_factory=dict)


def helpers_of(reading: Session, site_id: int, today: date, now: datetime) -> list[HelperView]:
    """All helpers of a hall by number, retired ones last; six statements whatever the length."""
    rows = reading.execute(
        select(Helper, Staff)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(Helper.site_id == site_id)
        .order_by(Helper.retired_at.is_not(None), Helper.badge)
    ).all()
    parts = _parts(reading, site_id, today, now)
    return [
        HelperView(
            helper.id,
            helper.badge,
            staff.name,
            staff.user,
            helper.does_agency,
            helper.does_home_visits,
            helper.retired_at,
            staff.retired_at is not None,
            tuple(parts.skills[helper.id]),
            tuple(tuple(day) for day in parts.week[helper.id]),
            parts.booked.get(helper.id, 0),
            parts.to_move.get(helper.id, 0),
            parts.away.get(helper.id),
        )
        for helper, staff in rows
    ]


def _parts(reading: Session, site_id: int, today: date, now: datetime) -> _Parts:
    found = _Parts()
    here = select(Helper.id).where(Helper.site_id == site_id)
    for helper_id, skill in reading.execute(
        select(HelperSkill.helper_id, HelperSkill.skill)
        .where(HelperSkill.helper_id.in_(here))
        .order_by(HelperSkill.skill)
    ):
        found.skills[helper_id].append(skill)
    for row in reading.scalars(
        select(HelperWeek).where(HelperWeek.helper_id.in_(here)).order_by(HelperWeek.starts)
    ):
        found.week[row.helper_id][row.weekday].append(Times(row.starts, row.ends, row.kept_back))
    to_come = (
        select(Booking.helper_id, func.count(), func.count(Booking.orphaned_at))
        .where(Booking.site_id == site_id, Booking.state.in_(MOVABLE), Booking.ends_at > now)
        .group_by(Booking.helper_id)
    )
    for helper_id, count, stray in reading.execute(to_come):
        found.booked[helper_id], found.to_move[helper_id] = count, stray
    away = (
        select(HelperDay.helper_id, func.min(HelperDay.day))
        .where(HelperDay.helper_id.in_(here), HelperDay.day >= today, HelperDay.starts == "")
        .group_by(HelperDay.helper_id)
    )
    found.away = {helper_id: day for helper_id, day in reading.execute(away)}  # noqa: C416 - rows are no pairs
    return found


def helper_at(reading: Session, site_id: int, helper_id: int) -> tuple[Helper, Staff] | None:
    """A helper of this hall with their account."""
    row = reading.execute(
        select(Helper, Staff)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(Helper.id == helper_id, Helper.site_id == site_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def week_of(reading: Session, helper_id: int) -> tuple[tuple[Times, ...], ...]:
    """A helper's week, Monday first."""
    week: list[list[Times]] = [[] for _day in range(7)]
    rows = select(HelperWeek).where(HelperWeek.helper_id == helper_id).order_by(HelperWeek.starts)
    for row in reading.scalars(rows):
        week[row.weekday].append(Times(row.starts, row.ends, row.kept_back))
    return tuple(tuple(times) for times in week)


def skills_of(reading: Session, helper_id: int) -> frozenset[str]:
    """What a helper knows."""
    return frozenset(reading.scalars(select(HelperSkill.skill).where(HelperSkill.helper_id == helper_id)))


def helps(reading: Session, site_id: int) -> bool:
    """Whether a hall has helpers who can be booked."""
    found = select(Helper.id).where(Helper.site_id == site_id, Helper.retired_at.is_(None)).limit(1)
    return reading.scalar(found) is not None


def who_may_help(reading: Session, site_id: int) -> list[Staff]:
    """Accounts with the helper's role of people who cannot be booked yet."""
    return list(
        reading.scalars(
            select(Staff)
            .where(
                Staff.site_id == site_id,
                Staff.role == Role.HELPER.value,
                Staff.retired_at.is_(None),
                Staff.id.not_in(select(Helper.staff_id)),
            )
            .order_by(Staff.user)
        )
    )


def bundles_of(reading: Session, site_id: int) -> list[Bundle]:
    """Bundles that a helper may know."""
    return list(
        reading.scalars(
            select(Bundle).where(Bundle.site_id == site_id, Bundle.retired_at.is_(None)).order_by(Bundle.id)
        )
    )


def days_ahead(reading: Session, helper_id: int, today: date) -> list[HelperDay]:
    """A helper's dates of their own from today on."""
    return list(
        reading.scalars(
            select(HelperDay)
            .where(HelperDay.helper_id == helper_id, HelperDay.day >= today)
            .order_by(HelperDay.day, HelperDay.starts)
        )
    )


def strays(reading: Session, site_id: int, now: datetime) -> list[Stray]:
    """Bookings to come that a person must move, the soonest first."""
    rows = reading.execute(
        select(Booking, Helper.badge, Staff.name, ServiceItem, Bundle, Line)
        .join(Helper, Helper.id == Booking.helper_id)
        .join(Staff, Staff.id == Helper.staff_id)
        .join(Line, Line.id == Booking.line_id)
        .outerjoin(ServiceItem, ServiceItem.id == Booking.item_id)
        .outerjoin(Bundle, Bundle.id == Booking.bundle_id)
        .where(
            Booking.site_id == site_id,
            Booking.orphaned_at.is_not(None),
            Booking.state.in_(MOVABLE),
            Booking.ends_at > now,
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST_ORPHANS)
    )
    found = []
    for booking, badge, name, item, bundle, line in rows:
        known: tuple[ServiceItem | None, Bundle | None] = item, bundle
        matter = next((one for one in known if one is not None), line)
        found.append(
            Stray(
                booking.id,
                booking.starts_at,
                booking.kind,
                booking.name_shown,
                booking.phone_shown,
                name,
                badge,
                matter.name,
                matter.name_en,
            )
        )
    return found
