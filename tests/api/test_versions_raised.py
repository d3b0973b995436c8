"""Versions of topics (Q11): however many are raised at once, by one statement that is kept, and never backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hall.live import versions
from hall.unit_of_work import units

if TYPE_CHECKING:
    from flask import Flask

PACE_MS = 60_000


@pytest.mark.usefixtures("demo")
def test_Q11_any_number_of_topics_is_raised_at_once_and_costs_no_more_memory(app: Flask) -> None:
    with app.app_context():

        def raised(count: int, pace_ms: int = 0) -> dict[str, int]:
            topics = [f"line:made-{number:04d}" for number in range(count)]
            return units().run(lambda session: versions.raise_versions(session, topics, pace_ms))

        first = raised(3)
        kept = versions._raising.cache_info().currsize
        for count in (1, 2, 40, 700):
            found = raised(count)
            assert len(found) == count, f"{count} topics, {len(found)} were raised"
        again = raised(3)
        assert all(again[topic] > version for topic, version in first.items()), "Q11: a version went back"
        assert versions._raising.cache_info().currsize == kept, "a statement for each number stays for good"
        assert raised(3, PACE_MS) == {}, "raised within the pace already"
        assert raised(0) == {}
        assert set(raised(705, PACE_MS)) == {f"line:made-{number:04d}" for number in range(700, 705)}


@pytest.mark.usefixtures("demo")
def test_Q11_a_topic_may_be_named_by_any_signs(app: Flask) -> None:
    odd: list[Any] = ["line:'\"\\,{}", "line:息县%(x)s", "line:%s", "line:[null]"]
    with app.app_context():
        found = units().run(lambda session: versions.raise_versions(session, odd))
    assert set(found) == set(odd)
