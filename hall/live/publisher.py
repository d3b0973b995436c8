"""Facts in, states out: after each commit the touched topics are marked, and one greenlet publishes them.

It raises the versions of all marked topics in one short transaction, then asks who is watched, then reads the states
of those, so that a state is never older than its version says, and sends each once to its room. Calls, windows and
boards go at once; phones of a line at most once a second.

With several processes, the one that committed publishes, for the sockets of all. The pace is kept in the database:
versions follow the clock, so a paced topic whose version is younger than its pace was published by another process.
It stays due, unless it was raised again since this process first saw it fresh: then that state held our change, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import gevent
import structlog
from flask import Flask
from flask_socketio import SocketIO
from gevent.event import Event
from sqlalchemy.orm import Session

from hall import clock, topics
from hall.database import db
from hall.errors import NotFound
from hall.facts import Fact
from hall.floor.payloads import floor
from hall.helpers.calls.payloads import help_call
from hall.helpers.day.payloads import helper
from hall.live import rooms
from hall.live.rooms import NAMESPACE
from hall.live.told import Told
from hall.live.versions import has_its_own, raise_versions, version_of, versions_of
from hall.printing import queries as printing
from hall.queueing import payloads as states
from hall.queueing import window_payloads
from hall.rota.payloads import monday
from hall.rota.presence.payloads import receptions
from hall.stores import trouble_of
from hall.unit_of_work import units

if TYPE_CHECKING:
    from hall.live.bus import Bus

GAP_S = 0.03
SHARED_S = {"line": 1.0}
"""For so long all who come to watch are told the same state."""
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
        self.fresh: dict[str, int] = {}  # versions by which others came first, after our change
        self.sent: dict[str, float] = {}
        self.told = Told(SHARED_S)
        self.wake = Event()
        self.running = False
        self.bus: Bus | None = None
        self._sender: gevent.Greenlet | None = None
        app.extensions["hall_publisher"] = self
        app.extensions["hall_units"].subscribers.append(self.hear)

    def hear(self, facts: list[Fact]) -> None:
        """Mark every topic that these facts touch, and the plates of windows; the earliest due time wins."""
        touched = {topic for fact in facts for topic in fact.topics()}
        windows = (topic.removeprefix("window:") for topic in touched if topic.startswith("window:"))
        self.mark(touched | {topics.plate(code) for code in windows})

    def mark(self, topics: Iterable[str]) -> None:
        """Publish these topics soon."""
        now = time.monotonic()
        for topic in topics:
            at = max(now, self.sent.get(topic, 0.0) + SLOW_S.get(pace(topic), GAP_S))
            self.due[topic] = min(at, self.due.get(topic, at))
            self.fresh.pop(topic, None)
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
        self.mark(self.watched(topics))

    def retell(self) -> None:
        """Redis hears us again: publish anew what the others could not be told of."""
        if self.bus is not None:
            untold, self.bus.untold = self.bus.untold, set()
            self.mark(untold)

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
                except Exception as problem:
                    if trouble_of(problem) is None:  # the stores say it once, and it is still due
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
            watched = self.watched(versions)  # after the raise: who comes to watch later reads what is new
            self._send(sorted(watched), versions)
        except BaseException:
            self.due.update(dict.fromkeys(topics, now) | self.due)  # still due: no change may be lost
            raise

    def _raise(self, session: Session, topics: list[str]) -> dict[str, int]:
        """The versions of those topics that this process publishes now; 0 where the state has its own."""
        own = dict.fromkeys((topic for topic in topics if has_its_own(topic)), 0)
        versioned = [topic for topic in topics if topic not in own]
        if self.alone:
            return own | raise_versions(session, versioned)
        at_once = [topic for topic in versioned if pace(topic) not in SLOW_S]
        raised = own | raise_versions(session, at_once)
        for slow_s in sorted(set(SLOW_S.values())):
            paced = [topic for topic in versioned if SLOW_S.get(pace(topic)) == slow_s]
            raised |= raise_versions(session, paced, int(slow_s * 1000))
        self._wait_for(session, [topic for topic in versioned if topic not in raised])
        return raised

    def _wait_for(self, session: Session, topics: list[str]) -> None:
        """Others were first within the pace: come back when it is over, unless they came again since."""
        if not topics:
            return
        for topic, version in versions_of(session, topics).items():
            if self.fresh.setdefault(topic, version) == version:
                over = version / 1000 + SLOW_S[pace(topic)] - clock.now().timestamp()
                self.due.setdefault(topic, time.monotonic() + max(over, GAP_S))
            else:
                del self.fresh[topic]

    def _send(self, topics: list[str], versions: dict[str, int]) -> None:
        """Read after the versions were raised, beside the writer; others have their turn between two states."""
        if not topics:
            return
        with Session(db.engine) as reading:
            self._send_read(reading, topics, versions)

    def _send_read(
        self, reading: Session, topics: list[str], versions: dict[str, int], here: Iterable[str] = ()
    ) -> None:
        """What this session reads is all younger than the versions.

        A state that cannot be built holds up no other: it is left out until its next change.
        """
        for topic in topics:
            try:
                state = self.state(reading, topic, versions.get(topic, 0))
                self.told.keep(topic, pace(topic), state)
                self.socketio.emit("state", state, namespace=NAMESPACE, to=topic, ignore_queue=topic in here)
            except NotFound:
                pass
            except Exception as problem:
                if trouble_of(problem) is not None:
                    raise
                log.exception("state_failed", topic=topic)
                reading.rollback()  # or nothing more could be read in it
            gevent.sleep(0)

    @property
    def alone(self) -> bool:
        """Whether this is the only process of the hall."""
        return not self.app.config.get("HALL_MESSAGE_QUEUE")

    def watched(self, topics: Iterable[str]) -> set[str]:
        """Those of these that somebody watches: a socket here, or as far as Redis knows another process."""
        topics = set(topics)
        here = rooms.here(self.socketio.server.manager, topics)
        return here if self.bus is None else here | self.bus.heard_elsewhere(topics - here)

    def all_here(self) -> set[str]:
        """All topics that a socket of this process watches."""
        return rooms.all_here(self.socketio.server.manager)

    def listen_to(self, session: Session, room: str) -> None:
        """A socket here has joined this room: what is read in this session from here on is followed by every change.

        Meanwhile the session holds no connection of the pool, and it forgets what it read: that may be older.
        """
        if self.bus is not None:
            session.rollback()
            self.bus.listen_to(room)

    def send_anew(self, topics: list[str], raised: Iterable[str]) -> None:
        """The present states of these topics: to all where we raised it, else to the sockets of this process alone."""
        with Session(db.engine) as reading:
            here = set(topics) - set(raised)
            self._send_read(reading, topics, versions_of(reading, topics), here)

    def present(self, session: Session, topic: str) -> dict[str, Any]:
        """The state of a topic for a socket that has just joined its room. Raises NotFound."""
        version = version_of(session, topic)
        young = None if topic in self.due else self.told.young(topic, pace(topic), version)
        if young is not None:
            return young
        state = self.state(session, topic, version)
        self.told.keep(topic, pace(topic), state)
        return state

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
        if kind in {"plate", "window"}:
            of = window_payloads
            return lambda session: (
                of.plate(session, rest) if kind == "plate" else of.window(session, rest, key)
            )
        if kind in {"printer", "kiosk"}:
            paper = {"printer": printing.printer_state, "kiosk": printing.kiosk_state}[kind]
            return lambda session: paper(session, int(rest))
        raise NotFound(topic, code="unknown_topic")


def order(topic: str) -> tuple[bool, float, str]:
    """In which order topics are raised, everywhere the same so that no two transactions wait for each other."""
    return has_its_own(topic), SLOW_S.get(pace(topic), 0.0), topic


def pace(topic: str) -> str:
    """Which pace a topic is published at."""
    return topic.rsplit(":", 1)[-1] if topic.startswith("site:") else topic.split(":", 1)[0]
