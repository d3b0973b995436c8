"""The writing side: one transaction at a time on SQLite, those that waited together in one commit.

On SQLite all writing runs in one native thread, so that a slow disk never stalls a websocket; on PostgreSQL it runs in
place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Flask, current_app
from gevent import monkey
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hall.database import make_writer, stop_reading
from hall.facts import Fact
from hall.statements import straight
from hall.stores import Stores
from hall.writer import Asked, Writer

R = TypeVar("R")

log = structlog.get_logger(__name__)


class _WholeUndone(Exception):
    """One of a batch has rolled back the transaction of all: they are tried one by one."""


class Units:
    """The writing side of one application: its engine, its thread, and who hears facts after a commit."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.engine: Engine = make_writer(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        cooperative = monkey.is_module_patched("socket")
        self.writer = Writer(self._batch) if self.is_sqlite and cooperative else None
        self.stores = Stores()
        self.subscribers: list[Callable[[list[Fact]], None]] = []
        app.extensions["hall_units"] = self

    def run(self, body: Callable[[Session], R], *, durable: bool = True) -> R:
        """Run `body` in one write transaction, in the writer's thread where there is one.

        `durable=False` spares the disk flush on SQLite: for what may be lost with the power (live versions, whose
        statement does the same for PostgreSQL).
        """
        begun = time.monotonic()
        stop_reading()
        try:
            if self.writer is None:
                result = self._transact(body, durable=durable)
            else:
                result = self.writer.run(body, durable=durable)
        except Exception as problem:
            self.stores.failed(problem)
            raise
        self.stores.worked(begun)
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
            if driver.in_transaction:  # nothing can be said about flushing before it is undone
                driver.execute("ROLLBACK")
            driver.execute("PRAGMA synchronous=FULL")
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


def _finish(session: Session) -> None:
    session.commit()
