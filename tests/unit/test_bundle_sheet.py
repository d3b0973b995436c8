"""Bundles out of a spreadsheet: how their cells are read, and what is wrong with its line."""

from __future__ import annotations

import io

from hall.catalog.bundle_sheet import read_bundles, write_bundles
from hall.catalog.exports import write_workbook

HEAD = "一件事编码,一件事名称,包含事项,办理顺序,原跑动次数,现跑动次数"


def read(*lines: str, head: str = HEAD) -> io.BytesIO:
    return io.BytesIO("\n".join((head, *lines, "")).encode())


def test_the_cells_are_read_as_people_write_them() -> None:
    file = read_bundles(read("b-1,开店,A；B、A,串联,６次,1", "b-2,开店二,A,同时办理,,"))
    first, second = file.rows
    assert (first.items, first.in_turn, first.visits_before, first.visits_after) == (("A", "B"), True, 6, 1)
    assert (second.in_turn, second.visits_before) == (False, None)
    assert second.says("in_turn")
    assert not second.says("visits_before")


def test_every_problem_comes_with_its_line_and_no_row_is_left() -> None:
    file = read_bundles(
        read(
            "b-1,开店,A,,,",
            "B-1,开店,A,,,",
            ",无编码,A,,,",
            "b-4,无事项,,,,",
            "b-5,空事项,、,,,",
            "b-6,开店,A,随便,,",
            "b-7,开店,A,,一百,",
            "b-8,=1+1,A,,,",
        )
    )
    assert [(one.line, one.key) for one in file.problems] == [
        (3, "double_code"),
        (4, "empty"),
        (5, "empty"),
        (6, "empty"),
        (7, "unknown_order"),
        (8, "bad_number"),
        (9, "formula"),
    ]
    assert file.rows == ()


def test_a_file_of_items_is_no_file_of_bundles() -> None:
    file = read_bundles(read("X-1,宠物登记,县新局", head="事项编码,事项名称,部门"))
    assert {one.key for one in file.problems} == {"missing_column"}


def test_the_sheet_is_found_by_its_name_wherever_it_stands() -> None:
    body: list[list[str | int]] = [["编码", "名称", "事项"], ["b-1", "开店", "A"]]
    book = write_workbook([("说明", [["给管理员的话"]]), ("一件事", body)])
    rows = read_bundles(io.BytesIO(book)).rows
    assert [row.code for row in rows] == ["b-1"]
    assert read_bundles(io.BytesIO(write_bundles(rows, "a.xlsx"))).rows == rows
