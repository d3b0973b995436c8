"""Hashes made anew with the key of search that counts, while the hall works (I10).

What is kept sealed beside its hash is read and hashed anew, in steps as short as those of sealing. What is kept as its
hash alone (claims, who did not come, registered agents) stays under the key of before until it is met again or gone; so
long that key is looked for, and then it is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import Column, LargeBinary, func, literal, or_, select, update

from hall import clock
from hall.applicants.resealing import ROWS_A_STEP, Done
from hall.applicants.rules import Number, NumberKind
from hall.applicants.traces import Trace, meet, traced_columns, where
from hall.applicants.vault import Sealed, Vault
from hall.database import db
from hall.keyring import FIRST, mark

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.keyring import Keys
    from hall.unit_of_work import Work

SOURCES = {"phone_trace": "phone_sealed", "number_trace": "number_sealed", "trace": "number_sealed"}
PLAIN_LENGTH = 32
"""Of a hash by the first key, which has no mark."""
EVERY = timedelta(hours=1)
REST = timedelta(days=1)
"""So long a key of before stays at least: a backup that was begun before the next one counted is over by then."""
REMEMBERED = timedelta(days=366)
"""After so long at most nothing is left of who did not come (H3)."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next rows of a column (`table.column`) behind the key `after`, to be hashed with the key that counts."""

    column: str
    after: int
    number: int
    vault: Vault


def has_source(column: Column[Any]) -> bool:
    """Whether this hash can be worked out anew from a sealed column; else the hash is all there is."""
    return SOURCES.get(column.name, "") in column.table.c


def _source(column: Column[Any]) -> Column[Any]:
    found: Column[Any] = column.table.c[SOURCES[column.name]]
    return found


def retraced_columns() -> list[Column[Any]]:
    """The columns whose hashes can be worked out anew."""
    return [column for column in traced_columns() if has_source(column)]


def hashed_by(column: Column[Any], number: int) -> ColumnElement[bool]:
    """Whether this key made the hash."""
    if number == FIRST:
        return func.length(column) == PLAIN_LENGTH
    begins = mark(number)
    begun = func.substr(column, 1, len(begins), type_=LargeBinary) == literal(begins, LargeBinary)
    return (func.length(column) > PLAIN_LENGTH) & begun


def left(reading: Session, number: int) -> dict[str, int]:
    """How many hashes a key has made that are still kept, by column, where there are any."""
    counts = {
        str(column): reading.scalar(select(func.count()).where(hashed_by(column, number))) or 0
        for column in traced_columns()
    }
    return {column: count for column, count in counts.items() if count}


def to_do(reading: Session, number: int) -> int:
    """How many hashes this key should have made and has not."""
    return sum(
        reading.scalar(select(func.count()).where(*_to_do(column, number))) or 0
        for column in retraced_columns()
    )


def _to_do(column: Column[Any], number: int) -> tuple[ColumnElement[bool], ...]:
    return column.is_not(None), _source(column).is_not(None), ~hashed_by(column, number)


def retrace(work: Work, step: Step) -> Done:
    """Hash the next rows anew, and all else that is kept of the same numbers. Safe to repeat, and to stop after."""
    column = next(one for one in retraced_columns() if str(one) == step.column)
    (key,) = column.table.primary_key.columns
    kind = column.table.c.get("number_kind")
    rows = work.session.execute(
        select(key, column, _source(column), literal("") if kind is None else kind)
        .where(key > step.after, *_to_do(column, step.number))
        .order_by(key)
        .limit(ROWS_A_STEP)
    ).all()
    found: list[Trace] = []
    done = unreadable = 0
    for number, kept, sealed, said in rows:
        try:
            trace = _trace(step.vault, column, step.vault.open(sealed), said)
        except (Sealed, ValueError):
            trace = None
        if trace is not None and kept in trace.others:
            found.append(trace)
            done += 1
        elif trace is not None and _put(work, column, (number, kept), trace):
            done += 1
        else:
            unreadable += 1
    meet(work, *found)
    return Done(done, unreadable, rows[-1][0] if len(rows) == ROWS_A_STEP else None)


def _trace(vault: Vault, column: Column[Any], text: str, kind: str) -> Trace | None:
    if column.name == "phone_trace":
        return vault.phone_trace(text)
    return vault.trace(Number(NumberKind(kind or NumberKind.ID_CARD), text))


def _put(work: Work, column: Column[Any], row: tuple[int, bytes], trace: Trace) -> bool:
    """A hash by a key that is lost, as after a backup of another day: made anew, where nobody else has it."""
    if work.session.scalar(select(func.count()).where(*where(column, trace.every))):
        return False
    (key,) = column.table.primary_key.columns
    same = key == row[0], or_(column == row[1], column.is_(None))
    work.session.execute(update(column.table).where(*same).values({column: bytes(trace)}))
    return True


def followed_at(keys: Keys, number: int) -> datetime | None:
    """When another search key began to count after this one; None for the one that counts.

    When that one was made says nothing: between the two may lie days where the change was cut short.
    """
    later = [key for key in keys.search if number < key.number <= keys.counts]
    since = [key.counted_at for key in later if key.counted_at]
    if not later:
        return None
    return datetime.fromisoformat(since[0]) if since else clock.now()


def drop() -> list[int]:
    """Forget each search key of before of which nothing is left; answers their numbers. Safe to run twice."""
    keys: Keys = current_app.config["HALL"].keys.latest()
    counting = keys.searching[0]
    if not counting.counted_at and any(key.number < counting.number for key in keys.search):
        keys = keys.counted(clock.now())
    session, dropped = db.session(), list[int]()
    for key in keys.search:
        at = followed_at(keys, key.number)
        if at is not None and at <= clock.now() - REST and not left(session, key.number):
            keys.without_search_key(key.number)
            dropped.append(key.number)
    db.session.remove()
    return dropped


def nothing_to_change(_work: Work, _command: None) -> None:
    """The job's work is a file, not the database."""
