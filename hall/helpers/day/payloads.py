"""What a helper's page says: one small whole state, personal data masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.catalog.models import Material
from hall.clock import business_date
from hall.errors import NotFound
from hall.helpers import queries as bookings
from hall.helpers.calls import payloads as calls
from hall.helpers.calls import queries
from hall.helpers.calls.duty import on_duty
from hall.helpers.ledger import queries as ledger
from hall.helpers.ledger.payloads import record_state
from hall.helpers.models import Booking, Helper
from hall.helpers.payloads import BOOKING
from hall.helpers.slots import instant_of
from hall.queueing.models import Ticket
from hall.queueing.payloads import local
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hall.helpers.queries import BookingView

SHOWN = ("confirmed", "arrived", "started", "done", "no_show")


def helper(session: Session, helper_id: int, key: bytes) -> dict[str, Any]:
    """The day of one helper as it stands. Raises NotFound."""
    row = session.get(Helper, helper_id)
    if row is None:
        raise NotFound(str(helper_id), code="unknown_helper")
    site, now = session.get_one(Site, row.site_id), clock.now()
    team = on_duty(session, site, now)
    me = next((one for one in team if one.id == row.id), None)
    opened = queries.open_calls(session, site, now)
    ringing = queries.ringing_for(team, row.id, opened)
    booked = bookings.of_day(session, site, business_date(site.zone, now))
    today = [one for one in booked if one.helper_id == row.id and one.state in SHOWN]
    records = ledger.open_of(session, row.id)
    due = ledger.call_backs(session, site.id, business_date(site.zone, now), row.id)
    return {
        "badge": row.badge,
        "name": session.get_one(Staff, row.staff_id).name,
        "here": me is not None,
        "doing": me.state if me else "away",
        "calls": [calls.staff_state(call, key) for call in ringing],
        "mine": [calls.staff_state(call, key) for call in opened if call.helper_id == row.id],
        "bookings": _bookings(session, today, key, now),
        "records": [record_state(record, key) for record in records],
        "call_backs": [record_state(record, key) for record in due],
        "team": [
            {"badge": one.badge, "name": one.name, "state": one.state} for one in team if one.id != row.id
        ],
        "as_of": local(now, site.zone),
    }


def _bookings(session: Session, rows: list[Booking], key: bytes, now: datetime) -> list[dict[str, Any]]:
    """In order of time: when, what for, its papers, who in masked words, whether they are here."""
    papers = _papers(session, rows)
    tickets = {row.ticket_id for row in rows if row.ticket_id}
    drawn = session.execute(select(Ticket.number, Ticket.state).where(Ticket.id.in_(tickets)))
    states = {row.number: row.state for row in drawn}
    found = []
    for row, view in zip(rows, bookings.views_of(session, rows, now, desk=True), strict=True):
        told = _booking(view, ZoneInfo(str(view.zone)), key)
        found.append(
            {
                **told,
                **_way(row, ZoneInfo(str(view.zone))),
                "papers": papers.get(row.id, []),
                "ticket_state": states.get(view.ticket or ""),
            }
        )
    return found


def _booking(view: BookingView, zone: ZoneInfo, key: bytes) -> dict[str, Any]:
    return {
        "token": tokens.token_of(key, BOOKING, view.nonce),
        "state": view.state,
        "kind": view.kind,
        "starts_at": local(view.starts_at, zone),
        "ends_at": local(view.ends_at, zone),
        "matter": view.matter.name,
        "matter_en": view.matter.name_en or view.matter.name,
        "name": view.name_shown,
        "phone": view.phone_shown,
        "needs": list(view.needs),
        "companions": view.companions,
        "arrived_at": local(view.arrived_at, zone),
        "ticket": view.ticket,
        "orphaned": view.orphaned,
    }


def _way(row: Booking, zone: ZoneInfo) -> dict[str, str | None]:
    """When to leave for a home visit, and until when the way back is kept free (H2)."""
    away = row.kind == "home_visit"
    return {
        "leave_at": local(instant_of(row.cell_from), zone) if away else None,
        "back_by": local(instant_of(row.cell_until), zone) if away else None,
    }


def _papers(session: Session, rows: list[Booking]) -> dict[int, list[dict[str, str]]]:
    """The papers of each booking's item, in the catalogue's order."""
    items = {row.item_id for row in rows if row.item_id}
    by_item: dict[int, list[dict[str, str]]] = {}
    if items:
        wanted = select(Material).where(Material.item_id.in_(items)).order_by(Material.sort, Material.id)
        for paper in session.scalars(wanted):
            by_item.setdefault(paper.item_id, []).append(
                {"name": paper.name, "name_en": paper.name_en or paper.name}
            )
    return {row.id: by_item.get(row.item_id or 0, []) for row in rows}
