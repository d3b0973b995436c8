"""Tickets and windows as answers of the machine interface: addresses and words of the caller added."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from hall import tokens
from hall.queueing import payloads, window_payloads
from hall.queueing.queries import TicketView
from hall.queueing.window_queries import WindowView
from hall.unit_of_work import Answer

WHY_WAITING = {"priority": _l("Priority by rule"), "returned": _l("Back with missing papers")}


def token_key() -> bytes:
    """The key of public tokens."""
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def nonce(token: str) -> bytes | None:
    """The stored half of a ticket's token, or None for a false one."""
    return tokens.nonce_of(token_key(), "ticket", token)


def shown(view: TicketView) -> dict[str, Any]:
    """A ticket as its holder and staff read it, words in the caller's language."""
    state = payloads.ticket_state(view, token_key(), current_app.config["HALL"].public_url)
    state["why_waiting"] = why_waiting(view.why)
    return state


def why_waiting(why: str | None) -> str | None:
    """What the public reads about a place that is not by the time of issue (Q7), in the caller's language."""
    return str(WHY_WAITING[why]) if why in WHY_WAITING else None


def ticket_answer(view: TicketView | None) -> Answer:
    """A ticket, or nothing to say (204)."""
    return Answer(204, None) if view is None else Answer.of(shown(view))


def window_answer(view: WindowView) -> Answer:
    """A window as its clerk sees it."""
    state = window_payloads.window_state(view, token_key())
    if view.current:
        state["current"] = shown(view.current)
    return Answer.of(state)
