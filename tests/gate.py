"""Between commit and broadcast: who would raise a topic's version waits there, while its business is committed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTION = """
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END'
"""
TRIGGER = (
    "CREATE TRIGGER hold BEFORE INSERT ON topic_version FOR EACH STATEMENT {when} EXECUTE FUNCTION hold()"
)
OF_ONE = "WHEN (current_setting('application_name') = {name})"
HELD = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'
"""


class Gate:
    """While it is shut, whoever would raise a version waits; `only` those connections that have this name."""

    def __init__(self, database_url: str, only: str = "") -> None:
        when = sql.SQL(OF_ONE).format(name=sql.Literal(only)) if only else sql.SQL("")
        self.line = psycopg.connect(database_url, autocommit=True)
        self.line.execute(FUNCTION)
        self.line.execute(sql.SQL(TRIGGER).format(when=when))

    def shut(self) -> None:
        self.line.execute("SELECT pg_advisory_lock(7)")

    def open(self) -> None:
        self.line.execute("SELECT pg_advisory_unlock_all()")

    @property
    def waiting(self) -> bool:
        return self.line.execute(HELD).fetchone() != (0,)


@contextmanager
def gate_at(database_url: str, only: str = "") -> Iterator[Gate]:
    """Open at first, and taken away again."""
    gate = Gate(database_url, only)
    try:
        yield gate
    finally:
        gate.open()
        gate.line.execute("DROP TRIGGER hold ON topic_version; DROP FUNCTION hold")
        gate.line.close()
