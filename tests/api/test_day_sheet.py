"""The day sheet from what really happened, on both databases; the same figures as data, page and workbook."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import select

from hall import clock, facts
from hall.actor import SYSTEM_ACTOR
from hall.sites import Site
from hall.unit_of_work import Work, perform
from tests.api.test_floor import W1, Floor

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient

XLSX = "/reports/day.xlsx"


class Clock:
    """The hall's clock, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = clock.now().replace(hour=2, minute=0, second=0, microsecond=0)
        monkeypatch.setattr(clock, "now", lambda: self.at)

    def pass_by(self, seconds: float) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def floor(client: FlaskClient, demo: dict[str, Any], hands: Clock) -> Floor:
    return Floor(client, demo)


def sheet(floor: Floor, query: str = "") -> dict[str, Any]:
    answer = floor.client.get(f"/api/v1/sites/xixian/day-sheet{query}", headers=floor.manager)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def serve(floor: Floor, hands: Clock, walk: float, service: float) -> None:
    floor.at(W1, "call-next")
    hands.pass_by(walk)
    floor.at(W1, "start")
    hands.pass_by(service)
    assert floor.at(W1, "finish", outcome="done").status_code == 200


def test_times_are_measured_from_draw_to_call_to_start_to_finish(floor: Floor, hands: Clock) -> None:
    floor.draw()
    hands.pass_by(600)
    floor.at(W1, "open")
    floor.at(W1, "call-next")
    hands.pass_by(30)
    floor.at(W1, "recall")
    hands.pass_by(30)
    floor.at(W1, "start")
    hands.pass_by(120)
    floor.at(W1, "hold", reason="form")
    hands.pass_by(900)
    number = floor.window(W1)["held"]
    assert number == 1
    floor.at(W1, "resume", ticket="A001")
    hands.pass_by(180)
    floor.at(W1, "finish", outcome="done")
    total = sheet(floor)["total"]
    assert total["wait"]["median_min"] == 10
    assert total["walk"]["median_min"] == 1, "from the first of the calls, whatever was called again"
    assert total["service"]["median_min"] == 5, "without the time set aside"
    assert (total["held"], total["served"], total["served_percent"]) == (1, 1, 100)


def test_Q10_every_ending_is_told_apart_by_line_window_and_hour(floor: Floor, hands: Clock) -> None:
    floor.at(W1, "open")
    floor.draw()
    serve(floor, hands, 20, 60)
    left, _waits = floor.draw(), floor.draw()
    floor.holder(left, "abandon")
    floor.draw("xixian-b")
    hands.pass_by(3600)
    floor.end_day()
    floor.draw("xixian-c")
    found = sheet(floor)
    total = found["total"]
    assert [total[name] for name in ("issued", "served", "abandoned", "unserved", "present")] == [
        5,
        1,
        1,
        2,
        1,
    ]
    lines = {row["code"]: (row["issued"], row["unserved"]) for row in found["lines"]}
    assert lines == {"xixian-a": (3, 1), "xixian-b": (1, 1), "xixian-c": (1, 0)}
    assert [(row["code"], row["served"]) for row in found["windows"]] == [(W1, 1)]
    assert [row["issued"] for row in found["hours"]] == [4, 1]
    assert total["still_waiting_longest_min"] == 0


def test_Q7_calls_out_of_order_are_counted_with_their_reasons(floor: Floor, hands: Clock) -> None:
    floor.at(W1, "open")
    numbers = [floor.draw()["number"] for _ in range(3)]
    for number, reason in zip(numbers[1:], ("papers", "health"), strict=True):
        assert floor.at(W1, "call", ticket=number, reason=reason).status_code == 200
        floor.at(W1, "start")
        floor.at(W1, "finish", outcome="done")
    serve(floor, hands, 1, 1)
    found = sheet(floor)
    assert found["reasons"] == {"health": 1, "papers": 1}
    assert found["total"]["out_of_order"] == 2


def test_Q11_test_tickets_are_never_counted(floor: Floor, hands: Clock) -> None:
    floor.at(W1, "open")
    test = floor.draw(test=True)
    floor.at(W1, "call", ticket=test["number"], reason="health")
    found = sheet(floor)
    assert found["total"]["issued"] == 0 and found["reasons"] == {} and found["lines"] == []


def test_the_workbook_holds_the_same_figures(floor: Floor, hands: Clock) -> None:
    floor.at(W1, "open")
    for _ in range(3):
        floor.draw()
    hands.pass_by(2400)
    serve(floor, hands, 20, 60)
    found = sheet(floor)
    data = floor.client.get(XLSX, headers=floor.manager)
    assert data.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(data.data))
    assert book.sheetnames == ["队列", "窗口", "时段", "半小时", "插叫", "指标说明"]
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    heads, whole = list(rows[1]), list(rows[-1])
    said = dict(zip(heads[:12], whole[:12], strict=True))
    assert said["取号"] == found["total"]["issued"] == 3
    assert said["人数"] == found["total"]["people"] == 3
    assert said["已办"] == 1 and said["在厅"] == 2
    assert whole[heads.index("仍等最长")] == found["total"]["still_waiting_longest_min"]
    assert found["total"]["over_target"] == 3


@pytest.mark.parametrize("day", ["yesterday", "0001-01-01", "9999-12-31", "2026-02-30", "2026-W01-1"])
def test_a_day_that_is_none_is_refused_in_words(floor: Floor, day: str) -> None:
    answer = floor.client.get(f"/api/v1/sites/xixian/day-sheet?date={day}", headers=floor.manager)
    page = floor.client.get(f"/reports/day?date={day}", headers=floor.manager)
    if day.startswith("2026-W"):
        assert answer.status_code == 200, "an ISO week date is a date"
    else:
        assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_date")
        assert page.status_code == 422


def test_a_quiet_day_is_an_empty_sheet(floor: Floor) -> None:
    found = sheet(floor, "?date=2026-01-01")
    assert found["total"]["issued"] == 0 and found["total"]["wait"] is None and found["hours"] == []


def test_the_sheet_costs_as_many_statements_for_fifty_tickets_as_for_one(
    floor: Floor, hands: Clock, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def statements() -> int:
        with queries() as said:
            sheet(floor)
        return len(said)

    floor.at(W1, "open")
    floor.draw()
    serve(floor, hands, 5, 5)
    for _each_process in range(2):
        statements()  # what is kept for a while has been read once
    before = statements()
    for _ in range(20):
        floor.draw()
        serve(floor, hands, 5, 5)
    assert statements() == before


@pytest.mark.parametrize("role", ["window", "reception"])
def test_who_reads_no_reports_reads_no_day_sheet(
    client: FlaskClient, demo: dict[str, Any], role: str
) -> None:
    other = Floor(client, demo, role)
    for path in ("/api/v1/sites/xixian/day-sheet", "/reports/day", XLSX):
        assert client.get(path, headers=other.manager).status_code == 403, path


def test_questions_are_counted_without_those_taken_back(app: Flask, floor: Floor) -> None:
    def ask(work: Work, kind: type[facts.SiteFact]) -> None:
        site = work.session.scalars(select(Site)).one()
        work.record(kind(site_id=site.id, site=site.code, what="where"))

    with app.app_context():
        for kind in (facts.QuestionCounted, facts.QuestionCounted, facts.QuestionTakenBack):
            perform(SYSTEM_ACTOR, ask, kind)
    assert sheet(floor)["questions"] == 1
