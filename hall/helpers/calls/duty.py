"""Which helpers are in the hall now, and who of them is free (H5): by shift, by their own word, by what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.clock import business_date
from hall.helpers.calls.models import HelperPresence
from hall.helpers.free import team
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.records import HelpCall, HelpRecord
from hall.helpers.rules import Candidate
from hall.helpers.slots import CELL_MIN, DAY_CELLS, cell_at, first_cell, shift_mask
from hall.hours.queries import hours_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hall.helpers.free import Member
    from hall.sites import Site


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A helper who is in the hall. `state`: free, booked (a booking's time), coming or with (somebody who called)."""

    id: int
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
    day = now.astimezone(site.zone).date()
    members = sorted(team(session, site, day, day), key=lambda one: one.badge)
    if not members:
        return []
    here = _present(session, site, members, now)
    doing, calls = _doing(session, site, now)
    booked = _booked_min(session, site, now)
    return [
        OnDuty(
            one.id,
            one.name,
            one.badge,
            one.skills,
            doing.get(one.id, "free"),
            booked.get(one.id, 0) + calls.get(one.id, (0, None))[0],
            calls.get(one.id, (0, None))[1],
        )
        for one in members
        if one.id in here
    ]


def _present(session: Session, site: Site, members: list[Member], now: datetime) -> set[int]:
    """Who is here: as they said today, else by their shift."""
    wanted = select(HelperPresence).where(HelperPresence.helper_id.in_([one.id for one in members]))
    said = {
        row.helper_id: row.here
        for row in session.scalars(wanted)
        if business_date(site.zone, row.said_at) == business_date(site.zone, now)
    }
    local, hours = now.astimezone(site.zone), hours_of(session, site)
    bit = 1 << (local.hour * 60 + local.minute) // CELL_MIN
    on_shift = {one.id for one in members if shift_mask(one.plan, hours, local.date(), kept_back=True) & bit}
    return {one.id for one in members if said.get(one.id, one.id in on_shift)}


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


def _booked_min(session: Session, site: Site, now: datetime) -> dict[int, int]:
    first = first_cell(site.zone, now.astimezone(site.zone).date())
    rows = session.execute(
        select(BookingCell.helper_id, func.count())
        .join(Helper, Helper.id == BookingCell.helper_id)
        .where(Helper.site_id == site.id, BookingCell.cell.between(first, first + DAY_CELLS - 1))
        .group_by(BookingCell.helper_id)
    )
    return {row[0]: row[1] * CELL_MIN for row in rows}
