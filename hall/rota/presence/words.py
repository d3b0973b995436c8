"""Words of the day itself: what became of a turn, why nobody came, where the check of it stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall.rota.mine.words import PARTS, day, english
from hall.rota.presence.states import Presence

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from hall.rota.presence.queries import Mark

__all__ = [
    "ABSENCE",
    "LEFT_WHY",
    "MARKS",
    "PARTS",
    "REASONS",
    "STAGES",
    "check_of",
    "clock_time",
    "day",
    "english",
    "left_as",
    "minutes",
    "month",
    "said_of",
    "why_left",
]

MARKS = {
    Presence.EXPECTED: (_l("Not held yet"), "wait"),
    Presence.PRESENT: (_l("Present"), "done"),
    Presence.LATE: (_l("Late"), "pause"),
    Presence.LEFT_EARLY: (_l("Left early"), "pause"),
    Presence.STAND_IN: (_l("Stand-in"), "plain"),
    Presence.ON_LEAVE: (_l("On leave"), "plain"),
    Presence.ABSENT: (_l("Absent"), "bad"),
}
REASONS = {
    "leadership": _l("Meeting of the county leadership"),
    "flood": _l("Flood duty"),
    "illness": _l("Illness"),
    "not_told": _l("Was not told of the turn"),
    "other": _l("Other (please explain)"),
}
LEFT_WHY = {
    "not_told": _l("No reason told"),
    "called_away": _l("Called away on duty"),
    "nobody_came": _l("Nobody came to them"),
    "unwell": _l("Unwell"),
    "other": _l("Another reason, in words"),
}
"""Why somebody left without the code."""
ABSENCE = {
    "found": _l("Not asked yet"),
    "asked": _l("Department asked"),
    "confirmed": _l("Confirmed by the department"),
    "stated": _l("Explained: to be decided"),
    "excused": _l("Excused: explanation accepted"),
    "upheld": _l("Stays an absence"),
}


def month(year: int, number: int) -> str:
    """As 3月, or Mar."""
    return str(format_date(date(year, number, 1), "MMM"))


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """As 09:05, in the hall."""
    return at.astimezone(zone).strftime("%H:%M")


def minutes(mark: Mark) -> str:
    """How late and how early, where either counts."""
    said = []
    if mark.late_min:
        said.append(ngettext("%(num)s minute late", "%(num)s minutes late", mark.late_min))
    if mark.early_min:
        said.append(ngettext("%(num)s minute early", "%(num)s minutes early", mark.early_min))
    return " · ".join(said)


def left_as(mark: Mark) -> str:
    """How one knows that they left, where it was not shown by the code; "" otherwise."""
    if mark.left_how == "clerk":
        return str(_("left, as the clerk at the window says"))
    if mark.left_how == "manager":
        return str(_("left, as the hall manager says"))
    return str(_("not signed out")) if mark.left_how == "unsigned" else ""


def why_left(mark: Mark) -> str:
    """Why they left without the code, as it was said."""
    told = mark.left_reason not in {"", "other", "not_told"}
    said = [str(LEFT_WHY.get(mark.left_reason, "")) if told else "", mark.left_note]
    return " · ".join(part for part in said if part)


def said_of(mark: Mark) -> str:
    """What became of a turn in one line: late, early, who stood in and whether that was approved, why of a leave."""
    said = [str(MARKS[mark.mark][0]), minutes(mark)]
    if mark.mark is Presence.STAND_IN:
        said += [mark.came, "" if mark.agreed else _("not approved")]
    if mark.reason:
        said.append(str(REASONS.get(mark.reason, mark.reason)))
    said.append(left_as(mark))
    return " · ".join(part for part in said if part)


def check_of(mark: Mark, zone: ZoneInfo) -> str:
    """Where the check of an absence stands; once it is decided, by whom, when and why."""
    said = [str(ABSENCE.get(mark.absence, ""))]
    if mark.decided_at is not None:
        said += [mark.decided_by, day(mark.decided_at.astimezone(zone).date()), mark.why]
    return " · ".join(part for part in said if part)


STAGES = {
    "here": (_l("At the window now"), "done"),
    "awaited": (_l("Not yet here"), "pause"),
    "expected": (_l("Expected soon"), "wait"),
    "later": (_l("Later today"), "plain"),
    "left": (_l("Has left"), "plain"),
    "unsigned": (_l("Not signed out"), "pause"),
    "away": (_l("On leave"), "plain"),
    "over": (_l("Nobody came"), "bad"),
}
