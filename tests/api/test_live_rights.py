"""Rights of open sockets: read anew at each `watch`; whoever counts no longer is cut off; what one may ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import gevent
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hall import clock
from hall.accounts import actions, passwords, sessions
from hall.accounts.models import Device, Staff, StaffToken
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.live import channel, publisher, rooms
from hall.people.actions import EditStaff, Person, edit_staff, retire_staff
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from flask_socketio import SocketIOTestClient

LIVE = "/live"
pytestmark = pytest.mark.one_process(
    "the client of sockets sits in the process that it asks; others: tests/race"
)


class Socket:
    """One client of the live channel."""

    def __init__(self, app: Flask, auth: dict[str, Any] | None = None, browser: Any = None) -> None:
        socketio = app.extensions["socketio"]
        self.client: SocketIOTestClient = socketio.test_client(
            app, namespace=LIVE, auth=auth, flask_test_client=browser
        )

    @property
    def is_open(self) -> bool:
        gevent.sleep(0.05)  # lets what was begun in the background end
        return bool(self.client.is_connected(LIVE))

    def watch(self, topic: object) -> str:
        answer: Any = self.client.emit("watch", {"topic": topic}, namespace=LIVE, callback=True)
        return "ok" if answer["ok"] else str(answer["code"])


def clerk(demo: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in demo["staff"] if row["window"])


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def account(user: str) -> Staff:
    return db.session.scalars(select(Staff).where(Staff.user == user)).one()


def edit(user: str, window_id: int | None) -> None:
    row = account(user)
    person = Person(row.site_id, row.user, row.name, row.role, window_id)
    perform(SYSTEM_ACTOR, edit_staff, EditStaff(row.id, person))


ENDS: dict[str, Callable[[str], object]] = {
    "retired": lambda user: perform(SYSTEM_ACTOR, retire_staff, account(user).id),
    "password reset": lambda user: perform(
        SYSTEM_ACTOR, passwords.set_password, passwords.NewPassword(account(user).id, "x", must_change=True)
    ),
    "bound elsewhere": lambda user: edit(user, None),
    "token revoked": lambda user: [
        perform(SYSTEM_ACTOR, passwords.revoke_token, (token.id, token.staff_id))
        for token in db.session.scalars(select(StaffToken).where(StaffToken.staff_id == account(user).id))
    ],
}


@pytest.mark.parametrize("how", ENDS)
def test_an_open_socket_is_cut_when_its_account_counts_no_longer_or_may_do_other_things(
    app: Flask, demo: dict[str, Any], how: str
) -> None:
    row, other = clerk(demo), next(row for row in demo["staff"] if row["role"] == "manager")
    sockets = [Socket(app, {"token": who["token"]}) for who in (row, other)]
    assert sockets[0].watch(f"window:{row['window']}") == "ok"
    with app.app_context():
        ENDS[how](row["user"])
    assert not sockets[0].is_open
    assert sockets[1].is_open, "Colleagues keep theirs."


def signed_in(app: Flask, browser: FlaskClient, identity: str) -> Socket:
    """The socket of a browser that has just signed in."""
    now = int(clock.now().timestamp())
    with browser.session_transaction() as session:
        session.update(_user_id=identity, since=now, seen=now)
    return Socket(app, browser=browser)


def test_an_open_socket_of_a_browser_is_cut_when_the_account_signs_out_everywhere(
    app: Flask, demo: dict[str, Any]
) -> None:
    row, browser = clerk(demo), app.test_client()
    with app.app_context():
        identity = account(row["user"]).get_id()
    socket = signed_in(app, browser, identity)
    assert socket.watch(f"window:{row['window']}") == "ok"
    with app.app_context():
        perform(SYSTEM_ACTOR, passwords.end_sessions, account(row["user"]).id)
    assert not socket.is_open


def test_signing_out_cuts_the_sockets_of_that_browser_and_of_whoever_copied_its_cookie(
    app: Flask, demo: dict[str, Any]
) -> None:
    row, browsers = clerk(demo), [app.test_client() for _each in range(3)]
    for browser in browsers[:2]:
        page = browser.get("/sign-in").text
        form = {"user": row["user"], "password": row["password"], "csrf_token": csrf(page)}
        assert browser.post("/sign-in", data=form).status_code == 302
    cookie = browsers[0].get_cookie("session")
    assert cookie is not None
    browsers[2].set_cookie("session", cookie.value)
    here, elsewhere, copied = [Socket(app, browser=browser) for browser in browsers]
    assert {one.watch(f"window:{row['window']}") for one in (here, elsewhere, copied)} == {"ok"}
    browsers[0].post("/sign-out", data={"csrf_token": csrf(browsers[0].get("/account").text)})
    assert (here.is_open, elsewhere.is_open, copied.is_open) == (False, True, False)


def test_a_sweep_of_sockets_looks_at_sessions_of_browsers_without_one_of_its_own(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, browser = clerk(demo), app.test_client()
    with app.app_context():
        identity = account(row["user"]).get_id()
    socket = signed_in(app, browser, identity)
    callers = app.extensions["hall_callers"]
    callers.look_again(list(callers.known))
    assert socket.is_open, "nothing has changed"
    quiet = clock.now() + sessions.IDLE * 2
    monkeypatch.setattr(clock, "now", lambda: quiet)
    assert socket.watch(f"window:{row['window']}") == "ok", (
        "a console that listens is no guest after two hours"
    )
    over = clock.now() + sessions.LONGEST
    monkeypatch.setattr(clock, "now", lambda: over)
    callers.look_again(list(callers.known))
    assert not socket.is_open, "the session is over"


def test_a_one_time_password_opens_no_window_on_the_live_channel(app: Flask, demo: dict[str, Any]) -> None:
    row, browser = clerk(demo), app.test_client()
    with app.app_context():
        found = account(row["user"])
        command = passwords.NewPassword(found.id, "x", must_change=True)
        identity = perform(SYSTEM_ACTOR, passwords.set_password, command)
    assert signed_in(app, browser, identity).watch(f"window:{row['window']}") == "not_signed_in"


def test_a_revoked_device_loses_its_open_socket(app: Flask, demo: dict[str, Any]) -> None:
    socket = Socket(app, {"token": demo["kiosk"]["token"]})
    with app.app_context():
        device = db.session.scalars(select(Device).where(Device.role == "kiosk")).first()
        assert device
        assert socket.watch(f"kiosk:{device.id}") == "ok"
        perform(SYSTEM_ACTOR, actions.revoke_device, device.id)
    assert not socket.is_open


def test_rights_are_read_anew_at_each_watch(app: Flask, demo: dict[str, Any]) -> None:
    """What another process did is not heard here: the table alone has changed."""
    row = clerk(demo)
    socket = Socket(app, {"token": row["token"]})
    with app.app_context():
        app.extensions["hall_units"].subscribers.clear()
        perform(SYSTEM_ACTOR, retire_staff, account(row["user"]).id)
    assert socket.watch(f"window:{row['window']}") == "not_signed_in"


def test_what_does_not_exist_is_not_waited_for(app: Flask, demo: dict[str, Any]) -> None:
    socket = Socket(app)
    for topic in ("line:nowhere", "site:nowhere:board", f"line:{'x' * 100}"):
        assert socket.watch(topic) != "ok", demo["site"]
        assert topic not in app.extensions["socketio"].server.manager.rooms[LIVE]


def test_whoever_sees_every_hall_waits_for_none_that_does_not_exist(app: Flask, demo: dict[str, Any]) -> None:
    for row in demo["staff"]:
        socket = Socket(app, {"token": row["token"]})
        for topic in ("window:nowhere", "site:nowhere:floor", "site:nowhere:receptions", "site:a:b:board"):
            assert socket.watch(topic) != "ok"
            assert topic not in app.extensions["socketio"].server.manager.rooms[LIVE]


def test_nobody_joins_a_room_before_it_is_known_that_there_is_something_to_hear(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    joined: list[str] = []
    monkeypatch.setattr(rooms, "join_room", joined.append)
    socket, real = Socket(app), f"site:{demo['site']}:board"
    for topic in ("line:nobody", "site:nowhere:board", "site:nowhere:lines", "site:nowhere:monday", real):
        socket.watch(topic)
    assert joined == [real], "Each room has a channel in Redis, and its doubts are for all processes."


def test_a_room_is_left_where_its_state_could_not_be_read(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    socket, rooms = Socket(app), app.extensions["socketio"].server.manager.rooms[LIVE]
    watched, asked = f"site:{demo['site']}:board", f"site:{demo['site']}:lines"
    assert socket.watch(watched) == "ok"

    def away(*_given: object) -> None:
        raise OperationalError("read", {}, OSError("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(publisher, "version_of", away)
        for topic in (watched, asked):
            assert socket.client.emit("watch", {"topic": topic}, namespace=LIVE, callback=True) == []
    assert asked not in rooms, "Nobody was told that it watches."
    assert watched in rooms, "It was answered before, and still hears."
    assert socket.watch(asked) == "ok"


class Waiting:
    """Stands where the line to Redis stands: how many connections are held while it is waited for."""

    def __init__(self) -> None:
        self.held: list[int] = []

    def listen_to(self, _room: str) -> None:
        pool: Any = db.engine.pool
        self.held.append(pool.checkedout())


def test_whoever_waits_for_redis_holds_no_connection_of_the_database(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Waiting()
    socket = Socket(app, {"token": clerk(demo)["token"]})
    monkeypatch.setattr(app.extensions["hall_publisher"], "bus", line)
    for topic in (f"site:{demo['site']}:board", f"window:{clerk(demo)['window']}"):
        assert socket.watch(topic) == "ok"
    assert line.held == [0, 0], "Ten sockets that wait would keep all others from reading."


def test_one_socket_watches_a_bounded_number_of_topics(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert channel.TOPICS_A_SOCKET >= 100, "Far above what a page of ours watches"
    monkeypatch.setattr(channel, "TOPICS_A_SOCKET", 2)
    socket, (board, lines, line) = (
        Socket(app),
        (f"site:{demo['site']}:board", "site:xixian:lines", "line:xixian-a"),
    )
    assert [socket.watch(topic) for topic in (board, lines, line)] == ["ok", "ok", "too_many_topics"]
    assert socket.watch(board) == "ok", "What it watches already may be asked for again"
    socket.client.emit("unwatch", {"topic": board}, namespace=LIVE, callback=True)
    assert [socket.watch(topic) for topic in (line, board)] == ["ok", "too_many_topics"]
    assert Socket(app).watch(board) == "ok", "each socket for itself"


@pytest.mark.parametrize(
    "topic", ["line:a\x00b", "window:\ud800", "", "x" * 121, None, 7, ["line:xixian-a"], {"topic": "x"}]
)
def test_a_topic_that_is_none_is_told_so(app: Flask, demo: dict[str, Any], topic: object) -> None:
    socket = Socket(app)
    assert socket.watch(topic) == "bad_topic"
    assert socket.watch(f"site:{demo['site']}:board") == "ok", "The socket lives on."


def test_half_a_surrogate_is_no_token_and_no_fault(app: Flask, demo: dict[str, Any]) -> None:
    assert not Socket(app, {"token": "\ud800" + demo["kiosk"]["token"]}).is_open


def test_surplus_arguments_of_a_watch_do_no_harm(app: Flask, demo: dict[str, Any]) -> None:
    socket = Socket(app)
    topic = {"topic": f"site:{demo['site']}:board"}
    answer: Any = socket.client.emit("watch", topic, 2, [3], namespace=LIVE, callback=True)
    assert answer["ok"]
