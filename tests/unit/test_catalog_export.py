"""Catalogues on their way out and back: items and papers, in workbooks and CSV files."""

from __future__ import annotations

import io

import openpyxl
import pytest

from hall.catalog.demo import load
from hall.catalog.spreadsheet import (
    ItemRow,
    MaterialRow,
    read_items,
    read_materials,
    write_items,
    write_materials,
)


def sheet(head: str, *lines: str) -> io.BytesIO:
    return io.BytesIO("\n".join((head, *lines, "")).encode())


def items_alone() -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in (("部门", "事项名称", "事项编码"), ("县公安局", "护照", "A")):
        book.worksheets[0].append(row)
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    return data


def demo_items() -> list[ItemRow]:
    return [
        ItemRow(
            source_line=number,
            code=item.code,
            name=item.name,
            department=item.department,
            name_en=item.name_en,
            department_code="411528",
            department_phone="0376-5951301",
            group="",
            line=item.line,
            situations=item.situations,
            task_type=item.task_type,
            kind=item.kind,
            statutory_days=item.statutory_days,
            committed_days=item.committed_days,
            fee=item.fee,
            aliases=item.aliases,
            mode=item.mode,
            second_review=item.second_review,
            legal_basis=item.legal_basis,
            result_name=item.result_name,
            result_name_en=item.result_name_en,
            procedures=item.procedures,
        )
        for number, item in enumerate(load().items, start=2)
    ]


def demo_materials() -> list[MaterialRow]:
    papers = [(item.code, paper) for item in load().items for paper in item.materials]
    return [
        MaterialRow(
            source_line=number,
            item_code=code,
            name=paper.name,
            name_en=paper.name_en,
            originals=paper.originals,
            copies=paper.copies,
            condition=paper.condition,
            condition_en=paper.condition_en,
            deferrable=paper.deferrable,
            source=paper.source,
            source_en=paper.source_en,
            e_licence=paper.e_licence,
        )
        for number, (code, paper) in enumerate(papers, start=2)
    ]


@pytest.mark.parametrize("filename", ["catalogue.xlsx", "catalogue.csv", "catalogue.XLSX"])
def test_what_is_written_reads_back_the_same_with_nothing_left_to_default(filename: str) -> None:
    items = demo_items()
    file = read_items(io.BytesIO(write_items(items, filename, demo_materials())), filename)
    assert file.problems == ()
    assert list(file.rows) == items
    assert file.defaulted == {}


@pytest.mark.parametrize("filename", ["papers.xlsx", "papers.csv"])
def test_papers_are_written_and_read_back_the_same(filename: str) -> None:
    codes = {item.code for item in load().items}
    file = read_materials(io.BytesIO(write_materials(demo_materials(), filename)), known_codes=codes)
    assert file.problems == ()
    assert list(file.rows) == demo_materials()


def test_items_and_papers_share_a_workbook_and_each_reader_finds_its_sheet() -> None:
    data = write_items(demo_items(), "a.xlsx", demo_materials())
    assert list(read_materials(io.BytesIO(data)).rows) == demo_materials()
    without = items_alone()
    assert [problem.key for problem in read_materials(without).problems] == ["missing_sheet"]


def test_papers_are_checked_line_by_line() -> None:
    head = "事项编码,材料名称,原件,复印件,适用情形,可容缺"
    lines = ("A,身份证,1份,,,是", "B,身份证,1,,,", "A,身份证,1,,,", "A,户口簿,0,0,,", "A,照片,两,,,也许")
    file = read_materials(sheet(head, *lines), known_codes={"A"})
    assert [(problem.line, problem.key) for problem in file.problems] == [
        (3, "unknown_item"),
        (4, "double_material"),
        (5, "no_copies"),
        (6, "bad_number"),
        (6, "bad_yes_no"),
    ]
    good = read_materials(sheet(head, lines[0], "A,申请表,,,,"))
    assert [(row.originals, row.copies, row.deferrable) for row in good.rows] == [(1, 0, True), (1, 0, False)]
    assert good.defaulted["copies"] == 1
