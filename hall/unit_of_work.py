"""The one way a thing happens: one write transaction holding the change, its journal rows and its answer.

`perform(actor, action, command)` runs `action(work, command)` in a session of its own. On SQLite all writing runs in
one native thread, so that a slow disk never stalls a websocket; on PostgreSQL it runs in place. Facts reach their
subscribers after the commit. Frozen values go in and come out, never rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, current_app
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from gevent import monkey
from sqlalchemy import (
    ColumnElement,
    Engine,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from hall import clock, journal
from hall.actor import Actor
from hall.database import Base, make_writer
from hall.errors import Conflict, DomainError, Invalid
from hall.facts import Fact
from hall.moves import Move
from hall.statements import Statement, straight
from hall.writer import Asked, Writer

R = TypeVar("R")
C = TypeVar("C")
TRIES = 3
KEEP_ANSWERS = timedelta(days=1)
SERIALIZATION, DEADLOCK = "40001", "40P01"

log = structlog.get_logger(__name__)


class LostRace(Exception):
    """Somebody else moved the row first: the whole unit of work is tried again."""


class _WholeUndone(Exception):
    """One of a batch has rolled back the transaction of all: they are tried one by one."""


class IdempotentAnswer(Base):
    """The first answer to an idempotency key, kept for a day. `key` is a hash of actor, method, path and key."""

    __tablename__ = "idempotent_answer"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_idempotent_answer_at", "at"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP: status, JSON text (None for no body), and whether it is a replay."""

    status: int
    body: str | None
    content_type: str = "application/json"
    replay: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key as given: it belongs to the actor, the method and the path."""

    actor: str
    method: str
    path: str
    key: str
    body: bytes

    @property
    def name(self) -> bytes:
        """Primary key of the stored answer."""
        said = f"{self.actor}\x00{self.method}\x00{self.path}\x00{self.key}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()

    @property
    def request(self) -> bytes:
        """Hash of the request's body."""
        return hashlib.sha256(self.body).digest()


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


class Units:
    """The writing side of one application: its engine, its thread, and who hears facts after a commit."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.engine: Engine = make_writer(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        cooperative = monkey.is_module_patched("socket")
        self.writer = Writer(self._batch) if self.is_sqlite and cooperative else None
        self.subscribers: list[Callable[[list[Fact]], None]] = []
        app.extensions["hall_units"] = self

    def run(self, body: Callable[[Session], R], *, durable: bool = True) -> R:
        """Run `body` in one write transaction, in the writer's thread where there is one.

        `durable=False` spares the disk flush on SQLite: for what may be lost with the power (live versions).
        """
        if self.writer is None:
            return self._transact(body, durable=durable)
        result: R = self.writer.run(body, durable=durable)
        return result

    def _batch(self, batch: list[Asked]) -> None:
        """Units of work that waited together, in one commit. A refusal is an answer, carried out as a value."""
        try:
            if len(batch) > 1 and self._together(batch):
                return
            for asked in batch:
                asked.problem = None
                self._alone(asked)
        except Exception as problem:  # noqa: BLE001 - raised again where the callers stand
            for asked in batch:
                asked.problem = asked.problem or problem

    def _alone(self, asked: Asked) -> None:
        try:
            asked.result = self._transact(asked.body, durable=asked.durable)
        except Exception as problem:  # noqa: BLE001 - raised again where the caller stands
            asked.problem = problem

    def _together(self, batch: list[Asked]) -> bool:
        """All in one commit; False, with nothing done, where one of them took the whole transaction down."""
        durable = any(asked.durable for asked in batch)
        try:
            self._transact(lambda session: self._each(session, batch), durable=durable)
        except _WholeUndone:
            return False
        return True

    @staticmethod
    def _each(session: Session, batch: list[Asked]) -> None:
        """One after the other in the same session, which knows nothing of the one before."""
        driver = straight(session)
        for asked in batch:
            driver.execute("SAVEPOINT unit")
            try:
                asked.result = asked.body(session)
                session.flush()
            except Exception as problem:
                if (
                    not driver.in_transaction
                ):  # a failed flush undoes the whole transaction, not the savepoint
                    raise _WholeUndone from problem
                driver.execute("ROLLBACK TO unit")
                asked.problem = problem  # this one alone is undone
            finally:
                session.expunge_all()
            driver.execute("RELEASE unit")

    def _transact(self, body: Callable[[Session], R], *, durable: bool) -> R:
        with Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite and not durable:
                return self._hasty(session, body)
            if self.is_sqlite:
                straight(session)
            result = body(session)
            _finish(session)
            return result

    def _hasty(self, session: Session, body: Callable[[Session], R]) -> R:
        driver = straight(session)
        driver.execute("ROLLBACK")
        driver.execute("PRAGMA synchronous=NORMAL")
        driver.execute("BEGIN IMMEDIATE")
        try:
            result = body(session)
            _finish(session)
        finally:
            driver.execute("PRAGMA synchronous=FULL") if not driver.in_transaction else None
        return result

    def tell(self, facts: list[Fact]) -> None:
        """Let the subscribers know; whatever they do, the request has succeeded."""
        for subscriber in self.subscribers:
            try:
                subscriber(facts)
            except Exception:
                log.exception("subscriber_failed")


def units() -> Units:
    """The current application's writing side."""
    found: Units = current_app.extensions["hall_units"]
    return found


