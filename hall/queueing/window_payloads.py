"""What live topic and machine interface say of a window, for its clerk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from hall import clock, tokens
from hall.catalog.models import Window
from hall.errors import NotFound
from hall.queueing import window_queries
from hall.queueing.at_hand import AtHand, Held
from hall.queueing.counts import HERE
from hall.queueing.models import Staffing, Ticket
from hall.queueing.payloads import local, ticket_state
from hall.queueing.waiting_list import Waiting
from hall.sites import Site
from hall.statements import Statement


def window(session: Session, code: str, key: bytes) -> dict[str, Any]:
    """One window as its clerk sees it."""
    row = session.scalar(select(Window).where(Window.code == code))
    if row is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    site = session.get_one(Site, row.site_id)
    return window_state(window_queries.window_view(session, row, site, clock.now()), key)


# Each press at a window over which a plate hangs runs it
_PLATE = Statement(
    select(Staffing.state, Ticket.number, Ticket.state, Ticket.called_at, Site.zone_name)
    .select_from(Window)
    .join(Site, Site.id == Window.site_id)
    .outerjoin(Staffing, and_(Staffing.window_id == Window.id, Staffing.closed_at.is_(None)))
    .outerjoin(Ticket, and_(Ticket.window_id == Window.id, HERE))
    .where(Window.code == bindparam("code"), Window.retired_at.is_(None))
)


def plate(session: Session, code: str) -> dict[str, Any]:
    """What hangs over a window (Q11): `number` and `state` (called, serving) of who is there, else empty; `open`."""
    row = _PLATE.first(session, {"code": code})
    if row is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    staffing, number, state, called_at, zone_name = row
    zone = ZoneInfo(zone_name)
    return {
        "number": number or "",
        "state": state or "",
        "called_at": local(called_at, zone),
        "open": staffing == "open",
        "as_of": local(clock.now(), zone),
    }


def window_state(view: window_queries.WindowView, key: bytes) -> dict[str, Any]:
    """Contract `Window`: state, staff, lines, current ticket with timers, waiting list, held, last passed."""
    current, zone = view.current, view.zone
    return {
        "code": view.code,
        "number": view.number,
        "name": view.name,
        "name_en": view.name_en,
        "site": view.site,
        "state": view.state,
        "reason": view.reason,
        "since": local(view.since, zone),
        "staff": view.staff_id,
        "lines": list(view.lines),
        "current": current and ticket_state(current, key),
        "waiting": [waiting_row(row, zone, key) for row in view.waiting],
        "waiting_count": view.waiting_count,
        "waiting_people": view.waiting_people,
        "order_holds_until": local(view.order_holds_until, zone),
        "held": [row.number for row in view.held],
        "held_tickets": [held_row(row, zone, key) for row in view.held],
        "last_passed": view.last_passed,
        "undo_until": local(view.undo_until, zone),
        "staff_name": view.staff_name,
        "opened_at": local(view.opened_at, zone),
        "seat": view.seat,
        "at_hand": view.at_hand and at_hand_state(view.at_hand, zone),
    }


def waiting_row(row: Waiting, zone: ZoneInfo, key: bytes) -> dict[str, Any]:
    """One row of a waiting list, for staff; `why` holds keys of `words.WHY` with their blanks."""
    return {
        "number": row.number,
        "token": tokens.token_of(key, "ticket", row.nonce),
        "line": row.line,
        "lane": row.lane,
        "lane_reason": row.lane_reason,
        "basis": row.basis,
        "issued_at": local(row.issued_at, zone),
        "target_min": row.target_min,
        "heads": row.heads,
        "test": row.test,
        "frozen": row.frozen,
        "why": [{"key": why.key, "minutes": why.minutes, "window": why.window} for why in row.why],
    }


def held_row(row: Held, zone: ZoneInfo, key: bytes) -> dict[str, Any]:
    """One ticket on hold, for staff."""
    return {
        "number": row.number,
        "token": tokens.token_of(key, "ticket", row.nonce),
        "line": row.line,
        "since": local(row.since, zone),
        "reason": row.reason,
        "heads": row.heads,
        "notes": list(row.notes),
    }


def at_hand_state(found: AtHand, zone: ZoneInfo) -> dict[str, Any]:
    """What the clerk needs about the ticket at the window beyond the ticket itself."""
    return {**asdict(found), "counts_again_at": local(found.counts_again_at, zone)}
