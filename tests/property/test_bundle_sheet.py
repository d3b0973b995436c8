"""Whatever a hall's bundles hold survives the way out and back, and whatever a file holds does no harm."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from hall.catalog.bundle_sheet import BUNDLE_COLUMNS, BundleRow, read_bundles, write_bundles
from hall.catalog.columns import FORMULA
from hall.catalog.grid import read_grid
from tests.property.test_catalog_spreadsheet import optional, several, words

counted = st.none() | st.integers(0, 99)
danger = st.sampled_from(["=1+1", "+86", "-x", "@SUM", "＝1", "'=1", "''=HYPERLINK(1)"])


@st.composite
def bundle_rows(draw: st.DrawFn, line: int) -> BundleRow:
    return BundleRow(
        source_line=line,
        code=f"B-{line}",
        name=draw(words | danger),
        items=draw(st.lists(words | danger, min_size=1, max_size=4, unique=True).map(tuple)),
        name_en=draw(optional | danger),
        aliases=draw(several),
        line=draw(optional),
        situations=draw(several),
        in_turn=draw(st.booleans()),
        visits_before=draw(counted),
        visits_after=draw(counted),
    )


@given(data=st.data(), size=st.integers(1, 4), filename=st.sampled_from(["a.csv", "a.xlsx"]))
def test_all_bundles_read_back_as_they_were_written(data: st.DataObject, size: int, filename: str) -> None:
    rows = tuple(data.draw(bundle_rows(line)) for line in range(2, size + 2))
    written = write_bundles(rows, filename)
    file = read_bundles(io.BytesIO(written))
    assert [problem.english() for problem in file.problems] == []
    assert file.rows == rows
    grid = read_grid(io.BytesIO(written), sheets=("一件事",))
    assert not [cell for row in grid for cell in row.cells if cell.startswith(FORMULA)]


@given(data=st.binary(max_size=300))
def test_no_bytes_raise_and_problems_mean_no_rows(data: bytes) -> None:
    file = read_bundles(io.BytesIO(data))
    assert not (file.problems and file.rows)


@given(lines=st.lists(st.lists(st.text(max_size=12), max_size=10), max_size=5))
def test_no_cells_raise_and_every_problem_has_its_sentence(lines: list[list[str]]) -> None:
    text = ",".join(column.field for column in BUNDLE_COLUMNS) + "\n"
    text += "\n".join(",".join(cells) for cells in lines)
    file = read_bundles(io.BytesIO(text.encode("utf-8", errors="replace")))
    assert all(problem.english() for problem in file.problems)
    assert not (file.problems and file.rows)
