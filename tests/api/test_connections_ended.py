"""PostgreSQL has ended connections that lay ready: whoever takes one next gets a good one, and never hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from hall.database import db
from hall.unit_of_work import units
from tests.api.at_work import AtWork

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.engines("postgresql")  # SQLite has none that could be ended

END_ALL = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def end_all(app: Flask) -> int:
    """As a PostgreSQL that is restarted does; how many there were."""
    with app.app_context():
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as line:
        (count,) = line.execute(END_ALL).fetchone() or (0,)
    return int(count)


@pytest.mark.one_process("the connections of another process would be ended under what it does just then")
def test_whoever_reads_or_draws_next_hears_nothing_of_it(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    work = AtWork(client, demo)
    work.read(work.draw())
    with app.app_context():
        ready = [engine.pool.checkedin() for engine in (db.engine, units().engine)]  # type: ignore[attr-defined]
    assert min(ready) >= 1, "Both sides have connections that lie ready"
    assert end_all(app) >= sum(ready)
    ticket = work.draw()
    assert work.read(ticket)["number"] == ticket["number"]
