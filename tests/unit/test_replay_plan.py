"""From readings to single steps: as many draws and calls as the record says, and nobody called before they came."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hall.forecast.warsaw import Row
from hall.replay.plan import Kind, plan_day

DAY = date(2026, 3, 2)


def rows(*readings: tuple[int, int, int], queue: str = "1", letter: str = "A") -> list[Row]:
    """Readings five minutes apart: windows, waiting, called."""
    return [
        Row(DAY, 480 + 5 * at, "", "Hall", queue, windows, waiting, called, letter)
        for at, (windows, waiting, called) in enumerate(readings)
    ]


def kinds(readings: list[Row]) -> list[tuple[Kind, int]]:
    (queue,) = plan_day(readings, "Hall", DAY).queues
    return [(step.kind, step.who) for step in queue.steps]


def test_windows_open_people_draw_and_are_called_in_their_order() -> None:
    found = kinds(rows((1, 2, 0), (1, 1, 1), (0, 0, 2)))
    assert found == [
        (Kind.WINDOWS, 1), (Kind.DRAW, 0), (Kind.DRAW, 1), (Kind.CALL, 0), (Kind.CALL, 1), (Kind.WINDOWS, 0),
    ]  # fmt: skip


def test_numbers_taken_back_are_the_newest_leaving() -> None:
    (queue,) = plan_day(rows((1, 3, 0), (1, 1, 1)), "Hall", DAY).queues
    assert [step.who for step in queue.steps if step.kind is Kind.LEAVE] == [2]
    assert queue.left_waiting == 1


def test_a_queue_of_several_series_is_left_out_and_the_reason_named() -> None:
    shared = rows((1, 2, 300), (1, 2, 5), (1, 0, 301), queue="2", letter="B")
    plan = plan_day([*rows((1, 1, 0), (1, 0, 1)), *shared], "Hall", DAY)
    assert [queue.queue for queue in plan.queues] == ["1"]
    assert list(plan.dropped) == ["B (2)"] and "several series" in plan.dropped["B (2)"]


def test_the_whole_day_has_queues_of_several_series_with_a_call_for_each_fall_and_jump() -> None:
    shared = rows((1, 2, 300), (1, 2, 5), (1, 0, 301), queue="2", letter="B")
    (queue,) = plan_day(shared, "Hall", DAY, whole=True).queues
    assert [step.kind for step in queue.steps].count(Kind.CALL) == 2 and queue.left_waiting == 0


def test_two_queues_of_one_letter_get_prefixes_of_their_own() -> None:
    plan = plan_day([*rows((1, 1, 0), (1, 0, 1)), *rows((1, 1, 0), (1, 0, 1), queue="2")], "Hall", DAY)
    assert [queue.prefix for queue in plan.queues] == ["A", "B"]


def test_queues_do_not_all_call_in_the_same_second_and_call_alike_in_every_run() -> None:
    twenty = [row for queue in range(20) for row in rows((1, 1, 0), (1, 0, 1), queue=str(queue))]

    def moments() -> list[float]:
        queues = plan_day(twenty, "Hall", DAY).queues
        return [step.minute for queue in queues for step in queue.steps if step.kind is Kind.CALL]

    found = moments()
    assert len(set(found)) == 20 and all(480 <= minute <= 485 for minute in found)
    assert max(found) - min(found) > 2.5, "spread over the five minutes of the reading"
    assert moments() == found


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 6)), min_size=2, max_size=30))
def test_whatever_the_record_says_the_plan_can_be_played(steps: list[tuple[int, int, int]]) -> None:
    called, readings = 0, []
    for windows, waiting, more in steps:
        called += more
        readings.append((windows, waiting, called))
    plan = plan_day(rows(*readings), "Hall", DAY)
    for queue in plan.queues:
        drawn: dict[int, float] = {}
        waiting_now: list[int] = []
        for step in queue.steps:
            if step.kind is Kind.DRAW:
                drawn[step.who] = step.minute
                waiting_now.append(step.who)
            elif step.kind is Kind.CALL:
                assert waiting_now.pop(0) == step.who, "called in the order of drawing"
                assert step.minute >= drawn[step.who]
            elif step.kind is Kind.LEAVE:
                waiting_now.remove(step.who)
        assert len(waiting_now) == readings[-1][1] == queue.left_waiting
        assert len(queue.waits) == called - readings[0][2]
