"""Where a call for help comes from: a kiosk, a phone's ticket, the desk, or a window; one at a time each (H5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.accounts.access import of_site
from hall.accounts.roles import Can
from hall.actor import ActorKind
from hall.catalog.models import Window
from hall.errors import Conflict, NotSignedIn, Refused, TooMany
from hall.helpers import matters
from hall.helpers.calls import rules
from hall.helpers.records import HelpCall
from hall.queueing import queries as tickets
from hall.queueing.models import Ticket
from hall.queueing.queries import today
from hall.queueing.states import AT_WINDOW
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.helpers.calls.commands import CallHelp
    from hall.unit_of_work import Work

OVER = frozenset({"finished", "abandoned", "unserved"})


@dataclass(frozen=True, slots=True)
class Place:
    """Who calls from where."""

    site: Site
    channel: str
    device_id: int | None = None
    window_id: int | None = None
    ticket_id: int | None = None


def place_of(work: Work, command: CallHelp) -> Place:
    """Where the call comes from, as far as this caller may say so. Raises NotSignedIn, Refused, NotFound, Conflict."""
    actor, session = work.actor, work.session
    if command.by_ticket:
        return _of_holder(work, command)
    if actor.kind is ActorKind.PUBLIC:
        raise NotSignedIn(_l("Call for help from your ticket’s page, a kiosk, or ask at the reception desk."))
    site = session.get_one(Site, command.site_id or actor.site_id)
    of_site(actor, site.id)
    if actor.kind is ActorKind.DEVICE:
        if Can.QUEUEING_ISSUE not in actor.can:
            raise Refused(_l("Your account may not do this."))
        return Place(site, "kiosk", device_id=actor.id)
    if command.window:
        return _of_window(work, command.window)
    if Can.DESK_WORK not in actor.can and Can.FLOOR_MANAGE not in actor.can:
        raise Refused(_l("Your account may not do this."))
    if not command.number:
        return Place(site, "desk")
    ticket = tickets.ticket_by_number(session, site, today(site, work.now), command.number)
    _live(session, ticket)
    return Place(site, "desk", ticket_id=ticket.id)


def _of_holder(work: Work, command: CallHelp) -> Place:
    ticket = tickets.ticket_by_nonce(work.session, command.ticket)
    site = work.session.get_one(Site, ticket.site_id)
    if ticket.business_date != today(site, work.now):
        raise Conflict(_l("This number is not of today. Please ask at the reception desk."), code="not_today")
    _live(work.session, ticket)
    called = select(func.count()).where(HelpCall.ticket_id == ticket.id, HelpCall.channel == "phone")
    if open_at(work.session, Place(site, "phone", ticket_id=ticket.id)) is None:
        if (work.session.scalar(called) or 0) >= rules.TRIES_A_TICKET:
            raise TooMany(
                _l("Help was called several times with this number. Please ask at the reception desk.")
            )
    return Place(site, "phone", ticket_id=ticket.id)


def _of_window(work: Work, code: str) -> Place:
    session, actor = work.session, work.actor
    window = session.scalar(select(Window).where(Window.code == code, Window.retired_at.is_(None)))
    if Can.QUEUEING_CALL not in actor.can or window is None:
        raise Refused(_l("This is not your window."))
    of_site(actor, window.site_id)
    if actor.window_id is not None and actor.window_id != window.id:
        raise Refused(_l("This is not your window."))
    current = session.scalar(
        select(Ticket.id).where(Ticket.window_id == window.id, Ticket.state.in_(AT_WINDOW)).limit(1)
    )
    return Place(session.get_one(Site, window.site_id), "window", window_id=window.id, ticket_id=current)


def _live(session: Session, ticket: Ticket) -> None:
    """Raises Conflict where a number is over, or its matter is one in which helpers take no part (H1)."""
    matters.require_kind(session, matters.of_ticket(session, ticket), "assist")
    if ticket.state in OVER:
        raise Conflict(_l("This number is over. Please ask at the reception desk."), code="ticket_over")


def open_at(session: Session, place: Place) -> HelpCall | None:
    """The call that is still open from there: a second press is the same call."""
    held = {
        "kiosk": HelpCall.device_id == place.device_id,
        "window": HelpCall.window_id == place.window_id,
    }.get(place.channel)
    of_ticket = HelpCall.ticket_id == place.ticket_id
    if held is None and place.ticket_id is None:
        return None
    wanted = select(HelpCall).where(HelpCall.site_id == place.site.id, HelpCall.state.in_(sorted(rules.OPEN)))
    if place.ticket_id is not None:
        held = of_ticket if held is None else held | of_ticket
    elif held is not None and place.channel == "kiosk":
        held &= HelpCall.state != "with"  # the helper is there: the next person may call for themselves
    return (
        session.scalars(wanted.where(held).order_by(HelpCall.id.desc()).limit(1)).first()
        if held is not None
        else None
    )
