"""A press that comes twice with one key, the second while the first just ends: both get the first answer (Q2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hall import unit_of_work
from hall.answers import kept_answer
from tests.api.at_work import W1, AtWork

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from hall.answers import Answer, Once

pytestmark = pytest.mark.one_process("the moment between lock and look is made in this process")
KEY = {"Idempotency-Key": "pressed-twice"}


@pytest.fixture
def work(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    found.at(W1, "open")
    found.draw("xixian-a")
    return found


@pytest.mark.parametrize("verb", ["call-next", "finish", "close"])
def test_Q2_who_just_missed_the_first_answer_is_told_it_all_the_same(
    work: AtWork, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    if verb == "finish":
        work.at(W1, "call-next")
    body = {"outcome": "done"} if verb == "finish" else None
    path = f"/api/v1/windows/{W1}/{verb}"
    headers = KEY | {"Authorization": f"Bearer {work.by_window[W1]['token']}"}
    first = work.client.post(path, json=body, headers=headers)
    assert first.status_code == 200, first.text
    looks: list[bool] = []

    def too_early(session: Session, once: Once) -> Answer | None:
        looks.append(True)
        return None if len(looks) == 1 else kept_answer(session, once)

    monkeypatch.setattr(unit_of_work, "kept_answer", too_early)
    second = work.client.post(path, json=body, headers=headers)
    assert (second.status_code, second.text) == (200, first.text), "Q2: the same press has two answers"
    assert second.headers["Idempotent-Replay"] == "true"
    assert len(looks) == 2
