"""The ranking and its formula, and how figures are written (M8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product

from hall.rota.bulletins.accounts import Span, accounts_of
from hall.rota.bulletins.rules import (
    WEIGHTS,
    Account,
    Attended,
    canonical,
    differences,
    digest,
    ranked,
    score,
    tenth,
)
from hall.rota.bulletins.tables import all_of, formula
from hall.rota.findings.models import Finding
from hall.rota.matters.models import HardMatter
from hall.sites import Site

PRESENT, LATE, ABSENT = Attended("present"), Attended("late"), Attended("absent", absence="confirmed")


def test_M8_a_score_is_the_weighted_share_of_what_was_due() -> None:
    assert score(Account(1, (PRESENT, PRESENT))) == 100
    assert score(Account(1, (PRESENT, LATE, ABSENT))) == 50
    assert score(Account(1, (PRESENT,), findings_due=2, findings_in_time=1)) == Fraction(6500, 80)
    assert score(Account(1, (), promises_due=4, promises_kept=1)) == 25
    assert score(Account(1)) is None


def test_M8_leave_excused_absence_and_agreed_stand_in_are_not_due_and_never_the_head() -> None:
    aside = (Attended("on_leave"), Attended("absent", absence="excused"), Attended("stand_in"))
    assert score(Account(1, aside)) is None
    assert score(Account(1, (*aside, PRESENT))) == 100
    assert score(Account(1, (Attended("stand_in", agreed=False), PRESENT))) == 50


def test_M5_an_absence_counts_only_when_its_check_is_over() -> None:
    open_ones = [Attended("absent", absence=state) for state in ("", "found", "asked", "stated")]
    assert {one.kind for one in open_ones} == {"checking"}
    assert score(Account(1, (*open_ones, PRESENT))) == 100
    for state in ("confirmed", "upheld"):
        assert Attended("absent", absence=state).kind == "absent"
        assert score(Account(1, (Attended("absent", absence=state), PRESENT))) == 50


def test_M8_equal_scores_share_a_place_and_the_next_is_left_out() -> None:
    accounts = [
        Account(1, (PRESENT,)),
        Account(2, (LATE,)),
        Account(3, (PRESENT, PRESENT)),
        Account(4, (ABSENT,)),
        Account(5),
    ]
    assert {body: place for body, (place, _value) in ranked(accounts).items()} == {1: 1, 3: 1, 2: 3, 4: 4}


def test_M8_what_is_due_today_still_has_time_and_what_is_done_counts_at_once() -> None:
    day, evening = date(2026, 3, 30), datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
    hall = Site(zone_name="Asia/Shanghai")

    def due(finding: str, promise: str, now: datetime) -> list[tuple[int, int, int, int]]:
        finds = [Finding(body_id=1, state=finding, due_on=day, rectified_at=evening)]
        matters = [HardMatter(body_id=1, state=promise, due_on=day)]
        return [
            (one.findings_due, one.findings_in_time, one.promises_due, one.promises_kept)
            for one in accounts_of([], finds, matters, hall, Span(day, day, now))
        ]

    assert due("assigned", "promised", evening) == []
    for now, done in product((evening, evening + timedelta(days=1)), ("rectified", "closed")):
        assert due(done, "kept", now) == [(1, 1, 1, 1)]
    assert due("assigned", "promised", evening + timedelta(days=1)) == [(1, 0, 1, 0)]
    assert due("assigned", "not_kept", evening) == [(0, 0, 1, 0)]


def test_points_are_said_to_one_decimal_halves_upwards() -> None:
    assert [tenth(Fraction(*pair)) for pair in ((100, 1), (0, 1), (200, 3), (6500, 80), (1, 20), (1, 21))] == [
        "100.0", "0.0", "66.7", "81.3", "0.1", "0.0",
    ]  # fmt: skip


def test_M8_the_same_figures_have_the_same_hash_in_whatever_order() -> None:
    one, other = {"b": [1, {"y": "局", "x": 2}], "a": None}, {"a": None, "b": [1, {"x": 2, "y": "局"}]}
    assert digest(canonical(one)) == digest(canonical(other))
    assert differences(one, other) == []
    assert differences(one, {"a": 1, "b": [1, {"x": 3, "y": "局"}]}) == ["a", "b.1.x"]


def test_M8_a_promise_is_kept_in_time_kept_late_or_broken() -> None:
    day, hall = date(2026, 3, 30), Site(zone_name="Asia/Shanghai")
    evening, later = datetime(2026, 3, 30, 11, 0, tzinfo=UTC), datetime(2026, 3, 31, 11, 0, tzinfo=UTC)
    matters = [
        HardMatter(body_id=1, state="kept", due_on=day, ended_at=evening),
        HardMatter(body_id=1, state="kept", due_on=day, ended_at=later),
        HardMatter(body_id=1, state="not_kept", due_on=day, ended_at=evening),
        HardMatter(body_id=1, state="promised", due_on=day),
    ]
    (account,) = accounts_of([], [], matters, hall, Span(day, day, later))
    told = (account.promises_due, account.promises_kept, account.promises_late, account.promises_broken)
    assert told == (4, 1, 1, 2)
    assert score(account) == Fraction(3, 8) * 100
    assert score(Account(1, promises_due=1, promises_late=1)) == 50
    assert "逾期兑现计0.5" in formula(WEIGHTS)


def test_M8_what_was_frozen_before_is_printed_as_it_was() -> None:
    before = {"attendance": 50, "findings": 30, "promises": 20}
    assert "逾期兑现" not in formula(before)
    line = {
        "rank": 1,
        "name": "第一局",
        "present": 1,
        "late": 0,
        "left_early": 0,
        "turns": 1,
        "score": "90.0",
    }
    line |= {"findings_in_time": 0, "findings_due": 0, "promises_kept": 1, "promises_due": 2}
    figures = {"attendance": [], "findings": {"overdue": []}, "bodies": [line], "formula": before}
    (table,) = all_of(figures)
    assert table.heads[4:] == ("兑现/应兑现", "得分")
    assert table.rows[0][4] == "1/2"
    line |= {"promises_late": 1, "promises_broken": 0}
    (table,) = all_of({**figures, "formula": WEIGHTS})
    assert (table.heads[4], table.rows[0][4]) == ("承诺：按期/逾期/未兑现", "1/1/0")
    assert "逾期兑现计0.5" in table.note
