"""Who is behind each open socket, and whether that still counts.

A socket stays open for hours; meanwhile an account may be retired or bound to another window, a password reset, a
device revoked. So rights are read anew at each `watch`, and a socket whose caller is no longer who it was when it
connected is closed: at once in the process where it happened and in those that hear of it through Redis, within
`SWEEP_S` where Redis is away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import gevent
import structlog

from hall import clock
from hall.accounts import sessions
from hall.accounts.access import actor_of_token, staff_actor
from hall.actor import PUBLIC_ACTOR, Actor
from hall.database import db
from hall.facts import DeviceChanged, Fact, PasswordChanged, SignedOut, StaffChanged
from hall.stores import trouble_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from flask_socketio import SocketIO

SWEEP_S = 20.0
RIGHTS = (DeviceChanged, PasswordChanged, SignedOut, StaffChanged)
"""What may change whether an account counts, or what it may do."""

log = structlog.get_logger(__name__)


def accounts_touched(facts: list[Fact]) -> set[str]:
    """Accounts that may no longer count, or may do other things."""
    return {fact.account for fact in facts if isinstance(fact, RIGHTS)}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a socket showed when it connected: a bearer token, or identity and key of a browser's session, or nothing.

    A browser's proof holds until its session ends however busy it is: quiet hours are the pages' affair, for a socket
    only listens, and each command is a request of its own.
    """

    token: str = ""
    identity: str = ""
    key: bytes = b""
    until: datetime | None = None

    def actor(self) -> Actor | None:
        """Whom it proves now; None when it counts no longer."""
        if self.token:
            return actor_of_token(db.session(), self.token)
        if self.identity:
            over = self.until is not None and clock.now() > self.until
            staff = None if over else sessions.account_of(self.identity, self.key)
            return staff_actor(staff) if staff is not None and not staff.must_change else None
        return PUBLIC_ACTOR


class Callers:
    """The open sockets of this process with their proofs."""

    def __init__(self, app: Flask, socketio: SocketIO, namespace: str) -> None:
        self.app, self.socketio, self.namespace = app, socketio, namespace
        self.known: dict[str, tuple[Proof, Actor]] = {}
        app.extensions["hall_callers"] = self
        app.extensions["hall_units"].subscribers.append(self.hear)

    def admit(self, sid: str, proof: Proof) -> bool:
        """Let a socket in, unless its proof does not count."""
        actor = proof.actor()
        if actor is not None:
            self.known[sid] = (proof, actor)
        return actor is not None

    def forget(self, sid: str) -> None:
        """The socket is closed."""
        self.known.pop(sid, None)

    def actor(self, sid: str) -> Actor:
        """Who it is now: the public where the proof counts no longer."""
        proof, _actor = self.known.get(sid, (Proof(), PUBLIC_ACTOR))
        return proof.actor() or PUBLIC_ACTOR

    def hear(self, facts: list[Fact]) -> None:
        """Look again at the sockets of accounts whose rights may have changed."""
        self.look_at(accounts_touched(facts))

    def look_at(self, accounts: Iterable[str]) -> None:
        """Look again at the sockets of these accounts, soon."""
        accounts = set(accounts)
        if not accounts:  # as after nearly every press, and there may be thousands of sockets
            return
        sids = [sid for sid, (_proof, actor) in self.known.items() if actor.key in accounts]
        if sids:
            gevent.spawn(self.look_again, sids)

    def look_again(self, sids: Iterable[str]) -> None:
        """Close those whose caller is no longer who it was; a page of ours connects anew as whoever it is now."""
        with self.app.app_context():
            for sid in sids:
                proof, actor = self.known.get(sid, (Proof(), PUBLIC_ACTOR))
                if proof.actor() != actor:
                    self.socketio.server.disconnect(sid, namespace=self.namespace)

    def watch_over(self) -> None:
        """Look at all of them from time to time: what another process did is not heard here."""

        def loop() -> None:
            while True:
                gevent.sleep(SWEEP_S)
                try:
                    self.look_again(
                        [sid for sid, (_, actor) in self.known.items() if actor is not PUBLIC_ACTOR]
                    )
                except Exception as problem:
                    if trouble_of(problem) is None:
                        log.exception("sweep_failed")

        gevent.spawn(loop)
