"""Reading a form's checklist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.models import ServiceItem
from hall.intake.filing.reuse import source_of
from hall.intake.models import FilingPaper, PaperUse

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper of the checklist; `items` are the codes of who asks for it, `made_by` that of who makes it."""

    id: int
    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str
    source: str
    deferrable: bool
    e_licence: bool
    state: str
    note: str
    items: tuple[str, ...]
    reused_from: str
    made_by: str


def papers_of_filing(session: Session, filing_id: int) -> tuple[PaperView, ...]:
    """Its checklist in order."""
    uses: dict[int, list[str]] = {}
    for paper_id, code in session.execute(
        select(PaperUse.paper_id, ServiceItem.code)
        .join(ServiceItem, ServiceItem.id == PaperUse.item_id)
        .join(FilingPaper, FilingPaper.id == PaperUse.paper_id)
        .where(FilingPaper.filing_id == filing_id)
        .order_by(ServiceItem.code)
    ):
        uses.setdefault(paper_id, []).append(code)
    rows = session.execute(
        select(FilingPaper, ServiceItem.code)
        .outerjoin(ServiceItem, ServiceItem.id == FilingPaper.made_by_id)
        .where(FilingPaper.filing_id == filing_id)
        .order_by(FilingPaper.sort)
    )
    return tuple(
        PaperView(
            row.id,
            row.name,
            row.name_en,
            row.originals,
            row.copies,
            row.condition,
            row.condition_en,
            row.source,
            row.deferrable,
            row.e_licence,
            row.state,
            row.note,
            tuple(uses.get(row.id, ())),
            source_of(row),
            maker or "",
        )
        for row, maker in rows
    )
