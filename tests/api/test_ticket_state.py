"""Q11: what the holder of a ticket is told live is what they read of it, whatever happened; one statement each time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import gevent
import pytest
from sqlalchemy import select

from hall.database import db
from hall.queueing import payloads
from hall.queueing.models import Ticket
from tests.api.at_work import W1, AtWork

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient

    from hall.live.publisher import Publisher

LIVE = "/live"
LATER = timedelta(seconds=30)
SAME = ("number", "state", "line", "window", "called_at", "times_called", "why_waiting")
LIVES: dict[str, tuple[str, ...]] = {
    "waiting": (),
    "called": ("call-next",),
    "serving": ("call-next", "start"),
    "finished": ("call-next", "start", "finish"),
    "passed": ("call-next", "recall", "recall", "pass"),
}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    assert found.at(W1, "open").status == 200
    return found


def live(hall: AtWork, number: str) -> dict[str, Any]:
    with hall.client.application.app_context():
        session = db.session()
        key = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
        return payloads.ticket(session, key, hall.client.application.config["HALL"].keys.tokens)


@pytest.mark.parametrize("state", LIVES)
def test_Q11_the_holder_is_told_live_what_they_read(hall: AtWork, state: str) -> None:
    ticket = hall.draw("xixian-a")
    for verb in LIVES[state]:
        if verb == "recall":  # which counts half a minute later only
            hall.turn_back(ticket["number"], called_at=LATER, counted_at=LATER)
        done = hall.at(W1, verb, **({"outcome": "done"} if verb == "finish" else {}))
        assert done.status == 200, done.text
    told, read = live(hall, ticket["number"]), hall.read(ticket)
    assert told["state"] == state and told["topic"] == f"ticket:{ticket['token']}"
    assert {name: told[name] for name in SAME} == {name: read[name] for name in SAME}, "Q11: they differ"
    assert (told["window_name"] is None) == (told["window"] is None) and (told["rejoin_until"] is None) == (
        state != "passed"
    )


def test_what_a_holder_is_told_costs_one_statement(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    number = hall.draw("xixian-a")["number"]
    hall.at(W1, "call-next")
    live(hall, number)
    with queries() as heard:
        live(hall, number)
    said = [one for one in heard if "ticket.number = " not in one]  # ours, to find its key
    assert len(said) == 1, "A hall tells tens of thousands a day:\n" + "\n".join(said)


@pytest.mark.one_process("the client of sockets sits in the process that it asks; others: tests/race")
def test_a_holder_who_begins_to_watch_costs_two_statements(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    ticket, app = hall.draw("xixian-a"), hall.client.application
    publisher: Publisher = app.extensions["hall_publisher"]
    phone: Any = app.extensions["socketio"].test_client(app, namespace=LIVE)
    asked = {"topic": f"ticket:{ticket['token']}"}
    assert phone.emit("watch", asked, namespace=LIVE, callback=True)["ok"]
    while publisher.running:  # what drawing has changed is published first
        gevent.sleep(0.02)
    with queries() as said:
        told = phone.emit("watch", asked, namespace=LIVE, callback=True)["state"]
    assert (told["number"], told["version"]) == (ticket["number"], 1)
    assert len(said) == 2, "After a restart all phones of the hall ask at once:\n" + "\n".join(said)
    assert "place" not in said[0], "Its key is enough to find the room:\n" + said[0]


@pytest.mark.one_process("the client of sockets sits in the process that it asks; others: tests/race")
def test_a_crowd_that_comes_back_is_told_what_the_first_was_told(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    hall.draw("xixian-a")
    app, asked = hall.client.application, {"topic": "line:xixian-a"}
    publisher: Publisher = app.extensions["hall_publisher"]
    phone: Any = app.extensions["socketio"].test_client(app, namespace=LIVE)

    def ask() -> tuple[dict[str, Any], list[str]]:
        with queries() as said:
            told = phone.emit("watch", asked, namespace=LIVE, callback=True)["state"]
        return told, said

    while publisher.running:
        gevent.sleep(0.02)
    publisher.told.states.clear()
    (first, cost), (second, less) = ask(), ask()
    assert first == second and first["tickets"] == 1
    assert len(cost) == 5 and len(less) == 1, "All of the line's phones ask at once:\n" + "\n".join(less)
    hall.draw("xixian-a")
    assert ask()[0]["tickets"] == 2, "Q11: what changed since is told, though it is not yet published"


def test_what_the_phones_of_a_line_are_told_costs_three_statements(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    hall.draw("xixian-a")
    app = hall.client.application
    with app.app_context():
        payloads.line(
            db.session(), "xixian-a", app.config["HALL"].keys.tokens
        )  # figures are kept for a while
        with queries() as said:
            told = payloads.line(db.session(), "xixian-a", app.config["HALL"].keys.tokens)
    assert told["tickets"] == 1
    assert len(said) == 3, "Each phone that comes asks for it:\n" + "\n".join(said)
