"""What time does to findings (E2): the citizen concerned is forgotten first, evidence and free words much later.

The line in the ledger, dates, states and figures stay. Each job is safe to run twice.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import or_, select, update

from hall import clock
from hall.jobs import Job
from hall.rota.findings import facts, files
from hall.rota.findings.at_hand import record, today_at
from hall.rota.findings.models import Finding, FindingEvidence, FindingStep
from hall.rota.findings.rules import CITIZENS_KEPT, WORDS_KEPT
from hall.rota.findings.states import Stand
from hall.unit_of_work import units

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work

A_TIME = 500
HALF_DONE = timedelta(days=1)
FEWER = 50  # each one has its line in the journal


def forget_citizens(work: Work, _command: None) -> int:
    """Name and telephone of whoever was called back; the finding stays. Answers how many."""
    past = (
        select(Finding.id)
        .where(
            Finding.state == Stand.CLOSED.value,
            Finding.closed_on <= (work.now - CITIZENS_KEPT).date(),
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


def forget_words(work: Work, _command: None) -> int:
    """Details, notes and names of files of what was closed long ago; answers of how many findings."""
    past = work.session.scalars(
        select(Finding)
        .where(
            Finding.state == Stand.CLOSED.value,
            Finding.closed_on <= (work.now - WORDS_KEPT).date(),
            Finding.forgotten_on.is_(None),
        )
        .order_by(Finding.closed_on, Finding.id)
        .with_for_update(skip_locked=True)
        .limit(FEWER)
    ).all()
    for row in past:
        row.detail, row.cure, row.forgotten_on = "", "", today_at(work, row.site_id)
        work.session.flush()
        for table, emptied in ((FindingStep, {"note": ""}), (FindingEvidence, {"name": ""})):
            work.session.execute(
                update(table)
                .where(table.finding_id == row.id)
                .values(forgotten_on=row.forgotten_on, **emptied)
            )
        record(work, facts.FindingForgotten, row)
    return len(past)


def drop_files() -> int:
    """Files of forgotten findings that no other finding needs; answers how many.

    One that somebody adds again at this very moment is put back: see `files.drop`, and `api.keep_evidence`, which
    writes it once more after its row is there.
    """
    data = current_app.config["HALL"].data
    files.sweep(data, (clock.now() - HALF_DONE).timestamp())
    gone = units().run(_forgotten)
    return sum(files.drop(data, digest, partial(_is_needed, digest)) for digest in gone)


def _is_needed(digest: str) -> bool:
    kept = select(FindingEvidence.id).where(
        FindingEvidence.digest == digest, FindingEvidence.forgotten_on.is_(None)
    )
    return units().run(lambda session: session.scalar(kept.limit(1)) is not None)


def _forgotten(session: Session) -> list[str]:
    kept = select(FindingEvidence.digest).where(FindingEvidence.forgotten_on.is_(None))
    wanted = select(FindingEvidence.digest).where(
        FindingEvidence.forgotten_on.is_not(None), FindingEvidence.digest.not_in(kept)
    )
    return sorted(set(session.scalars(wanted)))


JOBS = (
    Job("forget_citizens_of_findings", timedelta(hours=1), forget_citizens),
    Job("forget_words_of_findings", timedelta(hours=1), forget_words, drop_files),
)
