"""The hours of a session: its reception's until its list is public, then its own (M1, M3). Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, TypeAlias

from hall.rota.rules import Hours

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from hall.rota.models import Rota, RotaSession
    from hall.rota.queries import SessionView

    Timed: TypeAlias = Rota | RotaSession | SessionView

PARTS = ("am", "pm")


def given(of: Timed, part: str) -> tuple[str, str]:
    """The times of a half of the day as they are kept; two empty ones where it is not held."""
    return (of.am_starts, of.am_ends) if part == "am" else (of.pm_starts, of.pm_ends)


def set_part(session: RotaSession, part: str, times: tuple[str, str]) -> None:
    """Give a session these times for a half of the day."""
    if part == "am":
        session.am_starts, session.am_ends = times
    else:
        session.pm_starts, session.pm_ends = times


def all_hours(rota: Rota) -> dict[str, str]:
    """The hours of a reception, as a new session begins with them."""
    return {
        "am_starts": rota.am_starts,
        "am_ends": rota.am_ends,
        "pm_starts": rota.pm_starts,
        "pm_ends": rota.pm_ends,
    }


def part_hours(session: Timed, part: str) -> tuple[str, str]:
    """From when to when one sits in the morning or afternoon, local HH:MM; the whole day where it has no times."""
    times = given(session, part)
    return times if times[0] else ("00:00", "23:59")


def hours_on(day: date, hours: tuple[str, str], zone: ZoneInfo) -> Hours:
    """The same as instants."""
    starts, ends = (datetime.combine(day, time.fromisoformat(at), zone) for at in hours)
    return Hours(starts.astimezone(UTC), ends.astimezone(UTC))


def others(session: Timed, rota: Timed) -> dict[str, tuple[str, str]]:
    """The halves of the day in which a session has other hours than its reception now; those of the reception."""
    return {part: given(rota, part) for part in PARTS if given(session, part) != given(rota, part)}


def to_take(other: Mapping[str, tuple[str, str]], signed: Collection[str]) -> dict[str, tuple[str, str]]:
    """Which of them a session takes over by itself: those of halves in which nobody has a turn."""
    return {part: times for part, times in other.items() if part not in signed}
