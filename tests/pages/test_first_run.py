"""A hall of one's own: the first page makes manager, site, lines, windows; once, and with the code alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Line, Window, WindowLine
from hall.database import db
from hall.first_run.actions import fresh_code
from hall.sites import Site
from hall.unit_of_work import perform
from tests.pages.test_front import csrf

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PASSWORD = "four winds 88"


@pytest.fixture
def code(app: Flask) -> str:
    with app.app_context():
        found = perform(SYSTEM_ACTOR, fresh_code, None)
    assert found
    return found


def form(client: FlaskClient, printed: str, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "csrf_token": csrf(client.get("/first-run").text),
        "code": printed,
        "person_name": "周主任",
        "user": "zhou",
        "password": PASSWORD,
        "again": PASSWORD,
        "site_name": "淮滨县政务服务大厅",
        "site_code": "huaibin",
        "zone": "Asia/Shanghai",
        "line_prefix": ["a", "B", ""],
        "line_name": ["综合受理", "出件", ""],
        "line_name_en": ["General", "", ""],
        "number": ["1", "2", ""],
        "area": ["一楼", "二楼", ""],
        "preferred": ["A", "b", ""],
        "others": ["B", "A, B", ""],
    }
    return {**given, **changes}


def rows(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_empty_hall_leads_every_page_to_the_first(client: FlaskClient) -> None:
    for address in ("/", "/kiosk", "/screen/x", "/sign-in", "/admin", "/console", "/enrol", "/no-such-page"):
        assert client.get(address).headers["Location"] == "/first-run", address
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/sites/x/lines").status_code == 404
    assert "设置本大厅" in client.get("/first-run").text


def test_the_first_page_makes_a_hall_and_signs_its_manager_in(
    app: Flask, client: FlaskClient, code: str
) -> None:
    went = client.post("/first-run", data=form(client, f" {code.upper()} "))
    assert went.headers["Location"] == "/admin", went.text
    assert 'href="/admin/staff"' in client.get("/admin").text
    lines = client.get("/api/v1/sites/huaibin/lines").get_json()
    assert [(line["code"], line["prefix"]) for line in lines] == [("huaibin-a", "A"), ("huaibin-b", "B")]
    assert (rows(app, Window), rows(app, WindowLine)) == (2, 4)
    assert client.get("/first-run").status_code == 404
    assert (
        client.post("/first-run", data={"csrf_token": csrf(client.get("/account").text)}).status_code == 404
    )
    with app.app_context():
        manager = db.session.scalars(select(Staff)).one()
        assert (manager.user, manager.role, manager.every_site, manager.demo) == (
            "zhou",
            "manager",
            True,
            False,
        )
        assert perform(SYSTEM_ACTOR, fresh_code, None) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "abcd-efgh-jkmn"}, "不是终端上显示的设置码"),
        ({"again": "other words 1"}, "两次输入的密码不一致"),
        ({"password": "short", "again": "short"}, "至少 8"),
        ({"user": "x"}, "2 到 40"),
        ({"person_name": ""}, "1 到 60"),
        ({"site_name": " "}, "1 到 80"),
        ({"site_code": "Huai Bin"}, "小写字母"),
        ({"site_code": "findings"}, "页面的地址"),
        ({"site_code": "mondays"}, "页面的地址"),
        ({"zone": "Mars/Olympus"}, "时区"),
        ({"line_prefix": ["A", "A"], "line_name": ["一", "二"]}, "第 2 行"),
        ({"line_prefix": ["1"], "line_name": ["一"]}, "第 1 行"),
        ({"line_prefix": [], "line_name": [], "line_name_en": []}, "至少填写一个队列"),
        ({"number": ["1", "1"]}, "第 2 行"),
        ({"number": ["0", ""]}, "第 1 行"),
        ({"preferred": ["Z", ""]}, "第 1 行"),
        ({"number": [], "preferred": [], "area": [], "others": []}, "至少填写一个窗口"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_made(
    app: Flask, client: FlaskClient, code: str, changes: dict[str, Any], said: str
) -> None:
    refused = client.post("/first-run", data=form(client, code, **changes))
    assert refused.status_code == 422
    assert said in refused.text
    assert PASSWORD not in refused.text
    if "site_name" not in changes:
        assert "淮滨县政务服务大厅" in refused.text, "What was typed stays."
    assert [rows(app, table) for table in (Staff, Site, Line, Window)] == [0, 0, 0, 0]
    assert client.post("/first-run", data=form(client, code)).status_code == 302


def test_only_the_code_that_was_printed_last_counts(app: Flask, client: FlaskClient, code: str) -> None:
    with app.app_context():
        later = perform(SYSTEM_ACTOR, fresh_code, None)
    assert client.post("/first-run", data=form(client, code)).status_code == 422
    assert client.post("/first-run", data=form(client, later or "")).status_code == 302


def test_without_a_printed_code_nobody_sets_up(client: FlaskClient) -> None:
    for guess in ("", "x", "abcd-efgh-jkmn"):
        assert client.post("/first-run", data=form(client, guess)).status_code == 422
