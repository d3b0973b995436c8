"""What live topics and the machine interface say: small whole states, with just what their public may see (Q11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, bindparam, literal_column, select
from sqlalchemy.orm import Session

from hall import clock, tokens
from hall.catalog.models import Line, Window
from hall.errors import NotFound
from hall.hours.queries import hours_of
from hall.hours.rules import Hours, near_closing, opening
from hall.queueing import boards, queries, waits
from hall.queueing.closing import closing_notices
from hall.queueing.history import TicketHistory
from hall.queueing.models import Ticket
from hall.queueing.rules import public_why
from hall.queueing.states import State
from hall.queueing.waits import as_minutes
from hall.sites import Site, copy_by_code, site_by_code
from hall.statements import Copies, Statement
from hall.voice.announcement import SpokenWindow, announce

PHONES_SEE = 150
GROUPS_TOLD = 20


def local(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the site's offset (E3)."""
    return at.astimezone(zone).isoformat(timespec="milliseconds") if at else None


def board(session: Session, code: str) -> dict[str, Any]:
    """The call board of a site: numbers and windows, never names or lanes."""
    site, now = copy_by_code(session, code), clock.now()
    zone, views = site.zone, boards.line_views(session, site, now, windows=False)
    return {
        "calls": [
            {
                "number": call.number,
                "window": call.window,
                "window_name": call.window_name,
                "window_number": call.window_number,
                "area": call.area,
                "area_en": call.area_en,
                "called_at": local(call.called_at, zone),
                "times": call.times,
                "speech": announce(call.number, SpokenWindow(call.window_number, call.area, call.area_en)),
            }
            for call in boards.board_calls(session, site, now)
        ],
        "waiting": {line.prefix: line.waiting for line in views},
        "notices": [
            *(
                {"id": row.id, "text": row.text, "text_en": row.text_en}
                for row in boards.notices(session, site, now)
            ),
            *closing_notices(session, site, views, now),
        ],
        "voice": voice_settings(site),
        "as_of": local(now, zone),
    }


def voice_settings(site: Site) -> dict[str, Any]:
    """How boards announce calls (Q12): volume in percent, mute hours as local HH:MM, both empty for never."""
    wish = site.settings
    return {
        "english": wish.voice_english,
        "volume": wish.voice_volume,
        "mute_from": wish.mute_from,
        "mute_until": wish.mute_until,
    }


def lines(session: Session, code: str) -> dict[str, Any]:
    """The lines of a site as the kiosk shows them."""
    site, now = site_by_code(session, code), clock.now()
    return {"lines": line_list(session, site, now), "as_of": local(now, site.zone)}


def line_list(session: Session, site: Site, now: datetime) -> list[dict[str, Any]]:
    """Contract: `[{code, prefix, name, name_en, open, closes_at, waiting, windows_open, wait}]`."""
    hours = hours_of(session, site)
    figures = waits.outlook(session, site)
    views = boards.line_views(session, site, now)
    expected = {line.id: figures.wait(line.id, line.tickets) for line in views if line.stopped is None}
    return [
        {
            "code": line.code,
            "prefix": line.prefix,
            "name": line.name,
            "name_en": line.name_en,
            **issuing(line, site, hours, now, wait.p90_min if (wait := expected.get(line.id)) else None),
            "waiting": line.waiting,
            "waiting_tickets": line.tickets,
            "windows_open": line.windows_open,
            "wait": as_minutes(expected.get(line.id)),
        }
        for line in views
    ]


def issuing(
    line: boards.LineView, site: Site, hours: Hours, now: datetime, p90_min: float | None = None
) -> dict[str, Any]:
    """Whether a line issues tickets (Q10): `state` open, lunch, closed or stopped; `warn` when closing is near."""
    found = opening(hours, now, lunch_open=line.lunch_open)
    is_open = found.is_open and line.stopped is None
    return {
        "open": is_open,
        "state": "stopped" if line.stopped is not None else found.state,
        "stopped_reason": line.stopped,
        "closes_at": local(found.closes_at, site.zone) if is_open else None,
        "opens_at": local(found.opens_at, site.zone) if line.stopped is None else None,
        "warn": is_open and near_closing(found, now, site.settings.warn_before_close_min, p90_min),
    }


# Each phone asks for it when it comes, and each change of a line that somebody follows
_LINE = Copies(
    select(Line, Site).join(Site, Site.id == Line.site_id).where(Line.code == bindparam("code")), Line, Site
)


