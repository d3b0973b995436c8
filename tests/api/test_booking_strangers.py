"""What strangers can do to a hall by booking: how many times one address keeps, and what it may learn of others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.booking_at_work import PHONE, Front, tomorrow
from tests.booking_visitor import Visitor

if TYPE_CHECKING:
    from datetime import datetime

    from flask.testing import FlaskClient

KEPT = 30
"""Times that strangers at one address may keep from others within ten minutes."""


@pytest.fixture
def front(client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


def every_half_hour(count: int) -> list[datetime]:
    return [tomorrow(8) + timedelta(minutes=30 * number) for number in range(count)]


def test_one_address_keeps_thirty_times_on_pages_and_interface_together(front: Front) -> None:
    visitor = Visitor(front.client)
    times = every_half_hour(KEPT + 1)
    for at in times[:20]:
        visitor.hold(at.isoformat())
    for at in times[20:KEPT]:
        front.held(at)
    page = {"kind": "assist", "bundle": "xixian-company-start", "starts_at": times[KEPT].isoformat()}
    stopped = visitor.post("/book/hold", **page)
    assert stopped.status_code == 429
    assert "导办台" in stopped.text, "an honest neighbour is told who books for them"
    assert front.hold(times[KEPT]).status_code == 429
    desk = front.token("reception")
    assert front.hold(times[KEPT], who=desk).status_code == 201, "the desk books on"
    other = {"environ_base": {"REMOTE_ADDR": "192.0.2.2"}}
    body = {"bundle": "xixian-company-start", "starts_at": times[KEPT].isoformat()}
    answer = front.client.post(f"/api/v1/sites/{front.site}/bookings", json=body, **other)
    assert answer.status_code == 201, "and so does everybody else"


def test_H3_one_telephone_has_five_bookings_at_a_time_and_the_desk_makes_more(front: Front) -> None:
    front.staffed("B01", "B02", "B03", "B04")
    lines = [f"xixian-{letter}" for letter in "abcdefg"]
    for number, line in enumerate(lines[:5]):
        front.booked(tomorrow(9 + number), line=line)
    visitor = Visitor(front.client)
    held = front.held(tomorrow(16), line=lines[5])
    answer = front.confirm(held["token"])
    assert (answer.status_code, answer.get_json()["code"]) == (409, "enough_bookings")
    page = visitor.post(f"/book/{held['token']}/confirm", name="王", phone=PHONE)
    assert page.status_code == 409 and "您已有几个预约" in page.text
    assert front.confirm(held["token"], phone="13900139000").status_code == 200
    desk = front.token("reception")
    front.booked(tomorrow(17), line=lines[6], who=desk)


def test_who_has_booked_is_not_found_out_by_trying_telephones(front: Front) -> None:
    front.booked(tomorrow(10))
    held = front.held(tomorrow(11))
    tries = [front.confirm(held["token"], phone=PHONE).status_code for _ in range(31)]
    assert tries == [409] * 30 + [429]
    assert (
        Visitor(front.client).post(f"/book/{held['token']}/confirm", name="王", phone=PHONE).status_code
        == 429
    )
