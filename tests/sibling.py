"""A hall of two processes for tests that call the application in their own: every second request goes to the other.

The other is forked when the application is made, before anything is read: the same code, database and Redis, but
engines, caches and a memory of its own. Requests go to it over a pipe, with the clock and the settings (`app.config`)
that the test has set since; what it says to the database comes back for `queries`. Each of the two tells through
Redis what the other must look up anew, as `hall.live.neighbours` does between served processes, and listens before
it answers: what was committed at one before a request came is known at the other. Live states are not sent on here;
halls that are served do that.
"""

from __future__ import annotations

import gc
import io
import itertools
import os
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

import gevent
from werkzeug.test import run_wsgi_app

from hall import clock
from hall.accounts.bearers import touches_accounts
from hall.database import db
from hall.live.callers import accounts_touched
from hall.live.neighbours import hear
from tests import heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

    from flask import Flask

    from hall.facts import Fact
    from hall.live.bus import Bus

ANSWER_WITHIN_S = 120
PLAIN = (str, int, bool, tuple)


@dataclass(slots=True)
class Asked:
    """A request on its way: what WSGI knows of it, what the test has set since, and who listens to SQL."""

    environ: dict[str, Any]
    body: bytes
    now: datetime | None
    settings: dict[str, Any]
    listening: bool


@dataclass(slots=True)
class Answered:
    """What came of it; `problem` is what the test would have seen raised."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    said: list[str] = field(default_factory=list)
    problem: BaseException | None = None


class Neighbour:
    """One process' end of Redis: it tells of its commits at once, and hears the other's when it looks."""

    def __init__(self, app: Flask) -> None:
        self.bus: Bus = app.extensions["socketio"].server.manager
        self.bus.host_id = uuid4().hex
        self.bus.server.manager_initialized = True  # no greenlet that listens: here everything blocks
        app.config["HALL_MESSAGE_QUEUE"] = (
            None  # its publisher builds states for sockets here: there are none
        )
        bearers, callers = app.extensions["hall_bearers"], app.extensions["hall_callers"]
        self.bus.hearers.append(partial(hear, bearers, callers))
        self.bus._redis_connect()
        self.line = self.bus.redis.pubsub()
        self.line.subscribe(self.bus.notices)
        app.extensions["hall_units"].subscribers.insert(0, self.tell)

    def tell(self, happened: list[Fact]) -> None:
        """After a commit here."""
        if touches_accounts(happened):
            self.bus.tell(accounts=sorted(accounts_touched(happened)))

    def listen(self) -> None:
        """Hear all that was told until now: Redis answers a ping after what it has to say."""
        self.line.ping()
        while True:
            message = self.line.get_message(timeout=ANSWER_WITHIN_S)
            assert message is not None, "Redis does not answer."
            if message["type"] == "pong":
                return
            if message["type"] == "message":
                self.bus._hear(message["data"])

    def end(self) -> None:
        """Hang up."""
        self.line.close()
        self.bus.redis.close()


@dataclass(slots=True)
class Pair:
    """Stands before an application: requests go in turn to it and to its sibling."""

    flask: Flask
    app: Callable[..., Iterable[bytes]]
    here: Neighbour
    line: Connection
    pid: int
    turn: Iterator[bool] = field(default_factory=lambda: itertools.cycle((False, True)))
    alone: threading.Lock = field(default_factory=threading.Lock)  # a test may ask in several threads
    begun: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Remember the settings that both have."""
        self.begun = dict(self.flask.config)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer here, or have it answered there."""
        if not next(self.turn):
            with self.alone:
                self.here.listen()
            return self.app(environ, start_response)
        answered = self._ask(environ)
        heard.also(answered.said)
        if answered.problem is not None:
            raise answered.problem
        start_response(answered.status, answered.headers)
        return [answered.body]

    def _ask(self, environ: dict[str, Any]) -> Answered:
        sent = {name: value for name, value in environ.items() if isinstance(value, PLAIN)}
        set_by_test = clock.now.__module__ != clock.__name__
        now = clock.now() if set_by_test else None
        changed = {
            name: value for name, value in self.flask.config.items() if value is not self.begun.get(name)
        }
        asked = Asked(sent, environ["wsgi.input"].read(), now, changed, heard.somebody_listens())
        with self.alone:
            self.line.send(asked)
            assert self.line.poll(ANSWER_WITHIN_S), "The second process does not answer."
            answered: Answered = self.line.recv()
        return answered

    def end(self) -> None:
        """The other one ends when nobody can ask it any more."""
        self.line.close()
        os.waitpid(self.pid, 0)
        self.here.end()


@contextmanager
def paired(app: Flask) -> Iterator[None]:
    """The application is one of two processes meanwhile."""
    ours, theirs = Pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        ours.close()
        _be_the_other(app, theirs)
    theirs.close()
    alone = app.wsgi_app
    pair = Pair(app, alone, Neighbour(app), ours, pid)
    app.wsgi_app = pair  # type: ignore[method-assign]
    try:
        yield
    finally:
        app.wsgi_app = alone  # type: ignore[method-assign]
        pair.end()


def _be_the_other(app: Flask, line: Connection) -> NoReturn:
    """Never back into the test: whatever happens, this process ends here."""
    try:
        gc.freeze()
        gevent.reinit()
        app.extensions["hall_units"].engine.dispose(close=False)  # connections are the parent's
        with app.app_context():
            db.engine.dispose(close=False)
        here, begun = Neighbour(app), dict(app.config)
        while True:
            asked: Asked = line.recv()
            app.config.update(begun | asked.settings)
            here.listen()
            line.send(_answer(app, asked))
    except EOFError:
        os._exit(0)
    finally:
        os._exit(1)


def _answer(app: Flask, asked: Asked) -> Answered:
    environ = asked.environ | {"wsgi.input": io.BytesIO(asked.body), "wsgi.errors": sys.stderr}
    answered = Answered()
    try:
        with (
            clock_shows(asked.now),
            heard.statements_heard(tokens=True) as said,
        ):
            body, answered.status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
            answered.body, answered.headers = b"".join(body), list(headers)
        answered.said = said if asked.listening else []
    except Exception as problem:  # noqa: BLE001 - raised again in the test
        problem.add_note("This was raised in the hall's second process.")
        answered.problem = problem
    return answered


@contextmanager
def clock_shows(now: datetime | None) -> Iterator[None]:
    """The test's clock, where it has set one."""
    own = clock.now
    if now is not None:
        clock.now = lambda: now
    try:
        yield
    finally:
        clock.now = own
