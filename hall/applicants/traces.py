"""Keyed hashes by which numbers and telephones are found (I10), also while the key of search changes.

A hash carries the mark of its key. All that is kept of one number is under one key at any time: whoever writes knows
every key, and first brings what there is under the key that counts (`meet`). So whatever compares hashes with one
another compares what was made alike, and the database's constraints hold through a change of keys. A press that stood
still while the keys changed does not know them all: it is not carried out, and pressed again it does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from flask_babel import lazy_gettext as _l
from sqlalchemy import Column, LargeBinary, case, func, literal, select, update

from hall.database import Base
from hall.errors import Conflict
from hall.keyring import mark
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.keyring import Keys
    from hall.unit_of_work import Work

NAMES = ("trace", "phone_trace", "number_trace", "person")
"""Columns that hold such hashes are named so."""


class Trace(bytes):
    """The hash with the key that counts; `others`: with the keys of before and after; `names`: the columns it is in."""

    keys: Keys
    others: tuple[bytes, ...]
    names: frozenset[str]
    oldest: bytes

    @classmethod
    def of(cls, keys: Keys, digest: Callable[[bytes], bytes], *names: str) -> Self:
        """Hash with every key of search."""
        hashes = {key.number: mark(key.number) + digest(key.secret) for key in keys.searching}
        made = cls(hashes[keys.counts])
        made.keys = keys
        made.others = tuple(one for number, one in hashes.items() if number != keys.counts)
        made.names, made.oldest = frozenset(names), hashes[min(hashes)]
        return made

    @property
    def is_current(self) -> bool:
        """Whether it was made with every key of search that there is now, and with the one that counts now."""
        now, known = self.keys.latest(), {key.number for key in self.keys.searching}
        return now.counts == self.keys.counts and {key.number for key in now.searching} <= known

    @property
    def every(self) -> tuple[bytes, ...]:
        """All of them, for a look that changes nothing."""
        return (bytes(self), *self.others)


@lru_cache(maxsize=1)
def traced_columns() -> tuple[Column[Any], ...]:
    """Every column that holds such hashes, in order of its name."""
    found = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in NAMES and isinstance(column.type, LargeBinary)
    ]
    return tuple(sorted(found, key=str))


def meet(work: Work, *given: bytes | None) -> None:
    """Bring all that is kept of these numbers under the key that counts, before anything of them is looked up.

    Of two who do so at once for one number, one waits: neither would see what the other has not yet committed.
    Raises Conflict where the keys have changed since the hashes were made.
    """
    traces = [trace for trace in given if isinstance(trace, Trace)]
    if not all(trace.is_current for trace in traces):
        raise Conflict(_l("Somebody else was faster. Please try again."), code="conflict")
    found = [trace for trace in traces if trace.others]
    if not found:
        return
    if work.session.get_bind().dialect.name == "postgresql":  # on SQLite one writes at a time anyway
        for number in sorted({int.from_bytes(trace.oldest[-8:], "big", signed=True) for trace in found}):
            work.session.execute(select(func.pg_advisory_xact_lock(number)))
    for column in traced_columns():
        anew = {old: bytes(trace) for trace in found if column.name in trace.names for old in trace.others}
        if anew:
            fresh = [(column == old, literal(new, LargeBinary)) for old, new in anew.items()]
            there = where(column, tuple(anew))
            work.session.execute(
                update(column.table).where(*there).values({column: case(*fresh, else_=column)})
            )


def as_kept(session: Session, trace: bytes | None) -> bytes | None:
    """The hash under which this number is kept now, for a look that changes nothing."""
    if not isinstance(trace, Trace) or not trace.others:
        return trace
    for column in traced_columns():
        if column.name in trace.names:
            kept: bytes | None = session.scalar(select(column).where(*where(column, trace.every)).limit(1))
            if kept is not None:
                return kept
    return bytes(trace)


def where(column: Column[Any], hashes: tuple[bytes, ...]) -> tuple[ColumnElement[bool], ...]:
    """The rows that hold one of these; by hall, where the column's index begins with the hall."""
    table: Any = column.table
    leads = {index.columns[0].name for index in table.indexes}
    halls = (table.c.site_id.in_(select(Site.id)),) if "site_id" in leads and column.name not in leads else ()
    return (column.in_(hashes), *halls)
