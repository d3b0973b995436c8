"""Q9: the arithmetic of ranges, and which time counts for a paper, whatever clocks and kiosks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hall.cutoff import rules
from hall.queueing.rules import number

SLOT = st.integers(0, rules.SLOTS - 1)
POSITION = st.integers(1, rules.NUMBERS)
DAY = datetime(2026, 11, 29, 20, tzinfo=UTC)  # 04:00 in Xi County
MINUTES = st.floats(-3000, 3000)


@given(SLOT, POSITION, SLOT, POSITION)
def test_Q9_two_places_in_ranges_are_two_numbers(
    slot: int, position: int, other_slot: int, other_position: int
) -> None:
    same = (slot, position) == (other_slot, other_position)
    one, two = rules.serial(slot, position), rules.serial(other_slot, other_position)
    assert (one == two) == same, "Q9 broke: ranges overlap."
    assert rules.slot_and_position(one) == (slot, position), "Q9 broke: a number is not found in its range."


@given(st.integers(-10, 30_000))
def test_Q9_no_number_of_the_halls_own_count_lies_in_a_range(count: int) -> None:
    at = rules.slot_and_position(count)
    if count <= rules.LAST_OF_HALL:
        assert at is None, "Q9 broke: a kiosk may print the hall's own number."
    elif at is not None:
        assert rules.serial(*at) == count
    assert at is None or len(number("AB", count)) <= 12, "Q9 broke: the number does not fit its column."


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80))
def test_Q9_kiosks_in_any_order_never_share_a_slot(askers: list[int]) -> None:
    held: dict[int, set[int]] = {}
    taken: set[int] = set()
    for kiosk in askers:
        slots = rules.free_slots(taken, rules.missing(len(held.get(kiosk, set()))))
        assert not taken & set(slots), "Q9 broke: one range is at two kiosks."
        taken |= set(slots)
        held[kiosk] = {*held.get(kiosk, set()), *slots}
        held[kiosk].discard(min(held[kiosk]))  # one is used up
    assert all(rules.SLOTS > slot >= 0 for slot in taken)


@given(
    st.lists(st.tuples(MINUTES, st.none() | st.floats(0, 3000)), min_size=1, max_size=20),
    st.none() | st.floats(0, 1500),
    st.floats(0, 4320),
)
def test_Q9_the_time_that_counts_keeps_the_order_and_the_bounds(
    papers: list[tuple[float, float | None]], heard_min: float | None, now_min: float
) -> None:
    now = DAY + timedelta(minutes=now_min)
    heard_at = None if heard_min is None else min(now, DAY + timedelta(minutes=heard_min))
    begins, ends = DAY, DAY + timedelta(days=1)
    before: datetime | None = None
    for printed_min, age_min in papers:
        printed_at = DAY + timedelta(minutes=printed_min)
        known = rules.Known(heard_at, now, before, begins, ends)
        age_s = None if age_min is None else age_min * 60
        found = rules.counted(printed_at, age_s, known)
        assert found.at <= now, "Q9 broke: a paper is placed in the future."
        assert begins <= found.at < ends, "Q9 broke: a paper is placed on another date."
        assert before is None or found.at >= before, (
            "Q9 broke: a later paper of a kiosk goes before an earlier."
        )
        if found.because is None:
            assert found.at == printed_at, (
                "Q9 broke: the place is not the printed time, and nothing says why."
            )
        before = found.at


def test_Q9_a_day_of_the_largest_hall_fits_what_is_in_hand() -> None:
    assert rules.NUMBERS * rules.IN_HAND >= 3000 / 5 * 0.3, "Q9 broke: the busiest line runs out of numbers."
    assert rules.serial(5 * rules.IN_HAND - 1, rules.NUMBERS) == 9999, "Five kiosks stay below five digits."
    assert rules.dates_to_reserve(date(2026, 11, 27))[-1] == date(2026, 11, 30), "A weekend is bridged."
