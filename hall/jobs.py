"""Periodic work: one greenlet in the server, a lease in the database so that one process does each job.

Every job is safe to run twice. A job is a plain action: `run(work, None)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import gevent
import structlog
from flask import Flask
from sqlalchemy import String, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hall import clock, journal
from hall.actor import SYSTEM_ACTOR
from hall.anchors import keep_head
from hall.database import Base
from hall.stores import trouble_of
from hall.unit_of_work import Work, perform, purge_answers

TICK_S = 0.5
APART_S = 600.0
"""A machine without a time server is a minute or two out; beyond this somebody has set its clock."""
log = structlog.get_logger(__name__)


class JobRun(Base):
    """When a job ran last; whoever moves this on has the lease."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    ran_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """A name, how often, and the action; `after` is long work that follows outside the transaction."""

    name: str
    every: timedelta
    run: Callable[[Work, None], Any]
    after: Callable[[], Any] | None = None
    timeless: bool = False
    """It does the same whatever the clock says, and is never held up by one that is wrong."""


def seal_journal(work: Work, _command: None) -> int:
    """Chain what was written since (O3)."""
    return journal.seal(work.session)


JOURNAL_JOBS = (
    Job("seal_journal", timedelta(seconds=1), seal_journal, timeless=True),
    Job("anchor_journal", timedelta(hours=1), seal_journal, keep_head, timeless=True),
    Job("purge_answers", timedelta(hours=1), purge_answers),
)


def run_if_due(work: Work, job: Job) -> bool:
    """Run the job in this transaction if its time has come and nobody else has it; answers whether it ran."""
    last = work.session.scalar(select(JobRun.ran_at).where(JobRun.name == job.name))
    # a run of the future: a clock was set back, and is not waited for
    if last is not None and -job.every < work.now - last < job.every:
        return False
    if not job.timeless and _clock_apart(work.session, job.name):
        return False
    if last is None:
        work.session.execute(insert(JobRun), {"name": job.name, "ran_at": work.now})
    else:
        lease = select(JobRun).where(JobRun.name == job.name, JobRun.ran_at == last)
        # whoever has it works on it until its transaction ends; the other jobs of this process do not wait for that
        if work.session.scalar(lease.with_for_update(skip_locked=True)) is None:
            return False
        work.session.execute(update(JobRun).where(JobRun.name == job.name).values(ran_at=work.now))
    job.run(work, None)
    return True


def _clock_apart(session: Session, name: str) -> bool:
    """Whether this machine's clock and that of the database's machine disagree; SQLite's is ours.

    Then one of them is wrong, and what time brings about (the end of a day, the forgetting of names) is left to a
    machine whose clock agrees.
    """
    if session.get_bind().dialect.name != "postgresql":
        return False
    theirs: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    apart_s = (clock.machine() - theirs).total_seconds()
    if abs(apart_s) <= APART_S:
        return False
    log.error("clock_apart", job=name, ahead_s=round(apart_s))
    return True


def start(app: Flask, jobs: tuple[Job, ...]) -> None:
    """Run the jobs in the background of this server process."""

    def loop() -> None:
        due = dict.fromkeys((job.name for job in jobs), 0.0)
        elapsed = 0.0
        while True:
            gevent.sleep(TICK_S)
            elapsed += TICK_S
            for job in jobs:
                if elapsed < due[job.name]:
                    continue
                due[job.name] = elapsed + job.every.total_seconds()
                if job.after is None:
                    _attempt(app, job)
                else:
                    gevent.spawn(_attempt, app, job)

    gevent.spawn(loop)


def _attempt(app: Flask, job: Job) -> None:
    try:
        with app.app_context():
            ran = perform(SYSTEM_ACTOR, run_if_due, job)
            if ran and job.after is not None:
                job.after()
    except Exception as problem:
        if (
            trouble_of(problem) is None
        ):  # the stores say it once; what time brings about is done when they are back
            log.exception("job_failed", job=job.name)
