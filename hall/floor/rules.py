"""Decisions of the floor page, apart from any database (Q5, Q10, Q14). Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

SILENT_AFTER = timedelta(minutes=3)
"""A device that reported within this time is there."""


def shown_state(staffed: str | None, *, expected: bool, was_open: bool) -> str:
    """A window's state on the floor: open, paused, closed; `empty` (空岗) where somebody is expected (Q14).

    Expected is who was there today: a window that nobody has opened yet, or is meant to, raises no alarm.
    """
    if staffed is None or staffed == "closed":
        return "empty" if expected and was_open else "closed"
    return staffed


def device_trouble(paper: str, cover: str, *, online: bool | None, silent: bool) -> tuple[str, ...]:
    """What is wrong with a device, gravest first: `offline`, `paper_out`, `cover_open`, `paper_low`."""
    found = []
    if online is False or silent:
        found.append("offline")
    if paper == "out":
        found.append("paper_out")
    if cover == "open":
        found.append("cover_open")
    if paper == "low":
        found.append("paper_low")
    return tuple(found)


def is_silent(seen_at: datetime | None, now: datetime) -> bool:
    """Whether a device that has reported before has stopped reporting; one that never did is not missed."""
    return seen_at is not None and now - seen_at > SILENT_AFTER


def overdue_since(now: datetime, target_min: int) -> datetime:
    """Tickets issued at this instant or earlier have waited beyond the target (Q5)."""
    return now - timedelta(minutes=target_min)
