"""The decisions of the helpers' room, apart from any database (H1–H6, Q3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from hall.clock import business_date
from hall.helpers.slots import Length, cells_in
from hall.helpers.states import Kind
from hall.hours.rules import LOOK_AHEAD_DAYS, stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hall.hours.rules import Hours

SKILLS = ("sign", "dialect", "english")
"""What a citizen may ask for. Beside these a helper knows bundles: `bundle:CODE`."""
ABSENCES = ("leave", "ill", "training", "meeting", "other")
CHANNELS = ("phone", "kiosk", "desk")
USUAL_OPENING = time(8, 30)
"""When new days open in a hall that posts no hours."""
LIVE_AT_ONCE = 5
"""Bookings that stand at a time for one who books without the desk: a telephone is not proven, and times are few."""
REMEMBERED = timedelta(days=365)
"""A no-show longer ago than a year counts for nothing."""


class Minutes(Protocol):
    """How long each kind of help takes, as the hall's settings say."""

    @property
    def assist_min(self) -> int:
        """In the hall."""

    @property
    def agency_min(self) -> int:
        """Taking on an agency."""

    @property
    def home_visit_min(self) -> int:
        """At somebody's home."""

    @property
    def travel_min(self) -> int:
        """The way there, and back."""


def kinds_left_out(reason: str, kind: str) -> tuple[str, ...]:
    """The kinds of help that a matter loses (H1): helpers take no part at all in what is secret."""
    if reason == "secret" or not kind:
        return tuple(one.value for one in Kind)
    return (kind,)


def length_of(kind: str, settings: Minutes) -> Length:
    """The cells that a kind of help takes by the hall's settings; a home visit has its way there and back."""
    if kind == Kind.HOME_VISIT:
        travel = cells_in(settings.travel_min)
        return Length(travel, cells_in(settings.home_visit_min), travel)
    return Length(0, cells_in(settings.agency_min if kind == Kind.AGENCY else settings.assist_min), 0)


def last_day(hours: Hours, now: datetime, ahead_days: int) -> date:
    """The last date that can be booked: it opens when the hall does, not at midnight, and not on closed days."""
    day = business_date(hours.zone, now)
    for back in range(LOOK_AHEAD_DAYS):
        opened = day - timedelta(days=back)
        at = _opens(hours, opened)
        if at is not None and datetime.combine(opened, at, tzinfo=hours.zone) <= now:
            return opened + timedelta(days=ahead_days)
    return day


def _opens(hours: Hours, day: date) -> time | None:
    if not hours.posted:
        return USUAL_OPENING
    return min((stretch.opens for stretch in stretches(hours, day)), default=None)


def earliest(now: datetime, notice_min: int, *, at_desk: bool) -> datetime:
    """The first instant that can be booked: the public some time ahead, the desk from now on."""
    return now if at_desk else now + timedelta(minutes=notice_min)


def may_cancel(starts_at: datetime, now: datetime, before_min: int) -> bool:
    """Whether its holder may still cancel or move it (H3): up to two hours before. The desk always may."""
    return now <= starts_at - timedelta(minutes=before_min)


def hold_over(held_until: datetime | None, now: datetime) -> bool:
    """Whether a held time is free again (H3)."""
    return held_until is not None and held_until <= now


def arrival_place(
    starts_at: datetime, now: datetime, *, grace_min: int, head_start_min: int
) -> tuple[datetime, str]:
    """The place in line of who checks in, and by what (Q3, H4).

    Up to 15 minutes late it is the booked time − 30 min, later the time of checking in.
    """
    if now <= starts_at + timedelta(minutes=grace_min):
        return starts_at - timedelta(minutes=head_start_min), "booked"
    return now, "issued"


def may_arrive(starts_at: datetime, ends_at: datetime, now: datetime, early_min: int) -> str | None:
    """Why checking in is not possible now: `too_early` or `too_late`; None where it is (H4)."""
    if now < starts_at - timedelta(minutes=early_min):
        return "too_early"
    return "too_late" if now >= ends_at else None


def locked_until(
    no_shows: Iterable[datetime], lifted_at: datetime | None, now: datetime, *, times: int, days: int
) -> datetime | None:
    """Until when online booking is locked (H3): `days` from the second no-show; None where it is not.

    What a desk lifted is forgotten, and so is what an earlier lock has settled.
    """
    counted, until = 0, None
    for at in sorted(no_shows):
        if now - at > REMEMBERED or (lifted_at is not None and at <= lifted_at):
            continue
        counted += 1
        if counted >= times:
            counted, until = 0, at + timedelta(days=days)
    return until if until is not None and until > now else None


def same_person(
    pairs: Iterable[tuple[bytes, bytes]], phone: bytes | None, number: bytes | None
) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """All telephones and identity numbers (keyed hashes) of one person, as far as bookings tell (H3).

    `pairs` are those that were given together. A number is one person's; a telephone may be a family's: it leads to a
    number, and is found by one, only where no other number was ever given with it.
    """
    owners: dict[bytes, set[bytes]] = {}
    for one, other in pairs:
        owners.setdefault(one, set()).add(other)
    if number is None and phone is not None and len(owners.get(phone, ())) == 1:
        (number,) = owners[phone]
    phones = {one for one, whose in owners.items() if number is not None and whose == {number}}
    return frozenset(phones | ({phone} if phone else set())), frozenset({number} if number else ())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A helper who is free at the time: what they know, minutes of work that day, and when they last had work."""

    helper_id: int
    skills: frozenset[str]
    load_min: int = 0
    idle_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who helps, and what decided between them and the next: the reason is stored and shown (H6)."""

    helper_id: int
    because: str  # wished, only, skills, least_loaded, longest_idle or in_turn
    known: tuple[str, ...]
    load_min: int
    among: int


LONG_AGO = datetime.min.replace(tzinfo=UTC)


def assign(
    candidates: Iterable[Candidate],
    needed: frozenset[str],
    matter_skill: str | None,
    *,
    chosen: int | None = None,
) -> Choice | None:
    """Who takes it (H6): skills first, then the least loaded today, then the longest idle; None where nobody can.

    What somebody asks for (`needed`) must be known; who knows the matter goes before who does not.
    """
    able = [one for one in candidates if needed <= one.skills]
    wished = [one for one in able if one.helper_id == chosen] if chosen is not None else able
    if not wished:
        return None
    wanted = needed | ({matter_skill} if matter_skill else frozenset())

    def rank(one: Candidate) -> tuple[int, int, datetime, int]:
        missing = len(wanted - one.skills)
        return missing, one.load_min, one.idle_since or LONG_AGO, one.helper_id

    ranked = sorted(wished, key=rank)
    first = ranked[0]
    because = "wished" if chosen is not None else _because([rank(one) for one in ranked[:2]])
    known = tuple(sorted(wanted & first.skills))
    return Choice(first.helper_id, because, known, first.load_min, len(able))


def _because(ranks: Sequence[tuple[int, int, datetime, int]]) -> str:
    """Which of the ranks decided between the first and the next."""
    if len(ranks) == 1:
        return "only"
    mine, other = ranks
    names = ("skills", "least_loaded", "longest_idle")
    return next((name for at, name in enumerate(names) if mine[at] != other[at]), "in_turn")


def nearest(free: Sequence[datetime], wanted: datetime, count: int = 3) -> list[datetime]:
    """The free times nearest to the one that is gone, in order of time."""
    return sorted(sorted(free, key=lambda at: abs(at - wanted))[:count])
