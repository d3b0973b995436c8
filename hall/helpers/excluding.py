"""Matters for which some or no help is given (H1): listed, left out, taken back in; each change is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.catalog.models import Bundle, ServiceItem
from hall.errors import Conflict, Invalid, NotFound
from hall.helpers.facts import HelpExcluded, HelpIncluded
from hall.helpers.models import HelpExclusion
from hall.helpers.orphans import mark_orphans
from hall.helpers.rules import kinds_left_out
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One line of the list: a matter and a kind of help that it cannot have."""

    id: int
    sort: str
    code: str
    name: str
    name_en: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Exclude:
    """Leave a matter out, by its code or whole name; `kind` is one of help, or empty for every one."""

    site_id: int
    matter: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Include:
    """Take one back in."""

    site_id: int
    exclusion: int


def listed(session: Session, site_id: int) -> list[Exclusion]:
    """What is left out, by code."""
    found = []
    tables: tuple[tuple[str, Any, Any], ...] = (
        ("item", ServiceItem, HelpExclusion.item_id),
        ("bundle", Bundle, HelpExclusion.bundle_id),
    )
    for sort, table, key in tables:
        rows = session.execute(
            select(HelpExclusion, table).join(table, table.id == key).where(HelpExclusion.site_id == site_id)
        )
        found += [
            Exclusion(one.id, sort, of.code, of.name, of.name_en, one.kind, one.reason) for one, of in rows
        ]
    return sorted(found, key=lambda one: (one.sort, one.code, one.kind))


def exclude(work: Work, command: Exclude) -> int:
    """Leave it out; answers how many bookings a person must cancel now. Raises Invalid, Conflict (`excluded`)."""
    site = work.session.get_one(Site, command.site_id)
    sort, matter = _matter(work.session, site.id, command.matter)
    column = HelpExclusion.item_id if sort == "item" else HelpExclusion.bundle_id
    there = {row.kind: row for row in work.session.scalars(select(HelpExclusion).where(column == matter.id))}
    changed = False
    for kind in kinds_left_out(command.reason, command.kind):
        row = there.get(kind)
        if row is None:
            row = HelpExclusion(site_id=site.id, kind=kind, **{f"{sort}_id": matter.id})
        elif row.reason == command.reason:
            continue
        row.reason = command.reason
        work.session.add(row)
        work.session.flush()
        work.record(HelpExcluded(**_said(site, row, matter.code)))
        changed = True
    if not changed:
        raise Conflict(_l("This is left out already."), code="excluded")
    return mark_orphans(work, site)


def include(work: Work, command: Include) -> str:
    """Help of this kind is given again; answers the matter's code. Raises NotFound."""
    site = work.session.get_one(Site, command.site_id)
    row = work.session.get(HelpExclusion, command.exclusion)
    if row is None or row.site_id != site.id:
        raise NotFound(_l("This is no longer in the list."), code="unknown_exclusion")
    matter: Any = (
        work.session.get_one(ServiceItem, row.item_id)
        if row.item_id
        else work.session.get_one(Bundle, row.bundle_id)
    )
    work.record(HelpIncluded(**_said(site, row, matter.code)))
    work.session.delete(row)
    work.session.flush()
    mark_orphans(work, site)
    return str(matter.code)


def _said(site: Site, row: HelpExclusion, code: str) -> dict[str, Any]:
    return {
        "site_id": site.id,
        "site": site.code,
        "exclusion_id": row.id,
        "matter": code,
        "kind": row.kind,
        "reason": row.reason,
    }


def _matter(session: Session, site_id: int, typed: str) -> tuple[str, Any]:
    """The item or bundle with this code or whole name. Raises Invalid."""
    said = typed.strip()
    tables: tuple[tuple[str, Any], ...] = (("item", ServiceItem), ("bundle", Bundle))
    for sort, table in tables:
        here = select(table).where(table.site_id == site_id, table.retired_at.is_(None))
        rows = session.scalars(here.where((table.code == said) | (table.name == said)).limit(2)).all()
        if said and len(rows) == 1:
            return sort, rows[0]
    words = _l("Give the code of an item or a bundle, or its whole name, as the catalogue has it.")
    raise Invalid(words, code="unknown_matter", errors={"matter": [words]})
