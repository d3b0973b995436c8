"""Reserving numbers for a kiosk while the server is there (Q9)."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select

from hall.catalog.models import Line
from hall.cutoff import rules
from hall.cutoff.facts import RangesReserved
from hall.cutoff.models import HandedTicket, NumberRange, RangeKeeper
from hall.errors import Conflict
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import Work

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reserve:
    """An agent wants its numbers. `memory` names its state folder; `settled`: nothing is left to hand in."""

    device_id: int
    site_id: int
    memory: str
    settled: bool


@dataclass(frozen=True, slots=True)
class RangeView:
    """A range with numbers left."""

    id: int
    line: str
    prefix: str
    day: date
    first: int
    last: int


def reserve(work: Work, command: Reserve) -> tuple[RangeView, ...]:
    """Fill up what the kiosk keeps in hand for every line and date; answers all its ranges with numbers left.

    Raises Conflict where its memory has none, and its machine has had all that one may have.
    """
    site = work.session.scalars(
        select(Site).where(Site.id == command.site_id).with_for_update(key_share=True)
    ).one()  # two kiosks at once would take the same slots again and again
    if command.settled:
        _heard(work, command.device_id)
    days = rules.dates_to_reserve(today(site, work.now))
    lines = work.session.scalars(
        select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)).order_by(Line.sort, Line.id)
    ).all()
    own = _with_numbers_left(work, command, days)
    held: dict[tuple[int, date], int] = defaultdict(int)
    for row in own:
        held[row.line_id, row.business_date] += 1
    had, taken = _had(work, command, days), _taken(work, site.id, days)
    fresh: list[dict[str, Any]] = []
    for day in days:
        for line in lines:
            slots = rules.free_slots(
                taken[line.prefix, day], rules.missing(held[line.id, day], had[line.id, day])
            )
            fresh += [_row(work, command, line, day, slot) for slot in slots]
            taken[line.prefix, day].update(slots)
    if not own and not fresh and any(count >= rules.MOST for count in had.values()):
        log.warning("device %s has had all ranges that one kiosk may have", command.device_id)
        said = _l(
            "This kiosk has had all numbers that one may have for these days: its memory was lost too often."
        )
        raise Conflict(said, code="ranges_spent")
    if fresh:
        work.session.execute(insert(NumberRange), fresh)
        account = f"device:{command.device_id}"
        work.record(RangesReserved(site_id=site.id, site=site.code, account=account, what=str(len(fresh))))
        for (prefix, day), slots_taken in taken.items():
            if rules.SLOTS - len(slots_taken) < rules.FEW:
                log.warning("few ranges of %s are left for kiosks on %s at %s", prefix, day, site.code)
    codes = {line.id: line.code for line in lines}
    rows = _with_numbers_left(work, command, days) if fresh else own
    return tuple(_view(row, codes[row.line_id]) for row in rows if row.line_id in codes)


def _heard(work: Work, device_id: int) -> None:
    keeper = work.session.get(RangeKeeper, device_id)
    if keeper is None:
        work.session.add(RangeKeeper(device_id=device_id, heard_at=work.now))
    else:
        keeper.heard_at = max(keeper.heard_at, work.now)
    work.session.flush()


def _with_numbers_left(work: Work, command: Reserve, days: list[date]) -> list[NumberRange]:
    used = (
        select(func.max(HandedTicket.position))
        .where(HandedTicket.range_id == NumberRange.id)
        .scalar_subquery()
    )
    wanted = select(NumberRange).where(
        NumberRange.site_id == command.site_id,
        NumberRange.memory == command.memory,
        NumberRange.business_date.in_(days),
        func.coalesce(used, 0) < rules.NUMBERS,
    )
    return list(work.session.scalars(wanted.order_by(NumberRange.business_date, NumberRange.id)))


def _had(work: Work, command: Reserve, days: list[date]) -> dict[tuple[int, date], int]:
    """Ranges of this machine, whatever its memory was: in hand, spent, or forgotten by it."""
    rows = work.session.execute(
        select(NumberRange.line_id, NumberRange.business_date, func.count())
        .where(NumberRange.device_id == command.device_id, NumberRange.business_date.in_(days))
        .group_by(NumberRange.line_id, NumberRange.business_date)
    )
    found: dict[tuple[int, date], int] = defaultdict(int)
    for line_id, day, count in rows:
        found[line_id, day] = count
    return found


def _taken(work: Work, site_id: int, days: list[date]) -> dict[tuple[str, date], set[int]]:
    rows = work.session.execute(
        select(NumberRange.prefix, NumberRange.business_date, NumberRange.slot).where(
            NumberRange.site_id == site_id, NumberRange.business_date.in_(days)
        )
    )
    found: dict[tuple[str, date], set[int]] = defaultdict(set)
    for prefix, day, slot in rows:
        found[prefix, day].add(slot)
    return found


def _row(work: Work, command: Reserve, line: Line, day: date, slot: int) -> dict[str, Any]:
    return {
        "site_id": command.site_id,
        "line_id": line.id,
        "device_id": command.device_id,
        "memory": command.memory,
        "business_date": day,
        "prefix": line.prefix,
        "slot": slot,
        "reserved_at": work.now,
    }


def _view(row: NumberRange, line: str) -> RangeView:
    first = rules.serial(row.slot, 1)
    return RangeView(row.id, line, row.prefix, row.business_date, first, first + rules.NUMBERS - 1)
