"""A hall's catalogue as the rows of a spreadsheet: what export writes and import reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.changes import PAPER, PAPER_FLAGS
from hall.catalog.kinds import Kind, TaskType
from hall.catalog.models import Department, ItemSituation, Line, Material, ServiceItem, Situation
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
    )
    return [
        ItemRow(
            source_line=number,
            code=item.code,
            name=item.name,
            department=department.name,
            name_en=item.name_en,
            department_code=department.code,
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
