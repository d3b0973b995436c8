"""The SQL that is said to the database while somebody listens."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from hall import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

ASIDE = ("BEGIN", "PRAGMA", "INSERT INTO topic_version")


@contextmanager
def statements_heard(*, tokens: bool = False) -> Iterator[list[str]]:
    """The statements of all engines meanwhile, without BEGIN and pragmas, and without what falls in by the clock.

    Whose a token is, is looked up again after a second: left out, unless asked for with `tokens=True`. The live
    channel raises its versions a moment after a commit, at times while the next request is heard: left out.
    """
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        of_token = "device.token_digest = " in statement or "staff_token.digest = " in statement
        if not statement.startswith(ASIDE) and (tokens or not of_token):
            said.append(statement)

    def straight(plain: Any, driver: Any, given: Any) -> list[Any]:
        hear(None, None, plain.text)
        return run(plain, driver, given)

    run = statements.Plain.run
    event.listen(Engine, "before_cursor_execute", hear)
    statements.Plain.run = straight  # type: ignore[method-assign,assignment] # it goes past SQLAlchemy's events
    try:
        yield said
    finally:
        statements.Plain.run = run  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", hear)
