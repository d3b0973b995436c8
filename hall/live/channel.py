"""The socket side of the live channel: `watch` and `unwatch`, with access checked. No command goes over it."""

from __future__ import annotations

from typing import Any

import gevent
from flask import request
from flask_socketio import SocketIO
from sqlalchemy import select

from hall import facts, tokens, topics
from hall.accounts import sessions
from hall.accounts.access import DEVICE_COOKIE
from hall.accounts.roles import Can
from hall.actor import Actor, ActorKind
from hall.catalog.models import Window
from hall.database import db
from hall.errors import DomainError, NotFound, Refused
from hall.helpers.calls.queries import call_by_nonce, helper_of
from hall.http import has_control_signs
from hall.live.callers import Callers, Proof
from hall.live.publisher import Publisher
from hall.live.rooms import NAMESPACE, Joined
from hall.queueing import queries
from hall.sites import Site
from hall.stores import trouble_of

TOPIC_LENGTH = 120
TOPICS_A_SOCKET = 300
"""Far above what any page of ours watches, or a wall of screens behind one program."""


def install(socketio: SocketIO, publisher: Publisher) -> Callers:  # noqa: C901 - four small handlers
    """Register the namespace's events; answers who is connected."""
    callers = Callers(publisher.app, socketio, NAMESPACE)
    joined = Joined()

    @socketio.on("connect", namespace=NAMESPACE)
    def on_connect(auth: Any = None) -> bool:  # noqa: ANN401 - whatever a client sends
        try:
            return callers.admit(_sid(), _proof(auth)) and joined.begin(_sid())
        finally:
            db.session.remove()

    @socketio.on("disconnect", namespace=NAMESPACE)
    def on_disconnect(_reason: object = None) -> None:
        callers.forget(_sid())
        joined.end(_sid())

    @socketio.on("watch", namespace=NAMESPACE)
    def on_watch(message: Any = None, *_more: Any) -> dict[str, Any]:  # noqa: ANN401
        gevent.sleep(0)  # a flood of questions leaves room for everybody else's
        topic = _topic(message)
        if topic is None:
            return {"ok": False, "code": "bad_topic"}
        session, room = db.session(), None
        watched: set[str] = set()
        try:
            room = room_of(topic, callers.actor(_sid()), publisher.token_key)
            publisher.told.must_exist(session, room)
            watched = joined.of(_sid())  # and from here on nobody else has a turn until it is joined
            if room not in watched and len(watched) >= TOPICS_A_SOCKET:
                return {"ok": False, "code": "too_many_topics"}
            joined.join(_sid(), room)
            publisher.listen_to(session, room)
            state = publisher.present(session, room)
        except DomainError as problem:
            if room is not None:  # what does not exist is not waited for
                joined.leave(_sid(), room)
            return {"ok": False, "code": problem.code}
        except BaseException:
            if room is not None and room not in watched:  # without an answer it is asked for again
                joined.leave(_sid(), room)
            raise
        finally:
            db.session.remove()
        return {"ok": True, "state": state}

    @socketio.on("unwatch", namespace=NAMESPACE)
    def on_unwatch(message: Any = None, *_more: Any) -> dict[str, Any]:  # noqa: ANN401
        topic = _topic(message)
        if topic is not None:
            try:
                joined.leave(_sid(), room_of(topic, callers.actor(_sid()), publisher.token_key))
            except DomainError as problem:
                return {"ok": False, "code": problem.code}
            finally:
                db.session.remove()
        return {"ok": True}

    @socketio.on_error(NAMESPACE)
    def on_trouble(problem: Exception) -> bool | None:
        """Without the database nobody is let in and no question is answered: pages try both again by themselves."""
        if trouble_of(problem) is None:
            raise problem
        return False if request.event["message"] == "connect" else None  # type: ignore[attr-defined]

    return callers


def _topic(message: object) -> str | None:
    topic = message.get("topic") if isinstance(message, dict) else None
    fits = isinstance(topic, str) and 0 < len(topic) <= TOPIC_LENGTH and not has_control_signs(topic)
    return topic if fits else None


def _proof(auth: object) -> Proof:
    """What the handshake shows: a token, the device of this browser, or the session of this browser."""
    given = auth.get("token") if isinstance(auth, dict) else None
    if isinstance(auth, dict) and auth.get("device") is True:
        given = request.cookies.get(DEVICE_COOKIE)  # a kiosk's page cannot read its own token
    if isinstance(given, str) and given:
        return Proof(token=given)
    staff = sessions.signed_in()
    if staff is None or staff.must_change:
        return Proof()
    return Proof(identity=staff.get_id(), key=sessions.own_key(), until=sessions.latest_end())


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def room_of(topic: str, actor: Actor, key: bytes) -> str:
    """The room of a topic, if this actor may watch it. Raises NotFound, Refused."""
    kind, _, rest = topic.partition(":")
    if kind == "ticket":
        return facts.ticket(queries.id_by_nonce(db.session(), tokens.nonce_of(key, "ticket", rest)))
    if kind in {"help", "helper"}:
        return _of_help(topic, kind, rest, actor, key)
    if kind in {"line", "plate"} or (kind == "site" and rest.endswith((":board", ":lines", ":monday"))):
        return topic
    if kind == "site" and rest.endswith(":floor"):
        site = db.session.scalar(select(Site).where(Site.code == rest.removesuffix(":floor")))
        return _scoped(topic, actor, Can.FLOOR_VIEW, site.id if site else None)
    if kind == "site" and rest.endswith(":receptions"):
        site = db.session.scalar(select(Site).where(Site.code == rest.removesuffix(":receptions")))
        return _scoped(topic, actor, Can.ROTA_MANAGE, site.id if site else None)
    if kind == "window":
        window = db.session.scalar(select(Window).where(Window.code == rest))
        if actor.window_id is not None and window is not None and actor.window_id != window.id:
            raise Refused(topic)
        return _scoped(topic, actor, Can.QUEUEING_CALL, window.site_id if window else None)
    if kind in {"printer", "kiosk"}:
        if actor.kind is not ActorKind.DEVICE or rest != str(actor.id):
            raise Refused(topic)
        return topic
    raise NotFound(topic, code="unknown_topic")


def _of_help(topic: str, kind: str, rest: str, actor: Actor, key: bytes) -> str:
    """A call is whoever's who holds its token; a helper's page is that helper's alone."""
    if kind == "help":
        return topics.help_call(call_by_nonce(db.session(), tokens.nonce_of(key, "help", rest)).id)
    if actor.kind is ActorKind.PUBLIC:
        raise Refused(topic, code="not_signed_in")
    if actor.kind is not ActorKind.STAFF or rest != str(helper_of(db.session(), actor).id):
        raise Refused(topic)
    return topic


def _scoped(topic: str, actor: Actor, permission: Can, site_id: int | None) -> str:
    if actor.kind is ActorKind.PUBLIC:
        raise Refused(topic, code="not_signed_in")
    if permission not in actor.can or (not actor.every_site and actor.site_id != site_id):
        raise Refused(topic)
    return topic
