"""The day sheet as a page: figures with their meaning beside them, and who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.test_floor import W1, Floor
from tests.pages.test_floor_page import sign_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def test_a_day_without_tickets_says_so_and_where_to_look(client: FlaskClient, demo: dict[str, Any]) -> None:
    sign_in(client, demo, "manager")
    page = client.get("/reports/day").text
    assert "这一天没有人取号" in page and "什么时候等多久" not in page


def test_figures_stand_with_their_meaning_and_the_plot_with_its_table(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    floor = Floor(client, demo)
    floor.at(W1, "open")
    for _ in range(2):
        floor.draw()
    floor.at(W1, "call-next")
    sign_in(client, demo, "auditor")
    page = client.get("/reports/day").text
    for words in (
        "什么时候等多久？",
        "按队列",
        "按窗口",
        "按取号时段",
        "综合受理",
        "从取号到第一次叫号。",
        "不含测试号",
    ):
        assert words in page, words
    assert 'id="plot-table"' in page


def test_E1_the_sheet_speaks_english(client: FlaskClient, demo: dict[str, Any]) -> None:
    Floor(client, demo).draw()
    sign_in(client, demo, "manager")
    with client.session_transaction() as session:
        session["lang"] = "en"
    page = client.get("/reports/day").text
    assert "When did people wait how long?" in page and "General services" in page


def test_a_clerk_reads_no_day_sheet(client: FlaskClient, demo: dict[str, Any]) -> None:
    sign_in(client, demo, "clerk01")
    assert client.get("/reports/day").status_code == 403
