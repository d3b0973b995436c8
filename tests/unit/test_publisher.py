"""The publisher loses no change when the database fails it for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from hall.live.publisher import Publisher, version_of
from hall.unit_of_work import units

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

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
