"""What time does to findings: the citizen concerned is forgotten two months after the end (E2). Safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from hall.jobs import Job
from hall.rota.findings.models import Finding
from hall.rota.findings.states import Stand

if TYPE_CHECKING:
    from hall.unit_of_work import Work

KEPT = timedelta(days=60)
A_TIME = 500


def forget_citizens(work: Work, _command: None) -> int:
    """Name and telephone of whoever was called back; the finding stays. Answers how many."""
    past = (
        select(Finding.id)
        .where(
            Finding.state == Stand.CLOSED.value,
            Finding.closed_on <= (work.now - KEPT).date(),
            or_(Finding.citizen_sealed.is_not(None), Finding.phone_sealed.is_not(None)),
        )
        .limit(A_TIME)
    )
    ids = work.session.scalars(past).all()
    work.session.execute(
        update(Finding)
        .where(Finding.id.in_(ids))
        .values(citizen_sealed=None, phone_sealed=None, citizen_shown="")
    )
    return len(ids)


JOBS = (Job("forget_citizens_of_findings", timedelta(hours=1), forget_citizens),)
