"""Bundles in and out in the manager's pages: looked at, confirmed, refused with lines, exported."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from hall.catalog.bundle_sheet import read_bundles
from tests.pages.test_catalogue_pages import Inputs

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

HEAD = "一件事编码,一件事名称,包含事项,队列"
PATH = "/admin/bundles/import"


@pytest.fixture
def manager(client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    row = next(one for one in demo["staff"] if one["role"] == "manager")
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {row['token']}"
    return client


def send(client: FlaskClient, *lines: str) -> TestResponse:
    content = "\n".join((HEAD, *lines, "")).encode()
    return client.post(PATH, data={"file": (io.BytesIO(content), "一件事.csv")})


def test_only_the_catalogues_manager_gets_in(client: FlaskClient, demo: dict[str, Any]) -> None:
    clerk = next(one for one in demo["staff"] if one["role"] == "window")
    for path in (PATH, f"{PATH}/bundles.xlsx", f"{PATH}/bundles.csv"):
        answer = client.get(path, headers={"Authorization": f"Bearer {clerk['token']}"})
        assert answer.status_code == 403, path


def test_a_file_is_shown_before_it_is_done_and_twice_is_once(manager: FlaskClient) -> None:
    assert f'href="{PATH}"' in manager.get("/admin/bundles").text
    row = "b-1,开店一件事,411528-SCJG-002、411528-SCJG-007,"
    shown = send(manager, row)
    assert shown.status_code == 200
    assert "开店一件事" in shown.text
    assert "第一个队列" in shown.text, "What is filled by rule is told."
    assert not manager.get("/api/v1/sites/xixian/catalogue?q=b-1").get_json(), "Nothing is done yet."
    done = manager.post(f"{PATH}/confirm", data=Inputs(shown.text).values, follow_redirects=True)
    assert "新增 1 项" in done.text
    offer = manager.get("/api/v1/sites/xixian/catalogue?q=b-1").get_json()[0]
    assert offer["items"] == ["411528-SCJG-002", "411528-SCJG-007"]
    assert "无需导入" in send(manager, row).text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("b-1,甲,nowhere,", "nowhere"),
        ("b-1,甲,411528-SCJG-002,没有", "没有队列“没有”"),
        ("b-1,,411528-SCJG-002,", '<td class="amount">2</td>'),
        ("b-1,甲,,", "包含事项"),
    ],
)
def test_a_broken_file_is_refused_with_its_lines(manager: FlaskClient, line: str, said: str) -> None:
    answer = send(manager, line)
    assert answer.status_code == 422
    assert said in answer.text
    assert '<td class="amount">2</td>' in answer.text
    assert f'href="{PATH}"' in answer.text, "The way back is to the bundles."


def test_no_file_and_no_sheet_are_said(manager: FlaskClient) -> None:
    assert 'href="#field-file"' in manager.post(PATH, data={}).text
    picture = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "a.xlsx")}
    assert manager.post(PATH, data=picture).status_code == 422
    assert manager.post(f"{PATH}/confirm", data={"file": "../../keys.json"}).status_code == 404


def test_what_changed_between_look_and_confirmation_is_found(manager: FlaskClient) -> None:
    items = ("411528-SCJG-005", "411528-SCJG-002")
    shown = send(manager, f"b-1,开店,{'、'.join(items)},xixian-b")
    page = manager.get("/admin/items?q=411528-SCJG-005").text
    found = re.search(r"/admin/items/\d+/retire", page)
    assert found
    assert manager.post(found[0]).status_code == 303
    answer = manager.post(f"{PATH}/confirm", data=Inputs(shown.text).values)
    assert answer.status_code == 422
    assert "411528-SCJG-005" in answer.text
    assert not manager.get("/api/v1/sites/xixian/catalogue?q=b-1").get_json()


def test_an_export_reads_back_and_changes_nothing(manager: FlaskClient) -> None:
    for name in ("bundles.xlsx", "bundles.csv"):
        answer = manager.get(f"{PATH}/{name}")
        assert name in answer.headers["Content-Disposition"]
        file = read_bundles(io.BytesIO(answer.data))
        assert (len(file.rows), file.problem_count) == (11, 0)
        shown = manager.post(PATH, data={"file": (io.BytesIO(answer.data), name)})
        assert "无需导入" in shown.text
