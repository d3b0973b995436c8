"""Whom a process takes for gone: who falls silent while its own beats come back, and nobody else."""

from __future__ import annotations

from hall.live.beats import GONE_AFTER, Beats


def old(*neighbours: str) -> Beats:
    """A process that has been there for a while, among these."""
    beats = Beats("us")
    for _turn in range(GONE_AFTER):
        beats.hear("us")
        for neighbour in neighbours:
            beats.hear(neighbour)
    return beats


def test_whoever_beats_is_there_however_long() -> None:
    beats = old("a", "b")
    for _turn in range(100):
        assert beats.hear("us") == []
        beats.hear("a")
        beats.hear("b")


def test_whoever_falls_silent_is_gone_once() -> None:
    beats = old("a", "b")
    said = []
    for _turn in range(3 * GONE_AFTER):
        said += beats.hear("us")
        beats.hear("b")
    assert said == ["a"]


def test_whoever_comes_back_may_go_again() -> None:
    beats = old("a")
    assert [gone for _ in range(GONE_AFTER) for gone in beats.hear("us")] == ["a"]
    beats.hear("a")
    assert [gone for _ in range(GONE_AFTER) for gone in beats.hear("us")] == ["a"]


def test_nobody_is_gone_while_our_own_beats_do_not_come_back() -> None:
    beats = old("a", "b")
    for _turn in range(100):  # our publications fail, or we were frozen: the line tells nothing of us
        assert beats.hear("b") == []
    assert beats.hear("us") == [], "Silence is counted in our own beats."
