"""Which helpers are in the hall now, and who of them is free (H5): by shift, by their own word, by what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.clock import business_date
from hall.helpers import loads
from hall.helpers.calls.models import HelperPresence
from hall.helpers.free import team as whole_team
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.records import HelpCall, HelpRecord
from hall.helpers.rules import Candidate
from hall.helpers.slots import CELL_MIN, cell_at, shift_mask
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


def on_duty(session: Session, site: Site, now: datetime) -> list[OnDuty]:
    """The helpers in the hall now, in order of their badges; a set number of statements."""
    day = now.astimezone(site.zone).date()
    members = sorted(whole_team(session, site, day, day), key=lambda one: one.badge)
    if not members:
        return []
    here = _present(session, site, members, now)
    doing = _doing(session, site, now)
    return [
        OnDuty(one.id, one.name, one.badge, one.skills, doing.get(one.id, "free"))
        for one in members
        if one.id in here
    ]


def candidates(session: Session, site: Site, now: datetime, team: list[OnDuty]) -> list[Candidate]:
    """As the rule that chooses sees them (H6): with what they had to do today, and since when they had nothing."""
    load = loads.of_day(session, site, now.astimezone(site.zone).date(), now)
    idle = loads.idle_since(session, site, now)
    return [
        Candidate(one.id, one.skills, load.get(one.id, loads.NONE).whole, idle.get(one.id)) for one in team
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


def _doing(session: Session, site: Site, now: datetime) -> dict[int, str]:
    """What each helper does now."""
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
    coming = select(HelpCall.helper_id, HelpCall.state).where(
        HelpCall.site_id == site.id, HelpCall.state.in_(["accepted", "with"])
    )
    for helper, state in session.execute(coming):
        doing[helper or 0] = "coming" if state == "accepted" else "with"
    return doing
