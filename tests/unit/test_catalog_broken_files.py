"""Files that are broken, or made to break us: one clear problem, no exception, no memory eaten."""

from __future__ import annotations

import io
import zipfile

import pytest

from hall.catalog import grid
from hall.catalog.spreadsheet import ItemRow, read_items, read_materials, write_items

HEAD = "department,item_name,item_code\n"
GOOD = [ItemRow(2, "A-1", "居民身份证换领", "县公安局"), ItemRow(3, "A-2", "普通护照签发", "县公安局")]
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def the_problem(data: bytes) -> tuple[int, str]:
    file = read_items(io.BytesIO(data))
    assert file.rows == ()
    (problem,) = file.problems
    assert problem.english()
    return problem.line, problem.key


def book() -> bytes:
    return write_items(GOOD, "a.xlsx")


def with_part(name: str, content: str | bytes) -> bytes:
    """A good workbook with one part put in or replaced."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return data.getvalue()


def with_sheet(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_part(
        "xl/worksheets/sheet1.xml",
        f'{XML}<worksheet xmlns="{space}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>',
    )


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


HEADING = f'<row r="1">{text("A1", "部门")}{text("B1", "事项名称")}{text("C1", "事项编码")}</row>'


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", (0, "empty_file")),
        (b" \r\n\r\n", (0, "empty_file")),
        (b"%PDF-1.7\n\0\0binary", (0, "not_a_sheet")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", (0, "old_format")),
        (b"PK\x03\x04", (0, "damaged")),
        ((HEAD + "县公安局,护照,A\n").encode("utf-16"), (1, "wrong_encoding")),
        ((HEAD + "x\u00e9,x,A\n").encode("latin-1"), (2, "wrong_encoding")),
        ((HEAD + "县公安局,普通护照签发,A\n" * 4).encode() + b"\xe5\x8e,x,B\n", (6, "wrong_encoding")),
        (b"\xef\xbb\xbf" + HEAD.encode() + b"\xff\xfe,x,B\n", (2, "wrong_encoding")),
        ((HEAD + '县公安局,"护照,A\n县公安局,户口,B\n').encode(), (2, "broken_quotes")),
        ((HEAD + "县公安局,护照\n").encode(), (2, "empty")),
    ],
)
def test_a_broken_file_is_named_by_one_problem(data: bytes, problem: tuple[int, str]) -> None:
    assert the_problem(data) == problem


def test_the_good_workbook_is_good() -> None:
    assert read_items(io.BytesIO(book())).rows == tuple(GOOD)
    assert (
        read_items(
            io.BytesIO(
                with_sheet(
                    HEADING + f'<row r="2">{text("A2", "局")}{text("B2", "甲")}{text("C2", "A")}</row>'
                )
            )
        )
        .rows[0]
        .name
        == "甲"
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_loads_nothing(share: float) -> None:
    data = book()
    assert the_problem(data[: int(len(data) * share)]) == (0, "damaged")


@pytest.mark.parametrize("step", range(1, 60, 7))
def test_a_workbook_with_flipped_bytes_never_raises(step: int) -> None:
    data = bytearray(book())
    for place in range(step, len(data), 97 + step):
        data[place] ^= 0x55
    file = read_items(io.BytesIO(bytes(data)))
    assert file.problems
    assert not file.rows


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_part("xl/media/picture.png", b"\0" * (grid.MAX_UNPACKED + 1))
    assert len(bomb) < grid.MEGABYTE
    read: list[str] = []
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda _self, part: read.append(str(part)))
    assert the_problem(bomb) == (0, "unpacks_too_large")
    assert read == []


def test_too_many_parts_are_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number in range(grid.MAX_PARTS + 1):
            archive.writestr(f"{number}.xml", "<a/>")
    assert the_problem(data.getvalue()) == (0, "unpacks_too_large")


def test_a_part_that_is_larger_than_it_says_is_damaged() -> None:
    data = bytearray(with_part("xl/sharedStrings.xml", XML + "<sst>" + " " * 100_000 + "</sst>"))
    real, said = (100_000 + len(XML) + 11).to_bytes(4, "little"), (50).to_bytes(4, "little")
    assert data.count(real) == 2, "once in the part's own head, once in the directory"
    assert the_problem(bytes(data.replace(real, said))) == (0, "damaged")


@pytest.mark.parametrize(
    "content",
    [
        XML + '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst>&b;</sst>',
        '<?xml version="1.0" encoding="cp037"?><sst/>',
        (XML + "<sst/>").encode("utf-16"),
        XML + "<sst>",
    ],
)
def test_a_workbook_with_declarations_or_hidden_encodings_is_refused(content: str | bytes) -> None:
    assert the_problem(with_part("xl/worksheets/sheet1.xml", content)) == (0, "damaged")


def test_a_row_number_beyond_any_sheet_ends_the_reading() -> None:
    far = f'<row r="99999999999">{text("A2", "局")}</row>'
    assert the_problem(with_sheet(HEADING + far)) == (0, "damaged")


def test_rows_and_columns_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MAX_ROWS", 3)
    lines = "".join(f"县公安局,护照,A-{number}\n" for number in range(4))
    assert the_problem((HEAD + lines).encode()) == (5, "too_many_rows")
    assert the_problem((HEAD.strip() + ",x" * 200 + "\n").encode()) == (1, "too_many_columns")


def test_a_file_larger_than_the_limit_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MAX_FILE", 100)
    asked: list[int] = []

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(size or -1)
            return b"x" * (size or 0)

    (problem,) = read_items(Endless()).problems
    assert problem.key == "too_large"
    assert asked == [101]


def test_another_kind_of_archive_is_no_workbook() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert the_problem(data.getvalue()) == (0, "not_a_sheet")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "'=", "''="])
@pytest.mark.parametrize("filename", ["a.csv", "a.xlsx"])
def test_exported_text_cannot_act_as_a_formula_and_reads_back_the_same(sign: str, filename: str) -> None:
    name = f"{sign}HYPERLINK(1)"
    data = write_items([ItemRow(2, "A-1", name, "县公安局")], filename)
    if filename.endswith(".csv"):
        assert f",'{name},".encode() in data
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    file = read_items(io.BytesIO(data))
    assert [row.name for row in file.rows] == [name]


def test_formulas_of_a_workbook_are_refused_also_where_excel_stored_a_result() -> None:
    rows = HEADING + f'<row r="2">{text("A2", "局")}<c r="B2"><f>1+1</f><v>2</v></c>{text("C2", "A")}</row>'
    assert the_problem(with_sheet(rows)) == (2, "formula")


def test_a_path_that_is_not_there_is_the_callers_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(FileNotFoundError):
        read_items(tmp_path_factory.getbasetemp() / "nowhere.csv")
    with pytest.raises(FileNotFoundError):
        read_materials(str(tmp_path_factory.getbasetemp() / "nowhere.csv"))
