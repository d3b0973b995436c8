"""Papers that an earlier case of the same bundle makes: the applicant is not asked for them (I2, I6).

Whatever waits for one arrives at its department when the case that makes it is decided. Granted, the paper is there;
refused or over, it is missing, and the department asks for it or declines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from hall.errors import Invalid
from hall.intake.filing.rules import plain_name
from hall.intake.models import Case, FilingPaper, PaperUse
from hall.intake.states import OVER, PaperState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from hall.catalog.models import ServiceItem
    from hall.intake.models import Filing

DECIDED = ("decided", "ready", "delivered")


def maker_of(name: str, asked_by: Iterable[int], items: tuple[ServiceItem, ...]) -> int | None:
    """The key of the item whose result is this paper, where it comes before all that ask for it; else None."""
    keys = [item.id for item in items]
    first = min(keys.index(key) for key in asked_by)
    plain = plain_name(name)
    earlier = (item for item in items[:first] if item.result_name and plain_name(item.result_name) == plain)
    maker = next(earlier, None)
    return maker.id if maker else None


def require_made(session: Session, draft: Filing, items: Iterable[int]) -> None:
    """Raises Invalid where a paper was to come from an item that is withdrawn: no case of this form makes it."""
    left = select(FilingPaper.name).where(
        FilingPaper.filing_id == draft.id,
        FilingPaper.state == PaperState.FROM_BUNDLE,
        FilingPaper.made_by_id.not_in(tuple(items)),
    )
    names = session.scalars(left.order_by(FilingPaper.sort)).all()
    if names:
        said = _l("These do not come from this bundle any more: %(papers)s", papers="、".join(names))
        raise Invalid(_l("The form is not complete yet."), code="incomplete_form", errors={"papers": [said]})


def waits_for_paper(session: Session, filing_id: int, item_id: int) -> bool:
    """Whether the item's case waits for a paper that an earlier one makes."""
    wanted = (
        select(FilingPaper.id)
        .join(PaperUse, PaperUse.paper_id == FilingPaper.id)
        .where(
            FilingPaper.filing_id == filing_id,
            FilingPaper.state == PaperState.FROM_BUNDLE,
            PaperUse.item_id == item_id,
        )
    )
    return session.scalars(wanted.limit(1)).first() is not None


def release(session: Session, case: Case) -> None:
    """What this case makes is there when it is granted, and missing when it is refused or over."""
    made = PaperState.REUSED if case.state in DECIDED and case.decision == "granted" else PaperState.MISSING
    if case.state not in {*DECIDED, *OVER}:
        return
    awaited = (PaperState.FROM_BUNDLE.value, *((PaperState.REUSED.value,) if case.state in OVER else ()))
    session.execute(
        update(FilingPaper)
        .where(
            FilingPaper.filing_id == case.filing_id,
            FilingPaper.made_by_id == case.item_id,
            FilingPaper.state.in_(awaited),
            FilingPaper.reused_paper_id.is_(None),
            FilingPaper.reused_licence_id.is_(None),
        )
        .values(state=made.value, note=case.number)
        .execution_options(synchronize_session="fetch")
    )
