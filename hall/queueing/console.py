"""What the console page is given: its window's state, where a ticket can go, and its words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.catalog.models import Line, Window
from hall.queueing import rules, words
from hall.sites import Site, SiteSettings

KEYS = (
    ("N", _l("Call the next")),
    ("S", _l("Start service")),
    ("F", _l("Finish service")),
    ("E", _l("Finish with details")),
    ("R", _l("Call again")),
    ("P", _l("Pass over")),
    ("I", _l("Take a case in")),
    ("U", _l("Undo the pass")),
    ("H", _l("Put on hold")),
    ("K", _l("Go to the numbers on hold")),
    ("T", _l("Transfer")),
    ("C", _l("Call a number out of order")),
    ("L", _l("Go to the waiting list; arrows and Enter open a number")),
    ("O", _l("Open the window")),
    ("B", _l("Pause the window")),
    ("X", _l("Close the window")),
    ("D", _l("Who had a turn here has left without the code")),
    ("?", _l("Show the keys")),
)


def places(session: Session, site: Site, window: Window) -> dict[str, Any]:
    """Lines and other windows of the hall, to which a ticket can be transferred."""
    lines = session.scalars(
        select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)).order_by(Line.sort, Line.id)
    )
    windows = session.scalars(
        select(Window)
        .where(Window.site_id == site.id, Window.retired_at.is_(None), Window.id != window.id)
        .order_by(Window.number)
    )
    return {
        "lines": [
            {"code": row.code, "prefix": row.prefix, "name": row.name, "name_en": row.name_en}
            for row in lines
        ],
        "windows": [
            {"code": row.code, "number": row.number, "name": row.name, "name_en": row.name_en}
            for row in windows
        ],
    }


def choices(settings: SiteSettings) -> dict[str, Any]:
    """What can be chosen in the dialogs, as (value, words)."""
    return {
        "hold_reasons": _named(settings.hold_reasons),
        "pause_reasons": _named(settings.pause_reasons),
        "call_reasons": _named(settings.call_reasons),
        "priority_reasons": [(key, words.PRIORITY[key]) for key in rules.PRIORITY_REASONS],
        "outcomes": [(key, words.OUTCOMES[key]) for key in rules.OUTCOMES],
        "keys": KEYS,
    }


def _named(reasons: tuple[str, ...]) -> list[tuple[str, object]]:
    return [(key, words.REASONS.get(key, key)) for key in reasons]


def page_words() -> dict[str, Any]:
    """The words of the console's scripts."""
    prefixed = {
        "why": words.WHY,
        "reason": words.REASONS,
        "ground": words.PRIORITY,
    }
    vocabulary = {
        f"{kind}_{key}": str(text) for kind, known in prefixed.items() for key, text in known.items()
    }
    return {**vocabulary, **_states(), **_troubles(), **_hints()}


def _states() -> dict[str, Any]:
    return {
        "open": _("Open the window"),
        "call-next": _("Call the next"),
        "start": _("Start service"),
        "finish": _("Finish service"),
        "take-over": _("Work here"),
        "state_open": _("Open"),
        "state_paused": _("Paused"),
        "state_closed": _("Closed"),
        "called": _("Being called"),
        "serving": _("Being served"),
        "idle": _("Ready for the next ticket"),
        "closed": _("The window is closed"),
        "paused": _("The window is paused"),
        "nobody": _("Nobody is waiting."),
        "held_none": _("Nobody is on hold."),
        "resume": _("Resume {number}"),
        "since": _("since {time}"),
    }


def _troubles() -> dict[str, Any]:
    return {
        "colleague": _("{name} has been working at this window since {time}. You can look, not press."),
        "elsewhere": _("You are working at this window on another screen since {time}."),
        "signed_out": _("You are signed out. Nothing more is sent from here."),
        "sign_in": _("Sign in again"),
        "not_yours": _("This window is no longer yours: it was given to somebody else."),
        "your_window": _("Go to your window"),
        "stale_commands": _("As of {time}; reconnecting. The keys work again once the hall answers."),
        "lines_changed": _("It moved at this moment. Please look again."),
    }


def _hints() -> dict[str, Any]:
    return {
        "called_for": _("Called {time} ago"),
        "started_for": _("Being served for {time}"),
        "waited": _("waited {minutes} min"),
        "times_called": _("Call {count} of {all} that count"),
        "counts_in": _("counts in {seconds} s"),
        "calls_left": {
            "one": _("{when}: call once more"),
            "other": _("call {n} more times, next {when}"),
        },
        "when_now": _("now"),
        "when_in": _("in {seconds} s"),
        "undo_left": _("{number}: {seconds} s left"),
        "people": _("{n} people"),
        "test": _("Test"),
        "priority": _("Priority"),
        "note": _("Note: {text}"),
        "papers": _("Papers for this matter"),
        "originals": _("original {n}"),
        "copies": _("copy {n}"),
        "also_waiting": _("Also waiting on this slip: {numbers}"),
        "done_passed": _("{number} was passed."),
        "done_finished": _("{number} is finished."),
        "done_held": _("{number} is on hold."),
        "done_transferred": _("{number} was transferred."),
        "done_priority": _("{number} is in the priority lane."),
        "done_handed": _("Handed over."),
        "window_n": _("Window {number}"),
        "nothing_found": _("Nothing found."),
        "transfer_to": _("Transfer to {name}"),
        "transfer": _("Transfer"),
        "by_code": _("Use the code {code}"),
        "fewer": _("One less of {name}"),
        "more": _("One more of {name}"),
        "number_needed": _("Type or choose a number."),
        "target_needed": _("Choose from the list."),
        "no_history": _("The history cannot be read just now."),
        "cut_off": _("… and {n} more"),
    }
