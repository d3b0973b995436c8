"""Catalogue files into the database, on both engines: whole or not at all, and the same file twice is one catalogue."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from hall.actor import SYSTEM_ACTOR
from hall.catalog import actions
from hall.catalog.changes import Wanted
from hall.catalog.files import read_files
from hall.catalog.spreadsheet import read_items, read_materials
from hall.unit_of_work import perform, units
from tests.district import district

if TYPE_CHECKING:
    from flask import Flask

HEAD = "事项编码,事项名称,部门,队列,承诺时限,生活场景"


def ask(sql: str) -> Any:
    with units().engine.connect() as connection:
        return connection.execute(text(sql)).scalar()


def counts() -> tuple[int, ...]:
    tables = ("service_item", "department", "material", "situation", "former_content")
    return tuple(ask(f"SELECT count(*) FROM {table}") for table in tables)  # noqa: S608 - our own names


def load(content: bytes, papers: bytes | None = None) -> actions.Loaded:
    files = read_files(content, papers)
    assert not files.problem_count, [problem.english() for _papers, problem in files.problems]
    return perform(SYSTEM_ACTOR, actions.load, actions.Load(ask("SELECT id FROM site"), files.wanted))


def sheet(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *lines, "")).encode()


@pytest.fixture(autouse=True)
def _within(app: Flask, demo: dict[str, Any]) -> Any:
    with app.app_context():
        yield


def test_the_district_catalogue_is_loaded_once_however_often_it_comes() -> None:
    before, revision = counts(), ask("SELECT catalogue_revision FROM site")
    first = load(district())
    assert (first.added, first.changed, first.unchanged, len(first.departments)) == (1135, 0, 0, 39)
    assert first.absent == before[0], "The demo's items are not in the file and stay."
    assert first.revision == revision + 1, "Searches must notice."
    after = counts()
    assert after[0] == before[0] + 1135
    again = load(district())
    assert (again.added, again.changed, again.unchanged, again.departments) == (0, 0, 1135, ())
    assert again.revision == first.revision, "Nothing changed, so nobody needs to read anew."
    assert counts() == after


def test_a_bad_line_in_the_middle_loads_nothing() -> None:
    before = counts()
    lines = district().decode().splitlines()
    lines[568] = "," + lines[568].partition(",")[2]
    files = read_files("\n".join(lines).encode())
    assert [(problem.line, problem.key) for _papers, problem in files.problems] == [(569, "empty")]
    assert not files.wanted.items, "A file with a problem has no rows that could be loaded."
    assert counts() == before


def test_a_line_that_the_hall_does_not_have_is_named_with_its_row_and_nothing_is_loaded() -> None:
    before = counts()
    rows = [
        f"X-{number},事项{number},县新局,{'不存在' if number == 7 else '税务'},5," for number in range(2, 12)
    ]
    with pytest.raises(actions.Unfit) as refused:
        load(sheet(*rows))
    assert [(one.line, one.key, one.params) for one in refused.value.problems] == [
        (7, "unknown_line", {"value": "不存在"})
    ]
    assert counts() == before, "Not even the new department of the good rows."


def test_a_changed_row_raises_the_revision_and_what_it_said_is_kept() -> None:
    load(sheet("X-1,甲,县公安局,xixian-g,5,证照补办"))
    load(sheet("X-1,甲,县公安局,xixian-g,5,"), sheet("X-1,身份证", head="事项编码,材料名称"))
    done = load(sheet("X-1,乙,县公安局,xixian-g,3,证照补办"))
    assert (done.added, done.changed) == (0, 1)
    assert ask("SELECT revision FROM service_item WHERE code = 'X-1'") == 3
    former = json.loads(ask("SELECT content FROM former_content ORDER BY id DESC LIMIT 1"))
    assert (former["name"], former["committed_days"]) == ("甲", 5)
    assert [paper["name"] for paper in former["materials"]] == ["身份证"]
    assert (
        ask("SELECT count(*) FROM material m JOIN service_item i ON i.id = m.item_id WHERE i.code='X-1'") == 1
    )


def test_an_empty_cell_never_overwrites_what_the_hall_has_entered() -> None:
    load(sheet("X-1,甲,县公安局,税务,3,证照补办"))
    done = load(sheet("X-1,甲,县公安局,,,"))
    assert (done.changed, done.unchanged) == (0, 1)
    line = ask("SELECT l.code FROM service_item i JOIN line l ON l.id = i.line_id WHERE i.code = 'X-1'")
    assert line == "xixian-f"
    assert ask("SELECT committed_days FROM service_item WHERE code = 'X-1'") == 3


def test_a_promise_is_checked_against_the_days_that_the_hall_has() -> None:
    load(sheet("X-1,甲,县公安局,10", head="事项编码,事项名称,部门,法定时限"))
    with pytest.raises(actions.Unfit) as refused:
        load(sheet("X-1,甲,县公安局,,30,"))
    assert [(one.line, one.key) for one in refused.value.problems] == [(2, "longer_than_law")]


def test_a_retired_item_stays_retired_and_is_named() -> None:
    load(sheet("X-1,甲,县公安局,,3,"))
    with units().engine.begin() as connection:
        connection.execute(
            text("UPDATE service_item SET retired_at = revision WHERE code = 'X-1'")
            if units().is_sqlite
            else text("UPDATE service_item SET retired_at = now() WHERE code = 'X-1'")
        )
    done = load(sheet("X-1,乙,县公安局,,3,"))
    assert done.retired == ("X-1",)
    assert ask("SELECT name FROM service_item WHERE code = 'X-1'") == "甲"


def test_papers_of_an_unknown_item_are_a_problem_with_their_line() -> None:
    papers = sheet("411528-SCJG-001,章程", "nowhere,身份证", head="事项编码,材料名称")
    before = counts()
    files = read_materials(io.BytesIO(papers))
    command = actions.Load(ask("SELECT id FROM site"), Wanted((), files.rows))
    with pytest.raises(actions.Unfit) as refused:
        perform(SYSTEM_ACTOR, actions.load, command)
    assert [(one.line, one.key) for one in refused.value.problems] == [(3, "unknown_item")]
    assert counts() == before


def test_new_tiles_and_departments_come_with_the_items_that_name_them() -> None:
    done = load(sheet("X-1,甲,县新局,,3,退休养老、宠物", "X-2,乙,县新局,,3,宠物"))
    assert (done.departments, done.situations) == (("县新局",), ("宠物",))
    told = "SELECT count(*) FROM item_situation s JOIN situation t ON t.id = s.situation_id WHERE t.name = '宠物'"
    assert ask(told) == 2
    assert read_items(io.BytesIO(sheet("X-1,甲,县新局,,3,宠物"))).rows[0].situations == ("宠物",)


def test_a_department_s_telephone_comes_with_its_items_and_an_empty_cell_leaves_it() -> None:
    told = "SELECT phone FROM department WHERE name = '县新局'"
    head = "事项编码,事项名称,部门,部门电话"
    load(sheet("X-1,甲,县新局,0376-1234567", "X-2,乙,县新局,", head=head))
    assert ask(told) == "0376-1234567"
    load(sheet("X-1,甲,县新局,", head=head))
    assert ask(told) == "0376-1234567"
    assert load(sheet("X-1,甲,县新局,0376-7654321", head=head)).departments == ("县新局",)
    assert ask(told) == "0376-7654321"
