"""Long work in a thread beside the server, or in small steps: screens and presses go on meanwhile."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import gevent
from gevent import monkey
from gevent.threadpool import ThreadPool

from hall.database import stop_reading
from hall.statements import DRIVER, Statement, straight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

P = ParamSpec("P")
R = TypeVar("R")
STEP = 100

# Not the hub's own pool: that one finds addresses, and whoever connects anew would wait behind a spreadsheet
_threads = ThreadPool(2)
_counting = ThreadPool(2)  # may take seconds each; an upload does not wait behind them


def aside(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the function answers, or raises. It works in memory and on files; of the database nothing is held meanwhile.

    Never within a unit of work. Where nothing else is served (commands, tests) it runs in place.
    """
    stop_reading()
    if not monkey.is_module_patched("socket"):
        return function(*args, **kwargs)
    context = copy_context()  # the caller's language
    answer: R = _threads.apply(lambda: context.run(function, *args, **kwargs))
    return answer


def rows_aside(session: Session, wanted: Select[Any]) -> Sequence[Any]:
    """All rows of a long reading statement (an IN is written with literals), counted on SQLite in such a thread.

    PostgreSQL's driver gives way by itself.
    """
    statement = Statement(wanted)
    if session.get_bind().dialect.name != "sqlite" or not monkey.is_module_patched("socket"):
        return statement.rows(session, {})
    straight(session)
    try:
        rows: Sequence[Any] = _counting.apply(statement.rows, (session, {}))
    finally:
        del session.info[DRIVER]
    return rows


def giving_way(rows: Iterable[R]) -> Iterator[R]:
    """The same, one by one; after each hundred everybody else has a turn. For long work that needs the session."""
    for number, row in enumerate(rows):
        if number % STEP == 0:
            gevent.sleep(0)
        yield row
