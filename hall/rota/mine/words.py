"""Words of the page of directors and liaisons."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall.rota.leaves import BEYOND

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

PARTS = {"am": _l("Morning"), "pm": _l("Afternoon")}
STATES = {
    "proposed": (_l("Proposed"), "pause"),
    "signed": (_l("Signed up"), "wait"),
    "confirmed": (_l("Published"), "done"),
    "cancelled": (_l("Cancelled"), "late"),
}
STAND_IN_REASONS = {
    "meeting": _l("Meeting"),
    "mission": _l("On official travel"),
    "illness": _l("Illness"),
    "other": _l("Other (please explain)"),
}
LEAVE_REASONS = {
    "leadership": _l("Meeting of the county leadership"),
    "flood": _l("Flood duty"),
    "illness": _l("Illness"),
    "other": _l("Other (please explain)"),
}


def leave_reasons(over: bool) -> dict[str, object]:  # noqa: FBT001 - called from a template
    """Why leave can be asked: once the quarter's are used up, only what can go beyond."""
    return {key: text for key, text in LEAVE_REASONS.items() if not over or key in BEYOND}


BECAUSE = {
    "owes": _l("your department owes a turn after a leave"),
    "none_yet": _l("your department had no turn in this quarter yet"),
    "fewest": _l("your department had the fewest turns in this quarter"),
    "longest_ago": _l("your department’s last turn was the longest ago"),
    "name": _l("all stand alike, so the order of names decided"),
}
MOVED = {
    "holiday": _l("moved on because of a holiday"),
    "same_day": _l("same day as the week before"),
    "manual": _l("day chosen by the hall"),
}


def english() -> bool:
    """Whether the reader reads English."""
    return str(get_locale() or "zh").startswith("en")


def day(at: date) -> str:
    """As 3月23日 星期一, or Mon 23 March."""
    return str(format_date(at, "EEE d MMMM" if english() else "M月d日 EEEE"))


def quarter(name: str) -> str:
    """2026-4 as 2026年第4季度."""
    year, _dash, number = name.partition("-")
    return str(_("quarter %(number)s of %(year)s", year=year, number=number))


def moment(at: datetime, zone: ZoneInfo) -> str:
    """An instant in the hall's time, by the day and minute."""
    local = at.replace(tzinfo=at.tzinfo or UTC).astimezone(zone)
    return f"{day(local.date())} {local:%H:%M}"
