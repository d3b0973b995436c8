"""Q9: the short list of calls by hand, as a clerk's page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cut_off import Alone, ago, paper, tickets
from tests.pages.test_floor_page import sign_in
from tests.pages.test_front import csrf
from tests.printers import add_printer

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.servers import Prepared


@pytest.fixture
def alone(client: FlaskClient, prepared: Prepared, demo: dict[str, Any]) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    made.take_kit(settled=False)
    return made


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf(client.get("/by-hand").text), **fields})


def test_Q9_a_clerk_enters_what_was_called_by_hand_and_sees_what_still_waits(
    client: FlaskClient, demo: dict[str, Any], prepared: Prepared, alone: Alone
) -> None:
    row = alone.ranges()[0]
    alone.hand_in(paper(row, 1, ago(5)), paper(row, 2, ago(4)))
    sign_in(client, demo, "clerk01")
    page = client.get("/by-hand").text
    assert "A9001" in page and "A9002" in page, "Q9 broke: what was printed alone and waits is not shown."
    assert 'value="xixian-01" selected' in page, "The clerk's own window is chosen already."
    entered = send(client, "/by-hand", number="A9001", window="xixian-01")
    assert entered.status_code == 303, entered.text
    assert tickets(prepared.database_url, "A9001")[0].state == "finished"
    page = client.get(entered.headers["Location"]).text
    assert re.search(r'id="calls".*A9001', page, re.DOTALL), "Q9 broke: the entry is not on the list."
    assert "A9001" not in page.partition('id="printed-alone"')[2], "Q9 broke: a served number still waits."


def test_Q9_what_cannot_be_entered_is_said_at_its_field(
    client: FlaskClient, demo: dict[str, Any], alone: Alone
) -> None:
    sign_in(client, demo, "clerk01")
    wrong = {
        "no such number": {"number": "A017", "window": "xixian-01"},
        "no window": {"number": "A9001", "window": ""},
        "no time": {"number": "A9001", "window": "xixian-01", "since": "25:99", "until": "x"},
        "half a time": {"number": "A9001", "window": "xixian-01", "since": "09:00"},
        "nothing": {},
    }
    for what, fields in wrong.items():
        answer = send(client, "/by-hand", **fields)
        assert answer.status_code in {409, 422}, f"{what}: {answer.status_code}"
        assert 'id="error-summary"' in answer.text, what
    assert send(client, "/by-hand", number="A9050", window="xixian-01").status_code == 303
    entry = re.search(r'action="(/by-hand/\d+/withdraw)"', client.get("/by-hand").text)
    assert entry, "Q9 broke: an entry without a ticket cannot be taken back."
    assert send(client, entry[1]).status_code == 303
    assert "A9050" not in client.get("/by-hand").text
    assert send(client, entry[1]).status_code == 404
    assert alone.kit


def test_Q9_console_and_floor_lead_to_the_list(client: FlaskClient, demo: dict[str, Any]) -> None:
    sign_in(client, demo, "manager")
    assert 'href="/by-hand"' in client.get("/floor").text
    assert 'href="/by-hand"' in client.get("/console?window=xixian-01").text
