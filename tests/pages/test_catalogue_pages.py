"""The manager's pages of the catalogue: lists, forms, import with preview, export."""

from __future__ import annotations

import io
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from hall.actor import SYSTEM_ACTOR
from hall.catalog import actions
from hall.catalog.changes import Wanted
from hall.catalog.spreadsheet import ItemRow, read_items, read_materials
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


class Inputs(HTMLParser):
    """What a form would send: values by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in said:
            self.values[self.select] = said["value"]
        elif tag == "input" and name and said.get("type") not in {"file", "submit"}:
            if said.get("type") not in {"checkbox", "radio"} or "checked" in said:
                self.values[name] = said.get("value") or ""
        elif tag == "textarea":
            self.select = name


@pytest.fixture
def manager(client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    row = next(one for one in demo["staff"] if one["role"] == "manager")
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {row['token']}"
    return client


def key_of(app: Flask, table: str, code: str) -> int:
    with app.app_context(), units().engine.connect() as connection:
        found = connection.execute(text(f"SELECT id FROM {table} WHERE code = :code"), {"code": code})  # noqa: S608
        return int(found.scalar_one())


def edit(manager: FlaskClient, path: str, **changes: Any) -> TestResponse:
    values = Inputs(manager.get(path).text).values
    return manager.post(path, data={**values, **changes})


def test_only_the_catalogues_manager_gets_in(client: FlaskClient, demo: dict[str, Any]) -> None:
    clerk = next(one for one in demo["staff"] if one["role"] == "window")
    paths = ("items", "items/new", "bundles", "departments", "situations", "import", "import/items.csv")
    for path in paths:
        answer = client.get(f"/admin/{path}", headers={"Authorization": f"Bearer {clerk['token']}"})
        assert answer.status_code == 403, path


def test_a_list_of_1200_items_is_paged_and_searched_by_initials(
    app: Flask, manager: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with app.app_context():
        rows = [ItemRow(0, f"N-{number:04}", f"测试事项{number}", "县公安局") for number in range(1200)]
        perform(SYSTEM_ACTOR, actions.load, actions.Load(1, Wanted(rows)))
    first = manager.get("/admin/items").text
    assert first.count('scope="row"') == 50
    assert "测试事项1199" in manager.get("/admin/items?page=999").text, "Beyond the end is the last page."
    with queries() as said:
        found = manager.get("/admin/items?q=yyzz").text
    assert "营业执照" in found
    assert len(said) <= 12, "A list asks the database a fixed number of times, however many it shows."
    assert manager.get("/admin/items?page=x&q=%25").status_code == 200


def test_an_item_is_edited_with_its_papers_and_found_anew(app: Flask, manager: FlaskClient) -> None:
    path = f"/admin/items/{key_of(app, 'service_item', '411528-SCJG-003')}"
    page = manager.get(path).text
    spare = Inputs(page).values["papers"]
    changes = {"item_name": "公司变更登记与备案", f"paper-{int(spare) - 1}-name": "新的材料"}
    answer = edit(manager, path, **changes)
    assert answer.status_code == 303, answer.text
    assert "公司变更登记与备案" in manager.get("/admin/items?q=gsbgdjyba").text
    offer = manager.get("/api/v1/sites/xixian/catalogue?q=411528-SCJG-003").get_json()[0]
    assert offer["materials"][-1]["name"] == "新的材料"
    with app.app_context(), units().engine.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM former_content WHERE kind = 'item'")).scalar()
    assert kept == 1


def test_I1_I5_how_an_item_is_worked_is_edited_and_what_it_was_is_kept(
    app: Flask, manager: FlaskClient
) -> None:
    path = f"/admin/items/{key_of(app, 'service_item', '411528-SCJG-007')}"
    page = manager.get(path).text
    assert "食品经营许可证" in page and "现场核查 10天（《食品经营许可和备案管理办法》）" in page
    refused = edit(manager, path, procedures="现场核查", legal_basis="《某法》")
    assert refused.status_code == 422 and "《某法》" in refused.text
    saved = edit(
        manager, path, mode="same_desk", second_review="", procedures="现场核查 12天\n听证 20天（《某法》）"
    )
    assert saved.status_code == 303, saved.text
    page = manager.get(path).text
    assert "现场核查 12天\n听证 20天（《某法》）" in page
    assert '<option value="same_desk" selected>' in page
    with app.app_context(), units().engine.connect() as connection:
        former = json.loads(connection.execute(text("SELECT content FROM former_content")).scalar_one())
    assert (former["mode"], former["second_review"], former["result_name"]) == (
        "separated",
        True,
        "食品经营许可证",
    )
    assert [one["planned_days"] for one in former["procedures"]] == [10, 20]


def test_all_papers_of_an_item_can_be_taken_away(app: Flask, manager: FlaskClient) -> None:
    path = f"/admin/items/{key_of(app, 'service_item', '411528-SCJG-003')}"
    names = {name: "" for name in Inputs(manager.get(path).text).values if name.endswith("-name")}
    assert edit(manager, path, **names).status_code == 303
    assert not manager.get("/api/v1/sites/xixian/catalogue?q=411528-SCJG-003").get_json()[0]["materials"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("item_name", "", "field-item_name"),
        ("committed_days", "九", "field-committed_days"),
        ("committed_days", "99", "field-committed_days"),
        ("paper-0-originals", "x", "field-paper-0-originals"),
        ("department_code", "nobody", "field-department"),
        ("line", "nowhere", "field-line"),
        ("name_en", "=1+1", "field-name_en"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    app: Flask, manager: FlaskClient, field: str, value: str, said: str
) -> None:
    path = f"/admin/items/{key_of(app, 'service_item', '411528-SCJG-001')}"
    answer = edit(manager, path, aliases="别丢了我", **{field: value})
    assert answer.status_code == 422
    assert f'href="#{said}"' in answer.text
    assert "别丢了我" in answer.text


def test_a_new_item_with_a_taken_code_is_refused(manager: FlaskClient) -> None:
    new = {
        "item_code": "411528-scjg-001",
        "item_name": "另一个",
        "department_code": "411528-SCJG",
        "line": "xixian-a",
    }
    answer = edit(manager, "/admin/items/new", **new)
    assert answer.status_code == 422
    assert 'href="#field-item_code"' in answer.text
    assert edit(manager, "/admin/items/new", **{**new, "item_code": "NEU-1"}).status_code == 303
    assert "另一个" in manager.get("/admin/items?q=NEU-1").text


def test_what_is_retired_is_off_offer_until_it_is_restored(app: Flask, manager: FlaskClient) -> None:
    key = key_of(app, "service_item", "411528-SCJG-005")
    assert manager.post(f"/admin/items/{key}/retire").status_code == 303
    assert not manager.get("/api/v1/sites/xixian/catalogue?q=411528-SCJG-005").get_json()
    assert "411528-SCJG-005" in manager.get("/admin/items?show=retired").text
    manager.post(f"/admin/items/{key}/restore")
    assert manager.get("/api/v1/sites/xixian/catalogue?q=411528-SCJG-005").get_json()


def test_what_others_on_offer_need_cannot_be_retired(app: Flask, manager: FlaskClient) -> None:
    item = key_of(app, "service_item", "411528-SCJG-001")
    answer = manager.post(f"/admin/items/{item}/retire", follow_redirects=True)
    assert "企业开办一件事" in answer.text, "The bundle that needs it is named."
    department = key_of(app, "department", "411528-SCJG")
    assert (
        "公司设立登记" in manager.post(f"/admin/departments/{department}/retire", follow_redirects=True).text
    )


def test_bundles_departments_and_tiles_are_made_and_refused(manager: FlaskClient) -> None:
    bundle = {
        "code": "b-1",
        "name": "开店一件事",
        "line": "xixian-b",
        "items": "411528-SCJG-002\n411528-SCJG-007",
    }
    assert manager.post("/admin/bundles/new", data=bundle).status_code == 303
    assert (
        manager.get("/api/v1/sites/xixian/catalogue?q=b-1").get_json()[0]["items"] == bundle["items"].split()
    )
    for changes in (
        {"code": "b-2", "items": "nothing"},
        {"code": "b-3", "line": "none"},
        {"code": "b-1"},
        {"name": ""},
    ):
        assert manager.post("/admin/bundles/new", data={**bundle, **changes}).status_code == 422, changes
    assert manager.post("/admin/departments/new", data={"code": "d-1", "name": "县新局"}).status_code == 303
    assert manager.post("/admin/departments/new", data={"code": "d-1", "name": "县新局"}).status_code == 422
    long = {"code": "d-2", "name": "县老局", "phone": "1" * 41}
    assert manager.post("/admin/departments/new", data=long).status_code == 422
    assert (
        manager.post("/admin/situations/new", data={"code": "pets", "name": "宠物", "sort": "x"}).status_code
        == 422
    )
    assert manager.post("/admin/situations/new", data={"code": "pets", "name": "宠物"}).status_code == 303
    assert "宠物" in manager.get("/admin/situations").text


def test_an_import_is_shown_before_it_is_done(manager: FlaskClient) -> None:
    rows = "事项编码,事项名称,部门\nX-1,宠物登记,县新局\n".encode()
    shown = manager.post("/admin/import", data={"file": (io.BytesIO(rows), "a.csv")})
    assert shown.status_code == 200
    assert "宠物登记" in shown.text
    assert "县新局" in shown.text
    assert "没有队列" in shown.text, "What is filled by rule is told."
    assert not manager.get("/api/v1/sites/xixian/catalogue?q=X-1").get_json(), "Nothing is done yet."
    done = manager.post("/admin/import/confirm", data=Inputs(shown.text).values)
    assert done.status_code == 303
    assert manager.get("/api/v1/sites/xixian/catalogue?q=X-1").get_json()
    again = manager.post("/admin/import", data={"file": (io.BytesIO(rows), "a.csv")})
    assert "无需导入" in again.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "请先选择文件"),
        ("事项编码,事项名称,部门\nX-1,,县新局\n".encode(), '<td class="amount">2</td>'),
        ("事项编码,事项名称,部门,队列\nX-1,甲,县新局,没有\n".encode(), "没有队列“没有”"),
        (b"\x89PNG\r\n\x1a\n", "文件"),
    ],
)
def test_a_broken_file_is_refused_with_its_lines(manager: FlaskClient, content: bytes, said: str) -> None:
    answer = manager.post("/admin/import", data={"file": (io.BytesIO(content), "a.csv")})
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("name", ["", "../../keys.json", "0" * 64, "x" * 5000])
def test_only_what_was_shown_can_be_confirmed(manager: FlaskClient, name: str) -> None:
    assert manager.post("/admin/import/confirm", data={"file": name}).status_code == 404


def test_an_export_reads_back_and_changes_nothing(manager: FlaskClient) -> None:
    book = manager.get("/admin/import/items.xlsx").data
    items, papers = read_items(io.BytesIO(book)), read_materials(io.BytesIO(book))
    assert (len(items.rows), items.problem_count) == (88, 0)
    assert papers.problem_count == 0
    assert len(papers.rows) > 300
    shown = manager.post("/admin/import", data={"file": (io.BytesIO(book), "a.xlsx")})
    assert "无需导入" in shown.text
    for name in ("items.csv", "materials.csv"):
        assert manager.get(f"/admin/import/{name}").data.startswith(b"\xef\xbb\xbf"), "Excel needs the mark."