def perform(actor: Actor, action: Callable[[Work, C], R], command: C) -> R:
    """Do one thing. Lost races are retried; after three tries the caller gets Conflict."""
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
        kept = _kept(session, once)
        if kept is not None:
            return [], kept
        facts, result = _act(session, actor, action, command)
        answer = request.run(present, result)
        _keep(session, once, answer, clock.now())
        return facts, answer

    facts, answer = _retry(lambda: writing.run(body))
    writing.tell(facts)
    return answer


def keep_refusal(once: Once, answer: Answer) -> None:
    """Remember a refusal under its key, so that the same request is refused the same way for a day."""

    def body(session: Session) -> None:
        if _kept(session, once) is None:
            _keep(session, once, answer, clock.now())

    units().run(body)


def purge_answers(work: Work, _command: None) -> int:
    """Forget answers older than a day. Safe to run twice."""
    done = work.session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.at < work.now - KEEP_ANSWERS))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _act(session: Session, actor: Actor, action: Callable[[Work, C], R], command: C) -> tuple[list[Fact], R]:
    work = Work(session, actor, clock.now())
    result = action(work, command)
    session.flush()
    return work.facts, result


def _finish(session: Session) -> None:
    session.commit()


def _retry(attempt: Callable[[], R]) -> R:
    taken: IntegrityError | None = None
    for _ in range(TRIES):
        try:
            return attempt()
        except LostRace:
            continue
        except OperationalError as problem:
            if not _is_lost_race(problem):
                raise
        except IntegrityError as problem:
            taken = problem  # who lost a race sees the other's row at the next try, and is told what it means
    if taken is not None:
        raise conflict_from(taken) from taken
    raise Conflict(_l("Somebody else was faster. Please try again."), code="conflict")


def _is_lost_race(problem: DBAPIError) -> bool:
    return getattr(problem.orig, "sqlstate", None) in {SERIALIZATION, DEADLOCK}


def conflict_from(problem: IntegrityError) -> DomainError:
    """A broken constraint as the caller should read it: something is there already, or is still in use."""
    log.info("constraint", error=type(problem.orig).__name__)
    return Conflict(_l("This is already taken, or still in use elsewhere."), code="conflict")


# Every command with a key runs them
_ANSWERS = cast("Table", IdempotentAnswer.__table__)
_KEPT = Statement(
    select(_ANSWERS.c.request, _ANSWERS.c.status, _ANSWERS.c.body, _ANSWERS.c.content_type).where(
        _ANSWERS.c.key == bindparam("name")
    )
)
_KEEP = Statement(insert(_ANSWERS))


def _kept(session: Session, once: Once) -> Answer | None:
    if session.get_bind().dialect.name == "postgresql":
        # A repeat that arrives while the first still runs waits for it here; SQLite has one writer anyway.
        number = int.from_bytes(once.name[:8], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": number})
    found = _KEPT.first(session, {"name": once.name})
    if found is None:
        return None
    request, status, body, content_type = found
    if request != once.request:
        raise Invalid(_l("This idempotency key was used for another request."), code="idempotency_key_reused")
    return Answer(status, body, content_type, replay=True)


def _keep(session: Session, once: Once, answer: Answer, at: datetime) -> None:
    row = {
        "key": once.name,
        "request": once.request,
        "status": answer.status,
        "body": answer.body,
        "content_type": answer.content_type,
        "at": at,
    }
    _KEEP.rows(session, row)
