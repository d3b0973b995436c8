"""What all phones of a line share: one small state, however many wait."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hall.database import db
from hall.forecast.model import WaitRange
from hall.queueing import payloads, waits

if TYPE_CHECKING:
    import pytest
    from flask import Flask
    from flask.testing import FlaskClient

LIMIT = 2048
CROWD = 200


def crowd(client: FlaskClient, demo: dict[str, Any]) -> list[str]:
    """200 tickets of one line: their tokens."""
    tokens = []
    for person in range(CROWD):
        headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": f"draw-{person}"}
        answer = client.post("/api/v1/tickets", json={"line": "xixian-a"}, headers=headers)
        tokens.append(str(answer.get_json()["token"]))
    return tokens


def test_the_shared_order_of_200_people_stays_below_2_kb_and_counts_them_all(
    app: Flask, client: FlaskClient, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = crowd(client, demo)
    monkeypatch.setattr(waits.Outlook, "wait", lambda *_asked: WaitRange(123.4, 234.5))  # as full as it gets
    with app.app_context():
        state = payloads.line(db.session(), "xixian-a", app.config["HALL"].keys.tokens)
    frame = {"topic": "line:xixian-a", "version": 1_790_000_000_000, **state}
    said = "2/live," + json.dumps(["state", frame], separators=(",", ":"))
    assert len(said.encode()) <= LIMIT, (
        "Five thousand phones get this once a second: keep it small (payloads.line)."
    )
    assert len(state["order"]) == 150 == len(set(state["order"]))
    assert state["count"] == CROWD
    assert state["waits"], "The wait at some places belongs into the same state."

    page = client.get(f"/t/{tokens[-1]}").text
    assert "前面至少 150 人" in page, (
        "Beyond the shared order the page says at least how many, never a guess."
    )
