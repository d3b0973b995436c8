"""What a hall offers, as the kiosk shows it: life situations, departments, and the items behind them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hall.catalog.models import (
    Bundle,
    BundleSituation,
    Department,
    ItemSituation,
    ServiceItem,
    Situation,
)
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


def situations(session: Session, site: Site) -> list[Shelf]:
    """Life situations behind which there is something, in their order."""
    behind = (
        select(ItemSituation.item_id)
        .join(ServiceItem, ServiceItem.id == ItemSituation.item_id)
        .where(ItemSituation.situation_id == Situation.id, ServiceItem.retired_at.is_(None))
    )
    rows = session.scalars(
        select(Situation)
        .where(Situation.site_id == site.id, Situation.retired_at.is_(None), exists(behind))
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
    return [
        Shelf("department", row.code, row.short_name or row.name, row.name_en, "department") for row in rows
    ]


def behind(session: Session, site: Site, kind: str, code: str) -> list[tuple[str, int]]:
    """The bundles and items behind one tile, bundles first, as ("item" or "bundle", key); empty for no such tile."""
    items = (
        select(ServiceItem.id)
        .where(ServiceItem.site_id == site.id, ServiceItem.retired_at.is_(None))
        .order_by(ServiceItem.id)
        .limit(MOST_ITEMS)
    )
    if kind == "department":
        wanted = items.join(Department, Department.id == ServiceItem.department_id)
        return [("item", key) for key in session.scalars(wanted.where(Department.code == code))]
    bundles = (
        select(Bundle.id)
        .join(BundleSituation, BundleSituation.bundle_id == Bundle.id)
        .join(Situation, Situation.id == BundleSituation.situation_id)
        .where(Bundle.site_id == site.id, Bundle.retired_at.is_(None), Situation.code == code)
        .order_by(Bundle.id)
    )
    wanted = items.join(ItemSituation, ItemSituation.item_id == ServiceItem.id).join(
        Situation, Situation.id == ItemSituation.situation_id
    )
    found = [("bundle", key) for key in session.scalars(bundles)]
    return found + [("item", key) for key in session.scalars(wanted.where(Situation.code == code))]
