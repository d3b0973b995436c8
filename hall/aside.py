"""Long work in a thread beside the server: screens and presses go on meanwhile."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from gevent import monkey
from gevent.threadpool import ThreadPool

from hall.database import stop_reading

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

# Not the hub's own pool: that one finds addresses, and whoever connects anew would wait behind a spreadsheet
_threads = ThreadPool(2)


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
