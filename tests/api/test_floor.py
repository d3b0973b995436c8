"""The hall manager's interface: loans, stopped lines, notices, the end of the day (Q5, Q10, Q14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall import clock
from hall.floor.passing import topics_passing
from hall.unit_of_work import units
from tests.api.test_queue import Hall, Reply, reply

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

W1, W9 = "xixian-01", "xixian-09"


class Floor(Hall):
    """The demo hall as its manager uses it."""

    def __init__(self, client: FlaskClient, demo: dict[str, Any], role: str = "manager") -> None:
        super().__init__(client, demo)
        token = next(row["token"] for row in demo["staff"] if row["role"] == role)
        self.manager = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}

    def do(self, path: str, **body: Any) -> Reply:
        return reply(self.client.post(f"/api/v1/{path}", json=body, headers=self.manager))

    def look(self) -> dict[str, Any]:
        answer = reply(self.client.get("/api/v1/sites/xixian/floor", headers=self.manager))
        assert answer.status_code == 200, answer.text
        return answer.json

    def window(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(row for row in self.look()["windows"] if row["code"] == code)
        return found

    def line(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(row for row in self.look()["lines"] if row["code"] == code)
        return found

    def end_day(self, **more: Any) -> Reply:
        return self.do("sites/xixian/end-day", business_date=self.look()["business_date"], **more)


@pytest.fixture
def floor(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Floor:
    return Floor(client, demo)


def soon(minutes: int = 1) -> str:
    return (clock.now() + timedelta(minutes=minutes)).isoformat()


def test_Q5_a_lent_window_calls_that_line_first_until_its_time(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.at(W9, "open")
    own, borrowed = floor.draw("xixian-b"), floor.draw("xixian-c")
    assert floor.do(f"windows/{W9}/lend", line="xixian-c", until=soon()).status_code == 200
    assert floor.window(W9)["lines"][0] == "xixian-c"
    assert floor.at(W9, "call-next").json["number"] == own["number"], "preferred too, and drawn earlier"
    floor.at(W9, "start")
    floor.at(W9, "finish", outcome="done")
    assert floor.at(W9, "call-next").json["number"] == borrowed["number"]
    floor.at(W9, "start")
    floor.at(W9, "finish", outcome="done")
    floor.draw("xixian-c")
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert floor.window(W9)["loans"] == [], "it ends by itself"
    assert floor.at(W9, "call-next").status_code == 204


def test_Q5_the_end_of_a_loan_reaches_every_topic_that_it_changes(app: Flask, floor: Floor) -> None:
    floor.do(f"windows/{W9}/lend", line="xixian-c", until=soon())
    now = clock.now()
    with app.app_context():

        def passing(first: int, last: int) -> set[str]:
            stretch = now + timedelta(seconds=first), now + timedelta(seconds=last)
            return units().run(lambda session: topics_passing(session, *stretch))

        assert passing(0, 50) == set()
        ended = {f"window:{W9}", "line:xixian-c", "site:xixian:floor", "site:xixian:lines"}
        assert passing(50, 70) >= ended
        assert passing(70, 90) == set(), "once"


def test_Q5_a_loan_is_ended_by_hand_and_lent_again_with_a_new_time(floor: Floor) -> None:
    floor.do(f"windows/{W9}/lend", line="xixian-c", until=soon(10))
    floor.do(f"windows/{W9}/lend", line="xixian-c", until=soon(20))
    loans = floor.window(W9)["loans"]
    assert len(loans) == 1 and datetime.fromisoformat(loans[0]["until"]) > clock.now() + timedelta(minutes=15)
    assert floor.do(f"windows/{W9}/end-loan", line="xixian-c").status_code == 200
    assert floor.window(W9)["loans"] == []
    assert floor.do(f"windows/{W9}/end-loan", line="xixian-c").json["code"] == "not_lent"


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2020-01-01T08:00:00+08:00", "bad_time"),
        ("0001-01-01T00:00:00+14:00", "bad_time"),
        ("9999-12-31T23:59:59-12:00", "bad_time"),
        ("2026-11-24T10:00:00", "invalid"),
        ("soon", "invalid"),
    ],
)
def test_Q5_a_loan_needs_a_time_later_today(floor: Floor, until: str, code: str) -> None:
    answer = floor.do(f"windows/{W9}/lend", line="xixian-c", until=until)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["errors"]["until"]


def test_Q5_a_loan_must_change_something(floor: Floor) -> None:
    served = floor.do(f"windows/{W9}/lend", line="xixian-b", until=soon())
    assert (served.status_code, served.json["code"]) == (422, "served_already")
    assert floor.do(f"windows/{W9}/lend", line="nowhere", until=soon()).json["code"] == "unknown_line"
    assert floor.do("windows/nowhere/lend", line="xixian-b", until=soon()).status_code == 404


def test_Q10_a_stopped_line_issues_nothing_and_says_why_until_it_is_reopened(floor: Floor) -> None:
    waiting = floor.draw("xixian-c")
    assert floor.do("lines/xixian-c/stop", reason="  系统维护，\n请改日再来 ").status_code == 200
    refused = floor.try_draw("xixian-c")
    assert (refused.status_code, refused.json["code"]) == (409, "line_stopped")
    assert refused.json["detail"] == "系统维护， 请改日再来"
    assert floor.line("xixian-c")["open"] is False
    assert floor.read(waiting)["state"] == "waiting", "who holds a ticket is served"
    assert floor.do("lines/xixian-c/reopen").json == {
        "line": "xixian-c", "open": True, "stopped_reason": None,
    }  # fmt: skip
    floor.draw("xixian-c")
    assert floor.do("lines/xixian-c/reopen").json["code"] == "not_stopped"


def test_Q10_a_line_is_stopped_for_the_day_only(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    floor.do("lines/xixian-c/stop", reason="停电")
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    floor.draw("xixian-c")


def test_Q10_a_reason_is_needed_to_stop(floor: Floor) -> None:
    for reason in ("", " \n", "x" * 201):
        answer = floor.do("lines/xixian-c/stop", reason=reason)
        assert answer.status_code == 422 and answer.json["errors"]["reason"], reason


def test_a_notice_runs_on_the_board_until_its_time_or_until_withdrawn(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def running() -> list[str]:
        board = reply(floor.client.get("/api/v1/sites/xixian/board")).json
        return [notice["text"] for notice in board["notices"]]

    first = floor.do("sites/xixian/notices", text="今天下午停水", text_en="No water this afternoon")
    assert first.status_code == 201
    floor.do("sites/xixian/notices", text="短", until=soon())
    assert running() == ["短", "今天下午停水"]
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert running() == ["今天下午停水"]
    assert floor.do(f"notices/{first.json['id']}/withdraw").json["withdrawn"] is True
    assert running() == []
    assert floor.do(f"notices/{first.json['id']}/withdraw").json["code"] == "not_running"
    assert floor.do("notices/999/withdraw").status_code == 404
    assert floor.do("notices/99999999999999999999/withdraw").status_code == 404


def test_Q10_ending_the_day_tells_unserved_from_abandoned_and_serves_who_is_at_a_window(floor: Floor) -> None:
    floor.at(W1, "open")
    at_window, left, waits, held = (floor.draw() for _ in range(4))
    floor.holder(left, "abandon")
    floor.at(W1, "call", ticket=held["number"], reason="health")
    floor.at(W1, "hold", reason="form")
    assert floor.at(W1, "call-next").json["number"] == at_window["number"]
    ended = floor.end_day(stop_reason="今天的办理已结束")
    assert ended.json == {"unserved": 2, "at_windows": 1, "stopped": 12}
    states = [floor.read(ticket)["state"] for ticket in (at_window, left, waits, held)]
    assert states == ["called", "abandoned", "unserved", "unserved"]
    assert floor.try_draw().json["detail"] == "今天的办理已结束"
    assert floor.at(W1, "start").status_code == 200
    assert floor.at(W1, "finish", outcome="done").status_code == 200
    assert floor.end_day().json == {"unserved": 0, "at_windows": 0, "stopped": 0}, "it can run twice"


def test_Q10_the_day_that_is_ended_is_the_day_that_was_meant(floor: Floor) -> None:
    ticket = floor.draw()
    answer = floor.do("sites/xixian/end-day", business_date="2020-01-01")
    assert (answer.status_code, answer.json["code"]) == (409, "day_turned")
    assert floor.read(ticket)["state"] == "waiting"


@pytest.mark.parametrize("role", ["window", "reception", "auditor"])
def test_who_does_not_manage_the_floor_cannot_act(
    client: FlaskClient, demo: dict[str, Any], role: str
) -> None:
    other = Floor(client, demo, role)
    wishes: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"windows/{W9}/lend", {"line": "xixian-c", "until": soon()}),
        (f"windows/{W9}/end-loan", {"line": "xixian-c"}),
        ("lines/xixian-c/stop", {"reason": "x"}),
        ("lines/xixian-c/reopen", {}),
        ("sites/xixian/notices", {"text": "x"}),
        ("notices/1/withdraw", {}),
        ("sites/xixian/end-day", {"business_date": "2026-11-24"}),
    )
    for path, body in wishes:
        assert other.do(path, **body).status_code == 403, path
    assert client.get("/api/v1/sites/xixian/floor", headers=other.manager).status_code == 403
