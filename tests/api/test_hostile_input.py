"""What no form of ours sends, sent to its address all the same: numbers no database holds, signs no database takes,
days without a neighbour, half addresses. A clear refusal, never a fault, on both databases.
"""

from __future__ import annotations

import io
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hall import clock
from hall.accounts.models import Staff
from hall.database import db
from hall.unit_of_work import units
from tests.api.test_queue import Hall

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

BEYOND = (0, 2**63 - 1, 2**63, 10**30)
NUMBERED = (
    "/admin/staff/{}",
    "/admin/staff/{}/retire",
    "/admin/staff/{}/password",
    "/admin/devices/{}",
    "/admin/devices/{}/revoke",
    "/admin/items/{}",
    "/admin/items/{}/retire",
    "/admin/bundles/{}",
    "/admin/departments/{}",
    "/admin/situations/{}",
    "/admin/lines/{}",
    "/admin/lines/{}/retire",
    "/admin/windows/{}",
    "/admin/notices/{}/withdraw",
    "/account/tokens/{}/revoke",
    "/api/v1/notices/{}/withdraw",
)


@pytest.fixture
def manager(app: Flask, demo: dict[str, Any]) -> dict[str, str]:
    app.config["WTF_CSRF_METHODS"] = []  # the guard against foreign pages has tests of its own
    token = next(row["token"] for row in demo["staff"] if row["role"] == "manager")
    return {"Authorization": f"Bearer {token}"}


def test_a_number_in_an_address_that_no_row_can_have_is_not_found(
    client: FlaskClient, manager: dict[str, str]
) -> None:
    for method, address, number in product(("GET", "POST"), NUMBERED, BEYOND):
        answer = client.open(address.format(number), method=method, headers=manager, data={"name": "x"})
        assert answer.status_code in {401, 404, 405, 422}, f"{method} {address}: {answer.status_code}"


def test_a_number_in_a_body_that_no_row_can_have_is_told_at_its_field(
    client: FlaskClient, manager: dict[str, str]
) -> None:
    for (address, field, more), number in product(
        (
            ("/api/v1/seats/1/sign-up", "person", {}),
            ("/api/v1/duties/1/swap", "other", {}),
            ("/api/v1/findings/1/assign", "owner", {"days": 3}),
        ),
        (2**63, -(2**63) - 1, 10**30),
    ):
        answer = client.post(
            address,
            json={field: number, **more},
            headers=manager | {"Idempotency-Key": f"{address}{number}"},
        )
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field]), address


def test_signs_that_no_document_can_hold_are_refused(client: FlaskClient, manager: dict[str, str]) -> None:
    for sign in "\ufffe\uffff":
        answer = client.post("/admin/notices", data={"text": f"停电{sign}"}, headers=manager)
        assert answer.status_code == 400
        answer = client.post("/api/v1/sites/xixian/notices", json={"text": f"停电{sign}"}, headers=manager)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "control_characters")


def test_control_signs_in_a_form_are_refused_as_in_an_address(
    client: FlaskClient, manager: dict[str, str]
) -> None:
    names = ("user", "password", "code", "name", "text", "role")
    places = {"/sign-in": {}, "/enrol": {}, "/admin/staff/new": manager, "/admin/notices": manager}
    for (address, headers), sign in product(places.items(), "\x00\x1b\x07"):
        form = dict.fromkeys(names, f"a{sign}b")
        assert client.post(address, data=form, headers=headers).status_code == 400, address


def test_signs_that_turn_the_writing_are_refused_at_their_field_and_nothing_is_kept(
    client: FlaskClient, manager: dict[str, str]
) -> None:
    for sign in "\u202a\u202e\u2066\u2069":
        typed = f"停电{sign}通知"
        answer = client.post("/admin/notices", data={"text": typed}, headers=manager)
        assert answer.status_code == 422 and 'id="error-text"' in answer.text, answer.text[:2000]
        form = {"number": "77", "name": typed}
        assert client.post("/admin/windows/new", data=form, headers=manager).status_code == 422
        form = {"prefix": "ZZ", "name": typed}
        assert client.post("/admin/lines/new", data=form, headers=manager).status_code == 422
        told = client.post("/api/v1/sites/xixian/notices", json={"text": typed}, headers=manager)
        assert told.status_code == 422 and list(told.get_json()["errors"]) == ["text"]
        told = client.post("/api/v1/lines/xixian-a/stop", json={"reason": typed}, headers=manager)
        assert told.status_code == 422 and list(told.get_json()["errors"]) == ["reason"]
    assert "停电" not in client.get("/admin/notices", headers=manager).text
    arabic = client.post("/api/v1/sites/xixian/notices", json={"text": "مرحبا 欢迎"}, headers=manager)
    assert arabic.status_code == 201, "Letters written from the right are no trick."


