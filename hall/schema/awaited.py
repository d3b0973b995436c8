"""After a power cut the database may come up later than the hall: who prepares it waits, and says for what."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from sqlalchemy import Engine

TRIED_EVERY_S, SAID_EVERY_S = 1.0, 30.0


def await_database(engine: Engine, *, patient: bool) -> None:
    """Come back when the database answers, however long that takes. Raises ClickException where nobody wants to wait.

    A wrong password or name is waited for as well, since no error tells them apart in every language; the log says why.
    """
    if engine.dialect.name == "sqlite":
        return
    said = 0.0
    while problem := _refusal(engine):
        if not patient:
            message = f"The database does not answer: {problem}"
            raise click.ClickException(message)
        now = time.monotonic()
        if not said or now - said >= SAID_EVERY_S:
            click.echo(f"waiting for the database: {problem}", err=True)
            said = now
        time.sleep(TRIED_EVERY_S)


def _refusal(engine: Engine) -> str:
    """Why it does not answer, in one line; nothing where it does."""
    try:
        engine.connect().close()
    except OperationalError as problem:
        return next(iter(str(problem.orig).splitlines()), "") or type(problem.orig).__name__
    return ""
