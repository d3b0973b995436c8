"""Whether two databases hold the same rows: a count and a hash of each table, whatever engine holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, select

if TYPE_CHECKING:
    from sqlalchemy import MetaData

AT_ONCE = 1_000
WRAP = 1 << 256


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: how many rows, and the sum of their hashes, so that no order matters."""

    rows: int
    digest: str


def rows_of(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """All rows as Python values, a thousand at a time."""
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(table))
    for row in found:
        yield tuple(row)


def sum_of(connection: Connection, table: Table) -> Sum:
    """Count and hash of one table."""
    count, total = 0, 0
    for row in rows_of(connection, table):
        said = "\x1f".join(_said(value) for value in row)
        total = (
            total + int.from_bytes(hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest())
        ) % WRAP
        count += 1
    return Sum(count, f"{total:064x}")


def sums_of(connection: Connection, metadata: MetaData) -> dict[str, Sum]:
    """Count and hash of each table."""
    return {table.name: sum_of(connection, table) for table in metadata.sorted_tables}


def _said(value: object) -> str:
    """A value with its kind, the same whichever engine it comes from."""
    if isinstance(value, datetime):
        return f"at {value.astimezone(UTC).isoformat(timespec='microseconds')}"
    if isinstance(value, (bytes, memoryview)):
        return f"bytes {bytes(value).hex()}"
    return f"{type(value).__name__} {value!r}"
