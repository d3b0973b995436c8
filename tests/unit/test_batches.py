"""Units of work that share one commit: each stands or falls alone, also where a flush takes all of them down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall.errors import Conflict
from hall.queueing.models import TopicVersion
from hall.unit_of_work import Units, units
from hall.writer import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.orm import Session


def adds(topic: str) -> Callable[[Session], str]:
    def body(session: Session) -> str:
        session.add(TopicVersion(topic=topic, version=1))
        return topic

    return body


def refuses(session: Session) -> str:
    session.add(TopicVersion(topic="refused", version=1))
    session.flush()
    raise Conflict("no", code="conflict")


def together(app: Flask, *bodies: Callable[[Session], Any]) -> tuple[list[Asked], set[str]]:
    batch = [Asked(body, durable=True) for body in bodies]
    with app.app_context():
        writing: Units = units()
        writing._batch(batch)
        return batch, set(writing.run(lambda session: session.scalars(select(TopicVersion.topic)).all()))


@pytest.mark.engines("sqlite")
def test_a_refusal_in_a_batch_undoes_itself_alone(app: Flask) -> None:
    batch, kept = together(app, adds("first"), refuses, adds("last"))
    assert [asked.result for asked in batch] == ["first", None, "last"]
    assert isinstance(batch[1].problem, Conflict)
    assert kept == {"first", "last"}


@pytest.mark.engines("sqlite")
def test_a_failed_flush_in_a_batch_costs_the_others_nothing(app: Flask) -> None:
    batch, kept = together(app, adds("first"), adds("first"), refuses, adds("last"))
    assert batch[0].problem is None
    assert isinstance(batch[1].problem, IntegrityError)
    assert isinstance(batch[2].problem, Conflict)
    assert batch[3].problem is None
    assert kept == {"first", "last"}