def line(session: Session, code: str, key: bytes) -> dict[str, Any]:
    """The order of one line for its phones, as keys that only each holder knows; at most 2 KB.

    `groups` are [index in `order`, heads] of those who come together (Q13); `count` people, `tickets` numbers.
    """
    found = _LINE.first(session, {"code": code})
    if found is None:
        raise NotFound(_l("There is no such line."), code="unknown_line")
    row, site, now = found[0], found[1], clock.now()
    first, waiting = boards.line_order(session, row.id, queries.today(site, now), PHONES_SEE)
    groups = [[at, heads] for at, (_nonce, heads) in enumerate(first) if heads > 1]
    if len(groups) > GROUPS_TOLD:  # a line of groups: the order ends where it would grow too large
        first, groups = first[: groups[GROUPS_TOLD][0]], groups[:GROUPS_TOLD]
    return {
        "order": [tokens.place_key(key, nonce) for nonce, _heads in first],
        "groups": groups,
        "count": waiting.people,
        "tickets": waiting.tickets,
        "windows_open": queries.open_windows(session, site.id, now).get(row.id, 0),
        "waits": waits.outlook(session, site).steps(row.id, waiting.tickets + 1),
        "as_of": local(now, site.zone),
    }


# Every draw, call and end of a ticket that somebody follows runs it: one statement, with just what its holder is told
_OWN = Statement(
    select(
        Ticket.nonce,
        Ticket.revision,
        Ticket.number,
        Ticket.state,
        Line.code,
        Window.code,
        Window.name,
        Window.name_en,
        Ticket.called_at,
        Ticket.times_called,
        Ticket.frozen,
        Ticket.call_reason,
        Ticket.lane,
        Ticket.basis,
        Site.zone_name,
    )
    .join(Line, Line.id == Ticket.line_id)
    .join(Site, Site.id == Ticket.site_id)
    .outerjoin(Window, and_(Window.id == Ticket.window_id, Ticket.state != literal_column("'waiting'")))
    .where(Ticket.id == bindparam("ticket"))
)


def ticket(session: Session, ticket_id: int, key: bytes) -> dict[str, Any]:
    """One ticket's own state, for its holder; not its place."""
    row = _OWN.first(session, {"ticket": ticket_id})
    if row is None:
        raise NotFound(_l("We know no such ticket."), code="unknown_ticket")
    (
        nonce,
        revision,
        number,
        state,
        line_code,
        *window,
        called_at,
        times,
        frozen,
        reason,
        lane,
        basis,
        zone,
    ) = row
    until = None
    if state == State.PASSED:
        until = queries.ticket_view(session, session.get_one(Ticket, ticket_id)).rejoin_until
    return {
        "topic": f"ticket:{tokens.token_of(key, 'ticket', nonce)}",
        "version": revision,
        "number": number,
        "state": state,
        "line": line_code,
        "key": tokens.place_key(key, nonce),
        **dict(zip(("window", "window_name", "window_name_en"), window, strict=True)),
        "called_at": local(called_at, ZoneInfo(zone)),
        "times_called": times,
        "frozen": frozen,
        "why_waiting": public_why(reason, lane, basis == "returned"),
        "rejoin_until": local(until, ZoneInfo(zone)),
    }


def history(found: TicketHistory, key: bytes) -> dict[str, Any]:
    """A ticket's history in plain words, for staff (Q7)."""
    zone = ZoneInfo(found.ticket.zone)
    return {
        "ticket": ticket_state(found.ticket, key),
        "lane_reason": found.lane_reason,
        "place_why": list(found.place_why),
        "happened": [
            {
                "at": local(each.at, zone),
                "fact": each.fact,
                "what": each.what,
                "who": each.who,
                "window": each.window,
                "details": list(each.details),
            }
            for each in found.happened
        ],
        "overtaken_by": [
            {
                "number": each.number,
                "issued_at": local(each.issued_at, zone),
                "called_at": local(each.called_at, zone),
                "why": list(each.why),
            }
            for each in found.overtaken_by
        ],
    }


def ticket_state(view: queries.TicketView, key: bytes, public_url: str | None = None) -> dict[str, Any]:
    """Contract `Ticket`, for its holder and staff."""
    zone = ZoneInfo(view.zone)
    token = tokens.token_of(key, "ticket", view.nonce)
    return {
        "number": view.number,
        "token": token,
        "site": view.site,
        "line": view.line,
        "matter": view.matter,
        "matter_en": view.matter_en,
        "lane": view.lane,
        "state": view.state,
        "issued_at": local(view.issued_at, zone),
        "business_date": view.business_date.isoformat(),
        "ahead": view.ahead,
        "tickets_ahead": view.tickets_ahead,
        "wait": as_minutes(view.wait),
        "window": view.window,
        "called_at": local(view.called_at, zone),
        "started_at": local(view.started_at, zone),
        "times_called": view.times_called,
        "follow_url": f"{public_url}/t/{token}" if public_url else None,
        "why_waiting": view.why,
        "test": view.test,
    }
