"""Signing in, sessions, the own account: password, tokens, signing out everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hall.accounts import passwords
from hall.actor import SYSTEM_ACTOR
from hall.unit_of_work import perform
from tests import applications
from tests.pages.test_front import csrf

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from config import Config

NEW = "correct horse 7"


def sign_in(client: FlaskClient, user: str, password: str, following: str = "/") -> Any:
    form = {"user": user, "password": password, "next": following}
    return client.post("/sign-in", data={**form, "csrf_token": csrf(client.get("/sign-in").text)})


def post(client: FlaskClient, address: str, **form: str) -> Any:
    return client.post(address, data={**form, "csrf_token": csrf(client.get("/account").text)})


@pytest.fixture
def desk(demo: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in demo["staff"] if row["role"] == "reception")


def test_a_page_for_staff_leads_a_visitor_to_sign_in_and_back(
    client: FlaskClient, desk: dict[str, Any]
) -> None:
    led = client.get("/account?x=1")
    assert led.headers["Location"] == "/sign-in?next=%2Faccount%3Fx%3D1"
    form = client.get(led.headers["Location"]).text
    assert 'name="next" value="/account?x=1"' in form
    assert (
        sign_in(client, desk["user"], desk["password"], "/account?x=1").headers["Location"] == "/account?x=1"
    )


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_signing_in_never_leads_out_of_the_house(
    client: FlaskClient, desk: dict[str, Any], wanted: str
) -> None:
    assert sign_in(client, desk["user"], desk["password"], wanted).headers["Location"] == "/desk"


def test_a_session_starts_fresh_at_sign_in_but_keeps_the_language(
    client: FlaskClient, desk: dict[str, Any]
) -> None:
    before = csrf(client.get("/sign-in").text)
    client.post("/preferences", data={"lang": "en", "next": "/", "csrf_token": before})
    sign_in(client, desk["user"], desk["password"])
    assert client.post("/account/sign-out-everywhere", data={"csrf_token": before}).status_code == 400
    assert "My account" in client.get("/account").text


def test_a_new_password_ends_every_other_session(
    app: Flask, client: FlaskClient, desk: dict[str, Any]
) -> None:
    other = app.test_client()
    for browser in (client, other):
        sign_in(browser, desk["user"], desk["password"])
    changed = post(client, "/account/password", old=desk["password"], password=NEW, again=NEW)
    assert changed.status_code == 302, changed.text
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(app.test_client(), desk["user"], desk["password"]).status_code == 401
    assert sign_in(app.test_client(), desk["user"], NEW).status_code == 302


def test_signing_out_everywhere_leaves_only_this_browser(
    app: Flask, client: FlaskClient, desk: dict[str, Any]
) -> None:
    other = app.test_client()
    for browser in (client, other):
        sign_in(browser, desk["user"], desk["password"])
    post(client, "/account/sign-out-everywhere")
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"old": "not this one", "password": NEW, "again": NEW}, "当前密码不正确"),
        ({"password": NEW, "again": NEW + "x"}, "两次输入的新密码不一致"),
        ({"password": "short7", "again": "short7"}, "至少 8"),
        ({"password": "11111111", "again": "11111111"}, "过于简单"),
        ({"password": "my-desk-2026", "again": "my-desk-2026"}, "不能包含账号"),
        ({"password": "x1y2" * 60, "again": "x1y2" * 60}, "200"),
    ],
)
def test_a_password_that_will_not_do_is_refused_at_its_field(
    client: FlaskClient, desk: dict[str, Any], form: dict[str, str], said: str
) -> None:
    sign_in(client, desk["user"], desk["password"])
    refused = post(client, "/account/password", **{"old": desk["password"], **form})
    assert refused.status_code == 422
    assert said in refused.text
    assert 'aria-invalid="true"' in refused.text


def test_a_password_made_by_somebody_else_opens_nothing_but_its_change(
    app: Flask, client: FlaskClient, desk: dict[str, Any]
) -> None:
    once = passwords.one_time_password()
    sign_in(client, desk["user"], desk["password"])
    number = re.match(r"\d+", client_identity(client))
    assert number
    with app.app_context():
        command = passwords.NewPassword(int(number.group()), passwords.hash_password(once), must_change=True)
        perform(SYSTEM_ACTOR, passwords.set_password, command)
    bearer = {"Authorization": f"Bearer {desk['token']}"}
    assert client.post("/api/v1/tickets", json={"line": "xixian-a"}, headers=bearer).status_code == 401
    assert sign_in(client, desk["user"], once).headers["Location"] == "/account"
    assert client.get("/api/v1/windows/xixian-01").get_json()["code"] == "password_change_needed"
    assert "由他人设置" in client.get("/account").text
    went = post(client, "/account/password", old=once, password=NEW, again=NEW)
    assert went.headers["Location"] == "/desk"
    assert client.get("/api/v1/windows/xixian-01").get_json()["code"] != "password_change_needed"


def client_identity(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session["_user_id"])


def test_a_personal_token_is_shown_once_and_ends_when_revoked(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    sign_in(client, clerk["user"], clerk["password"])
    shown = post(client, "/account/tokens", name="排队大屏接口").text
    token = re.search(r'id="token">([^<]+)<', shown)
    assert token
    bearer = {"Authorization": f"Bearer {token.group(1)}"}
    window = f"/api/v1/windows/{clerk['window']}"
    stranger = client.application.test_client()
    assert stranger.get(window, headers=bearer).status_code == 200
    page = client.get("/account").text
    assert "排队大屏接口" in page
    assert token.group(1) not in page
    revoke = re.search(r'action="(/account/tokens/\d+/revoke)"', page)
    assert revoke
    post(client, revoke.group(1))
    assert stranger.get(window, headers=bearer).status_code == 401
    assert post(client, "/account/tokens/999999/revoke").status_code == 404


def test_demo_accounts_are_refused_outside_demo_mode(config: Config, demo: dict[str, Any]) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    window, bearer = f"/api/v1/windows/{clerk['window']}", {"Authorization": f"Bearer {clerk['token']}"}
    for demo_mode, signed, read in ((True, 302, 200), (False, 401, 401)):
        with applications.application(replace(config, demo=demo_mode)) as app:
            client = app.test_client()
            assert client.get(window, headers=bearer).status_code == read
            assert sign_in(client, clerk["user"], clerk["password"]).status_code == signed


def test_a_session_of_a_demo_account_ends_with_demo_mode(config: Config, demo: dict[str, Any]) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    with applications.application(config) as app:
        client = app.test_client()
        sign_in(client, clerk["user"], clerk["password"])
        cookie = client.get_cookie("session")
    assert cookie
    with applications.application(replace(config, demo=False)) as app:
        later = app.test_client()
        later.set_cookie("session", cookie.value)
        assert later.get("/account").status_code == 302
