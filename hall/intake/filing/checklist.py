"""The checklist of a form: the papers of its item or bundle as the catalogue says them when it begins (I2, I6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.catalog.models import Bundle, BundleItem, ServiceItem
from hall.catalog.queries import papers_of
from hall.errors import Invalid
from hall.intake.filing.from_bundle import maker_of
from hall.intake.models import Filing, FilingItem, FilingPaper, PaperUse
from hall.intake.states import PaperState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.catalog.queries import Paper


@dataclass(frozen=True, slots=True)
class Matter:
    """What a form is about: the items in their order; `bundle` None for a single item."""

    items: tuple[ServiceItem, ...]
    bundle: Bundle | None

    @property
    def code(self) -> str:
        """The code of the bundle, else of the item."""
        return self.bundle.code if self.bundle else self.items[0].code


def find_matter(session: Session, site_id: int, item: str | None, bundle: str | None) -> Matter:
    """The matter with this code. Raises Invalid for an unknown or withdrawn one, or a bundle without items."""
    if bundle:
        found = session.scalar(
            select(Bundle).where(
                Bundle.site_id == site_id, Bundle.code == bundle, Bundle.retired_at.is_(None)
            )
        )
        items = items_of(session, found.id) if found else ()
        if found and items:
            return Matter(items, found)
    elif item:
        one = session.scalar(
            select(ServiceItem).where(
                ServiceItem.site_id == site_id, ServiceItem.code == item, ServiceItem.retired_at.is_(None)
            )
        )
        if one:
            return Matter((one,), None)
    said = _l("This matter is not on offer (any more). Please choose another.")
    raise Invalid(said, code="unknown_matter", errors={"bundle" if bundle else "item": [said]})


def items_of(session: Session, bundle_id: int) -> tuple[ServiceItem, ...]:
    """The items of a bundle that are on offer, in its order."""
    return tuple(
        session.scalars(
            select(ServiceItem)
            .join(BundleItem, BundleItem.item_id == ServiceItem.id)
            .where(BundleItem.bundle_id == bundle_id, ServiceItem.retired_at.is_(None))
            .order_by(BundleItem.sort, ServiceItem.id)
        )
    )


def begin_checklist(session: Session, filing: Filing, matter: Matter) -> None:
    """Give the form its items in their present revision, and its papers: each once, in the larger number (I2)."""
    session.add_all(
        FilingItem(filing_id=filing.id, item_id=item.id, sort=sort, item_revision=item.revision)
        for sort, item in enumerate(matter.items)
    )
    wanted: dict[tuple[str, str], list[tuple[int, Paper]]] = {}
    papers = papers_of(session, [item.id for item in matter.items])
    for item in matter.items:
        for paper in papers.get(item.id, ()):
            wanted.setdefault((paper.name, paper.condition), []).append((item.id, paper))
    for sort, asked in enumerate(wanted.values()):
        row = _row(filing, sort, [paper for _item, paper in asked])
        if matter.bundle:
            _from_bundle(row, {item_id for item_id, _paper in asked}, matter.items)
        session.add(row)
        session.flush()
        session.add_all(PaperUse(paper_id=row.id, item_id=item_id) for item_id in {key for key, _p in asked})


def _from_bundle(row: FilingPaper, asked_by: set[int], items: tuple[ServiceItem, ...]) -> None:
    """What an earlier case of the bundle makes is not asked for."""
    row.made_by_id = maker_of(row.name, asked_by, items)
    if row.made_by_id is not None:
        row.state = PaperState.FROM_BUNDLE.value


def _row(filing: Filing, sort: int, papers: list[Paper]) -> FilingPaper:
    first = papers[0]
    return FilingPaper(
        filing_id=filing.id,
        sort=sort,
        name=first.name,
        name_en=first.name_en,
        originals=max(paper.originals for paper in papers),
        copies=max(paper.copies for paper in papers),
        condition=first.condition,
        condition_en=first.condition_en,
        source=first.source,
        deferrable=all(paper.deferrable for paper in papers),  # one that insists is enough
        e_licence=all(paper.e_licence for paper in papers),
    )
