"""The wait figure: what is learned from finished waits, and what is said when there is little or nothing to go by."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from hall.forecast import Observation, Pace, PaceModel, Snapshot, Today, WaitModel, learn
from hall.forecast.today import LineToday, Visit, observations, replay

MONDAY = date(2026, 3, 2)


def waits(line: str, per_call: float, days: int = 5, windows: int = 1, a_day: int = 40) -> list[Observation]:
    """A line whose windows together call somebody every `per_call` minutes, give or take a fifth."""
    chance = random.Random(line)
    found = []
    for number in range(days * a_day):
        ahead = chance.randrange(8)
        moment = Snapshot(line, ahead, windows, 540 + number % a_day * 5)
        found.append(
            Observation(
                MONDAY + timedelta(number // a_day),
                moment,
                (ahead + 1) * per_call * chance.uniform(0.8, 1.2),
            )
        )
    return found


def middle(model: WaitModel, line: str, ahead: int, windows: int = 1, today: Today | None = None) -> float:
    said = model.predict(Snapshot(line, ahead, windows, 600, today or Today()))
    assert said is not None, f"no figure for {line}: learn() must find a basis in what it was given"
    return said.p50_min


def test_each_line_is_forecast_at_its_own_pace() -> None:
    model = learn([*waits("quick", 4), *waits("slow", 12)])
    for ahead in (0, 3, 7):
        assert middle(model, "quick", ahead) == pytest.approx(4 * (ahead + 1), rel=0.15)
        assert middle(model, "slow", ahead) == pytest.approx(12 * (ahead + 1), rel=0.15)


def test_a_line_without_history_gets_the_pace_of_the_site() -> None:
    model = learn([*waits("quick", 4), *waits("slow", 12)])
    assert 4 * 3 < middle(model, "new", 2) < 12 * 3


def test_a_line_with_little_history_stands_between_its_own_and_the_sites_pace() -> None:
    model = learn([*waits("a", 5), *waits("b", 5), *waits("new", 20, days=2, a_day=5)])
    assert 5 * 3 * 1.05 < middle(model, "new", 2) < 20 * 3 * 0.95


def test_the_range_holds_nine_of_ten_waits() -> None:
    model = learn(waits("a", 10))
    fresh = [
        (model.predict(seen.snapshot), seen.waited_min)
        for seen in waits("a", 10, days=12)
        if seen.day > MONDAY + timedelta(4)
    ]
    under = sum(said is not None and waited <= said.p90_min for said, waited in fresh) / len(fresh)
    assert 0.8 <= under <= 0.98
    assert all(said is not None and said.p50_min <= said.p90_min for said, _ in fresh)


def test_without_a_basis_there_is_no_figure() -> None:
    moment = Snapshot("a", 3, 1, 600)
    assert learn([]).predict(moment) is None
    assert learn(waits("a", 5)[:10]).predict(moment) is None, "ten waits are a guess, not a basis"
    assert PaceModel().predict(moment) is None


def test_no_figure_while_no_window_is_open_unless_such_waits_were_seen() -> None:
    model = learn(waits("a", 5))
    assert model.predict(Snapshot("a", 3, 0, 600)) is None
    lent = learn([*waits("a", 5), *waits("a", 7, windows=0)])
    assert lent.predict(Snapshot("a", 3, 0, 600)) is not None


def test_more_windows_than_ever_seen_are_as_fast_as_the_most_that_were() -> None:
    model = learn([*waits("a", 12, windows=1), *waits("b", 6, windows=2), *waits("c", 4, windows=3)])
    assert middle(model, "new", 4, windows=6) == pytest.approx(middle(model, "new", 4, windows=3))
    assert middle(model, "new", 4, windows=1) > middle(model, "new", 4, windows=3)


def days_of_two_moods(line: str) -> list[Observation]:
    """Every other day is twice as slow, and the pace so far that day shows it."""
    chance = random.Random(7)
    found = []
    for number in range(12):
        per_call = 10.0 if number % 2 else 5.0
        for calls in range(1, 40):
            ahead = chance.randrange(6)
            today = Today(calls, calls * per_call, per_call / 2, None)
            moment = Snapshot(line, ahead, 1, 540 + calls * 5, today)
            waited = (ahead + 1) * per_call * chance.uniform(0.9, 1.1)
            found.append(Observation(MONDAY + timedelta(number), moment, waited))
    return found


def test_todays_own_pace_is_blended_in() -> None:
    model = learn(days_of_two_moods("a"))
    slow = middle(model, "a", 4, today=Today(20, 200.0, 5.0, None))
    quick = middle(model, "a", 4, today=Today(20, 100.0, 2.5, None))
    assert slow == pytest.approx(50, rel=0.25)
    assert quick == pytest.approx(25, rel=0.25)


def test_newer_days_count_more_than_older_ones() -> None:
    old, new = waits("a", 5, days=6), waits("a", 10, days=6)
    moved = [Observation(seen.day + timedelta(6), seen.snapshot, seen.waited_min) for seen in new]
    assert middle(learn([*old, *moved]), "a", 3) > middle(learn([*old, *moved], as_of=MONDAY), "a", 3)


def test_a_pace_survives_the_table_it_is_stored_in() -> None:
    model = learn(days_of_two_moods("a"))
    stored = {line: pace.to_json() for line, pace in model.lines.items()}
    again = PaceModel(
        Pace.from_json(model.pooled.to_json()), {line: Pace.from_json(text) for line, text in stored.items()}
    )
    today = Today(20, 200.0, 5.0, 30.0)
    assert middle(again, "a", 4, today=today) == pytest.approx(middle(model, "a", 4, today=today), rel=0.01)
    assert len(model.pooled.to_json()) < 60_000
    assert all(len(text) < 4_000 for text in stored.values())


def test_a_pace_of_another_form_is_no_basis() -> None:
    text = learn(waits("a", 5)).pooled.to_json().replace('"form":1', '"form":0')
    assert PaceModel(Pace.from_json(text)).predict(Snapshot("a", 0, 1, 600)) is None


def test_the_day_so_far_counts_only_the_time_in_which_somebody_waited() -> None:
    line = LineToday()
    for minute, waiting, called in (
        (480, 0, 0),
        (490, 3, 1),
        (500, 2, 2),
        (505, 0, 4),
        (530, 0, 4),
        (540, 1, 4),
    ):
        line.read(minute, waiting, called)
    # 490 to 505 with people waiting: calls 2, 3 and 4; the fourth joined at 490; the last call was seen at 505
    assert line.at(540) == Today(busy_calls=3, busy_minutes=15, since_call=35, last_joined=50)
    assert line.at(545).busy_minutes == 20, "somebody waits since 540"


def test_a_lines_day_is_told_by_its_tickets() -> None:
    visits = [
        Visit(480, 485, called=True, ahead=0, windows_open=1),
        Visit(481, 490, called=True, ahead=1, windows_open=1),
        Visit(482, 484, called=False, ahead=2, windows_open=1),
        Visit(486, None, called=False, ahead=1, windows_open=2),
    ]
    found = observations("a", MONDAY, visits)
    assert [(seen.snapshot.ahead, seen.snapshot.minute, seen.waited_min) for seen in found] == [
        (0, 480, 5),
        (1, 481, 9),
    ], "those who gave up or still wait teach nothing about the wait"
    assert replay(visits, until=487).at(487) == Today(
        busy_calls=2, busy_minutes=7, since_call=2, last_joined=6
    )
