"""The decisions of the queue, apart from any database (Q3–Q7). Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LANES = ("ordinary", "priority")
PRIORITY_REASONS = ("elder", "disabled", "pregnant", "ill", "military", "martyr_family", "firefighter")
OUTCOMES = ("done", "received", "collected", "consulted", "incomplete", "wrong_line")
PUBLIC_WHY = {"priority": "priority", "health": "priority", "papers": "returned", "transferred": "priority"}
MINUTE = timedelta(minutes=1)
GRAIN = timedelta(microseconds=1)
"""The smallest step between two places that the database keeps."""
CLOCKS_APART = timedelta(minutes=1)
"""What lies further ahead than clocks of a hall ever disagree was written by one that was wrong and is right again."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first waiting ticket of one line: the candidate that the line puts forward."""

    ticket_id: int
    line_id: int
    place: datetime
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Which head is called and why: `preferred`, `overdue` (waited beyond its target), `other`, `reserved`."""

    head: Head
    because: str


def place(issued_at: datetime, lane: str, priority_head_start_min: int) -> datetime:
    """The place of a fresh ticket (Q3): time of issue, 20 minutes earlier in the priority lane."""
    return issued_at - timedelta(minutes=priority_head_start_min) if lane == "priority" else issued_at


def choose(
    heads: Iterable[Head],
    preferred: frozenset[int],
    targets: Mapping[int, int],
    now: datetime,
    *,
    reserved: Head | None = None,
) -> Choice | None:
    """The next ticket for a window (Q5): preferred lines by place, others only while none of those waits.

    A line whose head has waited longer than its target (minutes) counts as preferred everywhere. A ticket
    transferred to this very window competes with the preferred ones by its place.
    """
    first: list[tuple[datetime, int, Choice]] = []
    second: list[tuple[datetime, int, Choice]] = []
    if reserved:
        first.append((reserved.place, reserved.ticket_id, Choice(reserved, "reserved")))
    for head in heads:
        overdue = now - head.issued_at > timedelta(minutes=targets[head.line_id])
        if head.line_id in preferred:
            first.append((head.place, head.ticket_id, Choice(head, "preferred")))
        elif overdue:
            first.append((head.place, head.ticket_id, Choice(head, "overdue")))
        else:
            second.append((head.place, head.ticket_id, Choice(head, "other")))
    ranked = first or second
    return min(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def order(
    waiting: Iterable[Head],
    preferred: frozenset[int],
    targets: Mapping[int, int],
    now: datetime,
    *,
    reserved: Iterable[Head] = (),
    limit: int,
) -> list[Choice]:
    """The first `limit` that a window would call if nobody came meanwhile: `choose`, again and again (Q5).

    `waiting` holds each line's tickets by (place, id), `reserved` those transferred to this very window.
    """
    own = deque(reserved)
    queues: dict[int, deque[Head]] = {}
    for head in waiting:
        queues.setdefault(head.line_id, deque()).append(head)
    found: list[Choice] = []
    while len(found) < limit:
        first = [queue[0] for queue in queues.values() if queue]
        choice = choose(first, preferred, targets, now, reserved=own[0] if own else None)
        if choice is None:
            break
        (own if choice.because == "reserved" else queues[choice.head.line_id]).popleft()
        found.append(choice)
    return found


def order_holds_until(
    heads: Iterable[Head], preferred: frozenset[int], targets: Mapping[int, int], now: datetime
) -> datetime | None:
    """When the order changes by itself: the next line that is not preferred here passes its target (Q5)."""
    due = (
        head.issued_at + timedelta(minutes=targets[head.line_id])
        for head in heads
        if head.line_id not in preferred
    )
    return min((at for at in due if at >= now), default=None)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a ticket's place, as a key of `words.WHY` with its blanks."""

    key: str
    minutes: int | None = None
    window: int | None = None


def why_here(basis: str, issued_at: datetime, place: datetime) -> Why:
    """Why a ticket has its place (Q3), with the minutes that it was put ahead of its time of issue."""
    ahead = (issued_at - place) // MINUTE if place < issued_at else 0
    return Why(basis, ahead or None)


def priority_place(basis: str, issued_at: datetime, place: datetime, head_start_min: int) -> datetime:
    """Place of one who is given priority later (Q4): as if from the start (Q3), never behind the present one.

    Who rejoined or let others go first is put ahead of that place, not of the time of issue.
    """
    counted_from = place if basis in {"rejoined", "later"} else issued_at
    return min(place, counted_from - timedelta(minutes=head_start_min))


def counts_as_call(counted_at: datetime | None, now: datetime, gap_s: int) -> bool:
    """Whether an announcement counts towards passing (Q6): only those at least `gap_s` seconds apart do."""
    return counted_at is None or not -CLOCKS_APART <= now - counted_at < timedelta(seconds=gap_s)


def is_double_press(called_at: datetime | None, now: datetime) -> bool:
    """Whether a second announcement within a second is a slip of the finger: it is not made."""
    return called_at is not None and -CLOCKS_APART <= now - called_at < timedelta(seconds=1)


def rejoin_place(waiting: Sequence[datetime], behind: int, now: datetime) -> datetime:
    """Place of one who rejoins (Q6): just behind the third waiting, or last if fewer wait.

    `waiting` holds the places of the first waiting tickets of the line in order, one more than `behind` if there are.
    """
    if len(waiting) >= behind:
        return _just_behind(waiting[behind - 1], waiting[behind:], now)
    return max([*(place + GRAIN for place in waiting), now])


def later_place(following: Sequence[datetime], places: int, now: datetime) -> datetime | None:
    """Place of one who lets `places` others go first, given the places behind in order; None when nobody follows."""
    if not following:
        return None
    last = min(places, len(following))
    return _just_behind(following[last - 1], following[last:], now)


def _just_behind(place: datetime, following: Sequence[datetime], now: datetime) -> datetime:
    """Halfway to the next, so that others can step in between as well; at the end of a line, halfway to now."""
    room = (following[0] if following else now) - place
    return place + max(room // 2, GRAIN)


def public_why(reason: str | None, lane: str, back_with_papers: bool) -> str | None:  # noqa: FBT001
    """What the public may read of an order that is not by time (Q7): `priority`, `returned`, or nothing."""
    if reason:
        return PUBLIC_WHY.get(reason, "priority")
    if back_with_papers:
        return "returned"
    return "priority" if lane == "priority" else None


def number(prefix: str, serial: int) -> str:
    """A001 … A999, A1000 (Q1)."""
    return f"{prefix}{serial:03d}"
