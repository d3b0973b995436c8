"""The SQL that is said to the database while somebody listens."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from hall import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ASIDE = ("BEGIN", "PRAGMA", "INSERT INTO topic_version")


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody who listens, and what was said meanwhile."""

    tokens: bool
    said: list[str] = field(default_factory=list)

    def hear(self, statement: str) -> None:
        """Keep a statement, unless it falls in by the clock."""
        of_token = "device.token_digest = " in statement or "staff_token.digest = " in statement
        if not statement.startswith(ASIDE) and (self.tokens or not of_token):
            self.said.append(statement)


LISTENERS: list[Listener] = []


def somebody_listens() -> bool:
    """Whether it is worth telling what another process says."""
    return bool(LISTENERS)


def also(said: Iterable[str]) -> None:
    """Another process of the hall said this (`tests.sibling`)."""
    for listener in LISTENERS:
        for statement in said:
            listener.hear(statement)


@contextmanager
def statements_heard(*, tokens: bool = False) -> Iterator[list[str]]:
    """The statements of all engines meanwhile, without BEGIN and pragmas, and without what falls in by the clock.

    Whose a token is, is looked up again after a second: left out, unless asked for with `tokens=True`. The live
    channel raises its versions a moment after a commit, at times while the next request is heard: left out.
    """
    listener = Listener(tokens)

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        listener.hear(statement)

    def straight(plain: Any, driver: Any, given: Any) -> Sequence[Any]:
        listener.hear(plain.text)
        return run(plain, driver, given)

    run = statements.Plain.run
    event.listen(Engine, "before_cursor_execute", hear)
    statements.Plain.run = straight  # type: ignore[method-assign,assignment] # it goes past SQLAlchemy's events
    LISTENERS.append(listener)
    try:
        yield listener.said
    finally:
        LISTENERS.remove(listener)
        statements.Plain.run = run  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", hear)
