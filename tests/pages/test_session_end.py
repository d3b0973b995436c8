"""Sessions end: after two quiet hours, after twelve however busy; no script and no plain HTTP sees their cookie."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall import clock
from hall.accounts import sessions
from hall.accounts.models import EndedSession
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.unit_of_work import perform
from tests import applications
from tests.cases_at_work import at
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from config import Config
    from hall.unit_of_work import Work

HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 2, 1, tzinfo=clock.now().tzinfo)


@pytest.fixture
def begun(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    """Somebody has signed in at nine."""
    with at(NINE):
        Manager(app, client, demo)
    return client


def let_in(client: FlaskClient, moment: datetime) -> bool:
    with at(moment):
        page, api = client.get("/account"), client.get("/api/v1/sites/xixian/floor")
    assert (page.status_code, api.status_code) in {(200, 200), (302, 401)}, "both ways are closed at once"
    return page.status_code == 200


def test_a_session_that_nobody_uses_ends_after_two_hours(begun: FlaskClient) -> None:
    assert let_in(begun, NINE + 1.9 * HOUR)
    assert let_in(begun, NINE + 3.7 * HOUR), "it was used in between"
    assert not let_in(begun, NINE + 5.8 * HOUR)
    assert not let_in(begun, NINE + 5.81 * HOUR), "and does not begin again by being tried"


def test_what_pages_ask_for_by_themselves_keeps_no_session_alive(begun: FlaskClient) -> None:
    for half_hours in (1, 2, 3):
        with at(NINE + half_hours * HOUR / 2):
            for accept in ("*/*", "application/json", "text/html"):
                assert begun.get("/api/v1/sites/xixian/floor", headers={"Accept": accept}).status_code == 200
    assert not let_in(begun, NINE + 2.1 * HOUR), "a console that somebody left open is closed after two hours"


def test_a_page_that_is_opened_keeps_it_alive(begun: FlaskClient) -> None:
    with at(NINE + 1.5 * HOUR):
        begun.get("/account", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert let_in(begun, NINE + 3 * HOUR)


def test_a_session_ends_after_twelve_hours_however_busy_it_is(begun: FlaskClient) -> None:
    for half_hours in range(1, 24):
        assert let_in(begun, NINE + half_hours * HOUR / 2)
    assert not let_in(begun, NINE + 12 * HOUR + timedelta(seconds=1))


def test_a_session_from_before_there_were_ends_is_over(begun: FlaskClient) -> None:
    with begun.session_transaction() as session:
        del session["since"], session["seen"]
    assert not let_in(begun, NINE + HOUR)


def sign_out(client: FlaskClient, moment: datetime) -> None:
    with at(moment):
        token = Manager.token(client.get("/account").text)
        assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302


def test_a_copied_cookie_opens_nothing_after_its_owner_has_signed_out(
    app: Flask, begun: FlaskClient, demo: dict[str, Any]
) -> None:
    thief, elsewhere = app.test_client(), app.test_client()
    stolen = begun.get_cookie("session")
    assert stolen is not None
    thief.set_cookie("session", stolen.value)
    with at(NINE):
        Manager(app, elsewhere, demo)
    assert let_in(thief, NINE) and let_in(elsewhere, NINE)
    sign_out(begun, NINE + HOUR / 4)
    assert not let_in(thief, NINE + HOUR / 2)
    assert let_in(elsewhere, NINE + HOUR / 2), "the same account at another browser goes on"


def test_a_copied_cookie_ends_also_where_its_owner_was_quiet_too_long_and_signs_out_then(
    app: Flask, begun: FlaskClient
) -> None:
    thief, stolen = app.test_client(), begun.get_cookie("session")
    assert stolen is not None
    thief.set_cookie("session", stolen.value)
    assert let_in(thief, NINE + 1.5 * HOUR), "and its copy goes on from here"
    with at(NINE + 2.5 * HOUR):
        token = Manager.token(begun.get("/sign-in").text)
        assert begun.post("/sign-out", data={"csrf_token": token}).status_code == 302
    assert not let_in(thief, NINE + 2.6 * HOUR)


def test_an_ended_session_is_kept_once_and_until_it_would_have_ended_by_itself(
    app: Flask, begun: FlaskClient, demo: dict[str, Any]
) -> None:
    def keep(work: Work, until: datetime) -> None:
        sessions.keep_ended(work, b"twelve bytes", until)

    def kept() -> int:
        return db.session.scalar(select(func.count()).select_from(EndedSession)) or 0

    with app.app_context(), at(NINE):
        for _press in range(2):  # two windows of one browser
            perform(SYSTEM_ACTOR, keep, NINE + HOUR)
        assert kept() == 1
    sign_out(begun, NINE + HOUR / 2)
    with app.app_context():
        assert kept() == 2
    with at(NINE + 40 * HOUR):
        Manager(app, begun, demo)
    sign_out(begun, NINE + 40 * HOUR)
    with app.app_context():
        assert kept() == 1, "the others would have ended by now"


@pytest.mark.parametrize(
    ("settings", "arrives", "secure"),
    [
        ({}, "http", False),
        ({"behind_proxy": True}, "https", True),
        ({"behind_proxy": True}, "http", False),
        ({}, "https", False),
        ({"public_url": "https://hall.example.cn"}, "http", True),
    ],
)
def test_cookies_are_for_https_alone_where_the_page_came_by_it(
    config: Config, demo: dict[str, Any], settings: dict[str, Any], arrives: str, secure: bool
) -> None:
    """Only a proxy that the hall trusts may say how a page was asked for."""
    with applications.application(replace(config, **settings)) as app:
        client = app.test_client()
        answer = client.get("/sign-in", headers={"X-Forwarded-Proto": arrives})
        cookies = answer.headers.getlist("Set-Cookie")
        assert cookies and demo
        for cookie in cookies:
            parts = {part.strip() for part in cookie.split(";")[1:]}
            assert {"HttpOnly", "SameSite=Lax"} <= parts
            assert ("Secure" in parts) is secure
