"""H6: skills first, then the least loaded today, then the longest idle; and the reason is the one that decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hall.helpers.rules import LONG_AGO, SKILLS, Candidate, assign, locked_until

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
MATTER = "bundle:start"
skills = st.frozensets(st.sampled_from([*SKILLS, MATTER]))
idle = st.none() | st.integers(0, 600).map(lambda minutes: NOW - timedelta(minutes=minutes))


@st.composite
def teams(draw: st.DrawFn) -> list[Candidate]:
    keys = draw(st.lists(st.integers(1, 50), min_size=0, max_size=7, unique=True))
    return [Candidate(key, draw(skills), draw(st.integers(0, 4)) * 30, draw(idle)) for key in keys]


@given(team=teams(), needed=st.frozensets(st.sampled_from(SKILLS), max_size=2))
def test_H6_nobody_better_is_left_aside(team: list[Candidate], needed: frozenset[str]) -> None:
    choice = assign(team, needed, MATTER)
    able = [one for one in team if needed <= one.skills]
    if choice is None:
        assert not able
        return
    taken = next(one for one in able if one.helper_id == choice.helper_id)
    for other in able:
        assert (MATTER in taken.skills) >= (MATTER in other.skills), "who knows the matter goes first"
        if (MATTER in taken.skills) == (MATTER in other.skills):
            assert taken.load_min <= other.load_min, "then the least loaded"
            if taken.load_min == other.load_min:
                assert (taken.idle_since or LONG_AGO) <= (other.idle_since or LONG_AGO), (
                    "then the longest idle"
                )
    assert choice.among == len(able)
    assert set(choice.known) == (needed | {MATTER}) & taken.skills


@given(team=teams())
def test_H6_the_reason_told_is_what_decided(team: list[Candidate]) -> None:
    choice = assign(team, frozenset(), MATTER)
    if choice is None:
        return
    others = [one for one in team if one.helper_id != choice.helper_id]
    second = assign(others, frozenset(), MATTER)
    mine = next(one for one in team if one.helper_id == choice.helper_id)
    if second is None:
        assert choice.because == "only"
        return
    other = next(one for one in others if one.helper_id == second.helper_id)
    differs = {
        "skills": (MATTER in mine.skills) != (MATTER in other.skills),
        "least_loaded": mine.load_min != other.load_min,
        "longest_idle": (mine.idle_since or LONG_AGO) != (other.idle_since or LONG_AGO),
        "in_turn": True,
    }
    assert choice.because == next(name for name, true in differs.items() if true)


@given(team=teams(), wished=st.integers(1, 50))
def test_H6_who_is_wished_for_is_taken_if_they_can(team: list[Candidate], wished: int) -> None:
    choice = assign(team, frozenset(), None, chosen=wished)
    assert (choice is not None) == any(one.helper_id == wished for one in team)
    assert choice is None or (choice.helper_id, choice.because) == (wished, "wished")


@given(ago=st.lists(st.integers(0, 500), max_size=6), lifted=st.none() | st.integers(0, 500))
def test_H3_a_lock_needs_two_no_shows_and_ends_by_itself(ago: list[int], lifted: int | None) -> None:
    missed = [NOW - timedelta(days=days) for days in ago]
    lifted_at = None if lifted is None else NOW - timedelta(days=lifted)
    until = locked_until(missed, lifted_at, NOW, times=2, days=30)
    counted = sorted(
        at for at in missed if NOW - at <= timedelta(days=365) and (lifted_at is None or at > lifted_at)
    )
    if until is None:
        seconds = counted[1::2]
        assert all(at + timedelta(days=30) <= NOW for at in seconds)
    else:
        assert until > NOW
        assert until - timedelta(days=30) in counted
        assert len(counted) >= 2


def test_H3_two_no_shows_lock_for_thirty_days_from_the_second() -> None:
    first, second = NOW - timedelta(days=40), NOW - timedelta(days=3)
    assert locked_until([first], None, NOW, times=2, days=30) is None
    assert locked_until([first, second], None, NOW, times=2, days=30) == second + timedelta(days=30)
    assert locked_until([first, second], second, NOW, times=2, days=30) is None, "lifted by the desk"
    assert locked_until([first, second], None, second + timedelta(days=30), times=2, days=30) is None
