"""The database: typed base, naming convention, column types, and the settings of the two engines.

Two engines share one database. `db` (Flask-SQLAlchemy) reads, and can do nothing else: on SQLite its connections
are `query_only`, on PostgreSQL their transactions are read-only. The writing engine belongs to the unit of work.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from select import POLLIN
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from flask import has_app_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from gevent import monkey
from gevent.monkey import get_original
from gevent.socket import wait_read, wait_readwrite, wait_write
from psycopg import OperationalError as DriverError
from psycopg import waiting
from psycopg.waiting import Ready, Wait
from sqlalchemy import BigInteger, DateTime, Engine, Integer, MetaData, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from hall.pools import Pool

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.pool import ConnectionPoolEntry

R = TypeVar("R")
WAYS: dict[Wait, tuple[Ready, Callable[[int], None]]] = {
    Wait.R: (Ready.R, wait_read),
    Wait.W: (Ready.W, wait_write),
    Wait.RW: (Ready.RW, wait_readwrite),
}
"""What the driver waits for, what it is told then, and how the event loop waits for it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
poll: Any = get_original("select", "poll")  # which only looks, and lets nobody else have a turn
STANDSTILL_MS = 15_000
"""A process that stands still, or whose machine is lost, in the middle of a transaction holds up the others no longer:
PostgreSQL takes the transaction back. Far above what any of ours waits between two statements."""
TURN_S = 12
"""So long a request waits for a connection of its process, and is told to come again then. Below a standstill."""
QUIET_READER_MS = 60_000
"""A reader that asks nothing for so long within its transaction is taken back: none of ours does."""
RENEWED_S = 600
"""After half to all of this a connection to PostgreSQL is made anew when it is next taken, not all of them at once. The
process behind each keeps what it learnt of tables and plans, 5 MB within minutes, and gives that back at its end."""
LINE = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A PostgreSQL whose machine is lost answers and refuses nothing; without these a request would wait for a quarter of
an hour. Seconds, the last one milliseconds (docs/scaling.md). No long statement is ended by it: its machine answers."""

BigId = BigInteger().with_variant(Integer, "sqlite")
"""64-bit key; SQLite numbers only columns of type INTEGER by itself."""


class Instant(TypeDecorator[datetime]):
    """An aware instant: integer microseconds since 1970 on SQLite, timestamptz on PostgreSQL (E3)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's signature
        """Pick the column type of the engine."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Refuse naive datetimes: they are how times go wrong."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "Give an aware datetime (hall.clock.now())."
            raise ValueError(message)
        return (value - EPOCH) // MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Give back aware UTC."""
        if value is None:
            return None
        return EPOCH + timedelta(microseconds=value) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's base: fixed constraint names, so that migrations and error messages can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant(), int: BigId}


