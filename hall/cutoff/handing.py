"""Handing in what a kiosk printed alone: in order, each paper once, placed by the printed time (Q9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from hall import clock, tokens
from hall.accounts.models import Device
from hall.catalog.models import Line
from hall.cutoff import by_hand, rules
from hall.cutoff.facts import PaperDoubled, TicketHandedIn
from hall.cutoff.models import HandedTicket, NumberRange, RangeKeeper
from hall.queueing.drawing import insert_ticket
from hall.queueing.in_use import is_in_use
from hall.queueing.models import NumberSeries, Ticket
from hall.queueing.queries import today
from hall.queueing.rules import number, place
from hall.sites import Site
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as its kiosk tells of it. `age_s`: how long ago, by a clock that nobody can set."""

    key: str
    range_id: int
    position: int
    printed_at: datetime
    age_s: float | None
    lane: str
    reason: str | None
    lang: str
    paper: str


@dataclass(frozen=True, slots=True)
class HandIn:
    """Papers of one memory in the order in which they were printed.

    The ranges are the memory's: its machine may have been enrolled anew in between.
    """

    device_id: int
    site_id: int
    memory: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a paper: `taken`, `doubled` (a second one with its number) or `refused` (`code` says why)."""

    key: str
    state: str
    number: str | None = None
    code: str | None = None


def hand_in(work: Work, command: HandIn) -> tuple[Taken, ...]:
    """Take papers over. Whatever was taken before is answered again, and nothing happens; none holds up another."""
    site = work.session.get_one(Site, command.site_id)
    # Two agents with one memory, or one with two connections, hand in one after the other
    work.session.scalars(
        select(Device.id).where(Device.id == command.device_id).with_for_update(key_share=True)
    ).one()
    # Calls by hand of these numbers are entered before or after, not meanwhile: neither would see the other
    by_hand.hold(work, {paper.range_id for paper in command.papers})
    keeper = work.session.get(RangeKeeper, command.device_id)
    heard_at = keeper.heard_at if keeper else None
    taken = tuple(_take(work, command, site, heard_at, paper) for paper in command.papers)
    _count_on_from(work, site, [paper.key for paper in command.papers])
    return taken


def _take(work: Work, command: HandIn, site: Site, heard_at: datetime | None, paper: Paper) -> Taken:
    row = work.session.get(NumberRange, paper.range_id)
    if row is None or (row.site_id, row.memory) != (command.site_id, command.memory):
        return Taken(paper.key, "refused", code="unknown_range")
    shown = number(row.prefix, rules.serial(row.slot, paper.position))
    known = work.session.scalar(select(HandedTicket).where(HandedTicket.key == paper.key))
    if known is not None:
        if (known.range_id, known.position) != (row.id, paper.position):
            return Taken(paper.key, "refused", code="key_reused")
        return Taken(paper.key, "taken" if known.ticket_id else "doubled", shown)
    counted = _counted(work, site, row, heard_at, paper)
    double = work.session.scalar(
        select(HandedTicket.id).where(
            HandedTicket.range_id == row.id,
            HandedTicket.position == paper.position,
            HandedTicket.ticket_id.is_not(None),
        )
    )
    if double is not None:
        _keep(work, row, paper, counted, None)
        day = row.business_date.isoformat()
        work.record(PaperDoubled(site_id=site.id, site=site.code, number=shown, day=day))
        return Taken(paper.key, "doubled", shown)
    line = work.session.get_one(Line, row.line_id)
    ticket = _ticket(work, site, line, row, paper, counted, shown)
    _keep(work, row, paper, counted, ticket.id)
    _record(work, site, line, ticket, paper, counted)
    by_hand.reconcile(work, site, line, ticket)
    return Taken(paper.key, "taken", shown)


def _counted(
    work: Work, site: Site, row: NumberRange, heard_at: datetime | None, paper: Paper
) -> rules.Counted:
    before = work.session.scalar(
        select(func.max(HandedTicket.counted_at))
        .join(NumberRange, NumberRange.id == HandedTicket.range_id)
        .where(NumberRange.memory == row.memory, NumberRange.business_date == row.business_date)
    )
    begins, ends = clock.day_bounds(site.zone, row.business_date)
    return rules.counted(paper.printed_at, paper.age_s, rules.Known(heard_at, work.now, before, begins, ends))


def _ticket(  # noqa: PLR0917 - one call
    work: Work,
    site: Site,
    line: Line,
    row: NumberRange,
    paper: Paper,
    counted: rules.Counted,
    shown: str,
) -> Ticket:
    ends = _ends(work, site, line, row.business_date)
    return insert_ticket(
        work,
        site_id=site.id,
        line_id=line.id,
        business_date=row.business_date,
        number=shown,
        nonce=tokens.new_nonce(),
        state="unserved" if ends else "waiting",
        lane=paper.lane,
        lane_reason=paper.reason if paper.lane == "priority" else None,
        place=place(counted.at, paper.lane, site.settings.priority_head_start_min),
        basis="priority" if paper.lane == "priority" else "issued",
        issued_at=counted.at,
        ended_at=max(ends, counted.at) if ends else None,
        channel="kiosk",
        lang=paper.lang,
    )


def _ends(work: Work, site: Site, line: Line, day: date) -> datetime | None:
    """None where it waits; else when its wait has ended: with its day, or now, because nobody serves its line."""
    present = today(site, work.now)
    if day < present:
        return clock.day_bounds(site.zone, day)[1]
    if day > present or not is_in_use(work, line):
        return work.now
    return None


def _count_on_from(work: Work, site: Site, keys: list[str]) -> None:
    """Whoever draws in the hall from now on comes after these papers, also where its clock stepped back (Q3).

    It also makes a day on which every number came from kiosks one on which numbers were drawn.
    """
    latest = func.max(HandedTicket.counted_at)
    rows = work.session.execute(
        select(NumberRange.business_date, NumberRange.prefix, latest)
        .join(HandedTicket, HandedTicket.range_id == NumberRange.id)
        .where(HandedTicket.key.in_(keys), HandedTicket.ticket_id.is_not(None))
        .group_by(NumberRange.business_date, NumberRange.prefix)
        .order_by(
            NumberRange.business_date, NumberRange.prefix
        )  # two who hand in wait for one another in one order
    )
    dialect = work.session.get_bind().dialect.name
    for day, prefix, counted_at in rows.all():
        series = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(NumberSeries).values(
            site_id=site.id, business_date=day, prefix=prefix, last_serial=0, last_issued_at=counted_at
        )
        work.session.execute(
            series.on_conflict_do_update(
                index_elements=[NumberSeries.site_id, NumberSeries.business_date, NumberSeries.prefix],
                set_={"last_issued_at": series.excluded.last_issued_at},
                where=NumberSeries.last_issued_at < series.excluded.last_issued_at,
            )
        )


def _keep(work: Work, row: NumberRange, paper: Paper, counted: rules.Counted, ticket_id: int | None) -> None:
    work.session.add(
        HandedTicket(
            key=paper.key,
            range_id=row.id,
            business_date=row.business_date,
            position=paper.position,
            ticket_id=ticket_id,
            printed_at=paper.printed_at,
            counted_at=counted.at,
            because=counted.because,
            paper=paper.paper,
            handed_at=work.now,
        )
    )
    work.session.flush()


def _record(  # noqa: PLR0917 - one call
    work: Work, site: Site, line: Line, ticket: Ticket, paper: Paper, counted: rules.Counted
) -> None:
    of: dict[str, Any] = {
        "site_id": site.id,
        "site": site.code,
        "ticket_id": ticket.id,
        "number": ticket.number,
        "line": line.code,
    }
    work.record(
        TicketHandedIn(
            **of,
            lane=ticket.lane,
            reason="unserved" if ticket.state == "unserved" else None,
            printed_at=paper.printed_at.astimezone(site.zone).isoformat(timespec="seconds"),
            late_s=int((work.now - counted.at).total_seconds()),
            because=counted.because,
        )
    )
