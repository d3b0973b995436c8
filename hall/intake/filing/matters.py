"""What a form is about, office by office: its items as it began with them, and what is spared (I2, I6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.catalog.models import Bundle, Department, FormerContent, ServiceItem
from hall.intake.models import FilingItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from hall.intake.models import Filing


SPARED = ("reused", "from_bundle")
"""States of papers that the hall has already, or makes itself."""


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
class Terms:
    """How an item's case goes: what the item said in the revision with which the form began (I2)."""

    item: ServiceItem
    revision: int
    mode: str
    kind: str
    task_type: int
    statutory_days: int | None
    committed_days: int | None
    second_review: bool
    result_name: str


@dataclass(frozen=True, slots=True)
class Spared:
    """Visits and papers with this form, against going to each office. Visits None where the bundle does not say."""

    visits_before: int | None
    visits_after: int | None
    papers_before: int
    papers_after: int
    papers_reused: int


def items_begun(session: Session, filing: Filing) -> tuple[ServiceItem, ...]:
    """The items that the form began with, in order, withdrawn ones as well, as they are today."""
    return tuple(item for item, _revision in _begun(session, filing))


def terms_begun(session: Session, filing: Filing) -> tuple[Terms, ...]:
    """What each item said when the form began with it, whatever was changed since (I2)."""
    begun = _begun(session, filing)
    changed = [item.id for item, revision in begun if item.revision != revision]
    said: dict[tuple[int, int], dict[str, Any]] = {}
    if changed:
        rows = session.scalars(
            select(FormerContent).where(FormerContent.kind == "item", FormerContent.owner_id.in_(changed))
        )
        said = {(row.owner_id, row.revision): json.loads(row.content) for row in rows}
    return tuple(_terms(item, revision, said.get((item.id, revision))) for item, revision in begun)


def _begun(session: Session, filing: Filing) -> list[tuple[ServiceItem, int]]:
    rows = session.execute(
        select(ServiceItem, FilingItem.item_revision)
        .join(FilingItem, FilingItem.item_id == ServiceItem.id)
        .where(FilingItem.filing_id == filing.id)
        .order_by(FilingItem.sort)
    )
    return [(row[0], row[1]) for row in rows]


def _terms(item: ServiceItem, revision: int, former: dict[str, Any] | None) -> Terms:
    """As it said then; what is not kept is as it says now. The department is today's: that one works on the case."""

    def said(name: str) -> Any:  # noqa: ANN401 - any column
        return getattr(item, name) if former is None else former.get(name, getattr(item, name))

    return Terms(
        item,
        revision,
        said("mode"),
        said("kind"),
        said("task_type"),
        said("statutory_days"),
        said("committed_days"),
        said("second_review"),
        said("result_name"),
    )


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
        sum(state not in SPARED for state, _uses in counted),
        sum(state in SPARED for state, _uses in counted),
    )
