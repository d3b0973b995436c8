"""Long counting beside the server: on SQLite in a thread of its own, so that calls and screens go on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gevent import get_hub, monkey

from hall.statements import DRIVER, Statement, straight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def aside(session: Session, wanted: Select[Any]) -> Sequence[Any]:
    """All rows of a reading statement (an IN is written with literals). PostgreSQL's driver gives way by itself."""
    statement = Statement(wanted)
    if session.get_bind().dialect.name != "sqlite" or not monkey.is_module_patched("socket"):
        return statement.rows(session, {})
    straight(session)
    try:
        rows: Sequence[Any] = get_hub().threadpool.apply(statement.rows, (session, {}))
    finally:
        del session.info[DRIVER]
    return rows
