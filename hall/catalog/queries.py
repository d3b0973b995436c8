"""What a hall offers, read for people and machines: items and bundles with their lines and papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.catalog.columns import Procedure
from hall.catalog.models import Bundle, BundleItem, Department, Line, Material, ServiceItem, SpecialProcedure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from hall.sites import Site


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to bring; `condition` "": everybody brings it."""

    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str
    source: str
    source_en: str
    deferrable: bool
    e_licence: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """An item or a bundle as people choose it. Days are working days; None: left open, or a bundle.

    `items` are the codes of a bundle's items in their order; its papers are those of its items, shared ones once (I2).
    """

    type: str
    code: str
    name: str
    name_en: str
    line: str
    line_name: str
    line_name_en: str
    department: str
    department_en: str
    kind: str | None
    statutory_days: int | None
    committed_days: int | None
    fee: str
    fee_en: str
    items: tuple[str, ...]
    materials: tuple[Paper, ...]


def offers(session: Session, wanted: Sequence[tuple[str, int]]) -> list[Offer]:
    """These items and bundles ("item" or "bundle", key) in their order; what is no longer on offer is left out."""
    items = [key for kind, key in wanted if kind == "item"]
    bundles = [key for kind, key in wanted if kind == "bundle"]
    found = {("item", key): offer for key, offer in _items(session, items).items()}
    found |= {("bundle", key): offer for key, offer in _bundles(session, bundles).items()}
    return [found[one] for one in wanted if one in found]


def first_offers(session: Session, site: Site, limit: int) -> list[tuple[str, int]]:
    """What a hall shows before anything is typed: its bundles, then its items in the order of their entry."""
    found: list[tuple[str, int]] = []
    for kind, table in (("bundle", Bundle), ("item", ServiceItem)):
        keys = session.scalars(
            select(table.id)
            .join(Line, Line.id == table.line_id)
            .where(table.site_id == site.id, table.retired_at.is_(None), Line.retired_at.is_(None))
            .order_by(table.id)
            .limit(limit)
        )
        found += [(kind, key) for key in keys]
    return found[:limit]


def papers_of(session: Session, items: Iterable[int]) -> dict[int, list[Paper]]:
    """The papers of each item in their order, by the item's key."""
    found: dict[int, list[Paper]] = {}
    rows = session.scalars(
        select(Material)
        .where(Material.item_id.in_(list(items)))
        .order_by(Material.item_id, Material.sort, Material.id)
    )
    for row in rows:
        found.setdefault(row.item_id, []).append(
            Paper(
                row.name,
                row.name_en,
                row.originals,
                row.copies,
                row.condition,
                row.condition_en,
                row.source,
                row.source_en,
                row.deferrable,
                row.e_licence,
            )
        )
    return found


def procedures_of(session: Session, items: Iterable[int]) -> dict[int, tuple[Procedure, ...]]:
    """The special procedures of each item in the order of their entry, by the item's key (I5)."""
    found: dict[int, tuple[Procedure, ...]] = {}
    rows = session.scalars(
        select(SpecialProcedure)
        .where(SpecialProcedure.item_id.in_(list(items)))
        .order_by(SpecialProcedure.item_id, SpecialProcedure.id)
    )
    for row in rows:
        one = Procedure(row.name, row.planned_days, row.basis)
        found[row.item_id] = (*found.get(row.item_id, ()), one)
    return found


def _items(session: Session, keys: list[int]) -> dict[int, Offer]:
    if not keys:
        return {}
    papers = papers_of(session, keys)
    rows = session.execute(
        select(ServiceItem, Line, Department)
        .join(Line, Line.id == ServiceItem.line_id)
        .join(Department, Department.id == ServiceItem.department_id)
        .where(ServiceItem.id.in_(keys), ServiceItem.retired_at.is_(None), Line.retired_at.is_(None))
    )
    return {
        item.id: Offer(
            type="item",
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            line=line.code,
            line_name=line.name,
            line_name_en=line.name_en,
            department=department.short_name or department.name,
            department_en=department.name_en,
            kind=item.kind,
            statutory_days=item.statutory_days,
            committed_days=item.committed_days,
            fee=item.fee,
            fee_en=item.fee_en,
            items=(),
            materials=tuple(papers.get(item.id, ())),
        )
        for item, line, department in rows
    }


def _bundles(session: Session, keys: list[int]) -> dict[int, Offer]:
    if not keys:
        return {}
    inside: dict[int, list[tuple[int, str]]] = {}
    for bundle_id, item_id, code in session.execute(
        select(BundleItem.bundle_id, ServiceItem.id, ServiceItem.code)
        .join(ServiceItem, ServiceItem.id == BundleItem.item_id)
        .where(BundleItem.bundle_id.in_(keys))
        .order_by(BundleItem.bundle_id, BundleItem.sort)
    ):
        inside.setdefault(bundle_id, []).append((item_id, code))
    papers = papers_of(session, {key for rows in inside.values() for key, _code in rows})
    found = session.execute(
        select(Bundle, Line)
        .join(Line, Line.id == Bundle.line_id)
        .where(Bundle.id.in_(keys), Bundle.retired_at.is_(None), Line.retired_at.is_(None))
    )
    return {
        bundle.id: Offer(
            type="bundle",
            code=bundle.code,
            name=bundle.name,
            name_en=bundle.name_en,
            line=line.code,
            line_name=line.name,
            line_name_en=line.name_en,
            department="",
            department_en="",
            kind=None,
            statutory_days=None,
            committed_days=None,
            fee="",
            fee_en="",
            items=tuple(code for _key, code in inside.get(bundle.id, ())),
            materials=shared(papers.get(key, ()) for key, _code in inside.get(bundle.id, ())),
        )
        for bundle, line in found
    }


def shared(lists: Iterable[Iterable[Paper]]) -> tuple[Paper, ...]:
    """The papers of several items on one checklist: the same paper once, in the larger number (I2)."""
    found: dict[tuple[str, str], Paper] = {}
    for paper in (paper for papers in lists for paper in papers):
        key = (paper.name, paper.condition)
        known = found.get(key)
        if known is None or (paper.originals, paper.copies) > (known.originals, known.copies):
            found[key] = paper
    return tuple(found.values())


def count_items(session: Session, site_id: int) -> int:
    """How many items a hall offers."""
    wanted = select(func.count()).where(ServiceItem.site_id == site_id, ServiceItem.retired_at.is_(None))
    return session.scalar(wanted) or 0
