"""The kiosk's page as the server gives it: who gets it, and what it carries."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from hall.unit_of_work import units
from kiosk.places import place, runs

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

CHINESE = re.compile("[\u4e00-\u9fff]")


def carried(page: str) -> dict[str, Any]:
    """The data that the page gives its script."""
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', page, re.DOTALL)
    assert found, "The kiosk page must carry its words and lines as data (strict CSP: no inline script)."
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def devices(app: Flask) -> int:
    with app.app_context(), units().engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM device WHERE role = 'kiosk'")) or 0)


def test_a_demo_hall_makes_the_browser_that_asks_a_kiosk_once(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    before = devices(app)
    first = client.get("/kiosk")
    cookie = first.headers["Set-Cookie"]
    assert cookie.startswith("hall_device="), "A demo hall enrols the browser by a cookie."
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, "No script and no other site may use it."
    assert devices(app) == before + 1
    assert client.get("/kiosk").status_code == 200
    assert devices(app) == before + 1, "A second visit must find its device by the cookie, not make another."
    drawn = client.post(
        "/api/v1/tickets",
        json={"line": demo["lines"][0]["code"]},
        headers={"Hall-Device": "1", "Idempotency-Key": "first"},
    )
    assert drawn.status_code == 201, drawn.text


@pytest.mark.usefixtures("demo")
def test_visitors_without_cookies_share_one_demo_kiosk_which_is_none_outside_a_demo(app: Flask) -> None:
    before = devices(app)
    cookies = {app.test_client().get("/kiosk").headers["Set-Cookie"] for _ in range(5)}
    assert devices(app) == before + 1, "Each visit without a cookie would grow the table for ever."
    (cookie,) = {cookie.partition(";")[0] for cookie in cookies}
    app.config["HALL"] = _without_demo(app)
    client = app.test_client()
    assert "本机尚未登记" in client.get("/kiosk", headers={"Cookie": cookie}).text
    drawn = client.post(
        "/api/v1/tickets",
        json={"line": "xixian-a"},
        headers={"Authorization": f"Bearer {cookie.partition('=')[2]}", "Idempotency-Key": "k"},
    )
    assert drawn.status_code == 401, "A demo's device must not draw in a hall at work."


@pytest.mark.usefixtures("demo")
def test_a_kiosk_whose_registration_was_revoked_is_no_kiosk_outside_a_demo(
    app: Flask, client: FlaskClient
) -> None:
    client.get("/kiosk")
    with app.app_context(), units().engine.begin() as connection:
        connection.execute(text("UPDATE device SET revoked_at = enrolled_at"))
    app.config["HALL"] = _without_demo(app)
    page = client.get("/kiosk").text
    assert "本机尚未登记" in page
    assert "data-part" not in page, "A revoked kiosk must not show the keys for drawing."


@pytest.mark.usefixtures("demo")
def test_a_browser_outside_a_demo_learns_what_the_administrator_does(app: Flask, client: FlaskClient) -> None:
    app.config["HALL"] = _without_demo(app)
    answer = client.get("/kiosk")
    assert "本机尚未登记" in answer.text
    assert "导办台" in answer.text, "Visitors who stand before it need to know where to go."
    assert "hall_device" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.usefixtures("demo")
def test_E1_every_sentence_of_the_kiosk_is_there_in_both_languages(client: FlaskClient) -> None:
    words = carried(client.get("/kiosk").text)["words"]
    assert words["zh"].keys() == words["en"].keys()
    for key, sentence in words["zh"].items():
        assert CHINESE.search(sentence), f"{key} has no Chinese text: add it to hall/translations/kiosk."
        blanks = re.findall(r"\{\w+\}", sentence)
        assert sorted(blanks) == sorted(re.findall(r"\{\w+\}", words["en"][key])), f"{key}: other blanks"


@pytest.mark.usefixtures("demo")
def test_the_page_says_where_each_line_is_served(client: FlaskClient) -> None:
    data = carried(client.get("/kiosk").text)
    codes = {line["code"] for line in data["lines"]["lines"]}
    assert set(data["places"]["zh"]) <= codes
    assert all(CHINESE.search(words) for words in data["places"]["zh"].values())
    assert not any(CHINESE.search(words) for words in data["places"]["en"].values())


@pytest.mark.usefixtures("demo")
def test_a_line_without_examples_shows_the_first_everyday_words_of_its_items(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), units().engine.begin() as connection:
        connection.execute(text("UPDATE line SET examples = '' WHERE code = 'xixian-g'"))
    data = carried(client.get("/kiosk").text)
    assert data["examples"]["zh"]["xixian-g"] == "上户口、换身份证、补办身份证"
    assert "低保" in data["examples"]["zh"]["xixian-j"], "A hall's own words stand before derived ones."
    assert not any(CHINESE.search(words) for words in data["examples"]["en"].values())


@pytest.mark.usefixtures("demo")
def test_neighbouring_windows_are_told_as_a_range(app: Flask) -> None:
    with app.test_request_context():
        assert runs([5, 3, 4, 9]) == "3—5、9"
        assert place([("一楼", "Floor 1", 3), ("一楼", "Floor 1", 4)], "zh") == "一楼 3—4 号窗口"
        assert place([], "zh") == ""


def _without_demo(app: Flask) -> Any:
    return replace(app.config["HALL"], demo=False)
