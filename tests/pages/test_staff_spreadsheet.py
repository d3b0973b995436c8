"""Staff in and out as a spreadsheet: a file is loaded as a whole, or not at all."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.catalog.models import Department
from hall.database import db
from tests.pages.test_account_page import sign_in
from tests.pages.test_front import csrf
from tests.pages.test_people_pages import manager

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

__all__ = ["manager"]
HEAD = "账号,姓名,角色,窗口\n"


def load(client: FlaskClient, data: bytes, name: str = "staff.csv") -> Any:
    form = {"file": (io.BytesIO(data), name), "csrf_token": csrf(client.get("/admin/staff/import").text)}
    return client.post("/admin/staff/import", data=form)


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Staff)) or 0


def test_an_export_loads_again_and_changes_nobody(app: Flask, manager: FlaskClient) -> None:
    before = count(app)
    exported = manager.get("/admin/staff/export.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(exported)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["账号", "姓名", "角色", "窗口", "部门"]
    assert sheet.max_row == before + 1
    again = load(manager, exported, "staff.xlsx")
    assert "新增 0 人，更改 0 人" in again.text
    assert count(app) == before


def test_a_file_makes_and_changes_people(app: Flask, manager: FlaskClient) -> None:
    data = HEAD + "gao.jie,高洁,窗口人员,3\nclerk01,王芳芳,导办台,\n"
    loaded = load(manager, data.encode())
    assert "新增 1 人，更改 1 人" in loaded.text
    password = loaded.text.split('class="secret">')[1].split("<")[0]
    assert sign_in(app.test_client(), "gao.jie", password).headers["Location"] == "/account"
    with app.app_context():
        changed = db.session.scalars(select(Staff).where(Staff.user == "clerk01")).one()
        assert (changed.name, changed.role, changed.window_id) == ("王芳芳", "reception", None)


def test_I1_a_file_says_for_which_department_people_decide(app: Flask, manager: FlaskClient) -> None:
    head = HEAD.replace("窗口", "窗口,部门")
    assert (
        "新增 2 人"
        in load(
            manager, f"{head}a.b,甲,审批人员,,411528-SCJG\nc.d,乙,窗口审批人员,,411528-RSJ\n".encode()
        ).text
    )
    with app.app_context():
        found = dict(
            db.session.execute(
                select(Staff.user, Department.code).join(Department, Department.id == Staff.department_id)
            ).all()
        )
    assert (found["a.b"], found["c.d"]) == ("411528-SCJG", "411528-RSJ")
    assert "更改 1 人" in load(manager, f"{HEAD}a.b,甲甲,审批人员,\n".encode()).text, "an empty cell keeps it"
    for line, said in (("x.y,丙,审批人员,,不存在", "没有部门"), ("x.y,丙,审批人员,,", "所属部门")):
        refused = load(manager, f"{head}{line}\n".encode())
        assert refused.status_code == 422 and "第 2 行" in refused.text and said in refused.text, line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x,高洁,窗口人员,3", "第 3 行"),
        ("gao,,窗口人员,3", "第 3 行"),
        ("gao,高洁,国王,3", "不是已有角色"),
        ("gao,高洁,窗口人员,999", "没有窗口"),
        ("li.na,高洁,窗口人员,3", "与第 2 行重复"),
        ("=1+1,高洁,窗口人员,3", "第 3 行"),
        ("manager,周,审计员,", "至少要有一位负责人"),
    ],
)
def test_one_wrong_line_and_nothing_is_loaded(app: Flask, manager: FlaskClient, line: str, said: str) -> None:
    before = count(app)
    refused = load(manager, f"{HEAD}li.na,李娜,窗口人员,1\n{line}\n".encode())
    assert refused.status_code in {403, 422}
    assert said in refused.text
    assert count(app) == before


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", "账号\n".encode(), b"a,b\n1,2\n"]
)
def test_a_broken_file_is_told_so(manager: FlaskClient, data: bytes) -> None:
    assert load(manager, data).status_code == 422


def test_a_retired_account_is_not_brought_back_by_a_file(app: Flask, manager: FlaskClient) -> None:
    with app.app_context():
        number = db.session.scalars(select(Staff.id).where(Staff.user == "clerk02")).one()
    form = {"csrf_token": csrf(manager.get("/admin/staff/new").text)}
    manager.post(f"/admin/staff/{number}/retire", data=form)
    assert "已停用，请先恢复" in load(manager, f"{HEAD}clerk02,张伟,窗口人员,2\n".encode()).text
