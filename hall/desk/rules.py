"""The decisions of the reception desk: why one number came before another, and what may be done with one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hall.queueing.rules import public_why

LISTS = ("opening", "closing")
OVER = frozenset({"finished", "abandoned", "unserved"})
MOVED = {"rejoined": "rejoined", "later": "let_others"}
"""Bases that put a ticket further back, and what that is called."""
SET_ASIDE = {"passed": "missed", "held": "on_hold"}
"""States of one that was called first and yet is not served now."""
OF_SECOND = frozenset({"rejoined", "let_others", "left", "frozen"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the order of one ticket rests on. `place` is its instant in the order (Q3)."""

    id: int
    number: str
    line: str
    state: str
    lane: str
    basis: str
    issued_at: datetime
    place: datetime
    first_called_at: datetime | None = None
    call_reason: str | None = None
    outcome: str | None = None
    rejoins: int = 0
    frozen: bool = False
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Which of two was first, and why. `called` is False while neither has been called.

    `public` are keys of sentences that may be read out to whoever asks; `staff` of those for the desk alone (Q7).
    """

    first: Standing
    second: Standing
    called: bool
    public: tuple[str, ...]
    staff: tuple[str, ...]


def compare(asked: Standing, other: Standing) -> Order:
    """Who was (or will be) first, and the reasons (Q3, Q5, Q7). `asked` is the number of whoever asks.

    `public` holds nothing of whose or why: of the other number only the two public words, of the asker's own what
    became of it.
    """
    first, second = sorted((asked, other), key=_turn)
    called = first.first_called_at is not None and first.state != "waiting"
    staff = tuple(_reasons(first, second))
    return Order(first, second, called, tuple(_said(first, second, staff, asked)), staff)


def _turn(ticket: Standing) -> tuple[int, datetime, int]:
    """Those called, by their call; then those who wait (again, too), by place; then those who left uncalled."""
    if ticket.first_called_at is not None and ticket.state != "waiting":
        return (0, ticket.first_called_at, ticket.id)
    return (2 if ticket.state in OVER else 1, ticket.place, ticket.id)


def _reasons(first: Standing, second: Standing) -> list[str]:
    """All that staff may know, the weightiest first."""
    ahead = {
        "out_of_order": bool(first.call_reason),
        "other_line": first.line != second.line,
        "returned": first.basis == "returned",
        "priority": first.basis != "returned"
        and first.lane == "priority"
        and first.issued_at > second.issued_at,
    }
    behind = {
        "left": second.state in OVER and second.first_called_at is None,
        "frozen": second.frozen,
    }
    moved = [MOVED[second.basis]] if second.basis in MOVED else []
    found = [key for key, holds in ahead.items() if holds] + moved
    found += [key for key, holds in behind.items() if holds]
    if not found:
        found = ["by_time" if first.issued_at <= second.issued_at else "by_place"]
    if first.basis == "transferred":
        found.append("transferred")
    if first.state in SET_ASIDE:
        found.append(SET_ASIDE[first.state])
    return found


def _said(first: Standing, second: Standing, staff: tuple[str, ...], asked: Standing) -> list[str]:
    """What may be read out: of the other number only two words, of the asker's own what became of it."""
    found = ["other_line"] if first.line != second.line else []
    why = public_why(first.call_reason, first.lane, first.basis == "returned")
    if why and {"out_of_order", "priority", "returned"} & set(staff):
        found.append("by_rule" if why == "priority" else "papers_back")
    own = OF_SECOND if second is asked else frozenset(SET_ASIDE.values())
    found += [key for key in staff if key in own]
    if set(found) - set(SET_ASIDE.values()):
        return found
    return ["by_time" if first.issued_at <= second.issued_at else "by_rule", *found]


def returned_place(notice: Standing, same_day: bool, now: datetime, head_start_min: int) -> datetime:  # noqa: FBT001
    """Place of one back with missing papers (Q3): the old one on the same day, later 30 minutes before now."""
    return notice.place if same_day else now - timedelta(minutes=head_start_min)


def possible(ticket: Standing, *, today: bool, returned: bool, rejoin_open: bool) -> tuple[str, ...]:
    """What the desk may do with a ticket now, in the order of its buttons."""
    incomplete = ticket.state == "finished" and ticket.outcome == "incomplete" and not returned
    if not today:
        return ("return",) if incomplete else ()
    found = []
    if ticket.state == "waiting" and ticket.lane != "priority":
        found.append("priority")
    if ticket.state == "passed" and rejoin_open:
        found.append("rejoin")
    if incomplete:
        found.append("return")
    if ticket.state not in OVER:
        found += ["reprint", "address"]
    if ticket.state in {"waiting", "called", "held", "passed"}:
        found.append("leave")
    return tuple(found)
