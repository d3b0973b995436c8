"""What a hall offers, as the kiosk shows it: life situations, departments, and the items behind them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from hall.catalog.models import Department, ItemSituation, Line, Material, ServiceItem, Situation
from hall.sites import Site

MOST_ITEMS = 200
"""Behind one tile; nobody turns more pages than that."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One tile that leads to items: a life situation or a department."""

    kind: str
    code: str
    name: str
    name_en: str
    icon: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that an item asks for; `condition` says when."""

    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An item with the code of its line and the papers it asks for."""

    code: str
    name: str
    name_en: str
    line: str
    papers: tuple[Paper, ...]


def situations(session: Session, site: Site) -> list[Shelf]:
    """Life situations behind which there is something, in their order."""
    behind = (
        select(ItemSituation.item_id)
        .join(ServiceItem, ServiceItem.id == ItemSituation.item_id)
        .where(ItemSituation.situation_id == Situation.id, ServiceItem.retired_at.is_(None))
    )
    rows = session.scalars(
        select(Situation)
        .where(Situation.site_id == site.id, exists(behind))
        .order_by(Situation.sort, Situation.id)
    )
    return [Shelf("situation", row.code, row.name, row.name_en, row.icon) for row in rows]


def departments(session: Session, site: Site) -> list[Shelf]:
    """Departments that offer something, in the order in which they were entered."""
    behind = select(ServiceItem.id).where(
        ServiceItem.department_id == Department.id, ServiceItem.retired_at.is_(None)
    )
    rows = session.scalars(
        select(Department)
        .where(Department.site_id == site.id, Department.retired_at.is_(None), exists(behind))
        .order_by(Department.id)
    )
    return [Shelf("department", row.code, row.name, row.name_en, "department") for row in rows]


def offers(session: Session, site: Site, kind: str, code: str) -> list[Offer]:
    """The items behind one tile, with their papers; empty for a tile that does not exist."""
    wanted = (
        select(ServiceItem, Line.code)
        .join(Line, Line.id == ServiceItem.line_id)
        .where(ServiceItem.site_id == site.id, ServiceItem.retired_at.is_(None), Line.retired_at.is_(None))
        .order_by(ServiceItem.id)
        .limit(MOST_ITEMS)
    )
    rows = session.execute(_behind(wanted, kind, code)).all()
    papers = _papers(session, [item.id for item, _line in rows])
    return [
        Offer(item.code, item.name, item.name_en, line, tuple(papers.get(item.id, ()))) for item, line in rows
    ]


def _behind(wanted: Select[ServiceItem, str], kind: str, code: str) -> Select[ServiceItem, str]:
    if kind == "department":
        return wanted.join(Department, Department.id == ServiceItem.department_id).where(
            Department.code == code
        )
    return (
        wanted.join(ItemSituation, ItemSituation.item_id == ServiceItem.id)
        .join(Situation, Situation.id == ItemSituation.situation_id)
        .where(Situation.code == code)
    )


def _papers(session: Session, items: list[int]) -> dict[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    rows = session.scalars(
        select(Material).where(Material.item_id.in_(items)).order_by(Material.item_id, Material.sort)
    )
    for row in rows:
        paper = Paper(row.name, row.name_en, row.originals, row.copies, row.condition, row.condition_en)
        found.setdefault(row.item_id, []).append(paper)
    return found
