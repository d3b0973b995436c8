"""The pages of the reception desk: who may open them, what they start from, and the lists as plain forms."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.desk_at_work import Desk


def sign_in(client: FlaskClient, demo: dict[str, Any], role: str) -> None:
    person = next(row for row in demo["staff"] if row["role"] == role)
    csrf = token_of(client.get("/sign-in").text)
    form = {"user": person["user"], "password": person["password"], "csrf_token": csrf}
    assert client.post("/sign-in", data=form).status_code == 302


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "The page has no CSRF token in its forms."
    return found[1]


@pytest.fixture
def desk(client: FlaskClient, demo: dict[str, Any]) -> Desk:
    found = Desk(client, demo)
    sign_in(client, demo, "reception")
    return found


def start_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="start">(.*?)</script>', page, re.DOTALL)
    assert found
    start: dict[str, Any] = json.loads(found[1])
    return start


@pytest.mark.parametrize("path", ["/desk", "/desk/opening", "/desk/closing"])
def test_the_desk_is_for_those_who_work_there(client: FlaskClient, demo: dict[str, Any], path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in")
    sign_in(client, demo, "window")
    assert client.get(path).status_code == 403


def test_the_desk_starts_from_the_hall_as_it_stands(desk: Desk) -> None:
    desk.draw()
    page = desk.client.get("/desk").text
    start = start_of(page)
    assert start["lines"]["lines"][0]["waiting"] == 1
    assert [code for code, _name in start["reasons"]][:2] == ["elder", "disabled"]
    assert "<h1" in page and "导办台" in page


def test_E1_both_languages_have_every_word(desk: Desk) -> None:
    form = {"lang": "en", "next": "/desk", "csrf_token": token_of(desk.client.get("/desk").text)}
    desk.client.post("/preferences", data=form)
    page = desk.client.get("/desk").text
    words = re.search(r'id="words">(.*?)</script>', page, re.DOTALL)
    assert words
    assert not re.search(r"[一-鿿]", json.dumps(json.loads(words[1]), ensure_ascii=False))


def test_Q14_a_point_is_ticked_by_form_and_says_who_and_when(desk: Desk) -> None:
    page = desk.client.get("/desk/opening").text
    assert "已完成 0 / 4 项" in page
    form = {"done": "1", "note": "第 2 台 <换纸>", "csrf_token": token_of(page)}
    answer = desk.client.post("/desk/opening/paper", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/opening#point-paper")
    page = desk.client.get("/desk/opening").text
    assert "已完成 1 / 4 项" in page
    assert "李静，" in page
    assert "第 2 台 &lt;换纸&gt;" in page
    desk.client.post("/desk/opening/paper", data={"done": "0", "csrf_token": token_of(page)})
    assert "已完成 0 / 4 项" in desk.client.get("/desk/opening").text


def test_Q14_a_tick_without_csrf_token_changes_nothing(desk: Desk) -> None:
    assert desk.client.post("/desk/opening/paper", data={"done": "1"}).status_code == 400
    assert "已完成 0 / 4 项" in desk.client.get("/desk/opening").text


def test_Q14_a_point_that_is_not_on_the_list_is_refused_plainly(desk: Desk) -> None:
    form = {"done": "1", "csrf_token": token_of(desk.client.get("/desk/opening").text)}
    answer = desk.client.post("/desk/opening/coffee", data=form)
    assert answer.status_code == 422
    assert "清单中没有这一项" in answer.text


def test_Q14_the_closing_sweep_says_who_still_waits_and_what_is_on_hold(desk: Desk) -> None:
    empty = desk.client.get("/desk/closing").text
    assert "没有人在等候" in empty and "没有挂起的号" in empty and "窗口已全部关闭" in empty
    desk.at("xixian-01", "open")
    desk.draw()
    desk.draw()
    desk.draw(test=True)
    desk.at("xixian-01", "call-next")
    desk.at("xixian-01", "hold", reason="form")
    page = desk.client.get("/desk/closing").text
    assert re.search(r"还有 1 人在等候：.*?>A 1<", page, re.DOTALL), "test tickets are not people"
    assert re.search(r"挂起：.*?>A001<", page, re.DOTALL)
    assert re.search(r"尚未关闭：.*?>1号窗口<", page, re.DOTALL)


def test_Q14_a_hint_never_ticks_by_itself(desk: Desk) -> None:
    assert "已完成 0 / 5 项" in desk.client.get("/desk/closing").text


def test_a_list_without_points_says_so(desk: Desk) -> None:
    desk.settle(closing_points=())
    assert "清单里还没有检查项" in desk.client.get("/desk/closing").text
