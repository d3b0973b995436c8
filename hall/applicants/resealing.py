"""Personal data sealed anew with the newest key, while the hall works (I10).

Every column of sealed data is named `…_sealed`. A step is a short transaction of its own and takes only what another
key has sealed, so that it can end at any moment and go on later; a row that somebody changes meanwhile is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, LargeBinary, func, literal, select, update

from hall import facts
from hall.applicants.vault import Sealed, Vault
from hall.database import Base
from hall.keyring import FIRST, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work

ROWS_A_STEP = 100
ENDING = "_sealed"
FERNET = b"g"  # what everything sealed by the first key begins with


@dataclass(frozen=True, slots=True)
class Step:
    """The next rows of a column (`table.column`) behind the key `after`, to be sealed with the vault's newest key."""

    column: str
    after: int
    number: int
    vault: Vault


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did: rows sealed anew, rows that no key opens, and where to go on (None: the column is through)."""

    rows: int
    unreadable: int
    after: int | None


def sealed_columns() -> list[Column[Any]]:
    """Every column that holds sealed data, in order of its name."""
    found = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(ENDING) and isinstance(column.type, LargeBinary)
    ]
    return sorted(found, key=str)


def rows_sealed_by(reading: Session, numbers: Sequence[int]) -> dict[int, int]:
    """How many values each key of the ring has sealed."""
    return {
        number: sum(
            reading.scalar(select(func.count()).where(_sealed_by(column, number))) or 0
            for column in sealed_columns()
        )
        for number in numbers
    }


def reseal(work: Work, step: Step) -> Done:
    """Seal the next rows anew. Safe to repeat, and to stop after."""
    column = next(one for one in sealed_columns() if str(one) == step.column)
    (key,) = column.table.primary_key.columns
    rows = work.session.execute(
        select(key, column)
        .where(key > step.after, column.is_not(None), ~_sealed_by(column, step.number))
        .order_by(key)
        .limit(ROWS_A_STEP)
    ).all()
    done = unreadable = 0
    for number, sealed in rows:
        try:
            fresh = step.vault.seal(step.vault.open(sealed))
        except Sealed:
            unreadable += 1
            continue
        same = key == number, column == sealed  # whoever changed it since sealed it with the newest key
        changed = work.session.execute(update(column.table).where(*same).values({column: fresh}))
        done += changed.rowcount  # type: ignore[attr-defined]
    return Done(done, unreadable, rows[-1][0] if len(rows) == ROWS_A_STEP else None)


def record(work: Work, told: tuple[int, int]) -> None:
    """Say that a key counts, and how many values it has sealed anew."""
    key, rows = told
    work.record(facts.KeyRotated(key=key, rows=rows))


def record_search(work: Work, told: tuple[int, int]) -> None:
    """Say that a key of search counts, and how many numbers were hashed anew with it."""
    key, rows = told
    work.record(facts.SearchKeyRotated(key=key, rows=rows))


def _sealed_by(column: Column[Any], number: int) -> ColumnElement[bool]:
    begins = mark(number) if number != FIRST else FERNET
    return func.substr(column, 1, len(begins), type_=LargeBinary) == literal(begins, LargeBinary)
