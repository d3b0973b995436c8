"""H2: free times by bits are those that one finds by going through the day minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hall.helpers.slots import (
    CELL_MIN,
    DAY_CELLS,
    WHOLE_DAY,
    Length,
    beginnings,
    bits,
    cell_at,
    cells_in,
    first_cell,
    grid,
    instant_of,
    mask_of,
    misplaced,
    runs,
    taken_masks,
)

days = st.integers(0, WHOLE_DAY)
lengths = st.builds(Length, st.integers(0, 12), st.integers(1, 24), st.integers(0, 12))
local = st.builds(
    lambda cell: time(cell * CELL_MIN // 60, cell * CELL_MIN % 60), st.integers(0, DAY_CELLS - 1)
)


@given(free=days, length=st.integers(1, 60))
def test_H2_a_run_begins_where_all_its_cells_are_free(free: int, length: int) -> None:
    whole = (1 << length) - 1
    assert set(bits(runs(free, length))) == {at for at in range(DAY_CELLS) if free >> at & whole == whole}


@given(free=days, length=lengths)
def test_H2_help_begins_where_its_travel_fits_as_well(free: int, length: Length) -> None:
    for at in bits(beginnings(free, length)):
        wanted = range(at - length.before, at + length.during + length.after)
        assert all(0 <= cell < DAY_CELLS and free >> cell & 1 for cell in wanted)


@given(spans=st.lists(st.tuples(local, local), max_size=6))
def test_H2_a_shift_s_cells_lie_wholly_inside_it(spans: list[tuple[time, time]]) -> None:
    def inside(cell: int) -> bool:
        at, end = cell * CELL_MIN, (cell + 1) * CELL_MIN
        return any(
            start.hour * 60 + start.minute <= at and end <= (stop.hour * 60 + stop.minute or 24 * 60)
            for start, stop in spans
        )

    assert set(bits(mask_of(spans))) == {cell for cell in range(DAY_CELLS) if inside(cell)}


@given(
    spans=st.lists(
        st.tuples(st.integers(1, 3), st.integers(-300, 1200), st.integers(1, 60)).map(
            lambda span: (span[0], span[1], span[1] + span[2])
        ),
        max_size=8,
    )
)
def test_H2_what_is_taken_stands_on_its_days_also_over_midnight(spans: list[tuple[int, int, int]]) -> None:
    first, count = 5_000_000, 3
    found = taken_masks([(who, first + begins, first + ends) for who, begins, ends in spans], first, count)
    cells = {(who, day * DAY_CELLS + bit) for (who, day), mask in found.items() for bit in bits(mask)}
    wanted = {(who, cell) for who, begins, ends in spans for cell in range(begins, ends)}
    assert cells == {(who, cell) for who, cell in wanted if 0 <= cell < count * DAY_CELLS}


@given(shift=days, begins=st.integers(-20, DAY_CELLS + 20), length=st.integers(1, 40))
def test_H2_a_booking_is_misplaced_where_any_of_its_cells_left_the_shift(
    shift: int, begins: int, length: int
) -> None:
    first = 1_000_000
    inside = all(cell >= 0 and shift >> cell & 1 for cell in range(begins, begins + length))
    assert misplaced(first + begins, first + begins + length, first, shift) is not inside


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)))  # noqa: DTZ001
def test_H2_a_cell_holds_its_instant(at: datetime) -> None:
    begins = instant_of(cell_at(at))
    assert begins <= at < begins + timedelta(minutes=CELL_MIN)
    assert begins.minute % CELL_MIN == 0


def test_H2_a_day_begins_at_local_midnight_and_bookings_on_the_grid() -> None:
    first = first_cell(ZoneInfo("Asia/Shanghai"), date(2026, 11, 30))
    assert instant_of(first) == datetime(2026, 11, 29, 16, tzinfo=UTC)
    assert len(list(bits(grid(30)))) == 48
    assert [bit % 6 for bit in bits(grid(30))] == [0] * 48
    assert (cells_in(30), cells_in(31), cells_in(0)) == (6, 7, 0)
