"""Q11: phones hear of windows that open, pause and close; a window hears of whom it called, and who left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock, topics
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.queueing import payloads
from hall.queueing.day import turn_day
from hall.queueing.models import Ticket
from hall.unit_of_work import perform
from tests.api.at_work import B_WINDOW, W1, AtWork, reply

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from hall.facts import Fact

pytestmark = pytest.mark.one_process("what a process is about to tell lies in its memory")

LINE = "line:xixian-a"


@pytest.fixture
def heard(app: Flask) -> list[Fact]:
    """What happened, as its subscribers hear of it."""
    found: list[Fact] = []
    app.extensions["hall_units"].subscribers.append(found.extend)
    return found


def topics_of(heard: list[Fact]) -> set[str]:
    return {topic for fact in heard for topic in fact.topics()}


def test_Q11_phones_of_a_line_hear_of_windows_that_open_pause_and_close(
    client: FlaskClient, demo: dict[str, Any], heard: list[Fact]
) -> None:
    work = AtWork(client, demo)
    for verb, body in (("open", {}), ("pause", {"reason": "break"}), ("close", {})):
        heard.clear()
        assert work.at(W1, verb, **body).status == 200
        told = topics_of(heard)
        assert LINE in told, f"Q11 broke: phones are not told of a window that does this: {verb}."
        assert not any("serves" in fact.data() for fact in heard), "O3: the journal keeps what it kept."


def test_Q11_phones_of_a_line_hear_of_windows_that_the_turn_of_the_day_closes(
    app: Flask, client: FlaskClient, demo: dict[str, Any], heard: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AtWork(client, demo).at(W1, "open").status == 200
    heard.clear()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    with app.app_context():
        perform(SYSTEM_ACTOR, turn_day, None)
    told = topics_of(heard)
    assert LINE in told, "Q11 broke: phones go on showing yesterday's windows."


def test_Q11_a_window_hears_that_whom_it_called_from_another_line_has_left(
    client: FlaskClient, demo: dict[str, Any], heard: list[Fact]
) -> None:
    work = AtWork(client, demo)
    work.at(B_WINDOW, "open")
    drawn = work.draw("xixian-a")
    called = work.at(B_WINDOW, "call", ticket=drawn["number"], reason="health")
    assert called.status == 200, called.text
    heard.clear()
    assert client.post(f"/api/v1/tickets/{drawn['token']}/abandon").status_code == 200
    told = topics_of(heard)
    assert f"window:{B_WINDOW}" in told, "Q11 broke: the window goes on showing a person who has left."


@pytest.mark.parametrize("ends", ["left", "called by hand", "day ended"])
def test_Q11_Q13_a_window_hears_that_another_matter_of_its_visitor_is_over(
    client: FlaskClient, demo: dict[str, Any], heard: list[Fact], ends: str
) -> None:
    work = AtWork(client, demo)
    work.at(W1, "open")
    one, other = work.visit("xixian-a", "xixian-b")
    assert work.at(W1, "call-next").json["number"] == one["number"]
    heard.clear()
    if ends == "left":
        said = reply(client.post(f"/api/v1/tickets/{other['token']}/abandon"))
    elif ends == "called by hand":
        body = {"number": other["number"], "window": B_WINDOW}
        said = work.staff(work.by_window[B_WINDOW]["user"], "POST", "sites/xixian/hand-calls", body)
    else:
        said = work.staff(
            "manager", "POST", "sites/xixian/end-day", {"business_date": other["business_date"]}
        )
    assert said.status in {200, 201}, said.text
    told = {
        topic for fact in heard for topic in fact.topics() if getattr(fact, "number", "") == other["number"]
    }
    assert f"window:{W1}" in told, (
        f"Q11 broke: the console goes on listing another matter that is over: {ends}."
    )
    assert not any("beside" in fact.data() for fact in heard), "O3: the journal keeps what it kept."


def test_Q13_whoever_sees_the_other_matters_of_a_visit_hears_that_they_can_be_called_or_not(
    app: Flask, client: FlaskClient, demo: dict[str, Any], heard: list[Fact]
) -> None:
    work = AtWork(client, demo)
    assert work.at(W1, "open").status == 200
    _mine, other = work.visit("xixian-a", "xixian-b")
    with app.app_context():
        number = db.session.scalars(select(Ticket.id).where(Ticket.number == other["number"])).one()
    for verb, body in (("call-next", {}), ("start", {}), ("finish", {"outcome": "done"})):
        heard.clear()
        assert work.at(W1, verb, **body).status == 200
        told = topics_of(heard)
        expected = verb != "start"
        assert ({"line:xixian-b", topics.ticket(number)} <= told) is expected, f"Q13: {verb}"


def test_Q13_the_window_to_which_another_matter_was_sent_hears_it_too(
    client: FlaskClient, demo: dict[str, Any], heard: list[Fact]
) -> None:
    """It need not serve the line of that matter, and then hears of nothing there."""
    work = AtWork(client, demo)
    for window in (W1, B_WINDOW):
        assert work.at(window, "open").status == 200
    first, second = work.visit("xixian-a", "xixian-b")
    assert work.at(W1, "call-next").json["number"] == first["number"]
    assert work.at(W1, "transfer", window=B_WINDOW).status == 200
    heard.clear()
    assert work.at(W1, "call", ticket=second["number"], reason="health").status == 200
    told = topics_of(heard)
    assert f"window:{B_WINDOW}" in told, "Q13: it offers a person who is at another window"


def test_Q11_what_only_its_window_and_its_holder_see_is_told_to_nobody_else(
    app: Flask, client: FlaskClient, demo: dict[str, Any], heard: list[Fact]
) -> None:
    """The order of a line and the calls on a board are the same before and after."""
    work = AtWork(client, demo)
    work.at(W1, "open")
    work.draw("xixian-a")
    assert work.at(W1, "call-next").status == 200
    shown = {kind: public(app, kind) for kind in ("board", "line")}
    for verb, body in (("start", {}), ("finish", {"outcome": "done"})):
        heard.clear()
        assert work.at(W1, verb, **body).status == 200
        told = topics_of(heard)
        assert {kind: public(app, kind) for kind in shown} == shown
        assert f"window:{W1}" in told and "site:xixian:floor" in told
        assert not told & {LINE, "site:xixian:board", "site:xixian:lines"}


def public(app: Flask, kind: str) -> dict[str, Any]:
    """What everybody sees, but when it was read."""
    with app.app_context():
        if kind == "board":
            state = payloads.board(db.session(), "xixian")
        else:
            state = payloads.line(db.session(), "xixian-a", app.config["HALL"].keys.tokens)
    return {name: value for name, value in state.items() if name != "as_of"}
