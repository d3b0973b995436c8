"""Papers that the hall has already: of the same applicant's earlier cases and licences (一证通办, I2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from hall import clock
from hall.applicants.models import Applicant
from hall.applicants.rules import Fault, NumberKind, Party, check
from hall.errors import Invalid
from hall.intake.filing.rules import plain_name
from hall.intake.models import Case, Filing, FilingPaper, Licence, PaperUse
from hall.intake.states import PaperState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from hall.applicants.vault import Vault

HERE = (PaperState.PRESENT.value, PaperState.CORRECTED.value)
GIVEN_BACK = ("not_accepted", "terminated", "withdrawn")
"""States of cases whose papers went back to the applicant."""


@dataclass(frozen=True, slots=True)
class Reusable:
    """Something that can stand for the paper `paper_id` of a form. `source` is `paper:ID` or `licence:ID`.

    `number` is the case's or the licence's, `on` the day it was received or issued.
    """

    paper_id: int
    source: str
    number: str
    on: date


def known_applicant(session: Session, draft: Filing, vault: Vault, today: date) -> Applicant | None:
    """The applicant with the number of this form, found by its keyed hash; None for a new or an unfinished number."""
    plain = vault.open(draft.number_sealed)
    found = check(Party(draft.party), NumberKind(draft.number_kind), plain, today)
    trace = None if isinstance(found, Fault) else vault.trace(found)
    if trace is None:
        return None
    return session.scalar(
        select(Applicant).where(Applicant.site_id == draft.site_id, Applicant.trace.in_(trace.every))
    )


def reusable(
    session: Session, draft: Filing, vault: Vault, zone: ZoneInfo, now: datetime
) -> tuple[Reusable, ...]:
    """What can stand for papers of this form: licences, then earlier cases, newest first; in five statements."""
    today = clock.business_date(zone, now)
    known = known_applicant(session, draft, vault, today)
    if known is None or draft.state != "draft":
        return ()
    papers = session.scalars(
        select(FilingPaper).where(FilingPaper.filing_id == draft.id).order_by(FilingPaper.sort)
    ).all()
    return (
        *_of_licences(session, known, papers, today),
        *_of_cases(session, draft, known, papers, zone),
    )


def _of_cases(
    session: Session, draft: Filing, known: Applicant, papers: Iterable[FilingPaper], zone: ZoneInfo
) -> list[Reusable]:
    by_name = {paper.name: paper.id for paper in papers}
    rows = session.execute(
        select(FilingPaper.id, FilingPaper.name, Case.number, Filing.received_at)
        .join(Filing, Filing.id == FilingPaper.filing_id)
        .join(PaperUse, PaperUse.paper_id == FilingPaper.id)
        .join(Case, (Case.filing_id == Filing.id) & (Case.item_id == PaperUse.item_id))
        .where(
            Filing.applicant_id == known.id,
            Filing.state == "received",
            Filing.id != draft.id,
            FilingPaper.name.in_(by_name),
            or_(FilingPaper.state.in_(HERE), FilingPaper.handed_in_at.is_not(None)),
            Case.state.not_in(GIVEN_BACK),
        )
        .order_by(Filing.id.desc(), Case.sort)
    )
    newest: dict[str, Reusable] = {}
    for paper_id, name, number, received in rows:
        if name not in newest and received is not None:
            day = clock.business_date(zone, received)
            newest[name] = Reusable(by_name[name], f"paper:{paper_id}", number, day)
    return list(newest.values())


def _of_licences(
    session: Session, known: Applicant, papers: Iterable[FilingPaper], today: date
) -> list[Reusable]:
    rows = session.scalars(
        select(Licence)
        .where(
            Licence.applicant_id == known.id,
            Licence.revoked_at.is_(None),
            Licence.issued_on <= today,
            or_(Licence.valid_until.is_(None), Licence.valid_until >= today),
        )
        .order_by(Licence.issued_on.desc(), Licence.id.desc())
    ).all()
    return [
        Reusable(paper.id, f"licence:{row.id}", row.number, row.issued_on)
        for paper in papers
        for row in rows
        if plain_name(row.name) == plain_name(paper.name)
    ]


def take(paper: FilingPaper, source: str, offered: Iterable[Reusable]) -> None:
    """Let this source stand for the paper. Raises Invalid (`not_reusable`) where it is not one of the offered."""
    if (paper.id, source) not in {(one.paper_id, one.source) for one in offered}:
        said = _l("Nothing of this applicant can stand for “%(paper)s” (any more).", paper=paper.name)
        raise Invalid(said, code="not_reusable", errors={"papers": [said]})
    kind, _colon, key = source.partition(":")
    paper.state = PaperState.REUSED.value
    paper.reused_paper_id = int(key) if kind == "paper" else None
    paper.reused_licence_id = int(key) if kind == "licence" else None


def source_of(paper: FilingPaper) -> str:
    """What stands for the paper, as `take` was given it; "" for nothing."""
    if paper.reused_paper_id is not None:
        return f"paper:{paper.reused_paper_id}"
    return f"licence:{paper.reused_licence_id}" if paper.reused_licence_id is not None else ""
