"""The end of the day (Q10): what still waits becomes unserved, told apart from abandoned. Safe to run twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, or_, select

from hall import clock, facts
from hall.catalog.models import Line, Window
from hall.queueing.actions import ticket_fact
from hall.queueing.claims import release_claim
from hall.queueing.counts import AT_HAND, WAITS, lines_served
from hall.queueing.matters import window_beside
from hall.queueing.models import NEXT_REVISION, Claim, Staffing, Ticket, TicketNote
from hall.queueing.queries import today
from hall.queueing.staffing import anybody_at, nobody_waits_here
from hall.queueing.states import TICKET_MOVES
from hall.sites import Site
from hall.unit_of_work import Work

KEEP_NOTES = timedelta(days=30)
"""Notes may name people (E2): a month is enough to answer a complaint."""


@dataclass(frozen=True, slots=True)
class EndDay:
    """End a site's business date; by the manager, or by the turn of the date."""

    site_id: int
    day: date


def end_day(work: Work, command: EndDay) -> int:
    """Waiting and held tickets become unserved; who stands at a window is still served. Answers how many."""
    return _close(work, command, {"waiting": "end_day", "held": "end_day"})


def turn_day(work: Work, _command: None) -> int:
    """After 04:00: end every earlier day that is still open, close forgotten windows, purge claims (Q8, Q10)."""
    ended = 0
    for site in work.session.scalars(select(Site)):
        present = today(site, work.now)
        forgotten = _forgotten(work, site, present)
        open_days = _open_days(work, site, present)
        verbs = {"waiting": "end_day", "held": "end_day", "called": "turn_called", "serving": "turn_serving"}
        for day in open_days:
            ended += _close(work, EndDay(site.id, day), verbs)
        lines = select(Line.id).where(Line.site_id == site.id)
        of_here = or_(Claim.line_id.in_(lines), Claim.line_id.is_(None))
        work.session.execute(delete(Claim).where(of_here, Claim.business_date < present))
        work.session.execute(delete(TicketNote).where(TicketNote.at < work.now - KEEP_NOTES))
        _close_windows(work, site, forgotten)
    return ended


def _open_days(work: Work, site: Site, present: date) -> list[date]:
    """Earlier days with tickets that are not over, read from the two small indexes of such tickets alone."""
    lines = select(Line.id).where(Line.site_id == site.id)
    earlier = Ticket.business_date < present
    waiting = select(Ticket.business_date).where(Ticket.line_id.in_(lines), WAITS, earlier)
    others = select(Ticket.business_date).where(Ticket.site_id == site.id, AT_HAND, earlier)
    return sorted(work.session.scalars(waiting.union(others)))


def _close(work: Work, command: EndDay, verbs: dict[str, str]) -> int:
    site = work.session.get_one(Site, command.site_id)
    rows = work.session.execute(
        select(Ticket, Line)
        .join(Line, Line.id == Ticket.line_id)
        .where(
            Ticket.site_id == site.id, Ticket.business_date == command.day, Ticket.state.in_(sorted(verbs))
        )
        .order_by(Ticket.id)
        .with_for_update(
            of=Ticket
        )  # windows may be calling at this moment (Q2): who was called first stays so
    ).all()
    for ticket, line in rows:
        verb = verbs[ticket.state]
        kind = facts.TicketFinished if verb == "turn_serving" else facts.TicketUnserved
        work.move(
            TICKET_MOVES,
            ticket,
            verb,
            ended_at=work.now,
            frozen=False,
            reserved_window_id=None,
            revision=NEXT_REVISION,
        )
        release_claim(work, ticket)
        beside = window_beside(work, ticket)
        work.record(ticket_fact(kind, ticket, site, line, reason="day_ended", beside=beside))
    if rows:
        work.record(facts.DayEnded(site_id=site.id, site=site.code, count=len(rows)))
    return len(rows)


def _forgotten(work: Work, site: Site, present: date) -> list[tuple[Staffing, str]]:
    """Windows open since an earlier day, with their codes; locked before any ticket, as a press at a window does.

    Where somebody presses just now, nobody forgot the window; a minute later it is looked at again.
    """
    begins, _ends = clock.day_bounds(site.zone, present)
    rows = work.session.execute(
        select(Staffing, Window.code)
        .join(Window, Window.id == Staffing.window_id)
        .where(Staffing.closed_at.is_(None), Staffing.opened_at < begins, Window.site_id == site.id)
        .order_by(Window.id)
        .with_for_update(of=Staffing, key_share=True, skip_locked=True)
    )
    return [(held, code) for held, code in rows]


def _close_windows(work: Work, site: Site, forgotten: list[tuple[Staffing, str]]) -> None:
    """Where somebody of today is called or served already, nobody forgot the window: they are served to the end."""
    for staffing, code in forgotten:
        if anybody_at(work, staffing.window_id):
            continue
        staffing.state, staffing.closed_at, staffing.since = "closed", work.now, work.now
        nobody_waits_here(work, staffing.window_id)
        serves = lines_served(work.session, staffing.window_id, work.now)
        closed = facts.WindowClosed(
            site_id=site.id, site=site.code, window=code, reason="day_ended", serves=serves
        )
        work.record(closed)
