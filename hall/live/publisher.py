"""Facts in, states out: after each commit the touched topics are marked, and one greenlet publishes them.

It raises the versions of all marked topics in one short transaction, then reads the states of those that somebody
watches, so that a state is never older than its version says, and sends each once to its room. Calls, windows and
boards go at once; phones of a line at most once a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, cast

import gevent
import structlog
from flask import Flask
from flask_socketio import SocketIO
from gevent.event import Event
from sqlalchemy import BigInteger, Table, bindparam, case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hall import clock
from hall.database import db
from hall.errors import NotFound
from hall.facts import Fact
from hall.floor.payloads import floor
from hall.helpers.calls.payloads import help_call
from hall.helpers.day.payloads import helper
from hall.printing import queries as printing
from hall.queueing import payloads as states
from hall.queueing import window_payloads
from hall.queueing.models import TopicVersion
from hall.rota.payloads import monday
from hall.rota.presence.payloads import receptions
from hall.statements import Statement
from hall.unit_of_work import units

NAMESPACE = "/live"
GAP_S = 0.03
SLOW_S = {"line": 1.0, "lines": 0.5, "floor": 0.25, "monday": 0.25, "receptions": 0.25}
log = structlog.get_logger(__name__)

Passing = Callable[[Session, datetime, datetime], Iterable[str]]
"""`passing(session, since, until)`: the topics whose state time alone has changed after `since`, up to `until`."""


class Publisher:
    """The one sender of the live channel."""

    def __init__(
        self, app: Flask, socketio: SocketIO, token_key: bytes, passing: tuple[Passing, ...] = ()
    ) -> None:
        self.app, self.socketio, self.token_key, self.passing = app, socketio, token_key, passing
        self.due: dict[str, float] = {}
        self.sent: dict[str, float] = {}
        self.wake = Event()
        self.running = False
        self._sender: gevent.Greenlet | None = None
        app.extensions["hall_publisher"] = self
        app.extensions["hall_units"].subscribers.append(self.hear)

    def hear(self, facts: list[Fact]) -> None:
        """Mark every topic that these facts touch; the earliest due time wins."""
        self.mark({topic for fact in facts for topic in fact.topics()})

    def mark(self, topics: Iterable[str]) -> None:
        """Publish these topics soon."""
        now = time.monotonic()
        for topic in topics:
            at = max(now, self.sent.get(topic, 0.0) + SLOW_S.get(pace(topic), GAP_S))
            self.due[topic] = min(at, self.due.get(topic, at))
        if self.due and not self.running:
            self.running = True
            self._sender = gevent.spawn(self._run)
        self.wake.set()

    def end(self) -> None:
        """Publish nothing more, for an application that goes while its process stays: its greenlet held on to it."""
        if self._sender is not None:
            self._sender.kill()

    def look(self, since: datetime, until: datetime) -> None:
        """Mark what changed by itself in this stretch of time, where anybody listens."""
        topics = {topic for source in self.passing for topic in source(db.session(), since, until)}
        self.mark(topic for topic in topics if self.has_watchers(topic))

    def _run(self) -> None:
        with self.app.app_context():
            while self.due:
                wait = min(self.due.values()) - time.monotonic()
                if wait > 0:
                    self.wake.clear()
                    self.wake.wait(wait)
                    continue
                try:
                    self.publish()
                except Exception:
                    log.exception("publish_failed")
                    gevent.sleep(0.5)
                gevent.sleep(GAP_S)
        self.running = False

    def publish(self) -> None:
        """Send what is due now."""
        now = time.monotonic()
        topics = sorted(topic for topic, at in self.due.items() if at <= now)
        for topic in topics:
            del self.due[topic]
            self.sent[topic] = now
        if len(self.sent) > 10_000:  # noqa: PLR2004 - a day's tickets; older marks no longer matter
            self.sent = {topic: at for topic, at in self.sent.items() if now - at < max(SLOW_S.values())}
        try:
            versions = units().run(lambda session: self._raise(session, topics), durable=False)
            self._send([topic for topic in topics if self.has_watchers(topic)], versions)
        except BaseException:
            self.due.update(dict.fromkeys(topics, now) | self.due)  # still due: no change may be lost
            raise

    def _raise(self, session: Session, topics: list[str]) -> dict[str, int]:
        return raise_versions(session, [topic for topic in topics if not topic.startswith("ticket#")])

    def _send(self, topics: list[str], versions: dict[str, int]) -> None:
        """Read after the versions were raised, beside the writer; others have their turn between two states."""
        if not topics:
            return
        with Session(db.engine) as reading:
            for topic in topics:
                with suppress(NotFound):
                    state = self.state(reading, topic, versions.get(topic, 0))
                    self.socketio.emit("state", state, namespace=NAMESPACE, to=topic)
                gevent.sleep(0)

    def has_watchers(self, topic: str) -> bool:
        """Whether anybody here listens; with a message queue others may, so always."""
        if self.app.config.get("HALL_MESSAGE_QUEUE"):
            return True
        rooms: Any = self.socketio.server.manager.rooms
        return topic in rooms.get(NAMESPACE, {})

    def state(self, session: Session, topic: str, version: int) -> dict[str, Any]:
        """The whole present state of a topic with its version."""
        return {"topic": topic, "version": version, **self.builder(topic)(session)}

    def builder(self, topic: str) -> Callable[[Session], dict[str, Any]]:
        """Who builds the state of this topic. Raises NotFound."""
        key = self.token_key
        if topic.startswith("ticket#"):
            return lambda session: states.ticket(session, int(topic.removeprefix("ticket#")), key)
        if topic.startswith("help#"):
            return lambda session: help_call(session, int(topic.removeprefix("help#")), key)
        kind, _, rest = topic.partition(":")
        code, _, part = rest.partition(":")
        if kind == "site" and part == "floor":
            return lambda session: floor(session, code, key)
        if kind == "site" and part in {"board", "lines", "monday", "receptions"}:
            make = {"board": states.board, "lines": states.lines, "monday": monday, "receptions": receptions}[
                part
            ]
            return lambda session: make(session, code)
        if kind == "helper":
            return lambda session: helper(session, int(rest), key)
        if kind == "line":
            return lambda session: states.line(session, rest, key)
        if kind == "window":
            return lambda session: window_payloads.window(session, rest, key)
        if kind in {"printer", "kiosk"}:
            paper = {"printer": printing.printer_state, "kiosk": printing.kiosk_state}[kind]
            return lambda session: paper(session, int(rest))
        raise NotFound(topic, code="unknown_topic")


def pace(topic: str) -> str:
    """Which pace a topic is published at."""
    return topic.rsplit(":", 1)[-1] if topic.startswith("site:") else topic.split(":", 1)[0]


def raise_versions(session: Session, topics: list[str]) -> dict[str, int]:
    """Raise each topic's version; never below the clock, so that a lost raise is never taken back."""
    if not topics:
        return {}
    given = {f"topic{number}": topic for number, topic in enumerate(topics)}
    now = {"now": int(clock.now().timestamp() * 1000)}
    raised = _raising(session.get_bind().dialect.name, len(topics)).rows(session, {**given, **now})
    return dict(tuple(row) for row in raised)


@cache
def _raising(dialect: str, count: int) -> Statement:
    """The statement that raises so many topics, built once."""
    rows = cast("Table", TopicVersion.__table__)
    now = bindparam("now", type_=BigInteger)
    fresh = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(rows).values(
        [{"topic": bindparam(f"topic{number}"), "version": now} for number in range(count)]
    )
    next_version = rows.c.version + 1
    raised = fresh.on_conflict_do_update(
        index_elements=[rows.c.topic], set_={"version": case((next_version > now, next_version), else_=now)}
    )
    return Statement(raised.returning(rows.c.topic, rows.c.version))


def version_of(session: Session, topic: str) -> int:
    """The present version of a topic; 0 before its first change."""
    return session.scalar(select(TopicVersion.version).where(TopicVersion.topic == topic)) or 0
