"""Which helpers are in the hall now, and who of them is free (H5): by shift, by their own word, by what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.clock import business_date
from hall.helpers.calls.models import HelperPresence
from hall.helpers.models import Booking, BookingCell, Helper, HelperDay, HelperSkill, HelperWeek
from hall.helpers.records import HelpCall, HelpRecord
from hall.helpers.rules import Candidate
from hall.helpers.slots import CELL_MIN, DAY_CELLS, Plan, Shift, cell_at, first_cell, shifts_on
from hall.hours.queries import hours_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.sites import Site


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A helper who is in the hall. `state`: free, booked (a booking's time), coming or with (somebody who called)."""

    id: int
    staff_id: int
    name: str
    badge: str
    skills: frozenset[str]
    state: str
    load_min: int
    idle_since: datetime | None

    @property
    def candidate(self) -> Candidate:
        """As the rule that chooses sees them (H6)."""
        return Candidate(self.id, self.skills, self.load_min, self.idle_since)


def on_duty(session: Session, site: Site, now: datetime) -> list[OnDuty]:
    """The helpers in the hall now, in order of their badges; a set number of statements."""
    helpers = session.execute(
        select(Helper.id, Helper.staff_id, Helper.badge, Staff.name)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(Helper.site_id == site.id, Helper.retired_at.is_(None), Staff.retired_at.is_(None))
        .order_by(Helper.badge)
    ).all()
    ids = [row.id for row in helpers]
    here = present(session, site, ids, now)
    doing, calls = _doing(session, site, now)
    booked = _booked_min(session, site, ids, now)
    skills = skills_of(session, ids)
    return [
        OnDuty(
            row.id,
            row.staff_id,
            row.name,
            row.badge,
            skills.get(row.id, frozenset()),
            doing.get(row.id, "free"),
            booked.get(row.id, 0) + calls.get(row.id, (0, None))[0],
            calls.get(row.id, (0, None))[1],
        )
        for row in helpers
        if row.id in here
    ]


def skills_of(session: Session, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """What each helper knows."""
    found: dict[int, set[str]] = {}
    for helper_id, skill in session.execute(
        select(HelperSkill.helper_id, HelperSkill.skill).where(HelperSkill.helper_id.in_(list(ids)))
    ):
        found.setdefault(helper_id, set()).add(skill)
    return {helper: frozenset(known) for helper, known in found.items()}


def present(session: Session, site: Site, ids: Iterable[int], now: datetime) -> set[int]:
    """Who is here: as they said today, else by their shift."""
    wanted = list(ids)
    said = {
        row.helper_id: row.here
        for row in session.scalars(select(HelperPresence).where(HelperPresence.helper_id.in_(wanted)))
        if business_date(site.zone, row.said_at) == business_date(site.zone, now)
    }
    on_shift = _on_shift(session, site, wanted, now)
    return {helper for helper in wanted if said.get(helper, helper in on_shift)}


def _on_shift(session: Session, site: Site, ids: list[int], now: datetime) -> set[int]:
    local = now.astimezone(site.zone)
    day, clock_time, hours = local.date(), local.time(), hours_of(session, site)
    weeks: dict[int, list[list[Shift]]] = {}
    for week in session.scalars(select(HelperWeek).where(HelperWeek.helper_id.in_(ids))):
        shifts = weeks.setdefault(week.helper_id, [[] for _ in range(7)])
        shifts[week.weekday].append(Shift(_time(week.starts), _time(week.ends), week.kept_back))
    own: dict[int, list[Shift]] = {}
    of_day = select(HelperDay).where(HelperDay.helper_id.in_(ids), HelperDay.day == day)
    for other in session.scalars(of_day):
        kept = own.setdefault(other.helper_id, [])
        if other.starts:
            kept.append(Shift(_time(other.starts), _time(other.ends), other.kept_back))
    found = set()
    for helper in ids:
        days: Mapping[date, tuple[Shift, ...]] = {day: tuple(own[helper])} if helper in own else {}
        plan = Plan(tuple(tuple(shifts) for shifts in weeks.get(helper, [[]] * 7)), days)
        if any(shift.starts <= clock_time < shift.ends for shift in shifts_on(plan, hours, day)):
            found.add(helper)
    return found


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _doing(
    session: Session, site: Site, now: datetime
) -> tuple[dict[int, str], dict[int, tuple[int, datetime | None]]]:
    """What each helper does now; and of today's calls: minutes, and when the last ended."""
    doing: dict[int, str] = {}
    cells = (
        select(BookingCell.helper_id)
        .join(Helper, Helper.id == BookingCell.helper_id)
        .where(Helper.site_id == site.id, BookingCell.cell == cell_at(now))
    )
    begun = select(Booking.helper_id).where(Booking.site_id == site.id, Booking.state == "started")
    today = business_date(site.zone, now)
    walking = select(HelpRecord.helper_id).where(
        HelpRecord.site_id == site.id,
        HelpRecord.state == "open",
        HelpRecord.kind == "assist",
        HelpRecord.business_date == today,
        HelpRecord.call_id.is_(None),
        HelpRecord.booking_id.is_(None),
    )
    doing |= dict.fromkeys(session.scalars(cells), "booked")
    doing |= dict.fromkeys(session.scalars(begun), "booked")
    doing |= dict.fromkeys(session.scalars(walking), "with")
    loads: dict[int, tuple[int, datetime | None]] = {}
    since = now.astimezone(site.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for call in session.scalars(
        select(HelpCall).where(
            HelpCall.site_id == site.id,
            HelpCall.helper_id.is_not(None),
            HelpCall.called_at >= since,
        )
    ):
        helper = call.helper_id or 0
        if call.state in {"accepted", "with"}:
            doing[helper] = "coming" if call.state == "accepted" else "with"
        minutes, last = loads.get(helper, (0, None))
        begun_at, ended = call.accepted_at or call.called_at, call.ended_at or now
        spent = int((ended - begun_at).total_seconds() // 60)
        loads[helper] = (minutes + spent, max(filter(None, (last, ended))))
    return doing, loads


def _booked_min(session: Session, site: Site, ids: list[int], now: datetime) -> dict[int, int]:
    first = first_cell(site.zone, now.astimezone(site.zone).date())
    rows = session.execute(
        select(BookingCell.helper_id, func.count())
        .where(BookingCell.helper_id.in_(ids), BookingCell.cell.between(first, first + DAY_CELLS - 1))
        .group_by(BookingCell.helper_id)
    )
    return {row[0]: row[1] * CELL_MIN for row in rows}
