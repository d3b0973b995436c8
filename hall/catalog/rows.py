"""A hall's catalogue as the rows of a spreadsheet: what export writes and import reads back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.bundle_sheet import BundleRow
from hall.catalog.changes import PAPER, PAPER_FLAGS
from hall.catalog.columns import SEPARATORS
from hall.catalog.kinds import Kind, TaskType
from hall.catalog.models import (
    Bundle,
    BundleItem,
    BundleSituation,
    Department,
    ItemSituation,
    Line,
    Material,
    ServiceItem,
    Situation,
)
from hall.catalog.queries import procedures_of
from hall.catalog.spreadsheet import ItemRow, MaterialRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def item_rows(session: Session, site_id: int) -> list[ItemRow]:
    """The items on offer, in the order of their entry."""
    tiles: dict[int, list[str]] = {}
    for item_id, name in session.execute(
        select(ItemSituation.item_id, Situation.name)
        .join(Situation, Situation.id == ItemSituation.situation_id)
        .where(Situation.site_id == site_id)
        .order_by(Situation.sort, Situation.id)
    ):
        tiles.setdefault(item_id, []).append(name)
    found = session.execute(
        select(ServiceItem, Line.code, Department)
        .join(Line, Line.id == ServiceItem.line_id)
        .join(Department, Department.id == ServiceItem.department_id)
        .where(ServiceItem.site_id == site_id, ServiceItem.retired_at.is_(None))
        .order_by(ServiceItem.id)
    ).all()
    procedures = procedures_of(session, [item.id for item, _line, _department in found])
    return [
        ItemRow(
            source_line=number,
            code=item.code,
            name=item.name,
            department=department.name,
            name_en=item.name_en,
            department_code=department.code,
            department_phone=department.phone,
            group=item.group_name,
            line=line,
            situations=tuple(tiles.get(item.id, ())),
            task_type=TaskType(item.task_type),
            kind=Kind(item.kind),
            statutory_days=item.statutory_days,
            committed_days=item.committed_days,
            fee=item.fee,
            fee_en=item.fee_en,
            aliases=tuple(filter(None, item.aliases.split("、"))),
            mode=item.mode,
            second_review=item.second_review,
            legal_basis=item.legal_basis,
            result_name=item.result_name,
            result_name_en=item.result_name_en,
            procedures=procedures.get(item.id, ()),
        )
        for number, (item, line, department) in enumerate(found, start=2)
    ]


def paper_rows(session: Session, site_id: int) -> list[MaterialRow]:
    """The papers of these items, item by item in their order."""
    found = session.execute(
        select(ServiceItem.code, Material)
        .join(Material, Material.item_id == ServiceItem.id)
        .where(ServiceItem.site_id == site_id, ServiceItem.retired_at.is_(None))
        .order_by(ServiceItem.id, Material.sort, Material.id)
    )
    return [
        MaterialRow(number, code, **{name: getattr(paper, name) for name in (*PAPER, *PAPER_FLAGS)})
        for number, (code, paper) in enumerate(found, start=2)
    ]


def bundle_rows(session: Session, site_id: int) -> list[BundleRow]:
    """The bundles on offer, in the order of their entry."""
    items: dict[int, list[str]] = {}
    for bundle_id, code in session.execute(
        select(BundleItem.bundle_id, ServiceItem.code)
        .join(ServiceItem, ServiceItem.id == BundleItem.item_id)
        .where(ServiceItem.site_id == site_id)
        .order_by(BundleItem.bundle_id, BundleItem.sort)
    ):
        items.setdefault(bundle_id, []).append(code)
    tiles = _tiles_of_bundles(session, site_id)
    found = session.execute(
        select(Bundle, Line.code)
        .join(Line, Line.id == Bundle.line_id)
        .where(Bundle.site_id == site_id, Bundle.retired_at.is_(None))
        .order_by(Bundle.id)
    )
    return [
        BundleRow(
            source_line=number,
            code=bundle.code,
            name=bundle.name,
            items=tuple(items.get(bundle.id, ())),
            name_en=bundle.name_en,
            aliases=tuple(filter(None, bundle.aliases.split("、"))),
            line=line,
            situations=tuple(tiles.get(bundle.id, ())),
            in_turn=bundle.in_turn,
            visits_before=bundle.visits_before,
            visits_after=bundle.visits_after,
        )
        for number, (bundle, line) in enumerate(found, start=2)
    ]


def _tiles_of_bundles(session: Session, site_id: int) -> dict[int, list[str]]:
    """The tiles of each bundle by name; by code where two share a name, or where it would be taken for several."""
    tiles = session.scalars(select(Situation).where(Situation.site_id == site_id)).all()
    shared = Counter(tile.name for tile in tiles)
    said = {
        tile.id: tile.code if shared[tile.name] > 1 or SEPARATORS.search(tile.name) else tile.name
        for tile in tiles
    }
    found: dict[int, list[str]] = {}
    for bundle_id, tile_id in session.execute(
        select(BundleSituation.bundle_id, Situation.id)
        .join(Situation, Situation.id == BundleSituation.situation_id)
        .where(Situation.site_id == site_id)
        .order_by(Situation.sort, Situation.id)
    ):
        found.setdefault(bundle_id, []).append(said[tile_id])
    return found
