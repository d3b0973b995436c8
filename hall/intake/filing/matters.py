"""What a form is about, office by office: its items as it began with them, and what is spared (I2, I6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.models import Bundle, BundleItem, Department, FormerContent, ServiceItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from hall.intake.models import Filing


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of a form with its department; `withdrawn` where no case can be made of it any more."""

    code: str
    name: str
    name_en: str
    department: str
    department_en: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Spared:
    """Visits and papers with this form, against going to each office. Visits None where the bundle does not say."""

    visits_before: int | None
    visits_after: int | None
    papers_before: int
    papers_after: int
    papers_reused: int


def items_begun(session: Session, filing: Filing) -> tuple[ServiceItem, ...]:
    """The items as they were when the form began, in order, withdrawn ones as well (I2)."""
    if filing.bundle_id is None:
        return (session.get_one(ServiceItem, filing.item_id),)
    bundle = session.get_one(Bundle, filing.bundle_id)
    keys = _former(session, filing) if bundle.revision != filing.bundle_revision else None
    if keys is None:
        wanted = select(BundleItem.item_id).where(BundleItem.bundle_id == bundle.id)
        keys = list(session.scalars(wanted.order_by(BundleItem.sort, BundleItem.item_id)))
    rows = {row.id: row for row in session.scalars(select(ServiceItem).where(ServiceItem.id.in_(keys)))}
    return tuple(rows[key] for key in keys if key in rows)


def _former(session: Session, filing: Filing) -> list[int] | None:
    said = session.scalar(
        select(FormerContent.content).where(
            FormerContent.kind == "bundle",
            FormerContent.owner_id == filing.bundle_id,
            FormerContent.revision == filing.bundle_revision,
        )
    )
    return [int(key) for key in json.loads(said)["items"]] if said else None


def item_lines(session: Session, items: Iterable[ServiceItem]) -> tuple[ItemLine, ...]:
    """The items in words."""
    items = tuple(items)
    wanted = select(Department).where(Department.id.in_({item.department_id for item in items}))
    offices = {row.id: row for row in session.scalars(wanted)}
    return tuple(
        ItemLine(
            item.code,
            item.name,
            item.name_en,
            offices[item.department_id].short_name or offices[item.department_id].name,
            offices[item.department_id].name_en,
            item.retired_at is not None,
        )
        for item in items
    )


def spared(matter: ServiceItem | Bundle, papers: Iterable[tuple[str, int]]) -> Spared:
    """From the state of each paper and in how many items it is asked for."""
    counted = [(state, uses) for state, uses in papers if state != "not_needed"]
    bundle = matter if isinstance(matter, Bundle) else None
    return Spared(
        bundle.visits_before if bundle else None,
        bundle.visits_after if bundle else None,
        sum(max(uses, 1) for _state, uses in counted),
        sum(state != "reused" for state, _uses in counted),
        sum(state == "reused" for state, _uses in counted),
    )
