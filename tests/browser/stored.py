"""What a served hall has stored, changed beside its servers: what time would do, and what no page lets one press."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, create_engine, select, text
from sqlalchemy.orm import Session

from hall.database import Instant
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import LiveHall


@contextmanager
def stored(hall: LiveHall) -> Iterator[Session]:
    """The hall's rows, on whichever database it has; kept at the end."""
    import wsgi  # noqa: F401, PLC0415 - with all tables

    engine = create_engine(hall.prepared.database_url)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


def change(hall: LiveHall, statement: str, **values: Any) -> None:
    """One statement that both databases understand; moments are kept as each keeps them."""
    moments = [bindparam(name, type_=Instant()) for name, value in values.items() if type(value) is datetime]
    with stored(hall) as session:
        session.execute(text(statement).bindparams(*moments), values)


def set_settings(hall: LiveHall, **settings: Any) -> None:
    """Settings of the hall's only site, past the form."""
    with stored(hall) as session:
        site = session.scalars(select(Site)).one()
        site.settings_json = json.dumps({**json.loads(site.settings_json), **settings})
