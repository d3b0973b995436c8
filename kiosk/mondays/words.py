"""What screens and phone pages say about receptions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kiosk.booking.words import day_word, short_day, weekday, when

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hall.rota.matters.offers import Offer

__all__ = ["NOW", "date_of", "day_word", "rank", "short_day", "weekday", "when", "who"]

NOW = {
    "later": _l("To come"),
    "waiting": _l("Please wait a little"),
    "receiving": _l("Receiving now"),
    "stand_in": _l("Staff receive on behalf"),
    "over": _l("Over"),
}
"""The public words of a seat: that somebody is late, away or absent is not among them (M5)."""


def who(seat: Mapping[str, str] | Offer) -> str:
    """Who sits: name and post, the stand-in where there is one."""
    told: Any = seat if isinstance(seat, dict) else {name: getattr(seat, name) for name in _NAMES}
    if told["stand_in"]:
        return str(_("%(who)s (standing in)", who=_called(told["stand_in"], told["stand_in_title"])))
    return _called(told["person_name"], told["title"])


_NAMES = ("person_name", "title", "stand_in", "stand_in_title")


def date_of(said: str) -> date:
    """A day of the live payload."""
    return date.fromisoformat(said)


def _called(name: str, title: str) -> str:
    return f"{name} {title}".strip()


def rank(now: str) -> str:
    """The kind of badge that a seat's word has."""
    return {"receiving": "now", "stand_in": "busy", "waiting": "wait", "over": "off"}.get(now, "plain")
