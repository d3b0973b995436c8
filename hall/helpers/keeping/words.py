"""Words of helpers and bookings as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale
from flask_babel import gettext as _

from hall.helpers.words import skill as word


def kinds() -> dict[str, str]:
    """The kinds of help (H1)."""
    return {
        "assist": _("Help in the hall"),
        "agency": _("We do it for you"),
        "home_visit": _("Home visit"),
    }


def absences() -> dict[str, str]:
    """Why a helper is away."""
    return {
        "leave": _("Leave"),
        "ill": _("Ill"),
        "training": _("Training"),
        "meeting": _("Meeting"),
        "other": _("Other"),
    }


def weekdays() -> tuple[str, ...]:
    """Monday to Sunday."""
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )


def skill_word(skill: str, bundles: Mapping[str, str]) -> str:
    """A skill of any sort; a bundle by its name."""
    return bundles.get(skill.removeprefix("bundle:"), word(skill))


def english() -> bool:
    """Whether the reader reads English."""
    return str(get_locale() or "zh").startswith("en")
