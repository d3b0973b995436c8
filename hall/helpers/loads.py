"""What each helper has to do on a date, and since when they have had nothing (H6): one count for rule, reason and plot.

Booked time counts as planned, way included, whoever it was booked with first; calls for help from the acceptance;
what a helper began by themselves, or took over after the call, from its beginning. Still going on: until now.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.helpers import slots
from hall.helpers.models import Booking, Helper
from hall.helpers.records import HelpCall, HelpRecord
from hall.helpers.states import TAKES_TIME, Booked, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from hall.sites import Site

REMEMBERED = timedelta(days=7)
"""Who has had no work for a week has waited long enough to be equal."""
BOOKED = [*(state.value for state in TAKES_TIME), Booked.DONE.value]


@dataclass(frozen=True, slots=True)
class Load:
    """Minutes of one helper on one date."""

    booked: int = 0
    calls: int = 0
    walk_ins: int = 0

    @property
    def whole(self) -> int:
        """All of them: what the rule compares, the reason tells and the plot shows."""
        return self.booked + self.calls + self.walk_ins


NONE = Load()


def of_day(session: Session, site: Site, day: date, now: datetime, *, but: int = 0) -> dict[int, Load]:
    """The load of a hall's helpers on a local date; who has nothing is not named. The booking `but` is left out."""
    begin = slots.first_cell(site.zone, day)
    bounds = slots.instant_of(begin), slots.instant_of(begin + slots.DAY_CELLS)
    booked = _booked(session, site, bounds, but)
    calls: dict[int, int] = {}
    walk_ins: dict[int, int] = {}
    if bounds[0] <= now:  # of days to come only bookings are known
        calls, walk_ins = (
            _minutes(_calls(session, site, bounds, now)),
            _minutes(_begun(session, site, bounds, now)),
        )
    helpers = booked.keys() | calls.keys() | walk_ins.keys()
    return {one: Load(booked.get(one, 0), calls.get(one, 0), walk_ins.get(one, 0)) for one in helpers}


def _booked(session: Session, site: Site, bounds: tuple[datetime, datetime], but: int) -> dict[int, int]:
    rows = session.execute(
        select(Booking.helper_id, func.sum(Booking.cell_until - Booking.cell_from))
        .where(
            Booking.site_id == site.id,
            Booking.starts_at >= bounds[0],
            Booking.starts_at < bounds[1],
            Booking.state.in_(BOOKED),
            Booking.id != but,
        )
        .group_by(Booking.helper_id)
    )
    return {helper: int(cells) * slots.CELL_MIN for helper, cells in rows}


def _calls(
    session: Session, site: Site, bounds: tuple[datetime, datetime], now: datetime
) -> Iterator[tuple[int, timedelta]]:
    rows = session.execute(
        select(HelpCall.helper_id, HelpCall.accepted_at, HelpCall.ended_at).where(
            HelpCall.site_id == site.id,
            HelpCall.called_at >= bounds[0],
            HelpCall.called_at < bounds[1],
            HelpCall.helper_id.is_not(None),
            HelpCall.accepted_at.is_not(None),
        )
    )
    for helper, accepted_at, ended_at in rows:
        yield helper or 0, (ended_at or now) - (accepted_at or now)


def _begun(
    session: Session, site: Site, bounds: tuple[datetime, datetime], now: datetime
) -> Iterator[tuple[int, timedelta]]:
    """Lines without a booking. Of a call's line only what follows the call: a colleague has taken it over."""
    rows = session.execute(
        select(
            HelpRecord.helper_id, HelpRecord.kind, HelpRecord.opened_at, HelpRecord.closed_at,
            HelpRecord.call_id, HelpCall.ended_at,
        )
        .outerjoin(HelpCall, HelpCall.id == HelpRecord.call_id)
        .where(
            HelpRecord.site_id == site.id,
            HelpRecord.business_date >= bounds[0].astimezone(site.zone).date() - timedelta(days=1),
            HelpRecord.opened_at >= bounds[0],
            HelpRecord.opened_at < bounds[1],
            HelpRecord.booking_id.is_(None),
        )
    )  # fmt: skip
    for helper, kind, opened_at, closed_at, call, call_ended in rows:
        if kind == Kind.AGENCY:  # it stays open for days: taking it on is what takes time
            yield helper, timedelta(minutes=site.settings.agency_min)
        elif call is None:
            yield helper, min(closed_at or now, bounds[1]) - opened_at
        elif call_ended is not None:
            yield helper, max(min(closed_at or now, bounds[1]) - call_ended, timedelta())


def _minutes(spans: Iterable[tuple[int, timedelta]]) -> dict[int, int]:
    """Whole minutes by helper."""
    whole: dict[int, timedelta] = defaultdict(timedelta)
    for helper, span in spans:
        whole[helper] += span
    return {helper: int(span.total_seconds() // 60) for helper, span in whole.items()}


def idle_since(session: Session, site: Site, now: datetime) -> dict[int, datetime]:
    """Since when each has had no work: the end of the last booking, call or line of the last week."""
    since = now - REMEMBERED
    of_hall = select(Helper.id).where(Helper.site_id == site.id).scalar_subquery()
    last: dict[int | None, datetime] = {}
    for found in (
        select(Booking.helper_id, func.max(Booking.ended_at))
        .where(Booking.helper_id.in_(of_hall), Booking.starts_at > since, Booking.starts_at <= now)
        .where(Booking.state == Booked.DONE.value)
        .group_by(Booking.helper_id),
        select(HelpCall.helper_id, func.max(HelpCall.ended_at))
        .where(HelpCall.site_id == site.id, HelpCall.called_at > since, HelpCall.helper_id.is_not(None))
        .group_by(HelpCall.helper_id),
        select(HelpRecord.helper_id, func.max(HelpRecord.closed_at))
        .where(HelpRecord.site_id == site.id, HelpRecord.business_date > since.date())
        .group_by(HelpRecord.helper_id),
    ):
        for helper, at in session.execute(found):
            if at is not None:
                last[helper] = max(last.get(helper, datetime.min.replace(tzinfo=UTC)), at)
    return {helper: at for helper, at in last.items() if helper is not None}
