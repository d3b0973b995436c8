"""What each department had due on the days of a bulletin, and what it kept, with its place (M8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hall.clock import business_date
from hall.rota.bulletins import rules
from hall.rota.bulletins.rules import Account, Attended
from hall.rota.findings.states import UNCURED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from hall.rota.findings.models import Finding
    from hall.rota.matters.models import HardMatter
    from hall.rota.models import RotaBody
    from hall.rota.presence.queries import Mark
    from hall.sites import Site

KINDS = (
    *("present", "late", "left_early", "stand_in", "on_leave"),
    *("absent", "explained", "checking", "expected"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a bulletin and the moment at which it looks."""

    first: date
    last: date
    now: datetime


def attended(mark: Mark) -> Attended:
    """A turn as the ranking looks at it."""
    return Attended(str(mark.mark), mark.agreed, str(mark.absence))


def is_late(row: Finding, span: Span, site: Site) -> bool:
    """Whether its deadline, of these days or before, is behind it, and something is still to be done."""
    return row.state in UNCURED and row.due_on is not None and _is_over(row.due_on, span, site)


def _is_over(due_on: date, span: Span, site: Site) -> bool:
    """Of these days or before, and its day is over: until then there is time."""
    return due_on <= span.last and due_on < business_date(site.zone, span.now)


def accounts_of(
    found: Iterable[Mark], findings: Iterable[Finding], matters: Iterable[HardMatter], site: Site, span: Span
) -> list[Account]:
    """What each department had due on these days, and kept."""
    turns: dict[int, list[Attended]] = defaultdict(list)
    due, kept = Counter[int](), Counter[int]()
    promises, held, held_late = Counter[int](), Counter[int](), Counter[int]()
    for mark in found:
        turns[mark.body].append(attended(mark))
    for row in findings:
        if row.body_id is None or not (is_late(row, span, site) or _cured_then(row, span)):
            continue
        due[row.body_id] += 1
        kept[row.body_id] += _in_time(row, site)
    for matter in matters:
        if matter.due_on is None or not span.first <= matter.due_on <= span.last:
            continue
        if matter.state != "promised" or _is_over(matter.due_on, span, site):
            promises[matter.body_id] += 1
            late = is_kept_late(matter, site)
            held[matter.body_id] += matter.state == "kept" and not late
            held_late[matter.body_id] += late
    everybody = sorted({*turns, *due, *promises})
    return [
        Account(body, tuple(turns[body]), due[body], kept[body], promises[body], held[body], held_late[body])
        for body in everybody
    ]


def is_kept_late(matter: HardMatter, site: Site) -> bool:
    """Whether a promise was kept, but after its day."""
    if matter.state != "kept" or matter.ended_at is None or matter.due_on is None:
        return False
    return business_date(site.zone, matter.ended_at) > matter.due_on


def _cured_then(row: Finding, span: Span) -> bool:
    """Due on these days and put right, in time or not."""
    return row.state not in UNCURED and row.due_on is not None and span.first <= row.due_on <= span.last


def _in_time(row: Finding, site: Site) -> bool:
    """Put right by its deadline, and not sent back since."""
    if row.state in {"found", "assigned"} or row.rectified_at is None or row.due_on is None:
        return False
    return business_date(site.zone, row.rectified_at) <= row.due_on


def bodies(accounts: list[Account], names: dict[int, RotaBody]) -> list[dict[str, Any]]:
    """A line for each department, by place, with all that its score comes from."""
    places = rules.ranked(accounts)
    rows = []
    for account in accounts:
        counted = Counter(turn.kind for turn in account.turns)
        place = places.get(account.body)
        rows.append(
            {
                "name": names[account.body].name,
                "name_en": names[account.body].name_en,
                "turns": len(account.turns),
                **{kind: counted[kind] for kind in KINDS},
                "findings_due": account.findings_due,
                "findings_in_time": account.findings_in_time,
                "promises_due": account.promises_due,
                "promises_kept": account.promises_kept,
                "promises_late": account.promises_late,
                "promises_broken": account.promises_broken,
                "score": rules.tenth(place[1]) if place else None,
                "rank": place[0] if place else None,
            }
        )
    return sorted(rows, key=lambda one: (one["rank"] or len(rows) + 1, one["name"]))
