"""Finding a matter over the interface, on both engines, and drawing a ticket for what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from hall.actor import SYSTEM_ACTOR
from hall.catalog import actions
from hall.catalog.files import read_files
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PATH = "/api/v1/sites/xixian/catalogue"


def find(client: FlaskClient, query: str, **more: str) -> list[dict[str, Any]]:
    answer = client.get(PATH, query_string={"q": query, **more})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()
    return found


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("yyzz", "营业执照"),
        ("营业执照", "营业执照"),
        ("yingyezhizhao", "营业执照"),
        ("411528-SCJG-001", "公司设立登记"),
        ("qykbyjs", "企业开办一件事"),
        ("xixian-newborn", "新生儿出生一件事"),
    ],
)
def test_items_and_bundles_are_found_by_name_pinyin_initials_and_code(
    client: FlaskClient, query: str, named: str
) -> None:
    first = find(client, query)[0]
    assert named in first["name"]
    assert first["line"].startswith("xixian-")
    assert first["materials"], "People see before drawing what they need."
    assert {"name", "originals", "copies", "condition"} <= first["materials"][0].keys()


@pytest.mark.usefixtures("demo")
def test_I2_a_bundle_asks_for_each_paper_once(client: FlaskClient) -> None:
    bundle = find(client, "xixian-newborn")[0]
    assert bundle["type"] == "bundle"
    papers = [(paper["name"], paper["condition"]) for paper in bundle["materials"]]
    assert len(papers) == len(set(papers))
    asked = [
        (paper["name"], paper["condition"])
        for code in bundle["items"]
        for paper in find(client, code)[0]["materials"]
    ]
    assert set(papers) == set(asked)
    assert len(asked) > len(papers), "This bundle shares papers, which is why people like it."


@pytest.mark.usefixtures("demo")
def test_without_a_query_the_first_ones_are_shown(client: FlaskClient) -> None:
    assert [one["type"] for one in find(client, " ", limit="12")] == ["bundle"] * 11 + ["item"]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "query", ["x" * 5000, "😀", "\u202eabc", "'; --", "%%%", "\u0301" * 400, "一" * 3000]
)
def test_no_query_is_too_odd(client: FlaskClient, query: str) -> None:
    assert find(client, query) == []


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("limit", "count"), [("3", 3), ("0", 1), ("-5", 20), ("many", 20), ("999", 50)])
def test_answers_are_limited(client: FlaskClient, limit: str, count: int) -> None:
    assert len(find(client, "s", limit=limit)) == count


def test_an_unknown_hall_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/v1/sites/nowhere/catalogue?q=a").status_code == 404


@pytest.mark.usefixtures("demo")
def test_a_change_of_the_catalogue_is_found_at_once(app: Flask, client: FlaskClient) -> None:
    assert find(client, "cwdj") == []
    with app.app_context(), units().engine.connect() as connection:
        site_id = connection.execute(text("SELECT id FROM site")).scalar_one()
    rows = "事项编码,事项名称,部门\nX-1,宠物登记,县公安局\n".encode()
    with app.app_context():
        perform(SYSTEM_ACTOR, actions.load, actions.Load(site_id, read_files(rows).wanted))
    assert [one["code"] for one in find(client, "cwdj")] == ["X-1"]


def test_a_ticket_carries_the_name_of_what_it_was_drawn_for(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    item, bundle = find(client, "411528-SCJG-001")[0], find(client, "xixian-newborn")[0]
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": "k"}
    body = {"matters": [{"item": item["code"]}, {"bundle": bundle["code"]}, {"line": "xixian-f"}]}
    tickets = client.post("/api/v1/visits", json=body, headers=headers).get_json()["tickets"]
    assert [one["line"] for one in tickets] == [item["line"], bundle["line"], "xixian-f"]
    assert [one["matter"] for one in tickets] == [item["name"], bundle["name"], None]
    assert tickets[0]["matter_en"] == item["name_en"]
    assert item["name"] in client.get(f"/t/{tickets[0]['token']}").text, "The phone page names it, too."
    assert "税务" in client.get(f"/t/{tickets[2]['token']}").text
