"""Helpers in and out as a spreadsheet: a file is loaded as a whole, or not at all."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
from sqlalchemy import select

from hall.database import db
from hall.helpers.models import Helper, HelperSkill, HelperWeek
from tests.pages.test_helper_pages import BOTH, account, key, manager

if TYPE_CHECKING:
    from flask import Flask

    from tests.pages.premises import Manager

__all__ = ["manager"]


def test_an_export_loads_again_and_changes_nobody(app: Flask, manager: Manager) -> None:
    exported = manager.get("helpers/export.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(exported)).active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    assert head[:6] == ["工号", "账号", "姓名", "技能", "代办", "上门办"] and head[-1] == "周日"
    assert "08:30-12:00留 14:30-17:30" not in str(sheet["G6"].value)
    again = manager.send("helpers/import", "helpers", exported)
    assert "新增 0 位，更改 0 位" in again.text
    with app.app_context():
        assert {one.revision for one in db.session.scalars(select(Helper))} == {1}


@BOTH
def test_a_file_makes_and_changes_helpers(app: Flask, manager: Manager) -> None:
    data = (
        "工号,账号,技能,代办,上门办,周一,周日\n"
        "B01,helper01,手语、英语,否,,09:00-12:00,休\n"
        "B50,new.helper,方言,是,是,08:30-10:00 10:00-12:00留,\n"
    )
    account(manager, "new.helper")
    loaded = manager.send("helpers/import", "helpers", data.encode(), "helpers.csv")
    assert "新增 1 位，更改 1 位" in loaded.text
    with app.app_context():
        one = key(app, "B01")
        assert not db.session.get_one(Helper, one).does_agency
        skills = db.session.scalars(select(HelperSkill.skill).where(HelperSkill.helper_id == one)).all()
        assert set(skills) == {"sign", "english"}
        rows = db.session.scalars(select(HelperWeek).where(HelperWeek.helper_id == one)).all()
        assert [row.starts for row in rows if row.weekday == 0] == ["09:00"]
        assert [row.starts for row in rows if row.weekday == 1] == ["08:30", "14:30"], "empty changes nothing"
        assert db.session.get_one(Helper, key(app, "B50")).does_home_visits


def test_a_wrong_line_loads_nothing_and_is_named(app: Flask, manager: Manager) -> None:
    for user in ("one.more", "two.more", "three.more"):
        account(manager, user)
    lines = [
        "工号,账号,技能,周一",
        "B50,one.more,方言,",
        "B51,nobody,方言,",
        "B52,clerk03,方言,",
        "B53,two.more,飞行,",
        "B01,three.more,,",
        "B99,helper02,,",
    ]
    refused = manager.send("helpers/import", "helpers", "\n".join(lines).encode(), "helpers.csv")
    assert refused.status == 422
    for line in range(3, 8):
        assert f"第 {line} 行" in refused.text, line
    unread = "工号,账号,周一\n工,two.more,\nB60,two.more,8-12\nB60,three.more,12:00-08:00\n"
    refused = manager.send("helpers/import", "helpers", unread.encode(), "helpers.csv")
    assert refused.status == 422
    for line in range(2, 5):
        assert f"第 {line} 行" in refused.text, line
    assert "B50" not in manager.get("helpers").text
