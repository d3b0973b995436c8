"""The journal as a page: read-only, filtered, and whether the chain holds (O3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.api.test_floor import Floor
from tests.api.test_journal_reading import seal
from tests.pages.test_floor_page import become, sign_in
from tests.pages.test_front import csrf

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def test_O3_a_supervisor_reads_what_happened_and_that_the_chain_holds(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    floor = Floor(client, demo)
    floor.do("lines/xixian-c/stop", reason="停电")
    floor.draw("xixian-a")
    seal(app)
    become(app, "auditor", "supervisor")
    sign_in(client, demo, "auditor")
    page = client.get("/journal").text
    assert "日志链完整" in page and "停电" in page and "取号" in page
    sends = re.findall(r'<form[^>]*action="([^"]+)"', page.split('id="main"')[1])
    assert sends == ["/journal"], "nothing here changes anything: its form only looks"
    filtered = client.get("/journal?fact=line_stopped").text
    assert "停电" in filtered and "ticket:" not in filtered
    assert "没有符合条件的记录" in client.get("/journal?subject=line:nowhere").text
    assert client.get("/journal?before=x").status_code == 422


def test_O3_names_of_people_are_nowhere_in_it(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> None:
    floor = Floor(client, demo)
    floor.at("xixian-01", "open")
    seal(app)
    sign_in(client, demo, "manager")
    table = client.get("/journal").text.split("<tbody>")[1]
    assert "工作人员" in table and "王芳" not in table


def test_O3_what_happened_is_told_in_words_and_sign_ins_belong_to_who_signed_in(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    floor = Floor(client, demo)
    number = floor.draw("xixian-a")["number"]
    floor.at("xixian-01", "open")
    client.post("/sign-in", data={"user": "auditor", "password": "wrong", "csrf_token": ""})
    sign_in(client, demo, "manager")
    seal(app)
    table = client.get("/journal").text.split("<tbody>")[1].split("</tbody>")[0]
    shown = re.sub(r"<[^>]+>", " ", table)
    assert number in shown and "1号窗口" in shown and "综合受理" in shown
    assert not re.search(r"(staff|ticket|line|window|site):", shown), "Codes are for machines."
    row = next(row for row in table.split("<tr>") if ">登录<" in row)
    assert "群众" not in row and row.count("工作人员") >= 2, "Who did it, and what it is about."
    me = re.search(r"subject=staff%3A(\d+)", row)
    assert me
    assert ">登录<" in client.get(f"/journal?actor={me.group(1)}").text.split("<tbody>")[1]


def test_O3_long_journals_are_read_page_by_page(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    floor = Floor(client, demo)
    for _ in range(60):
        floor.draw()
    seal(app)
    sign_in(client, demo, "auditor")
    page = client.get("/journal?fact=ticket_issued").text
    older = re.search(r'form="filter" name="before" value="(\d+)"', page)
    assert older, "The first page has a way on."
    assert page.count("<tr>") == 51
    form = {"fact": "ticket_issued", "before": older[1], "csrf_token": csrf(page)}
    last = client.post("/journal", data=form).text
    assert last.count("<tr>") == 11
    assert 'value="ticket_issued" selected' in last, "What was filtered for stays."
