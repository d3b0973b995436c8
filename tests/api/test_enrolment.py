"""Devices get their token by a short code: once, for fifteen minutes, in their own hall."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from sqlalchemy import func, select, text, update

from hall import clock
from hall.accounts import actions
from hall.accounts.models import Device
from hall.actor import SYSTEM_ACTOR, Actor, ActorKind
from hall.database import db
from hall.errors import Invalid, NotFound, Refused
from hall.sites import Site
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

C = TypeVar("C")
R = TypeVar("R")
ENROL = "/api/v1/devices/enrol"


pytestmark = pytest.mark.usefixtures("demo")


def do(app: Flask, action: Callable[[Work, C], R], command: C, actor: Actor = SYSTEM_ACTOR) -> R:
    with app.app_context():
        return perform(actor, action, command)


def ask(app: Flask, query: Any) -> Any:
    with app.app_context():
        return db.session.execute(query).scalars().all()


def site_id(app: Flask) -> int:
    return int(ask(app, select(Site.id))[0])


def device(app: Flask, role: str, name: str = "东门") -> int:
    return do(app, actions.add_device, actions.AddDevice(site_id(app), role, name))


def code_for(app: Flask, device_id: int) -> str:
    return do(app, actions.new_code, actions.NewCode(device_id, app.config["HALL"].keys.tokens))


def enrol(client: FlaskClient, code: str, key: str | None = None) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(ENROL, json={"code": code}, headers=headers)


def bearer(answer: TestResponse) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.get_json()['token']}"}


def grow_old(work: Work, until: datetime) -> None:
    work.session.execute(update(Device).values(code_until=until))


def test_a_code_gives_a_device_its_token_once(app: Flask, client: FlaskClient) -> None:
    kiosk = device(app, "kiosk")
    code = code_for(app, kiosk)
    assert len(code) == 6
    assert code.isdigit()
    first = enrol(client, code)
    assert first.status_code == 200, first.text
    said = first.get_json()
    assert (said["device"], said["kind"], said["site"]) == (str(kiosk), "kiosk", "xixian")
    drawn = client.post(
        "/api/v1/tickets", json={"line": "xixian-a"}, headers={**bearer(first), "Idempotency-Key": "1"}
    )
    assert drawn.status_code == 201, drawn.text
    again = enrol(client, code)
    assert (again.status_code, again.get_json()["code"]) == (404, "unknown_code")


def test_a_lost_answer_can_be_asked_for_again_and_no_token_is_stored(app: Flask, client: FlaskClient) -> None:
    code = code_for(app, device(app, "printer"))
    first, again = enrol(client, code, "my-key"), enrol(client, code, "my-key")
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert enrol(client, code, "other-key").status_code == 404
    token = first.get_json()["token"]
    stored = ask(app, text("SELECT body FROM idempotent_answer"))
    assert not any(token in (body or "") for body in stored)


def test_a_code_ends_after_fifteen_minutes(app: Flask, client: FlaskClient) -> None:
    code = code_for(app, device(app, "screen"))
    past = clock.now() - timedelta(seconds=1)
    do(app, grow_old, past)
    assert enrol(client, code).status_code == 404


def test_a_fresh_code_ends_the_earlier_one_but_not_the_token_in_use(app: Flask, client: FlaskClient) -> None:
    kiosk = device(app, "kiosk")
    first = enrol(client, code_for(app, kiosk))
    old, new = code_for(app, kiosk), code_for(app, kiosk)
    assert enrol(client, old).status_code == 404
    body, headers = {"line": "xixian-b"}, {**bearer(first), "Idempotency-Key": "2"}
    assert client.post("/api/v1/tickets", json=body, headers=headers).status_code == 201
    assert enrol(client, new).status_code == 200
    assert client.post("/api/v1/tickets", json=body, headers=headers).status_code == 401


def test_a_revoked_device_is_out_with_its_token_and_its_code(app: Flask, client: FlaskClient) -> None:
    printer, kiosk = device(app, "printer"), device(app, "kiosk")
    do(app, actions.rename_device, actions.RenameDevice(kiosk, "东门取号机", printer))
    said = enrol(client, code_for(app, kiosk))
    code = code_for(app, kiosk)
    do(app, actions.revoke_device, printer)
    assert ask(app, select(Device.printer_id).where(Device.id == kiosk)) == [None]
    do(app, actions.revoke_device, kiosk)
    assert enrol(client, code).status_code == 404
    answer = client.post(
        "/api/v1/tickets", json={"line": "xixian-a"}, headers={**bearer(said), "Idempotency-Key": "3"}
    )
    assert answer.status_code == 401
    with pytest.raises(NotFound):
        do(app, actions.revoke_device, kiosk)


def test_a_manager_of_another_hall_cannot_touch_it(app: Flask) -> None:
    kiosk = device(app, "kiosk")
    stranger = Actor(ActorKind.STAFF, 99, site_id(app) + 1)
    with pytest.raises(Refused):
        do(app, actions.revoke_device, kiosk, stranger)
    with pytest.raises(Refused):
        do(app, actions.new_code, actions.NewCode(kiosk, app.config["HALL"].keys.tokens), stranger)
    with pytest.raises(Refused):
        do(app, actions.add_device, actions.AddDevice(site_id(app), "kiosk", "x"), stranger)


def test_nonsense_makes_no_device_and_a_kiosk_prints_only_on_a_printer(app: Flask) -> None:
    before = ask(app, select(func.count()).select_from(Device))
    for role, name in (("toaster", "x"), ("kiosk", " "), ("kiosk", "x" * 61), ("kiosk", "a\u202eb")):
        with pytest.raises(Invalid):
            device(app, role, name)
    assert ask(app, select(func.count()).select_from(Device)) == before
    screen, kiosk = device(app, "screen"), device(app, "kiosk")
    with pytest.raises(Invalid):
        do(app, actions.rename_device, actions.RenameDevice(kiosk, "x", screen))


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": 123456}, {"code": "1" * 21}, {"code": "1", "x": 1}]
)
def test_nonsense_instead_of_a_code_is_told_so(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post(ENROL, json=body).status_code == 422


def test_a_browser_becomes_the_kiosk_or_screen_but_not_a_printer(app: Flask, client: FlaskClient) -> None:
    from tests.pages.test_front import csrf  # noqa: PLC0415 - the reader of forms

    for role, address in (("kiosk", "/kiosk"), ("screen", "/screen/xixian")):
        code = code_for(app, device(app, role))
        form = {"csrf_token": csrf(client.get("/enrol").text), "code": f"{code[:3]} {code[3:]}"}
        went = client.post("/enrol", data=form)
        assert went.headers["Location"] == address, went.text
        assert client.get_cookie("hall_device"), "The browser must remember that it is a device."
    code = code_for(app, device(app, "printer"))
    refused = client.post("/enrol", data={"csrf_token": csrf(client.get("/enrol").text), "code": code})
    assert refused.status_code == 404
    assert enrol(client, code).status_code == 200, "A printer's code must not be used up by a browser."
