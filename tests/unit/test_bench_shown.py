"""What a long day's benchmark counts: calls that six newer ones pushed off a board, and calls that never came."""

from __future__ import annotations

from dataclasses import replace

from hall.replay.drive import Press
from tests.bench.scaled.longday_table import Seen, growth
from tests.bench.scaled.shown import Shown, key_of
from tests.bench.scaled.sockets import frames

SCREEN = "7"


def calls(count: int) -> list[Press]:
    """One a second, answered after 10 ms."""
    return [
        Press(f"A{at:03d}", "w", f"2026-03-02T09:00:{at:02d}", float(at), float(at), at + 0.01)
        for at in range(count)
    ]


def shown(presses: list[Press], at: dict[int, float], each: int = 1) -> Shown:
    found = Shown()
    found.add(presses, {key_of(presses[number]): {SCREEN: when} for number, when in at.items()}, each)
    return found


def test_each_call_counts_from_its_press_to_its_screen() -> None:
    found = shown(calls(2), {0: 0.5, 1: 1.25})
    assert (found.took_ms, found.pushed, found.missed) == ([500, 250], 0, 0)


def test_a_call_that_six_newer_pushed_off_counts_until_their_board_came() -> None:
    found = shown(calls(7), dict.fromkeys(range(1, 7), 6.5))
    assert (found.pushed, found.missed) == (1, 0) and found.took_ms[0] == 6500


def test_a_call_is_missed_where_the_next_board_had_room_for_it() -> None:
    assert shown(calls(6), dict.fromkeys(range(1, 6), 6.5)).missed == 1
    assert shown(calls(3), {0: 0.1, 1: 1.1}).missed == 1, "the last of the day"
    assert shown(calls(3), {}, each=2).missed == 6, "screens that were told nothing"


def test_of_calls_of_the_same_second_a_board_may_take_each_for_the_newest() -> None:
    same = [replace(press, called_at="2026-03-02T09:00:00", pressed=0.0, answered=0.01) for press in calls(7)]
    assert (
        shown(same, dict.fromkeys(range(6), 0.5)).pushed,
        shown(same, dict.fromkeys(range(5), 0.5)).missed,
    ) == (1, 2)


def test_newer_calls_that_stood_there_before_a_slow_one_was_answered_push_it_off_as_well() -> None:
    slow, *others = calls(7)
    slow = replace(slow, answered=4.5)
    seen = {1: 1.1, 2: 2.1, 3: 3.1, 4: 4.1, 5: 6.5, 6: 6.5}
    found = shown([slow, *others], seen)
    assert (found.pushed, found.missed, found.took_ms[0]) == (1, 0, 6500)
    assert shown([slow, *others], {**seen, 6: 7.5}).missed == 1, "its board had room for it"


def test_memory_that_grows_is_not_flat() -> None:
    def day(hall: float) -> Seen:
        return Seen("", 0, [], [], [], memory={"hall-1": hall, "redis": 4})

    assert growth([day(150), day(190), day(157)]).met, "5 % of 150 MB are 7.5"
    assert not growth([day(150), day(151), day(158)]).met


def test_frames_are_read_whole_however_they_come() -> None:
    data = b"\x81\x012" + b"\x81\x7e\x00\x80" + b"x" * 128
    for cut in range(len(data) + 1):
        come = bytearray(data[:cut])
        first = frames(come)
        come += data[cut:]
        assert [*first, *frames(come)] == [b"2", b"x" * 128] and not come, cut
