"""What is told anew after a doubt: what exists, once; a state that cannot be built holds up no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gevent
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hall.database import db
from hall.live.healing import Healing
from hall.queueing.models import TopicVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.orm import Session

    from hall.live.publisher import Publisher

LIVE = "/live"
BOARD, LINES, PHONES = "site:xixian:board", "site:xixian:lines", "line:xixian-a"
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def publisher(app: Flask, demo: dict[str, Any]) -> Publisher:
    assert demo
    found: Publisher = app.extensions["hall_publisher"]
    return found


def watching(app: Flask, *topics: str) -> Any:
    client = app.extensions["socketio"].test_client(app, namespace=LIVE)
    for topic in topics:
        assert client.emit("watch", {"topic": topic}, namespace=LIVE, callback=True)["ok"]
    client.get_received(LIVE)
    return client


def told(client: Any) -> list[str]:
    return sorted(said["args"][0]["topic"] for said in client.get_received(LIVE))


def versioned(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(TopicVersion.topic)))


def heal(publisher: Publisher, topics: set[str]) -> Healing:
    """Until it ends, or has had its turn often enough to be seen going on."""
    healing = Healing(publisher)
    healing.begin(topics)
    for _turn in range(60):
        gevent.sleep(0.05)
        if not healing.running:
            break
    return healing


def breaking(publisher: Publisher, topic: str, problem: Exception) -> Callable[[str], Any]:
    """A builder of states that fails for this topic."""
    build = publisher.builder

    def fail(_session: Session) -> dict[str, Any]:
        raise problem

    return lambda asked: fail if asked == topic else build(asked)


def test_a_doubt_raises_nothing_that_does_not_exist(app: Flask, publisher: Publisher) -> None:
    before = versioned(app)
    bogus = {"line:nobody", "site:nowhere:board", "site:xixian:x:board", "window:none"}
    healing = heal(publisher, {BOARD, *bogus})
    assert not healing.running and not healing.due
    assert versioned(app) - before <= {BOARD}, "Whoever makes names up would fill the table."
    assert BOARD in versioned(app)


def test_Q11_a_state_that_cannot_be_built_keeps_no_other_from_being_healed(
    app: Flask, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = watching(app, BOARD, LINES, PHONES)
    monkeypatch.setattr(publisher, "builder", breaking(publisher, LINES, ZeroDivisionError()))
    healing = heal(publisher, {BOARD, LINES, PHONES})
    assert told(client) == sorted({BOARD, PHONES}), "Q11: each other one is told, once."
    assert not healing.running and not healing.due, "It would go on for ever, every second to all processes."


def test_Q11_a_state_that_cannot_be_built_keeps_no_other_from_being_published(
    app: Flask, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = watching(app, BOARD, LINES)
    publisher.running = True  # nobody else publishes meanwhile
    with app.app_context(), monkeypatch.context() as broken:
        broken.setattr(publisher, "builder", breaking(publisher, BOARD, ZeroDivisionError()))
        publisher.mark([BOARD, LINES])
        gevent.sleep(0.6)  # the pace of lines
        publisher.publish()
        assert told(client) == [LINES] and not publisher.due
    with app.app_context():
        publisher.mark([BOARD])
        gevent.sleep(0.05)
        publisher.publish()
        assert told(client) == [BOARD], "Q11: it is told with its next change."


def test_Q11_trouble_of_the_database_leaves_all_due(
    app: Flask, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = watching(app, BOARD, LINES)
    away = OperationalError("read", {}, OSError("gone"))
    healing = Healing(publisher)
    with monkeypatch.context() as broken:
        broken.setattr(publisher, "builder", breaking(publisher, BOARD, away))
        healing.running = True  # it has no turn of its own
        healing.begin({BOARD, LINES})
        with app.app_context(), pytest.raises(OperationalError):
            healing._some()
    assert healing.due == {BOARD, LINES}
    with app.app_context():
        healing._some()
    assert told(client) == [BOARD, LINES] and not healing.due
