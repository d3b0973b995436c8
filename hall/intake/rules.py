"""Decisions about cases (I1–I11). Pure: dates, states and counts in, answers out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from hall.calendar.rules import add_working_days, working_days_between
from hall.intake.states import AT_HAND, Mode, PaperState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hall.calendar.rules import WorkingCalendar

NOTICE_DAYS = 5  # I4: working days from the receipt
EXTENSION_DAYS = 10  # I5: one extension, working days
PERMIT = 1  # task type of administrative permits: only these lapse into acceptance (I4)
SAMPLED_SHARE = 10  # I1: of a hundred cases decided at the desk that received them
UNCOLLECTED_DAYS = 15  # calendar days at the issue window until the holder is reminded


def case_number(place: str, year: int, serial: int) -> str:
    """A case's number: place (division code, else the hall's), year, running count of at least six digits."""
    return f"{place}-{year}-{serial:06d}"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: the day, or None while its year's calendar is not confirmed (I5)."""

    on: date | None
    days: int | None

    @property
    def pending(self) -> bool:
        """Whether there is a limit whose date cannot be told yet."""
        return self.days is not None and self.on is None


def due(calendar: WorkingCalendar, accepted: date, days: int | None) -> Due:
    """The deadline `days` working days after the day of acceptance, which is not counted (I5)."""
    return Due(None if days is None else add_working_days(calendar, accepted, days), days)


def working_days_stopped(calendar: WorkingCalendar, stopped: date, resumed: date) -> int | None:
    """Working days that a clock stop adds to the deadline: those after the day it stopped, up to that it resumed."""
    return working_days_between(calendar, stopped, resumed)


class Light(StrEnum):
    """The traffic light of a deadline, always shown with its word."""

    GREEN = "green"
    YELLOW = "yellow"  # half of the time is over
    RED = "red"  # due today or tomorrow
    OVERDUE = "overdue"
    STOPPED = "stopped"
    PENDING = "pending"  # the date is not known yet
    NONE = "none"  # no limit


def light(calendar: WorkingCalendar, today: date, begun: date, limit: Due, *, stopped: bool = False) -> Light:
    """How urgent a deadline is: half time yellow, the working day before red, then overdue."""
    if stopped:
        return Light.STOPPED
    if limit.days is None:
        return Light.NONE
    if limit.on is None:
        return Light.PENDING
    if today > limit.on:
        return Light.OVERDUE
    left = working_days_between(calendar, today, limit.on)
    if left is None:
        return Light.PENDING
    if left <= 1:
        return Light.RED
    spent = working_days_between(calendar, begun, today) or 0
    return Light.YELLOW if 2 * spent >= limit.days else Light.GREEN


@dataclass(frozen=True, slots=True)
class Checked:
    """One paper as the checklist has it."""

    name: str
    state: PaperState
    deferrable: bool = False


class Lacking(StrEnum):
    """What the checklist allows (I3)."""

    NOTHING = "nothing"  # accept
    DEFERRABLE = "deferrable"  # accept with deferral: only papers marked so are missing
    NEEDED = "needed"  # correction
    UNCHECKED = "unchecked"  # the list is not gone through yet


def lacking(papers: Iterable[Checked]) -> Lacking:
    """Which outcome the papers allow. A paper deferred though it may not be counts as missing."""
    found = Lacking.NOTHING
    for paper in papers:
        if paper.state is PaperState.UNCHECKED:
            return Lacking.UNCHECKED
        if paper.state in AT_HAND or paper.state is PaperState.NOT_NEEDED:
            continue
        if paper.state is PaperState.DEFERRED and paper.deferrable:
            found = Lacking.DEFERRABLE if found is Lacking.NOTHING else found
        else:
            found = Lacking.NEEDED
    return found


def may_review(mode: Mode, receiver: int | None, reviewer: int) -> bool:
    """Whether this person may decide a case that the other received (I1)."""
    return mode is Mode.SAME_DESK or receiver != reviewer


def lapses(task_type: int, calendar: WorkingCalendar, received: date, today: date) -> bool:
    """Whether a received permit case counts as accepted because five working days went by in silence (I4)."""
    last = add_working_days(calendar, received, NOTICE_DAYS)
    return task_type == PERMIT and last is not None and today > last


def notice_last_day(calendar: WorkingCalendar, received: date) -> date | None:
    """The last day on which the one-time notice may be sent (I4); None while its year is not confirmed."""
    return add_working_days(calendar, received, NOTICE_DAYS)


def uncollected(ready: date, today: date, after_days: int = UNCOLLECTED_DAYS) -> bool:
    """Whether a result has lain at the issue window for so long that its holder is reminded."""
    return today >= ready + timedelta(days=after_days)


def next_in_turn(states: Iterable[str], *, over: Iterable[str]) -> int | None:
    """The index of the case of an ordered bundle whose turn it is: the first that waits behind decided ones only."""
    done = {*over, "decided", "ready"}
    for index, state in enumerate(states):
        if state == "waiting_turn":
            return index
        if state not in done:
            return None
    return None
