"""Decisions about printing. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

SILENT_AFTER = timedelta(seconds=150)
"""A printer's agent reports every minute; after two missed reports it counts as away."""

GIVE_UP_AFTER = timedelta(minutes=10)
"""A slip that could not be printed for so long has missed its person: nobody still stands at the kiosk."""

KIOSK_REPRINTS = 1
"""How often a kiosk prints a slip again by itself; more only by staff."""

STILL_IN_USE = frozenset({"waiting", "called", "serving", "held", "passed"})
"""Ticket states in which somebody may still need the paper."""


def printer_problem(
    paper: str, cover: str, seen_at: datetime | None, now: datetime, *, online: bool | None
) -> str:
    """What keeps a printer from printing: `paper_out`, `cover_open`, `offline`, or nothing (empty).

    The arguments are what its agent told last and when; an agent that fell silent is no printer.
    """
    if seen_at is None or now - seen_at > SILENT_AFTER:
        return "offline"
    if paper == "out":
        return "paper_out"
    if cover == "open":
        return "cover_open"
    return "" if online else "offline"


def is_reprint(earlier: list[str]) -> bool:
    """Whether a further slip is a second one, given the states of those before: only if one came or may still come."""
    return any(state not in {"withdrawn", "failed"} for state in earlier)
