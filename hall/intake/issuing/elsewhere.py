"""What was asked for at the issue window and does not lie there: where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from hall import tokens
from hall.catalog.models import ServiceItem
from hall.intake.issuing.queries import last_part
from hall.intake.models import Case, Filing
from hall.intake.review.jobs import WITH_DEPARTMENT

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from hall.sites import Site

FEW = 20


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case without a result here."""

    case: Case
    holder: str
    item: ServiceItem


def elsewhere(session: Session, site: Site, key: bytes, asked: str) -> list[Elsewhere]:
    """Cases that were asked for and have no result here now: with their department, or over. Newest first.

    Those that are over are found by receipt or number alone: nobody looks through a county's names.
    """
    text = asked.strip()
    keys = {key for wanted in _exactly(site, key, text) for key in session.scalars(wanted.limit(FEW))}
    if not keys:
        named = or_(
            Filing.name.contains(text, autoescape=True), Filing.agent_name.contains(text, autoescape=True)
        )
        still = select(Case.id).join(Filing, Filing.id == Case.filing_id).where(WITH_DEPARTMENT, named)
        keys = set(session.scalars(still.where(Case.site_id + 0 == site.id).limit(FEW)))
    if not keys:
        return []
    rows = session.execute(
        select(Case, Filing, ServiceItem)
        .join(Filing, Filing.id == Case.filing_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .where(Case.id.in_(keys), Case.site_id == site.id, Case.state != "ready")
    ).all()
    newest = sorted(rows, key=lambda row: -row[0].id)
    return [Elsewhere(case, filing.name, item) for case, filing, item in newest]


def _exactly(site: Site, key: bytes, text: str) -> list[Select[int]]:
    """The keys of cases that a number, a receipt's code or its address names: each found by its index."""
    found = [select(Case.id).where(Case.site_id == site.id, Case.number == text)]
    span = tokens.code_span(text)
    if span is not None:
        found.append(
            select(Case.id).join(Filing, Filing.id == Case.filing_id).where(Filing.nonce.between(*span))
        )
    nonce = tokens.nonce_of(key, "case", last_part(text))
    if nonce is not None:
        filing = select(Case.filing_id).where(Case.nonce == nonce).scalar_subquery()
        found.append(select(Case.id).where(Case.filing_id == filing))
    return found
