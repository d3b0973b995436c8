"""Whatever a catalogue holds survives the way out and back, and whatever a file holds does no harm."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from hall.catalog.columns import SCIENTIFIC, SPREADSHEET_ERRORS, TURNED_DATE, Procedure
from hall.catalog.kinds import MODE_NAMES, Kind, TaskType
from hall.catalog.spreadsheet import ItemRow, read_items, read_materials, write_items

printable = st.characters(exclude_categories=["C", "Z"], exclude_characters="、;；|")


def is_plain(text: str) -> bool:
    """Neither an empty cell's sign nor what a spreadsheet program makes of a number or a mistake."""
    empty = text in {"-", "－", "—", "——", "/", "／"}
    return not (
        empty or text in SPREADSHEET_ERRORS or SCIENTIFIC.fullmatch(text) or TURNED_DATE.fullmatch(text)
    )


words = st.text(printable, min_size=1, max_size=30).filter(is_plain)
optional = st.just("") | words
several = st.lists(words, max_size=3, unique=True).map(tuple)
chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20)
procedures = st.lists(
    st.builds(
        Procedure,
        chinese.filter(bool),
        st.integers(1, 730),
        chinese.map(lambda text: text and f"《{text}》（试行）"),
    ),
    max_size=3,
    unique_by=lambda one: one.name,
)


@st.composite
def item_rows(draw: st.DrawFn, line: int) -> ItemRow:
    statutory = draw(st.none() | st.integers(0, 730))
    committed = draw(st.none() | st.integers(0, statutory or 730))
    return ItemRow(
        source_line=line,
        code=f"C-{line}",
        name=draw(words),
        department=draw(words),
        name_en=draw(optional),
        department_code=draw(optional),
        group=draw(optional),
        line=draw(optional),
        situations=draw(several),
        task_type=draw(st.sampled_from(list(TaskType))),
        kind=Kind.INSTANT if committed == 0 else Kind.COMMITTED,
        statutory_days=statutory,
        committed_days=committed,
        fee=draw(optional),
        aliases=draw(several),
        mode=draw(st.sampled_from(list(MODE_NAMES))),
        second_review=draw(st.booleans()),
        legal_basis=draw(optional),
        result_name=draw(optional),
        result_name_en=draw(optional),
        procedures=tuple(draw(procedures)),
    )


@given(data=st.data(), size=st.integers(1, 4), filename=st.sampled_from(["a.csv", "a.xlsx"]))
def test_every_catalogue_reads_back_as_it_was_written(data: st.DataObject, size: int, filename: str) -> None:
    rows = tuple(data.draw(item_rows(line)) for line in range(2, size + 2))
    file = read_items(io.BytesIO(write_items(rows, filename)))
    assert [problem.english() for problem in file.problems] == []
    assert file.rows == rows


@given(data=st.binary(max_size=300))
def test_no_bytes_raise_and_problems_mean_no_rows(data: bytes) -> None:
    for read in (read_items, read_materials):
        file = read(io.BytesIO(data))
        assert not (file.problems and file.rows)


@given(lines=st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=5))
def test_no_cells_raise_and_every_problem_has_its_sentence(lines: list[list[str]]) -> None:
    text = "department,item_name,item_code,task_type,statutory_days,committed_days,kind\n"
    text += "\n".join(",".join(cells) for cells in lines)
    file = read_items(io.BytesIO(text.encode("utf-8", errors="replace")))
    assert all(problem.english() for problem in file.problems)
    assert not (file.problems and file.rows)
