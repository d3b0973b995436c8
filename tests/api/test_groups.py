"""Q13 a ticket can stand for a group: whoever is told of people is told of heads, and the wait goes by tickets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hall.database import db
from hall.forecast.model import WaitRange
from hall.operations import Standing
from hall.queueing import payloads, waits
from tests.api.at_work import W1, AtWork

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

GROUP = 12


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    return found


def test_Q13_people_ahead_and_people_waiting_are_heads_everywhere(hall: AtWork, app: Flask) -> None:
    hall.draw(heads=GROUP)
    hall.draw()
    last = hall.draw()
    assert (last["ahead"], last["tickets_ahead"]) == (GROUP + 1, 2)
    lines = hall.client.get("/api/v1/sites/xixian/lines").get_json()
    line = next(row for row in lines if row["code"] == "xixian-a")
    assert (line["waiting"], line["waiting_tickets"]) == (GROUP + 2, 3)
    assert hall.client.get("/api/v1/sites/xixian/board").get_json()["waiting"]["A"] == GROUP + 2
    window = hall.look(W1)
    assert (window["waiting_people"], window["waiting_count"]) == (GROUP + 2, 3)
    assert f"{GROUP + 1}" in hall.client.get(f"/t/{last['token']}").text.partition('id="ahead"')[2][:60]
    with app.app_context():
        figures = {
            family.name: family.samples[0].value for family in Standing(app).collect() if family.samples
        }
    assert figures["hall_waiting"] == GROUP + 2


@pytest.mark.one_process("a function of this process is replaced")
def test_Q13_the_wait_goes_by_tickets_because_a_group_is_served_at_once(
    hall: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(waits.Outlook, "wait", lambda _self, _line, ahead: asked.append(ahead))
    hall.draw(heads=GROUP)
    hall.draw()
    assert asked == [0, 1]


def test_Q13_phones_add_up_heads_and_a_line_of_groups_stays_below_2_kb(
    hall: AtWork, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in range(155):
        hall.draw(heads=50 if person >= 100 else 1)
    monkeypatch.setattr(waits.Outlook, "wait", lambda *_asked: WaitRange(123.4, 234.5))  # as full as it gets
    with app.app_context():
        state = payloads.line(db.session(), "xixian-a", app.config["HALL"].keys.tokens)
    assert len(state["order"]) == 100 + payloads.GROUPS_TOLD
    assert state["groups"] == [[place, 50] for place in range(100, 100 + payloads.GROUPS_TOLD)]
    assert (state["count"], state["tickets"]) == (100 + 55 * 50, 155)
    frame = {"topic": "line:xixian-a", "version": 1_790_000_000_000, **state}
    assert len(json.dumps(["state", frame], separators=(",", ":"))) <= 2048 - len("2/live,")


def test_Q13_the_day_sheet_counts_tickets_and_beside_them_people(hall: AtWork) -> None:
    hall.draw(heads=GROUP)
    hall.draw()
    total = hall.staff("manager", "GET", "sites/xixian/day-sheet").json["total"]
    assert (total["issued"], total["people"]) == (2, GROUP + 1)
