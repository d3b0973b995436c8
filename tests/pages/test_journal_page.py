"""The journal as a page: read-only, filtered, and whether the chain holds (O3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.api.test_floor import Floor
from tests.api.test_journal_reading import seal
from tests.pages.test_floor_page import become, sign_in

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
    assert "<form" in page and 'method="post"' not in page.split('id="main"')[1], (
        "nothing here changes anything"
    )
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


def test_O3_long_journals_are_read_page_by_page(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    floor = Floor(client, demo)
    for _ in range(60):
        floor.draw()
    seal(app)
    sign_in(client, demo, "auditor")
    page = client.get("/journal?fact=ticket_issued").text
    older = re.search(r'href="(/journal\?[^"]*before=\d+)"', page)
    assert older, "The first page has a way on."
    assert page.count("<tr>") == 51
    assert client.get(older.group(1).replace("&amp;", "&")).text.count("<tr>") == 11
