"""The one way a thing happens: one write transaction holding the change, its journal rows and its answer.

`perform(actor, action, command)` runs `action(work, command)` in a session of its own (`units`). Facts reach their
subscribers after the commit. Frozen values go in and come out, never rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

import structlog
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Table, bindparam, delete, literal_column, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from hall import clock, journal
from hall.actor import Actor
from hall.answers import Answer, IdempotentAnswer, Once, keep_answer, kept_answer
from hall.errors import Conflict, DomainError
from hall.facts import Fact, Touched
from hall.moves import Move
from hall.statements import Statement
from hall.units import Units, units

__all__ = ["Answer", "Once", "Units", "units"]  # these stand in modules of their own, and are asked for here

R = TypeVar("R")
C = TypeVar("C")
TRIES = 3
RACES = 30
"""How often a race may be lost in a row: each loss means that somebody else went on, and many windows may press at once
when few people wait. A clerk never sees it (Q2)."""
KEEP_ANSWERS = timedelta(days=1)
SERIALIZATION, DEADLOCK = "40001", "40P01"

log = structlog.get_logger(__name__)


class LostRace(Exception):
    """Somebody else moved the row first: the whole unit of work is tried again."""


@dataclass(slots=True)
class Work:
    """One unit of work: what an action may use. `now` is read once, so that a unit has one time."""

    session: Session
    actor: Actor
    now: datetime
    facts: list[Fact] = field(default_factory=list)

    def record(self, fact: Fact) -> None:
        """Say that something happened: journal row now, subscribers after the commit."""
        journal.append(self.session, self.actor.key, self.now, fact)
        self.facts.append(fact)

    def touch(self, topics: Iterable[str]) -> None:
        """Have these live topics told, too, where the change shows in more than what happened says."""
        shown_in = frozenset(topics)
        if shown_in:
            self.facts.append(Touched(shown_in=shown_in))

    def move(self, table: Mapping[str, Move], row: Any, verb: str, **values: Any) -> None:  # noqa: ANN401
        """Compare-and-set: change the row's state by the table, or fail because it is no longer where we saw it.

        Raises Conflict when the row's state as read does not allow the verb, LostRace when it changed since.
        """
        step = table[verb]
        if row.state not in step.sources:
            raise Conflict(_l("That is not possible now: it has changed in the meantime."), code="conflict")
        plain = {name: value for name, value in values.items() if not isinstance(value, ColumnElement)}
        worked_out = tuple((name, value) for name, value in values.items() if name not in plain)
        statement = _moving(cast("Hashable", type(row)), step, tuple(plain), worked_out)
        moved = statement.first(self.session, {**plain, "moved": row.id})
        if moved is None:
            raise LostRace
        now = zip(row.__table__.c.keys(), moved, strict=True)
        if object_session(row) is None:  # a copy: nothing is to be remembered of what it was
            instance_dict(row).update(now)
            return
        for name, value in now:
            set_committed_value(row, name, value)


@lru_cache(maxsize=256)
def _moving(
    kind: Hashable, step: Move, plain: tuple[str, ...], worked_out: tuple[tuple[str, Any], ...]
) -> Statement:
    """The statement of a move, built once: `plain` are parameters, the rest expressions; it answers the row."""
    rows: Table = kind.__table__  # type: ignore[attr-defined] # a table's class
    given = {name: bindparam(name, type_=rows.c[name].type) for name in plain}
    sources: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in sorted(step.sources)]
    return Statement(
        update(rows)
        .where(rows.c.id == bindparam("moved"), rows.c.state.in_(sources))
        .values(state=step.target, **given, **dict(worked_out))
        .returning(*rows.c)
    )


def perform(actor: Actor, action: Callable[[Work, C], R], command: C) -> R:
    """Do one thing. Lost races are retried; who loses too many in a row gets Conflict."""
    writing = units()
    facts, result = _retry(lambda: writing.run(lambda session: _act(session, actor, action, command)))
    writing.tell(facts)
    return result


def perform_once(
    actor: Actor,
    action: Callable[[Work, C], R],
    command: C,
    once: Once,
    present: Callable[[R], Answer],
) -> Answer:
    """Do one thing at most once for a key; the same key again gets the first answer (also a refusal).

    Raises Invalid when the key was used with another body.
    """
    writing, request = (
        units(),
        copy_context(),
    )  # the caller's language and settings, also in the writer's thread
    get_locale()  # found here and kept in the context, not looked for there

    def body(session: Session) -> tuple[list[Fact], Answer]:
        kept = kept_answer(session, once)
        if kept is not None:
            return [], kept
        facts, result = _act(session, actor, action, command)
        answer = request.run(present, result)
        keep_answer(session, once, answer, clock.now())
        return facts, answer

    facts, answer = _retry(lambda: writing.run(body))
    writing.tell(facts)
    return answer


def keep_refusal(once: Once, answer: Answer, *, keep: bool = True) -> Answer:
    """Remember a refusal under its key, so that the same request is refused the same way for a day.

    Without `keep` it is only looked whether there is an answer: what is possible again soon, is not refused for long.
    Answers what is to be said: the first answer, where the same request was answered while this one was refused.
    """

    def body(session: Session) -> Answer:
        kept = kept_answer(session, once)
        if kept is None and keep:
            keep_answer(session, once, answer, clock.now())
        return kept or answer

    return _retry(lambda: units().run(body))


def purge_answers(work: Work, _command: None) -> int:
    """Forget answers older than a day. Safe to run twice."""
    done = work.session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at < work.now - KEEP_ANSWERS))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _act(session: Session, actor: Actor, action: Callable[[Work, C], R], command: C) -> tuple[list[Fact], R]:
    work = Work(session, actor, clock.now())
    result = action(work, command)
    session.flush()
    return work.facts, result


def _retry(attempt: Callable[[], R]) -> R:
    taken: IntegrityError | None = None
    races = broken = 0
    while races < RACES and broken < TRIES:
        try:
            return attempt()
        except LostRace:
            races += 1
        except OperationalError as problem:
            if not _is_lost_race(problem):
                raise
            races += 1
        except IntegrityError as problem:
            taken = problem  # who lost a race sees the other's row at the next try, and is told what it means
            broken += 1
    if taken is not None:
        raise conflict_from(taken) from taken
    raise Conflict(_l("Somebody else was faster. Please try again."), code="conflict")


def _is_lost_race(problem: DBAPIError) -> bool:
    return getattr(problem.orig, "sqlstate", None) in {SERIALIZATION, DEADLOCK}


def conflict_from(problem: IntegrityError) -> DomainError:
    """A broken constraint as the caller should read it: something is there already, or is still in use."""
    log.info("constraint", error=type(problem.orig).__name__)
    return Conflict(_l("This is already taken, or still in use elsewhere."), code="conflict")
