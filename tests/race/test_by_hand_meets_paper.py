"""Q9: a number is entered as called by hand in the very moment in which its kiosk hands it in: they meet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from hall.actor import SYSTEM_ACTOR
from hall.cutoff import by_hand, handing
from hall.database import db
from hall.queueing.queries import today
from hall.sites import Site, site_by_code
from hall.unit_of_work import Work, perform
from tests.cut_off import Alone, ago, tickets
from tests.printers import add_printer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.servers import Prepared

A_WHILE = 1.5  # so long the second has time to overlook the first


@pytest.fixture
def alone(client: FlaskClient, prepared: Prepared, demo: dict[str, Any]) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    made.take_kit()
    return made


def hand_in(alone: Alone, site_id: int, work: Work, _none: None) -> str:
    one = handing.Paper("k" * 32, alone.ranges()[0]["id"], 1, ago(1), None, "ordinary", None, "zh", "printed")
    return handing.hand_in(work, handing.HandIn(int(alone.printer.id), site_id, alone.memory, (one,)))[
        0
    ].state


def enter(site_id: int, work: Work, _none: None) -> str:
    day = today(work.session.get_one(Site, site_id), work.now)
    return by_hand.note(work, by_hand.Note(site_id, "A9001", "xixian-01", day))


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("first", ["entered", "handed in"])
def test_Q9_entered_and_handed_in_at_once_the_ticket_is_finished(
    alone: Alone, app: Flask, prepared: Prepared, first: str
) -> None:
    site_id = site_of(app)
    done, go_on = Event(), Event()
    entering, handing_in = partial(enter, site_id), partial(hand_in, alone, site_id)
    leading, following = (entering, handing_in) if first == "entered" else (handing_in, entering)

    def held(work: Work, command: None) -> str:
        said = leading(work, command)
        done.set()
        go_on.wait(30)  # not committed yet
        return said

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(act, app, held)
        assert done.wait(30)
        two = pool.submit(act, app, following)
        wait([two], timeout=A_WHILE)
        go_on.set()
        said = {one.result(), two.result()}
    assert "taken" in said
    ticket = tickets(prepared.database_url, "A9001")[0]
    assert ticket.state == "finished", f"Q9 broke: who was served by hand is called again ({first} first)."


def act(app: Flask, action: Callable[[Work, None], str]) -> str:
    with app.app_context():
        return perform(SYSTEM_ACTOR, action, None)


def site_of(app: Flask) -> int:
    with app.app_context():
        return site_by_code(db.session(), "xixian").id
