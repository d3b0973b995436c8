"""Tickets as the desk's machine interface answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_babel import get_locale
from sqlalchemy import select

from hall import tokens
from hall.catalog.models import Line
from hall.database import db
from hall.desk import rules, words
from hall.desk.queries import Found
from hall.queueing import payloads
from hall.queueing.payloads import local
from hall.queueing.presenting import token_key, why_waiting
from hall.sites import Site
from hall.unit_of_work import Answer


def here() -> Site:
    """The site of whoever is at the desk."""
    return db.session.get_one(Site, g.actor.site_id)


def shown(found: Found) -> dict[str, Any]:
    """A ticket as the desk sees it, without its token."""
    view = found.view
    state = payloads.ticket_state(view, token_key())
    zone = ZoneInfo(view.zone)
    left_out = {"token", "follow_url", "site", "window", "started_at"}
    return {
        **{name: value for name, value in state.items() if name not in left_out},
        "why_waiting": why_waiting(view.why),
        "line_name": view.line_name,
        "line_name_en": view.line_name_en,
        "lane_reason": found.lane_reason,
        "basis": found.standing.basis,
        "window_name": view.window_name,
        "window_name_en": view.window_name_en,
        "heads": view.heads,
        "lang": view.lang,
        "frozen": view.frozen,
        "reprints": view.reprints,
        "rejoin_until": local(view.rejoin_until, zone),
        "can": list(found.can),
        "story": None,
    }


def slip_answer(status: int = 200) -> Callable[[Found], Answer]:
    """A ticket with its address, for its holder's slip."""

    def present(found: Found) -> Answer:
        token = tokens.token_of(token_key(), "ticket", found.view.nonce)
        public_url = current_app.config["HALL"].public_url
        path = f"/t/{token}"
        said = {
            "ticket": shown(found),
            "token": token,
            "path": path,
            "follow_url": f"{public_url}{path}" if public_url else None,
        }
        return Answer.of(said, status)

    return present


def found_answer(found: Found) -> Answer:
    """A ticket without its address."""
    return Answer.of(shown(found))


def explained(line_names: dict[str, str]) -> Callable[[tuple[rules.Order, Found, Found]], Answer]:
    """The order of two tickets: for the one who asks, and for the desk."""

    def present(result: tuple[rules.Order, Found, Found]) -> Answer:
        order, asked, other = result
        ground = next(found.lane_reason for found in (asked, other) if found.standing is order.first)
        zone = ZoneInfo(asked.view.zone)
        said = {
            "first": order.first.number,
            "second": order.second.number,
            "verdict": words.verdict(order),
            "public": words.read_out(order),
            "staff": words.for_staff(order, zone, line_names, ground),
            "tickets": [shown(asked), shown(other)],
        }
        return Answer.of(said)

    return present


def line_names() -> dict[str, str]:
    """Lines by code, in the caller's language."""
    english = str(get_locale() or "zh") == "en"
    rows = db.session.scalars(select(Line).where(Line.site_id == here().id))
    return {line.code: line.name_en if english and line.name_en else line.name for line in rows}
