"""Attendance of the year: a picture, a table, a spreadsheet; stand-ins are never counted as the head (M4, M5)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGE = "/receptions/attendance"
ASKED = "?rota=directors&year=2026"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def get(hall: OnTheDay, address: str, who: str = "manager") -> TestResponse:
    with at(ENDS):
        return hall.client.get(address, headers={"Authorization": f"Bearer {hall.tokens[who]}"})


def rows(text: str) -> dict[str, list[str]]:
    """The table's rows by department."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return {
        re.findall(r'scope="row">([^<]*)<', row)[0]: re.findall(r"<td[^>]*>([^<]*)<", row)
        for row in body.split("<tr>")[1:]
    }


def a_day(hall: OnTheDay) -> None:
    """One department's deputy comes, the other's head comes late."""
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS, "liaison0", person=hall.people()["副局长0"])
    hall.come(duties[1], 1, STARTS + timedelta(minutes=12))


def test_M5_the_year_counts_the_head_and_never_the_stand_in(hall: OnTheDay) -> None:
    a_day(hall)
    text = get(hall, PAGE + ASKED).text
    found = rows(text)
    #      over, head, share, late, left early, stand-in, on leave, absent
    assert found["第0局"][:8] == ["1", "0", "0%", "", "", "1", "", ""]
    assert found["第1局"][:8] == ["1", "1", "100%", "1", "", "", "", ""]
    assert '<g class="stand_in">' in text
    assert '<g class="late">' in text


def test_M5_the_spreadsheet_holds_departments_and_every_turn(hall: OnTheDay) -> None:
    a_day(hall)
    said = get(hall, f"{PAGE}.xlsx{ASKED}")
    assert "attendance-directors-2026.xlsx" in said.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(said.data))
    first, second = book.worksheets
    assert [first.cell(2, column).value for column in (1, 2, 3, 4)] == ["第0局", 1, 0, 0]
    turn = [cell.value for cell in second[2]]
    assert (turn[0], turn[3], turn[5]) == ("2026-03-30", "第0局", "副局长0 副局长")
    assert turn[6] == "代为接待 · 副局长0 · 未经批准"
    assert second.max_row == 3


def test_a_year_without_turns_and_one_that_is_none_are_answered_in_words(hall: OnTheDay) -> None:
    a_day(hall)
    assert "本年没有已公布的值守" in get(hall, f"{PAGE}?rota=directors&year=2024").text
    assert rows(get(hall, f"{PAGE}?rota=directors&year=99999999999").text)
    assert get(hall, f"{PAGE}?rota=nobody").status_code == 404
    assert get(hall, f"{PAGE}.xlsx{ASKED}", "head0").status_code == 403


def test_a_year_that_is_none_is_this_one(hall: OnTheDay) -> None:
    hall.begin()
    for wrong in ("0202699", "20266", "x", "\u0662\u0660\u0662\u0666", ""):
        for page in (PAGE, f"{PAGE}.xlsx"):
            answer = get(hall, f"{page}?rota=directors&year={wrong}")
            assert answer.status_code == 200, (page, wrong)
