"""The publisher loses no change when the database fails it for a moment, and holds on to no application that ended."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from hall.database import db
from hall.live.publisher import Publisher
from hall.live.versions import version_of
from hall.unit_of_work import units
from wsgi import create_app

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from config import Config

TOPIC = "site:xixian:board"


@pytest.mark.engines("sqlite")
def test_topics_stay_due_when_the_database_fails(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo
    publisher: Publisher = app.extensions["hall_publisher"]
    publisher.running = True  # nobody else publishes meanwhile
    with app.app_context():
        before = units().run(lambda session: version_of(session, TOPIC))
        publisher.mark([TOPIC])

        def fail(_session: Session, _topics: list[str]) -> dict[str, int]:
            raise OperationalError("disk", {}, OSError("I/O error"))

        with monkeypatch.context() as broken:
            broken.setattr(publisher, "_raise", fail)
            with pytest.raises(OperationalError):
                publisher.publish()
        assert TOPIC in publisher.due, "The change would be seen only when clients ask again."
        publisher.publish()
        assert units().run(lambda session: version_of(session, TOPIC)) > before
        assert not publisher.due


@pytest.mark.engines("sqlite")
def test_an_application_that_ended_is_let_go(config: Config) -> None:
    application = create_app(config)
    application.extensions["hall_publisher"].mark([TOPIC])  # its greenlet waits for its turn
    gone = weakref.ref(application)
    application.extensions["hall_publisher"].end()
    application.extensions["hall_units"].engine.dispose()
    with application.app_context():
        db.engine.dispose()
    del application
    gc.collect()
    assert gone() is None, "Whoever makes applications one after the other, as tests do, keeps them all."
