"""Spreadsheets as counties keep them: what can be read is read whole, what cannot is named with its line."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from hall.catalog.columns import Procedure
from hall.catalog.kinds import Kind, TaskType
from hall.catalog.problems import MAX_PROBLEMS, MESSAGES
from hall.catalog.spreadsheet import (
    DEFAULTS,
    ImportFile,
    ItemRow,
    read_items,
)
from tests.district import district

HEAD = "部门,事项名称,事项编码,法定时限,承诺时限,事项类型"


def sheet(*lines: str, head: str = HEAD, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\n".join((head, *lines, "")).encode(encoding))


def workbook(*rows: tuple[str | float | None, ...], title: str = "事项") -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append(row)
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    return data


def found(file: ImportFile) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.key) for problem in file.problems]


def test_a_districts_whole_list_is_read_and_says_what_was_filled_by_default() -> None:
    file = read_items(io.BytesIO(district()), "district-catalogue.csv")
    assert file.problems == ()
    assert len(file.rows) == 1135
    assert len({row.code for row in file.rows}) == 1135
    for name in ("statutory_days", "committed_days", "kind", "line", "name_en", "fee"):
        assert file.defaulted[name] == 1135
        assert name in DEFAULTS
    permits = [row for row in file.rows if row.task_type is TaskType.PERMIT]
    assert len(permits) == 536
    assert {row.statutory_days for row in permits} == {20}
    assert {row.statutory_days for row in file.rows if row.task_type is not TaskType.PERMIT} == {None}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_of_chinese_offices(encoding: str, delimiter: str) -> None:
    lines = f"{HEAD}\n县公安局,居民身份证换领,411528-1,40个工作日,即办,行政确认\n".replace(",", delimiter)
    file = read_items(io.BytesIO(lines.replace("\n", "\r\n").encode(encoding)))
    assert file.problems == ()
    (row,) = file.rows
    assert row == ItemRow(
        source_line=2,
        code="411528-1",
        name="居民身份证换领",
        department="县公安局",
        task_type=TaskType.CONFIRMATION,
        kind=Kind.INSTANT,
        statutory_days=40,
        committed_days=0,
    )


def test_headings_are_known_in_english_and_chinese_with_units_and_stars() -> None:
    head = "实施主体, Item Name ,事项编码*,法定时限（工作日）,Committed_Days,队列,备注"
    file = read_items(sheet("县民政局,结婚登记,A-1,无,0,xixian-j,x", head=head))
    assert file.problems == ()
    assert file.ignored == ("备注",)
    assert (file.rows[0].line, file.rows[0].statutory_days, file.rows[0].committed_days) == (
        "xixian-j",
        None,
        0,
    )
    assert "statutory_days" not in file.defaulted, "无 says that there is no limit: nothing to fill"


def test_I5_special_procedures_are_read_as_people_write_them() -> None:
    head = "事项编码,事项名称,部门,承诺时限,办理方式,复核,办理结果,特别程序"
    said = "专家评审 30个工作日（《行政许可法》（2019修正）第四十五条）；现场核查：10天"
    (row,) = read_items(sheet(f"A-1,餐饮,县局,5,受办一体,是,许可证,{said}", head=head)).rows
    assert (row.mode, row.second_review, row.result_name) == ("same_desk", True, "许可证")
    assert row.procedures == (
        Procedure("专家评审", 30, "《行政许可法》（2019修正）第四十五条"),
        Procedure("现场核查", 10),
    )
    for wrong in ("专家评审", "评审 0天", "评审 731天", "评审 3天；评审 5天"):
        file = read_items(sheet(f"A-1,餐饮,县局,5,,,,{wrong}", head=head))
        assert [problem.key for problem in file.problems] == ["bad_procedure"], wrong
    assert [one.key for one in read_items(sheet("A-1,餐饮,县局,5,随便,,,", head=head)).problems] == [
        "unknown_mode"
    ]
    defaulted = read_items(sheet("A-1,餐饮,县局,5,,,,", head=head)).defaulted
    assert {"mode", "second_review", "result_name", "procedures"} <= defaulted.keys()


def test_a_workbook_is_read_with_numbers_blank_lines_and_texts() -> None:
    file = read_items(
        workbook(
            ("部门", "事项名称", "事项编码", "法定时限"), (), ("县公安局", "护照", 411528, 10.0), (None,) * 4
        )
    )
    assert file.problems == ()
    (row,) = file.rows
    assert (row.source_line, row.code, row.statutory_days) == (3, "411528", 10)


def test_all_problems_are_found_at_once_each_with_its_line_and_nothing_is_loaded() -> None:
    file = read_items(
        sheet(
            "县公安局,护照,A-1,20,10,1",
            ",护照,A-2,20,10,1",
            "县公安局,,,20,10,1",
            "县公安局,户口,a-1,二十,-1,99",
            "县公安局,=1+1,A-3,20,30,1",
            "县公安局,护\u202e照,A-4,9999,10,1",
            f"县公安局,{'长' * 301},A-5,20,10,行政许可",
            "县公安局,签证,#REF!,20,10,1",
            "县公安局,签证,1.15113010087782E+17,20,10,1",
            "县公安局,签证,A-6,20,30,1",
        )
    )
    assert file.rows == ()
    assert file.defaulted == {}
    assert found(file) == [
        (3, "部门", "empty"),
        (4, "事项名称", "empty"),
        (4, "事项编码", "empty"),
        (5, "法定时限", "bad_number"),
        (5, "承诺时限", "bad_number"),
        (5, "事项类型", "unknown_task_type"),
        (5, "事项编码", "double_code"),
        (6, "事项名称", "formula"),
        (7, "事项名称", "control_character"),
        (7, "法定时限", "bad_number"),
        (8, "事项名称", "too_long"),
        (9, "事项编码", "cell_error"),
        (10, "事项编码", "lost_digits"),
        (11, "承诺时限", "longer_than_law"),
    ]
    for problem in file.problems:
        blanks = set(re.findall(r"%\((\w+)\)s", MESSAGES[problem.key]))
        assert set(problem.params) == blanks, f"{problem.key} is to fill {blanks}"
    assert file.problems[6].english() == "line 5, 事项编码: The code “a-1” was already used in line 2."


def test_only_a_hundred_problems_are_listed_but_all_are_counted() -> None:
    file = read_items(sheet(*["县公安局,,A,20,10,1"] * 150))
    assert len(file.problems) == MAX_PROBLEMS
    assert file.problem_count == 150 + 149


@pytest.mark.parametrize(
    ("head", "line", "problem"),
    [
        ("部门,事项名称,法定时限", "县公安局,护照,1", (1, "", "missing_column")),
        ("部门,事项名称,事项编码,name", "县公安局,护照,A,x", (1, "name", "double_column")),
        ("部门,事项名称,事项编码,", "县公安局,护照,A,x", (1, "D", "blank_heading")),
        ("部门,事项名称,事项编码", "县公安局,护照,A,,x", (1, "E", "blank_heading")),
        ("息县政务服务事项清单,,", "部门,事项名称,事项编码", (1, "", "title_row")),
    ],
)
def test_headings_that_are_missing_double_merged_or_a_title_are_named(
    head: str, line: str, problem: tuple[int, str, str]
) -> None:
    file = read_items(sheet(line, head=head))
    assert found(file) == [problem]
    assert file.rows == ()


def test_a_merged_heading_and_merged_cells_of_a_workbook_are_named() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (
        ("部门", "事项名称", None, "事项编码"),
        ("县公安局", "护照", "换发", "A"),
        (None, "户口", "迁移", "B"),
    ):
        page.append(row)
    page.merge_cells("B1:C1")
    page.merge_cells("A2:A3")
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    assert found(read_items(data)) == [(1, "C", "blank_heading"), (3, "部门", "empty")]


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("即办件", None),
        ("instant", None),
        ("承诺件", "committed_without_days"),
        ("马上办", "unknown_kind"),
    ],
)
def test_a_kind_agrees_with_the_days_it_promises(cell: str, key: str | None) -> None:
    file = read_items(sheet(f"县公安局,护照,A,20,0,1,{cell}", head=HEAD + ",办件类型"))
    assert [problem.key for problem in file.problems] == ([key] if key else [])


def test_an_instant_item_needs_no_days_and_promises_none() -> None:
    (row,) = read_items(sheet("县公安局,护照,A,20,,1,即办件", head=HEAD + ",办件类型")).rows
    assert row.committed_days == 0
    (problem,) = read_items(sheet("县公安局,护照,A,20,3,1,即办件", head=HEAD + ",办件类型")).problems
    assert problem.key == "instant_with_days"


def test_a_dash_is_an_empty_cell() -> None:
    file = read_items(sheet("县公安局,护照,A,-,/,—"))
    assert file.problems == ()
    assert file.defaulted["statutory_days"] == file.defaulted["task_type"] == 1
    assert found(read_items(sheet("—,护照,A,1,1,1"))) == [(2, "部门", "empty")]
