"""The floor page before any script runs, and who may open it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from hall.accounts.models import Staff
from hall.actor import SYSTEM_ACTOR
from hall.unit_of_work import Work, perform
from tests.pages.test_front import csrf

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def sign_in(client: FlaskClient, demo: dict[str, Any], user: str) -> None:
    person = next(row for row in demo["staff"] if row["user"] == user)
    form = {"user": user, "password": person["password"], "csrf_token": csrf(client.get("/sign-in").text)}
    assert client.post("/sign-in", data=form).status_code == 302


def become(app: Flask, user: str, role: str) -> None:
    """Give one of the demo's people another role."""

    def change(work: Work, _command: None) -> None:
        work.session.execute(update(Staff).where(Staff.user == user).values(role=role))

    with app.app_context():
        perform(SYSTEM_ACTOR, change, None)


def start_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="start">(.*?)</script>', page, re.DOTALL)
    assert found, "The page carries the state it begins with."
    state: dict[str, Any] = json.loads(found.group(1))
    return state


def test_Q14_a_manager_finds_every_window_and_the_keys_to_act(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    sign_in(client, demo, "manager")
    page = client.get("/floor").text
    start = start_of(page)
    assert len(start["state"]["windows"]) == 20 and start["manage"] is True
    assert {"lend-dialog", "stop-dialog", "notice-dialog", "end-dialog"} <= set(
        re.findall(r'id="(\S+)"', page)
    )


def test_a_supervisor_sees_the_floor_and_cannot_act(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    become(app, "auditor", "supervisor")
    sign_in(client, demo, "auditor")
    page = client.get("/floor").text
    assert start_of(page)["manage"] is False
    assert "<dialog" not in page and "data-dialog" not in page
    refused = client.post("/api/v1/lines/xixian-a/stop", json={"reason": "x"})
    assert refused.status_code == 403


def test_a_clerk_has_no_floor_page(client: FlaskClient, demo: dict[str, Any]) -> None:
    sign_in(client, demo, "clerk01")
    assert client.get("/floor").status_code == 403


def test_an_unknown_or_foreign_hall_is_a_page_not_a_fault(client: FlaskClient, demo: dict[str, Any]) -> None:
    sign_in(client, demo, "manager")
    assert client.get("/floor?site=nowhere").status_code == 404
