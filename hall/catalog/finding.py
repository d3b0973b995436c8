"""The search in a hall: an index in memory for each site, built anew when the catalogue has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from hall.aside import aside
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.catalog.search import Entry, Index, build
from hall.database import stop_reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.sites import Site

EXTENSION = "hall_search"


@dataclass(slots=True)
class Kept:
    """The index of one site and the revision of the catalogue that it was built from."""

    revision: int
    index: Index
    building: bool = False


@dataclass(slots=True)
class Shelves:
    """The indexes of this process, by site."""

    kept: dict[int, Kept] = field(default_factory=dict)
    begun: dict[int, Event] = field(default_factory=dict)
    """Set when the first index of a site is there, or could not be built."""


def find(session: Session, site: Site, query: str, limit: int) -> list[tuple[str, int]]:
    """The items and bundles that fit, best first, as ("item" or "bundle", key). Never refuses a query."""
    found = index_of(session, site).search(query, limit)
    return [(kind, int(number)) for kind, _, number in (hit.key.partition(":") for hit in found)]


def index_of(session: Session, site: Site) -> Index:
    """The site's index as of its catalogue's revision.

    While a new one is built (about a second for 10,000 items, beside the event loop), others search in the old one;
    they wait for the first.
    """
    shelves: Shelves = current_app.extensions.setdefault(EXTENSION, Shelves())
    while (begun := shelves.begun.get(site.id)) is not None:
        stop_reading()
        begun.wait()
    kept = shelves.kept.get(site.id)
    if kept is not None and (kept.revision == site.catalogue_revision or kept.building):
        return kept.index
    if kept is None:
        return _first(shelves, session, site)
    kept.building = True
    try:
        shelves.kept[site.id] = _built(session, site)
    finally:
        kept.building = False
    return shelves.kept[site.id].index


def _first(shelves: Shelves, session: Session, site: Site) -> Index:
    here = shelves.begun[site.id] = Event()
    try:
        shelves.kept[site.id] = _built(session, site)
    finally:
        del shelves.begun[site.id]
        here.set()
    return shelves.kept[site.id].index


def _built(session: Session, site: Site) -> Kept:
    revision, found = site.catalogue_revision, entries(session, site.id)
    return Kept(revision, aside(build, found))


def entries(session: Session, site_id: int) -> list[Entry]:
    """What can be found in a hall: its items and bundles, bundles first where both fit equally well."""
    found = []
    for kind, table in (("bundle", Bundle), ("item", ServiceItem)):
        rows = session.execute(
            select(table.id, table.code, table.name, table.name_en, table.aliases)
            .join(Line, Line.id == table.line_id)
            .where(table.site_id == site_id, table.retired_at.is_(None), Line.retired_at.is_(None))
            .order_by(table.id)
        )
        found += [
            Entry(f"{kind}:{key}", code, name, name_en, tuple(filter(None, aliases.split("、"))))
            for key, code, name, name_en, aliases in rows
        ]
    return found