def test_ends_of_lines_in_a_form_are_no_control_signs(client: FlaskClient, manager: dict[str, str]) -> None:
    answer = client.post("/admin/notices", data={"text": "一\r\n二\t三"}, headers=manager)
    assert answer.status_code == 302


def test_a_notice_until_a_day_without_neighbours_is_told_at_its_field(
    client: FlaskClient, manager: dict[str, str]
) -> None:
    for until in ("0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01", "²", "24:61"):
        answer = client.post("/admin/notices", data={"text": "停电", "until": until}, headers=manager)
        assert answer.status_code == 422, until


@pytest.mark.usefixtures("manager")
def test_nobody_is_led_to_a_stranger_nor_to_half_an_address(client: FlaskClient) -> None:
    for wanted in ("//[", "https://[", "/\\stranger.example", "//stranger.example"):
        answer = client.post("/preferences", data={"next": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), wanted
        page = client.get("/sign-in", query_string={"next": wanted})
        assert page.status_code == 200
        assert f'name="next" value="{wanted}"' not in page.text


def test_half_an_address_as_origin_opens_no_socket() -> None:
    from wsgi import _is_our_page  # noqa: PLC0415 - the product, which is loaded with the application

    assert not _is_our_page(None, "http://[", {"HTTP_HOST": "hall.example"})


def test_a_clerk_bound_to_a_window_looks_into_no_other_and_acts_at_no_other(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    hall = Hall(client, demo)
    first, second = sorted(hall.clerks)[:2]
    headers = {"Authorization": f"Bearer {hall.clerks[first]['token']}"}
    assert client.get(f"/api/v1/windows/{first}", headers=headers).status_code == 200
    hall.draw()
    refused = [client.get(f"/api/v1/windows/{second}", headers=headers)]
    refused += [
        client.post(f"/api/v1/windows/{second}/{verb}", json={}, headers=headers)
        for verb in ("open", "close", "call-next", "recall", "start", "pass", "undo-pass", "finish")
    ]
    assert [(each.status_code, each.get_json()["code"]) for each in refused] == [
        (403, "not_your_window") for _each in refused
    ]


def test_a_token_changes_no_password_and_makes_no_further_tokens(
    client: FlaskClient, manager: dict[str, str]
) -> None:
    for page in ("password", "tokens", "tokens/1/revoke", "sign-out-everywhere"):
        assert client.post(f"/account/{page}", headers=manager).status_code == 401, page
    assert client.get("/account", headers=manager).status_code == 401


def test_a_body_of_the_interface_is_read_as_json_whatever_its_sender_calls_it(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": kind}
        answer = client.post(
            "/api/v1/tickets", data='{"line": "xixian-a"}', headers=headers, content_type=kind
        )
        assert answer.status_code == 201, kind


def test_a_body_in_pieces_is_read_up_to_the_limit_and_told_to_be_too_large(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": "large"}
    body = io.BytesIO(b'{"line": "xixian-a"}' + b" " * 3_000_000)
    answer = client.post(
        "/api/v1/tickets",
        input_stream=body,
        headers=headers,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


@pytest.mark.usefixtures("demo")
def test_E2_a_fault_of_the_database_names_no_value_that_somebody_typed(app: Flask) -> None:
    wrong, planted = text("INSERT INTO nowhere VALUES (:value)"), {"value": "11010519491231002X"}
    with app.app_context():
        for begin in (db.engine.connect, units().engine.connect):
            with begin() as connection, pytest.raises(DBAPIError) as fault:
                connection.execute(wrong, planted)
            assert planted["value"] not in str(fault.value)


def test_a_stolen_session_guesses_the_password_no_more_often_than_a_stranger(
    app: Flask, client: FlaskClient, manager: dict[str, str], demo: dict[str, Any]
) -> None:
    assert manager, "Without the guard against foreign pages."
    row = next(row for row in demo["staff"] if row["role"] == "manager")
    with app.app_context():
        identity = db.session.scalars(select(Staff).where(Staff.user == row["user"])).one().get_id()
    now = int(clock.now().timestamp())
    with client.session_transaction() as session:
        session.update(_user_id=identity, since=now, seen=now)
    fresh = {"password": "quite-another-7", "again": "quite-another-7"}
    for _guess in range(5):
        assert client.post("/account/password", data={"old": "wrong", **fresh}).status_code == 422
    assert client.post("/account/password", data={"old": row["password"], **fresh}).status_code == 403
