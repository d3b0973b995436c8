"""Q9: one machine that loses its memory again and again, or a stolen token, leaves the other kiosks their numbers."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from hall.cutoff.models import NumberRange
from hall.cutoff.rules import FEW, IN_HAND, MOST, SLOTS
from hall.unit_of_work import units
from tests.api.test_cut_off import execute
from tests.cut_off import Alone, ago, paper, tickets
from tests.pages.test_floor_page import sign_in
from tests.printers import add_printer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.servers import Prepared

SAID = "可打的号不多了"


@pytest.fixture
def alone(client: FlaskClient, prepared: Prepared, demo: dict[str, Any]) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    made.take_kit()
    return made


def test_Q9_one_machine_never_uses_up_the_numbers_of_all(
    client: FlaskClient, prepared: Prepared, alone: Alone
) -> None:
    for _start in range(MOST // IN_HAND - 1):
        last = Alone(client, alone.printer)
        last.take_kit()
    refused = Alone(client, alone.printer).post("kit", {"settled": True})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "ranges_spent"), (
        "Q9 broke: a machine without memory uses up the numbers of all kiosks."
    )
    assert last.take_kit()["ranges"], "Q9 broke: who has numbers in hand gets no kit any more."
    last.hand_in(paper(last.ranges()[0], 1, ago(1)))
    assert len(tickets(prepared.database_url)) == 1
    other = Alone(client, add_printer(prepared.database_url, name="二楼取号机"))
    assert {row["first"] for row in other.take_kit()["ranges"]} == {11001, 11101}


def test_Q9_staff_are_told_when_few_ranges_are_left(  # noqa: PLR0917 - fixtures
    app: Flask,
    client: FlaskClient,
    demo: dict[str, Any],
    prepared: Prepared,
    alone: Alone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign_in(client, demo, "clerk01")
    assert SAID not in client.get("/by-hand").text
    row = alone.ranges()[0]
    at, day = datetime.now(UTC), date.fromisoformat(row["day"])
    alone.hand_in(paper(row, 1, ago(1)))
    ticket = tickets(prepared.database_url)[0]
    of = {"site_id": ticket.site_id, "line_id": ticket.line_id, "device_id": alone.printer.id, "memory": "m"}
    taken = [
        {**of, "business_date": day, "prefix": "A", "slot": slot, "reserved_at": at}
        for slot in range(IN_HAND, SLOTS - FEW)
    ]
    with app.app_context():
        units().run(partial(execute, insert(NumberRange).values(taken)))
    assert SAID not in client.get("/by-hand").text
    other = Alone(client, add_printer(prepared.database_url, name="二楼取号机"))
    with caplog.at_level(logging.WARNING):
        other.take_kit()
    assert "few ranges of A are left" in caplog.text, "Q9 broke: nobody is told before the numbers end."
    assert SAID in client.get("/by-hand").text, "Q9 broke: staff are not told before the numbers end."
