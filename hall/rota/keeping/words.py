"""Words of receptions as a manager reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import get_locale
from flask_babel import gettext as _

if TYPE_CHECKING:
    from datetime import date


def english() -> bool:
    """Whether the reader reads English."""
    return str(get_locale()).startswith("en")


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


def weekday_options() -> list[tuple[str, str]]:
    """Weekdays to choose from."""
    return [(str(number), text) for number, text in enumerate(weekdays())]


def long_day(day: date) -> str:
    """A day with its weekday."""
    return f"{day.isoformat()} {weekdays()[day.weekday()]}"


def parts() -> dict[str, str]:
    """Parts of the day."""
    return {"am": _("Morning"), "pm": _("Afternoon")}


def posts() -> dict[str, str]:
    """What somebody is in their department."""
    return {
        "head": _("Head"),
        "deputy": _("Deputy head"),
        "chief_officer": _("Chief service officer"),
        "liaison": _("Liaison"),
    }


def holiday_rules() -> dict[str, str]:
    """What becomes of a session on a holiday."""
    return {
        "next_working_day": _("Moves to the next working day"),
        "skip": _("Is not held"),
        "manual": _("Waits until I choose a day"),
    }


def states() -> dict[str, tuple[str, str]]:
    """How a session stands: word and badge."""
    return {
        "draft": (_("No day yet"), "pause"),
        "open": (_("In preparation"), "wait"),
        "published": (_("List published"), "done"),
        "dropped": (_("Not held"), "off"),
        "cancelled": (_("Cancelled"), "late"),
    }


def whys() -> dict[str, str]:
    """Why a session is not on its weekday, or has no day."""
    return {
        "holiday": _("moved on from a holiday"),
        "skipped": _("falls on a holiday"),
        "same_day": _("the session before it is on the same day"),
        "manual": _("its day is to be chosen"),
        "unconfirmed": _("its calendar is not confirmed yet"),
        "by_hand": _("by hand"),
    }


def turns() -> dict[str, str]:
    """How a turn stands."""
    return {
        "proposed": _("proposed"),
        "signed": _("signed up"),
        "confirmed": _("confirmed"),
        "cancelled": _("cancelled"),
    }


def grounds() -> dict[str, str]:
    """Why a body is proposed."""
    return {
        "owes": _("owes a turn after a leave"),
        "none_yet": _("has had no turn this quarter"),
        "fewest": _("has the fewest turns this quarter"),
        "longest_ago": _("had its last turn the longest ago"),
        "name": _("all stand alike; in the order of names"),
    }


def reasons() -> dict[str, str]:
    """Why a stand-in or a leave is asked."""
    return {
        "meeting": _("Meeting"),
        "mission": _("Travelling on duty"),
        "illness": _("Illness"),
        "leadership": _("Meeting of the county leadership"),
        "flood": _("Flood duty"),
        "other": _("Another reason"),
    }


def become() -> dict[str, tuple[str, str]]:
    """What making a term does to a day: word and badge."""
    return {
        "new": (_("new"), "done"),
        "dated": (_("gets its day"), "wait"),
        "kept": (_("stays"), "plain"),
    }
