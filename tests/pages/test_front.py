"""The front door, signing in, and the description of the interface."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "The form carries no CSRF token; use ui.csrf()."
    return found.group(1)


def test_E1_the_front_door_speaks_chinese_and_then_english(client: FlaskClient, demo: dict[str, Any]) -> None:
    page = client.get("/").text
    assert "息县政务服务大厅" in page
    assert "人等候" in page
    client.post("/preferences", data={"lang": "en", "next": "/", "csrf_token": csrf(page)})
    assert "people wait" in client.get("/").text
    assert demo


def test_a_clerk_signs_in_and_a_wrong_password_says_so(client: FlaskClient, demo: dict[str, Any]) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    form = {"user": clerk["user"], "csrf_token": csrf(client.get("/sign-in").text)}
    wrong = client.post("/sign-in", data={**form, "password": "not this one"})
    assert wrong.status_code == 401
    assert "账号或密码不正确" in wrong.text
    right = client.post("/sign-in", data={**form, "password": clerk["password"]})
    assert right.headers["Location"] == "/console"
    assert client.get(f"/api/v1/windows/{clerk['window']}").status_code == 200


def test_five_wrong_passwords_lock_the_account(client: FlaskClient, demo: dict[str, Any]) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    form = {"user": clerk["user"], "csrf_token": csrf(client.get("/sign-in").text)}
    for _ in range(5):
        client.post("/sign-in", data={**form, "password": "not this one"})
    locked = client.post("/sign-in", data={**form, "password": clerk["password"]})
    assert locked.status_code == 403
    assert "15 分钟" in locked.text


def test_a_form_without_csrf_token_is_refused(client: FlaskClient, demo: dict[str, Any]) -> None:
    assert demo
    assert client.post("/sign-in", data={"user": "manager", "password": "x"}).status_code == 400


def test_the_interface_is_described_on_a_page(client: FlaskClient, demo: dict[str, Any]) -> None:
    assert demo
    page = client.get("/api/docs").text
    assert "/api/v1/windows/{window}/call-next" in page
    assert client.get("/api/v1/openapi.json").status_code == 200
