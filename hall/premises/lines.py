"""Changing lines. One that was used is never deleted: it is retired, and can be brought back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _n
from sqlalchemy import func, select

from hall.catalog.models import Line, ServiceItem
from hall.errors import Conflict
from hall.premises.rows import Retire, changed, of_site_row, raise_all, refuse, site_for, slug
from hall.queueing.models import Ticket
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import Work

PREFIX = re.compile(r"[A-Z]{1,2}")
TARGETS = range(1, 241)
STILL_ALIVE = ("waiting", "called", "serving", "held")


@dataclass(frozen=True, slots=True)
class SaveLine:
    """A line to add (`line_id` None) or change. `code` empty: made from site and prefix. `sort` None: last."""

    site_id: int
    line_id: int | None
    prefix: str
    name: str
    name_en: str = ""
    target_min: int | None = None
    lunch_open: bool = False
    sort: int | None = None
    code: str = ""
    examples: str | None = None  # None: as they were
    examples_en: str | None = None
    collects: bool | None = None  # None: as it was


@dataclass(frozen=True, slots=True)
class Reorder:
    """The lines of a site in their new order, by id."""

    site_id: int
    lines: tuple[int, ...]


def save_line(work: Work, command: SaveLine) -> int:
    """Add or change a line; answers its id. Raises Invalid, Conflict (prefix taken), NotFound."""
    site = site_for(work, command.site_id)
    _check_line(command)
    row = of_site_row(work, site, Line, command.line_id) if command.line_id else None
    if row is None:
        row = Line(
            site_id=site.id, code=slug(work, Line, command.code, f"{site.code}-{command.prefix.lower()}")
        )
        row.sort = 1 + (work.session.scalar(select(func.max(Line.sort)).where(Line.site_id == site.id)) or 0)
    with work.session.no_autoflush:
        same = select(Line.id).where(Line.site_id == site.id, Line.prefix == command.prefix)
        if any(found != row.id for found in work.session.scalars(same)):
            refuse("prefix", _l("Another line has this prefix."))
    if row.id and row.prefix != command.prefix and _alive(work, site, row):
        refuse("prefix", _l("People wait with numbers of this prefix. Change it when nobody waits."))
    row.prefix, row.name, row.name_en = command.prefix, command.name, command.name_en
    row.target_min, row.lunch_open = command.target_min, command.lunch_open
    row.examples = row.examples or "" if command.examples is None else command.examples
    row.examples_en = row.examples_en or "" if command.examples_en is None else command.examples_en
    row.collects = bool(row.collects) if command.collects is None else command.collects
    row.sort = row.sort if command.sort is None else command.sort
    work.session.add(row)
    work.session.flush()
    changed(work, site, f"line {row.code}")
    return row.id


def retire_line(work: Work, command: Retire) -> None:
    """Take a line out of use, or bring it back. Raises Conflict while people wait or items lead to it."""
    site = site_for(work, command.site_id)
    row = of_site_row(work, site, Line, command.key)
    if not command.back:
        work.session.refresh(row, with_for_update=True)  # who draws now is counted, who draws later refused
        alive = _alive(work, site, row)
        if alive:
            said = _n(
                "%(num)s person still waits in this line.", "%(num)s people still wait in this line.", alive
            )
            raise Conflict(said, code="line_in_use")
        items = work.session.scalar(
            select(func.count())
            .select_from(ServiceItem)
            .where(ServiceItem.line_id == row.id, ServiceItem.retired_at.is_(None))
        )
        if items:
            said = _n(
                "%(num)s item leads to this line. Move it to another line first.",
                "%(num)s items lead to this line. Move them to another line first.",
                items,
            )
            raise Conflict(said, code="line_in_use")
    row.retired_at = None if command.back else work.now
    changed(work, site, f"line {row.code} {'back' if command.back else 'retired'}")


def reorder(work: Work, command: Reorder) -> None:
    """Put lines in order. Raises NotFound for a line of another site."""
    site = site_for(work, command.site_id)
    for sort, key in enumerate(command.lines):
        of_site_row(work, site, Line, key).sort = sort
    changed(work, site, "lines ordered")


def _alive(work: Work, site: Site, line: Line) -> int:
    counted = work.session.scalar(
        select(func.count())
        .select_from(Ticket)
        .where(
            Ticket.line_id == line.id,
            Ticket.business_date == today(site, work.now),
            Ticket.state.in_(STILL_ALIVE),
        )
    )
    return counted or 0


def _check_line(command: SaveLine) -> None:
    errors: dict[str, list[object]] = {}
    if not PREFIX.fullmatch(command.prefix):
        errors["prefix"] = [_l("One or two letters from A to Z.")]
    if not command.name:
        errors["name"] = [_l("This is needed.")]
    if command.target_min is not None and command.target_min not in TARGETS:
        errors["target_min"] = [_l("Enter a number from 1 to 240, or leave it empty.")]
    raise_all(errors)
