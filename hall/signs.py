"""Signs that no text of ours may hold, because what is read would not be what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from hall.errors import Invalid


def refuse_turning_signs(given: Mapping[str, Any]) -> None:
    """Refuse invisible signs that reverse the writing of all that follows: a notice would read otherwise than stored.

    Raises Invalid with a message at each field concerned; letters of languages written from the right stay welcome.
    """
    said = _l(
        "This holds invisible signs that turn the direction of writing. Type it anew instead of pasting it."
    )
    errors: dict[str, list[object]] = {name: [said] for name, value in given.items() if _turns(value)}
    if errors:
        raise Invalid(
            _l("Some of this cannot be used. Please check it."), code="control_characters", errors=errors
        )


def seen(text: str) -> str:
    """A text of one line without signs that nobody sees: a name of these alone is none."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)


def _turns(value: object) -> bool:
    if isinstance(value, str):
        return any("\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069" for sign in value)
    if isinstance(value, dict):
        return any(_turns(part) for part in value.values())
    return isinstance(value, list | tuple) and any(_turns(part) for part in value)
