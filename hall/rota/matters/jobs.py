"""What time does to hard matters: who did not come is missed, who came is forgotten (E2). Safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, update

from hall.jobs import Job
from hall.rota.matters import facts
from hall.rota.matters.booking import NEXT_REVISION, record
from hall.rota.matters.models import HardMatter
from hall.rota.matters.states import MATTER_MOVES, Hard
from hall.rota.matters.unheld import sits, unheld

if TYPE_CHECKING:
    from hall.unit_of_work import Work

WAITED = timedelta(hours=12)
KEPT = timedelta(days=60)
SILENT = timedelta(days=90)
A_TIME = 500


def miss_matters(work: Work, _command: None) -> int:
    """Bookings of a day that is over, and nobody said that they came; answers how many.

    Whose day the hall cancelled, or whose head sits no longer at their time, has missed nothing: they stay on the list
    of whom to call.
    """
    over = work.session.scalars(
        select(HardMatter)
        .where(HardMatter.state == Hard.BOOKED.value, HardMatter.starts_at <= work.now - WAITED)
        .where(sits(HardMatter))  # so that those who are to be called do not stand in the way of others
        .with_for_update(skip_locked=True)
        .limit(A_TIME)
    ).all()
    left = unheld(work.session, over)
    missed = [row for row in over if row.id not in left]
    for row in missed:
        work.move(MATTER_MOVES, row, "miss", ended_at=work.now, revision=NEXT_REVISION)
        record(work, facts.MatterMissed, row)
    return len(missed)


def forget_matters(work: Work, _command: None) -> int:
    """Who it was and what they asked is forgotten two months after it is over (E2); answers how many.

    Of one that nobody brings to its end, three months after the last that was done or is due. What was promised and
    done stays, sealed: it is the department's own word.
    """
    silent = work.now - SILENT
    acts = (HardMatter.starts_at, HardMatter.arrived_at, HardMatter.taken_at, HardMatter.promised_at)
    left = and_(
        HardMatter.ended_at.is_(None),
        HardMatter.made_at <= silent,
        *(or_(at.is_(None), at <= silent) for at in acts),
        or_(HardMatter.due_on.is_(None), HardMatter.due_on <= silent.date()),
    )
    past = (
        select(HardMatter.id)
        .where(or_(HardMatter.ended_at <= work.now - KEPT, left), HardMatter.asked_sealed.is_not(None))
        .limit(A_TIME)
    )
    ids = work.session.scalars(past).all()
    work.session.execute(
        update(HardMatter)
        .where(HardMatter.id.in_(ids))
        .values(
            name_sealed=None,
            phone_sealed=None,
            asked_sealed=None,
            phone_trace=None,
            name_shown="",
            phone_shown="",
        )
    )
    return len(ids)


JOBS = (
    Job("miss_matters", timedelta(minutes=10), miss_matters),
    Job("forget_matters", timedelta(hours=1), forget_matters),
)
