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
    Line,
    ServiceItem,
    Situation,
)
from hall.sites import Site

MOST_ITEMS = 200
"""Behind one tile; nobody turns more pages than that."""
MOST_EXAMPLES = 3
"""On the tile of a line."""


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
    if kind == "line":
        wanted = items.join(Line, Line.id == ServiceItem.line_id)
        return [("item", key) for key in session.scalars(wanted.where(Line.code == code))]
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


def examples(session: Session, site: Site) -> dict[str, dict[str, str]]:
    """What belongs to each line, by language and code: the hall's words, else everyday ones of its items."""
    rows = session.scalars(select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)))
    lines = {row.id: row for row in rows}
    said: dict[str, dict[str, str]] = {
        "zh": {row.code: row.examples for row in lines.values() if row.examples},
        "en": {row.code: row.examples_en for row in lines.values() if row.examples_en},
    }
    wanting = [key for key, row in lines.items() if not row.examples]
    words: dict[int, list[str]] = {}
    found = (
        select(ServiceItem.line_id, ServiceItem.aliases)
        .where(ServiceItem.line_id.in_(wanting), ServiceItem.retired_at.is_(None), ServiceItem.aliases != "")
        .order_by(ServiceItem.id)
    )
    for line, aliases in session.execute(found) if wanting else ():
        word, kept = aliases.partition("、")[0], words.setdefault(line, [])
        if word not in kept and len(kept) < MOST_EXAMPLES:
            kept.append(word)
    said["zh"].update({lines[line].code: "、".join(kept) for line, kept in words.items()})
    return said


def with_items(session: Session, site: Site) -> list[str]:
    """The lines, by code, to which at least one item leads."""
    behind = select(ServiceItem.id).where(ServiceItem.line_id == Line.id, ServiceItem.retired_at.is_(None))
    return list(session.scalars(select(Line.code).where(Line.site_id == site.id, exists(behind))))
