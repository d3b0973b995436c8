"""A ticket's slip with what the hall knows of it: the picture's and the text's words, filled in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from hall.queueing import payloads, queries
from hall.queueing.models import Ticket
from hall.sites import Site
from kiosk.places import place, stands_of_lines
from kiosk.public_texts import slip_texts
from kiosk.slip import Slip, SlipTicket
from kiosk.slip_words import Lang

STEP_MIN = 5
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Press:
    """What the drawing needs beside the tickets: the key of public tokens, and where phones reach us (E2)."""

    token_key: bytes
    public_url: str | None


def slip_of(
    session: Session, tickets: Sequence[Ticket], press: Press, *, reprinted_at: datetime | None = None
) -> Slip:
    """The slip of one to five tickets of one visit (Q13), in the language in which they were drawn.

    `reprinted_at` marks a reprint; else the slip carries the time of drawing.
    """
    first = tickets[0]
    site = session.get_one(Site, first.site_id)
    lang: Lang = "en" if first.lang == "en" else "zh"
    states = [_state(session, ticket, press) for ticket in tickets]
    with force_locale(lang):
        stands = stands_of_lines(session, site)
        shown = tuple(_ticket(view, state, place(stands.get(view.line, ()), lang)) for view, state in states)
    at = reprinted_at or first.issued_at
    return Slip(
        site_name=site.name_en or site.name if lang == "en" else site.name,
        tickets=shown,
        printed_at_local=at.astimezone(site.zone),
        lang=lang,
        rejoin_minutes=site.settings.rejoin_minutes,
        supervision_phone=site.settings.supervision_phone,
        qr_url=states[0][1]["follow_url"],
        reprint=reprinted_at is not None,
        test=first.test,
        texts=slip_texts(site, lang),
    )


def _state(session: Session, ticket: Ticket, press: Press) -> tuple[queries.TicketView, dict[str, Any]]:
    view = queries.ticket_view(session, ticket)
    return view, payloads.ticket_state(view, press.token_key, press.public_url)


def _ticket(view: queries.TicketView, state: dict[str, Any], where: str) -> SlipTicket:
    return SlipTicket(
        number=view.number,
        line_name=view.matter or view.line_name,
        line_name_en=(view.matter_en or "") if view.matter else view.line_name_en,
        ahead=view.ahead,
        wait=_wait(state["wait"]),
        where=where,
        lane_priority=view.lane == "priority",
        heads=view.heads,
    )


def _short(name: str | None) -> str:
    """A matter's name as far as paper has room: some run over three hundred signs."""
    name = name or ""
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def _wait(wait: dict[str, float] | None) -> tuple[int, int] | None:
    """The range in steps of five minutes: a slip promises no exact minute."""
    if wait is None:
        return None
    low = math.floor(wait["p50_min"] / STEP_MIN) * STEP_MIN
    return low, max(STEP_MIN, math.ceil(wait["p90_min"] / STEP_MIN) * STEP_MIN)
