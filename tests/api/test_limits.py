"""Guesses and strangers are counted; enrolled devices and staff at work never are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from limits import parse

from hall.accounts import limits
from tests.pages.test_front import csrf

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = pytest.mark.usefixtures("demo")
ENROL = "/api/v1/devices/enrol"


def from_address(number: int) -> dict[str, Any]:
    return {"environ_base": {"REMOTE_ADDR": f"192.0.2.{number}"}}


def test_codes_cannot_be_tried_at_will_from_one_address(client: FlaskClient) -> None:
    for _ in range(10):
        assert client.post(ENROL, json={"code": "000000"}, **from_address(1)).status_code == 404
    stopped = client.post(ENROL, json={"code": "000000"}, **from_address(1))
    assert stopped.status_code == 429
    assert stopped.content_type == "application/problem+json"
    assert stopped.get_json()["code"] == "too_many"
    assert 0 < int(stopped.headers["Retry-After"]) <= 301  # of five minutes, rounded up
    page = client.get("/enrol", **from_address(1)).text
    also = client.post("/enrol", data={"code": "1", "csrf_token": csrf(page)}, **from_address(1))
    assert also.status_code == 429, "The page and the interface count together."
    assert "稍后再试" in also.text
    assert client.post(ENROL, json={"code": "000000"}, **from_address(2)).status_code == 404


def test_codes_cannot_be_tried_at_will_from_many_addresses(client: FlaskClient) -> None:
    seen = [
        client.post(ENROL, json={"code": "000000"}, **from_address(number)).status_code
        for number in range(1, 13)
        for _ in range(9)
    ]
    assert seen[:100] == [404] * 100
    assert set(seen[100:]) == {429}


def test_codes_cannot_be_tried_at_will_by_an_enrolled_device_either(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    kiosk = {"headers": {"Authorization": f"Bearer {demo['kiosk']['token']}"}}
    for _ in range(10):
        assert client.post(ENROL, json={"code": "000000"}, **kiosk, **from_address(1)).status_code == 404
    assert client.post(ENROL, json={"code": "000000"}, **kiosk, **from_address(1)).status_code == 429


def fail(client: FlaskClient, user: str, address: int = 1) -> int:
    form = {"user": user, "password": "not this one", "csrf_token": csrf(client.get("/sign-in").text)}
    return client.post("/sign-in", data=form, **from_address(address)).status_code


def test_a_name_that_does_not_exist_is_locked_like_one_that_does(client: FlaskClient) -> None:
    answers = {user: [fail(client, user) for _ in range(7)] for user in ("manager", "nobody-of-this-name")}
    assert answers["manager"] == [401] * 5 + [403] * 2
    assert answers["nobody-of-this-name"] == answers["manager"]


def test_an_account_is_guarded_from_many_addresses_too(client: FlaskClient) -> None:
    answers = [fail(client, "desk", number) for number in range(1, 18)]
    assert answers[-1] == 429


def test_sign_in_is_limited_by_address_over_all_names(client: FlaskClient) -> None:
    answers = [fail(client, f"name-{number}") for number in range(61)]
    assert answers[:60] == [401] * 60
    assert answers[60] == 429


def test_guessing_public_tokens_ends(client: FlaskClient) -> None:
    guess = "/api/v1/tickets/AAAAAAAAAAAAAAAAAAAAAAAA"
    answers = [client.get(guess, **from_address(1)).status_code for _ in range(601)]
    assert answers[:600] == [404] * 600
    assert answers[600] == 429
    assert client.get(guess, **from_address(2)).status_code == 404


def test_reading_is_limited_for_strangers_alone(client: FlaskClient, demo: dict[str, Any]) -> None:
    read = "/api/v1/sites/xixian/lines"
    assert client.get(read, **from_address(1)).status_code == 200
    bound = parse(limits.PUBLIC_READS)
    hall = limits.limiter._key_prefix  # in Redis, which others may use as well
    spent = [name for name in (hall, "192.0.2.1", "queueing_api.lines") if name]
    limits.limiter.limiter.hit(bound, *spent, cost=bound.amount - 1)
    assert client.get(read, **from_address(1)).status_code == 429
    assert client.get(read, **from_address(2)).status_code == 200
    for token in (demo["kiosk"]["token"], demo["staff"][0]["token"]):
        bearer = {"Authorization": f"Bearer {token}"}
        assert client.get(read, headers=bearer, **from_address(1)).status_code == 200


HOUSES = (  # of version 6 a house is a network: its last 64 bits are the subscriber's own choice
    [f"2001:db8:1:2::{number:x}" for number in range(1, 100)],
    [f"2001:db8:1:3::{number:x}" for number in range(1, 100)],
)


def test_a_house_is_one_address(client: FlaskClient) -> None:
    def guess(address: str) -> int:
        given = {"environ_base": {"REMOTE_ADDR": address}}
        return client.post(ENROL, json={"code": "000000"}, **given).status_code

    first, other = HOUSES
    assert [guess(address) for address in first[:11]] == [404] * 10 + [429]
    assert guess(other[0]) == 404
    assert guess("::ffff:192.0.2.7") == 404
    assert [guess("::ffff:192.0.2.7") for _ in range(10)][-1] == 429
    assert guess("::ffff:192.0.2.8") == 404, "version 4 in the clothes of version 6 is told apart"


def test_who_guesses_a_booking_s_code_stops_nobody_else(client: FlaskClient) -> None:
    def guess(number: int) -> int:
        form = {"code": "ABCDE-FGHJK", "csrf_token": csrf(client.get("/book/find").text)}
        return client.post("/book/find", data=form, **from_address(number)).status_code

    assert [guess(1) for _ in range(41)] == [404] * 40 + [429]
    assert guess(2) == 404


def test_E2_a_ticket_is_not_changed_all_day_by_whoever_holds_it(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    kiosk = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": "one"}
    drawn = client.post("/api/v1/tickets", json={"line": "xixian-a"}, headers=kiosk).get_json()
    later = f"/api/v1/tickets/{drawn['token']}/later"
    said = [
        client.post(
            later, headers={"Idempotency-Key": f"again-{number}"}, **from_address(number % 9 + 1)
        ).status_code
        for number in range(63)
    ]
    assert said[-3:] == [429] * 3, (
        "E2 broke: one phone fills the database with answers that are kept for a day."
    )
    assert 429 not in said[:60]
    assert client.get(f"/api/v1/tickets/{drawn['token']}", **from_address(1)).status_code == 200
