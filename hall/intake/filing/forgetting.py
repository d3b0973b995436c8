"""Forms that were never handed in are forgotten: nothing came of them, so nothing is a file of the authority (E2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from hall.intake import facts
from hall.intake.filing import queries
from hall.intake.models import Filing, FilingPaper
from hall.intake.states import FILING_MOVES
from hall.jobs import Job

if TYPE_CHECKING:
    from hall.unit_of_work import Work

ABANDONED, KEPT = timedelta(days=60), timedelta(days=30)
"""A draft counts as given up so long after it began; whom it was about is forgotten so long after that."""
A_TIME = 200
NOTHING = {
    "name": "", "number_sealed": None, "number_shown": "", "phone_sealed": None, "phone_shown": "", "agent_name": "",
    "agent_number_sealed": None, "agent_number_shown": "", "mandate_scope": "", "subject": "", "remarks": "",
    "address_sealed": None,
}  # fmt: skip


def forget_forms(work: Work, _command: None) -> int:
    """Give up what was abandoned, and forget whom given-up forms were about; answers how many. Safe to run twice."""
    old = select(Filing).where(Filing.state == "draft", Filing.opened_at < work.now - ABANDONED)
    for draft in work.session.scalars(old.order_by(Filing.id).limit(A_TIME)).all():
        site, matter = queries.site_of(work.session, draft), queries.matter_code(work.session, draft)
        work.move(FILING_MOVES, draft, "discard", revision=draft.revision + 1, closed_at=work.now)
        work.record(facts.FilingDiscarded(site_id=site.id, site=site.code, filing_id=draft.id, matter=matter))
    told = [
        column.is_not(None) if empty is None else column != empty
        for name, empty in NOTHING.items()
        for column in (Filing.__table__.c[name],)
    ]
    past = select(Filing.id).where(
        Filing.state == "discarded", Filing.closed_at < work.now - KEPT, or_(*told)
    )
    ids = work.session.scalars(past.limit(A_TIME)).all()
    if ids:
        work.session.execute(update(Filing).where(Filing.id.in_(ids)).values(**NOTHING))
        work.session.execute(update(FilingPaper).where(FilingPaper.filing_id.in_(ids)).values(note=""))
    return len(ids)


JOBS = (Job("forget_forms", timedelta(hours=1), forget_forms),)
