"""What of the list of receptions is shown: today while it lasts, else the next days; never who is absent (M5). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

AT_A_GLANCE = 6
MOST = 12
CANCELLED = 2
"""So many rows can be read from the seats, so many stand on a screen at all, and so many days that are cancelled."""
DENSITIES = (("one", 1), ("few", AT_A_GLANCE // 2), ("some", AT_A_GLANCE), ("more", 8))
"""How large rows can be, by how many there are at the most; "many" where there are more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A day on the wall. `today`: it is held today; `done`: today is over; `more`: rows that found no room.

    `off` are days that were announced and are cancelled, today's first.
    """

    name: str = ""
    name_en: str = ""
    day: date | None = None
    today: bool = False
    done: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)
    more: int = 0
    then: str = ""
    off: tuple[dict[str, Any], ...] = ()

    @property
    def density(self) -> str:
        """How large the rows can be."""
        room = len(self.rows) + len(self.off)
        return next((name for name, most in DENSITIES if room <= most), "many")


def of_day(state: Mapping[str, Any], rota: str = "") -> Shown:
    """The screen's day: today's turns that are not over; where none is left, the next day's. `rota` narrows it."""
    off = tuple(one for one in state["cancelled"] if not rota or one["rota"] == rota)[:CANCELLED]
    return replace(_of_day(state, rota), off=off)


def _of_day(state: Mapping[str, Any], rota: str) -> Shown:
    today, coming = (
        [one for one in state[key] if not rota or one["rota"] == rota] for key in ("sessions", "next")
    )
    rows = [seat for one in today for seat in one["seats"]]
    left = [seat for seat in rows if seat["now"] != "over"]
    if left:
        return _shown(today, left, today=True)
    if coming:
        first = [one for one in coming if one["day"] == coming[0]["day"]]
        return _shown(first, [seat for one in first for seat in one["seats"]], done=bool(rows))
    return _shown(today, rows, today=True, done=True) if rows else Shown()


def _shown(
    sessions: list[dict[str, Any]], rows: list[dict[str, Any]], *, today: bool = False, done: bool = False
) -> Shown:
    """In order of time and window; where there are many, the next half of the day alone, and when the rest begins."""
    rows = sorted(rows, key=lambda seat: (seat["starts_at"], seat["window"]))
    first = [seat for seat in rows if seat["part"] == rows[0]["part"]] if rows else []
    rest = [seat for seat in rows if seat not in first]
    halved = len(rows) > AT_A_GLANCE and bool(rest)
    kept = first if halved else rows
    names = {(one["name"], one["name_en"]) for one in sessions}
    name, name_en = names.pop() if len(names) == 1 else ("", "")
    return Shown(
        name,
        name_en,
        date.fromisoformat(sessions[0]["day"]),
        today,
        done,
        kept[:MOST],
        max(0, len(kept) - MOST),
        rest[0]["starts"] if halved else "",
    )