class Keyed:
    """Mix-in: a 64-bit key."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-10)


class Reading(Session):
    """A reading session. It can be closed whatever became of its connection: what it read is answered already."""

    def close(self) -> None:
        """Give the connection back; one that was lost meanwhile is thrown away by the pool."""
        with suppress(OperationalError, InterfaceError):
            super().close()


db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"class_": Reading, "expire_on_commit": False},
)


def stop_reading() -> None:
    """Give back the connection with which this request has read so far; what it read stays as it is.

    Who waits for a turn to write holds none: were all readers taken by such, and the writers in need of one, neither
    would ever go on.
    """
    if has_app_context() and db.session.registry.has() and db.session().in_transaction():
        try:
            db.session.commit()
        except (OperationalError, InterfaceError):  # lost meanwhile: what is asked next, another is asked
            db.session().close()


def reader_options(url: str) -> dict[str, Any]:
    """Engine options of the reading side, for SQLALCHEMY_ENGINE_OPTIONS."""
    if url.startswith("sqlite"):
        return {
            "hide_parameters": True,  # faults are logged; what people typed is not (E2)
            "connect_args": {"check_same_thread": False, "timeout": 5},
            "poolclass": Pool,
            "pool_size": 20,
            "max_overflow": 40,
            "pool_timeout": TURN_S,
        }
    return {
        "hide_parameters": True,
        "poolclass": Pool,
        "pool_size": 10,
        "max_overflow": 0,
        "pool_events": list(POOL),
        "pool_timeout": TURN_S,
        "pool_use_lifo": True,  # a few connections that know their statements, the others for a rush
        "execution_options": {"postgresql_readonly": True},
        "connect_args": _line(url, QUIET_READER_MS),
    }


def still_there(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - the driver's connection
    """Before a connection to PostgreSQL is used: one that the server has ended is replaced, with all of its age.

    It asks the own machine alone, where a ping would ask PostgreSQL, once for each request, publication and watch.
    On an idle connection nothing is to be read but its end, or why it ended.
    """
    ready = poll()
    ready.register(connection.pgconn.socket, POLLIN)
    if ready.poll(0):
        raise InvalidatePoolError


def renew(_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401
    """Before a connection to PostgreSQL is used: one that is old enough is replaced, and no other."""
    ends = record.info.setdefault("ends", time.monotonic() + RENEWED_S - secrets.randbelow(RENEWED_S // 2))
    if time.monotonic() > ends:
        raise DisconnectionError


def give_way(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    """A new connection to PostgreSQL: whoever waits for its answer lets others go on, at no more cost than that.

    Left to itself the driver looks up ten times a second while it waits, each time with a timer, a poll object and
    its watchers; a hall sends a thousand statements a second.
    """
    if monkey.is_module_patched("select"):
        connection.wait = partial(wait_beside_others, connection.pgconn)


def wait_beside_others(
    line: PGconn, asking: PQGen[R], interval: float = 0.1, timeout: float | None = None
) -> R:
    """As psycopg.Connection.wait. Raises its errors, OperationalError where the connection is closed."""
    if timeout is not None:
        return waiting.wait(asking, line.socket, interval, timeout)
    try:
        wanted = next(asking)
        while True:
            ready, wait = WAYS[wanted]
            wait(line.socket)
            wanted = asking.send(ready)
    except StopIteration as answered:
        answer: R = answered.value
        return answer
    except OSError as gone:
        message = "the connection is closed"
        raise DriverError(message) from gone
    finally:
        with suppress(Exception):  # what it would still say to a lost connection is said to nobody
            asking.close()


POOL = ((give_way, "connect"), (still_there, "checkout"), (renew, "checkout"))
"""What is heard of the pools of PostgreSQL's connections."""


def _line(url: str, quiet_ms: int) -> dict[str, Any]:
    """What is set for connections to PostgreSQL; what the address itself says stands."""
    said = make_url(url).query
    options = f"{said.get('options', '')} -c idle_in_transaction_session_timeout={quiet_ms}"
    return {name: value for name, value in LINE.items() if name not in said} | {"options": options}


def make_writer(url: str) -> Engine:
    """The writing engine: one connection on SQLite (used by one thread), a pool on PostgreSQL."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            connect_args={"check_same_thread": False, "timeout": 5},
            poolclass=Pool,
            pool_size=4,
            max_overflow=0,
            hide_parameters=True,
        )
        tune_sqlite(engine, begin="BEGIN IMMEDIATE", query_only=False)
        return engine
    return create_engine(
        url,
        poolclass=Pool,
        pool_size=10,
        max_overflow=0,
        pool_events=list(POOL),
        pool_timeout=TURN_S,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args=_line(url, STANDSTILL_MS),
    )


def tune_sqlite(engine: Engine, *, begin: str, query_only: bool) -> None:
    """WAL, foreign keys, full synchronisation (a printed ticket survives a power cut), our own BEGIN."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            "temp_store=MEMORY",
            "cache_size=-16000",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:  # noqa: ANN401
        connection.exec_driver_sql(begin)
