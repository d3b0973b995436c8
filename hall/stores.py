"""What we write to: whether the database answers and the disk takes anything, told from the errors of both.

A database that is away and a full disk are no faults of the product: whoever presses is told what happened and when to
try again, and everything goes on by itself as soon as they are back.
"""

from __future__ import annotations

import errno
import sqlite3
import time
from enum import StrEnum

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolEmpty

log = structlog.get_logger(__name__)

LASTS_S = 4.0
"""So long after the last failure trouble counts as over: the sealer of the journal tries to write every second."""
FULL_OF_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
AWAY_OF_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
FULL_OF_POSTGRESQL = {"53100", "58030", "58P01"}
AWAY_OF_POSTGRESQL = ("08", "53", "57P", "25006", "25P03")
"""No connection, no means, starting or ending, a mere copy, thrown out for standing still."""
FULL_OF_FILES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


class Trouble(StrEnum):
    """Why nothing can be written (or read) now; also the code of the problem document."""

    AWAY = "database_away"
    FULL = "disk_full"


def trouble_of(problem: BaseException) -> Trouble | None:
    """What this error says about database and disk; None where it is about something else."""
    if isinstance(problem, DBAPIError):
        return _of_database(problem)
    if isinstance(problem, PoolEmpty | PendingRollbackError):
        return Trouble.AWAY
    if isinstance(problem, OSError) and problem.errno in FULL_OF_FILES:
        return Trouble.FULL
    return None


def _of_database(problem: DBAPIError) -> Trouble | None:
    code = getattr(problem.orig, "sqlite_errorcode", None)
    if code is not None:
        primary = code & 0xFF  # the rest says which read or write it was
        if primary in FULL_OF_SQLITE:
            return Trouble.FULL
        return Trouble.AWAY if primary in AWAY_OF_SQLITE else None
    state = getattr(problem.orig, "sqlstate", None)
    if state is not None:
        if state in FULL_OF_POSTGRESQL:
            return Trouble.FULL
        return Trouble.AWAY if state.startswith(AWAY_OF_POSTGRESQL) else None
    lost = problem.connection_invalidated or isinstance(problem, OperationalError | InterfaceError)
    return Trouble.AWAY if lost else None


class Stores:
    """How writing goes in this process: what the last failure was, and whether it is over."""

    def __init__(self) -> None:
        self._kind: Trouble | None = None
        self._failed_at = 0.0
        self._said: Trouble | None = None
        self._said_at = float("-inf")
        self._unread_at = float("-inf")

    @property
    def trouble(self) -> Trouble | None:
        """What keeps us from writing at present."""
        return None if self._is_over() else self._kind

    def failed(self, problem: BaseException) -> None:
        """A unit of work was not written. Said once in the log, however often it is tried again."""
        kind = trouble_of(problem)
        if kind is None:
            return
        self._kind, self._failed_at = kind, time.monotonic()
        if kind is not self._said and self._failed_at - self._said_at > LASTS_S:
            log.error("store_trouble", trouble=kind, error=type(getattr(problem, "orig", problem)).__name__)
            self._said, self._said_at = kind, self._failed_at

    def unread(self, problem: BaseException) -> None:
        """A request was not answered for it. Said every few seconds at most, and not where writing fails as well."""
        kind, now = trouble_of(problem), time.monotonic()
        if kind is None or self._said is not None or now - self._unread_at < LASTS_S:
            return
        log.error("not_answered", trouble=kind, error=type(getattr(problem, "orig", problem)).__name__)
        self._unread_at = now

    def worked(self, since: float) -> None:
        """A unit of work that began then was written: the database answers; of the disk a small one says nothing."""
        answers = self._kind is Trouble.AWAY and since > self._failed_at
        if self._kind is not None and (answers or self._is_over()):
            self._kind = None
        if self._said is not None and self._kind is None and time.monotonic() - self._said_at > LASTS_S:
            log.warning("store_back", trouble=self._said)
            self._said = None

    def _is_over(self) -> bool:
        return time.monotonic() - self._failed_at > LASTS_S
