"""What the desk reads out and what it reads itself, in the language that is on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from hall.desk.rules import Order
from hall.queueing.words import reason


def topics() -> dict[str, str]:
    """Topics of questions that need no ticket, by code; a site's own stand for themselves."""
    return {
        "where": _("Where to go"),
        "papers": _("Which papers"),
        "progress": _("How far a case is"),
        "online": _("Online and self-service"),
        "hours": _("Opening hours"),
        "other": _("Something else"),
    }


def points() -> dict[str, str]:
    """Points of the opening checklist and the closing sweep (Q14), by code; a site's own stand for themselves."""
    return {
        "opening:paper": _("Paper in kiosks and printers"),
        "opening:sound": _("Announcements can be heard"),
        "opening:screens": _("Screens show the right day"),
        "opening:windows": _("Windows are staffed"),
        "closing:waiting": _("Nobody waits any more"),
        "closing:held": _("No ticket is on hold"),
        "closing:originals": _("Originals are back with their owners or locked away"),
        "closing:uncollected": _("Results not collected are put in order"),
        "closing:windows": _("All windows are closed"),
    }


def hints_how() -> dict[str, str]:
    """What to do for a point, in a few words."""
    return {
        "opening:paper": _("Draw a test ticket at each kiosk and look at the slip."),
        "opening:sound": _("Call a test ticket and listen from the last row of seats."),
        "opening:screens": _("Look at each screen: date, time and connection."),
        "opening:windows": _("Each line needs at least one open window."),
        "closing:waiting": _(
            "Everybody who holds a number is served, or is told that somebody will call back."
        ),
        "closing:held": _("Ask the colleague at the window to finish, or to hand over."),
        "closing:originals": _("Look at every window and at the copier."),
        "closing:uncollected": _("Look at the counter where results are handed out."),
        "closing:windows": _("Ask the colleague to close the window."),
    }


def verdict(order: Order) -> str:
    """Who was or will be first, in one sentence."""
    first, second = order.first.number, order.second.number
    if order.called:
        return str(_("%(first)s was called before %(second)s.", first=first, second=second))
    if order.first.line != order.second.line:
        return str(_("Neither %(first)s nor %(second)s has been called yet.", first=first, second=second))
    return str(_("%(first)s comes before %(second)s.", first=first, second=second))


def read_out(order: Order) -> list[str]:
    """Sentences that may be read out to whoever asks: no lane, no ground, no name (Q7)."""
    first, second = order.first.number, order.second.number
    said = {
        "by_time": _(
            "%(first)s was drawn before %(second)s. Numbers are called in the order in which they were drawn.",
            first=first,
            second=second,
        ),
        "by_rule": _("%(first)s: priority by rule.", first=first),
        "papers_back": _("%(first)s: back with missing papers.", first=first),
        "other_line": _(
            "%(first)s and %(second)s wait in different lines. Each line has its own order and its own windows.",
            first=first,
            second=second,
        ),
        **_of_the_first(first),
        **_of_the_second(second),
    }
    return [str(said[key]) for key in order.public]


def for_staff(order: Order, zone: ZoneInfo, line_names: dict[str, str], ground: str | None) -> list[str]:
    """The reasons in full, for the desk alone. `ground` is the code of the first one's lane reason."""
    one, two = order.first, order.second
    both = {"first": one.number, "second": two.number}
    said: dict[str, Callable[[], str]] = {
        "by_time": lambda: _(
            "%(first)s was drawn at %(drawn)s, %(second)s at %(later)s.",
            drawn=_clock(one.issued_at, zone),
            later=_clock(two.issued_at, zone),
            **both,
        ),
        "by_place": lambda: _("%(first)s has the earlier place.", **both),
        "out_of_order": lambda: _(
            "%(first)s was called out of order. Reason: %(reason)s.",
            reason=reason(one.call_reason),
            **both,
        ),
        "other_line": lambda: _(
            "%(first)s waits for %(line)s, %(second)s for %(other)s.",
            line=line_names.get(one.line, one.line),
            other=line_names.get(two.line, two.line),
            **both,
        ),
        "returned": lambda: _(
            "%(first)s came back with missing papers. Its place is that of %(place)s.",
            place=_clock(one.place, zone),
            **both,
        ),
        "priority": lambda: _(
            "%(first)s is in the priority lane (%(ground)s). Drawn at %(drawn)s, its place is that of %(place)s.",
            ground=reason(ground) or _("on a word"),
            drawn=_clock(one.issued_at, zone),
            place=_clock(one.place, zone),
            **both,
        ),
        "transferred": lambda: _("%(first)s was transferred and kept its place.", **both),
    }
    plain = _of_the_first(one.number) | _of_the_second(two.number)
    return [str(said[key]() if key in said else plain[key]) for key in order.staff]


def _of_the_first(first: str) -> dict[str, str]:
    return {
        "missed": _("%(first)s was called, and nobody came.", first=first),
        "on_hold": _("%(first)s was called and is set aside for a moment.", first=first),
    }


def _of_the_second(second: str) -> dict[str, str]:
    return {
        "rejoined": _(
            "%(second)s was called and nobody came. It was put back in line behind the third waiting.",
            second=second,
        ),
        "let_others": _("%(second)s let others go first.", second=second),
        "left": _("%(second)s is over without having been called.", second=second),
        "frozen": _(
            "%(second)s keeps its place while another matter of the same visit is served.", second=second
        ),
    }


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M:%S")
