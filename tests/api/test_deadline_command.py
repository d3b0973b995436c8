"""`flask hall deadline`: a deadline day by day, from the calendar that the hall has confirmed (I5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hall.actor import SYSTEM_ACTOR
from hall.calendar.actions import SetYear, set_year
from hall.calendar.rules import HOLIDAY, SpecialDay
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from flask import Flask


def told(app: Flask, *words: str) -> list[str]:
    result = app.test_cli_runner().invoke(args=["hall", "deadline", *words])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_I5_each_day_of_a_deadline_is_told_with_its_reason(app: Flask) -> None:
    lines = told(app, "2026-09-29", "5")
    assert len(lines) == 15
    assert "—" in lines[0] and "次日起算" in lines[0]
    assert "1" in lines[1].split() and "工作日" in lines[1]
    assert "放假" in lines[2] and "国庆节" in lines[2]
    assert any("2026-10-10" in line and "调休上班" in line and "4" in line.split() for line in lines)
    assert any("2026-10-11" in line and "周末" in line for line in lines)
    assert "2026-10-12" in lines[-1] and "期限" in lines[-1]


def test_I5_a_deadline_into_an_unconfirmed_year_is_pending_until_it_is_confirmed(app: Flask) -> None:
    assert told(app, "2026-12-30", "3")[-1].startswith("待定")
    with app.app_context():
        perform(SYSTEM_ACTOR, set_year, SetYear(2027, {date(2027, 1, 1): SpecialDay(HOLIDAY, "元旦")}))
    lines = told(app, "2026-12-30", "3")
    assert any("2027-01-01" in line and "元旦" in line for line in lines)
    assert "2027-01-05" in lines[-1]


def test_a_date_that_does_not_exist_is_refused(app: Flask) -> None:
    for words in (["2026-02-30", "3"], ["2026-02-03", "-1"], ["2026-02-03", "x"]):
        result = app.test_cli_runner().invoke(args=["hall", "deadline", "--", *words])
        assert result.exit_code == 2, result.output
