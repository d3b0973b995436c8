"""Setting up a hall changes what happens at once, on both databases: tiers (Q5), prefixes (Q1), files, scope."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall.actor import SYSTEM_ACTOR, Actor, ActorKind
from hall.calendar.actions import SetDay, SetYear, add_published_years, set_day, set_year
from hall.calendar.queries import working_calendar
from hall.calendar.rules import HOLIDAY, MAKEUP, SpecialDay, is_working_day
from hall.catalog.models import Line, Window, WindowLine
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.journal import JournalEntry
from hall.premises.actions import EditSite, MakeSite, edit_site, make_site
from hall.premises.lines import SaveLine, retire_line, save_line
from hall.premises.loading import LoadLines, LoadWindows, load_lines, load_windows
from hall.premises.rows import Retire
from hall.premises.sheets import LineRow, WindowRow
from hall.premises.windows import (
    OTHER,
    PREFERRED,
    SaveWindow,
    SetTiers,
    retire_window,
    save_window,
    set_tiers,
)
from hall.sites import Site
from hall.unit_of_work import perform, units
from tests.api.test_queue import Hall

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def hall(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Hall:
    return Hall(client, demo)


def ids() -> tuple[int, dict[str, int], dict[int, int]]:
    """The site, its lines by prefix, its windows by number."""
    return units().run(
        lambda session: (
            session.scalars(select(Site.id).where(Site.code == "xixian")).one(),
            {row.prefix: row.id for row in session.scalars(select(Line))},
            {row.number: row.id for row in session.scalars(select(Window))},
        )
    )


def count(table: type[Line | Window | WindowLine]) -> int:
    return units().run(lambda session: session.scalar(select(func.count()).select_from(table)) or 0)


def test_Q5_tiers_edited_take_effect_with_the_next_call(app: Flask, hall: Hall) -> None:
    first, second = hall.draw("xixian-c")["number"], hall.draw("xixian-d")["number"]
    hall.at("xixian-01", "open")
    with app.app_context():
        site, lines, windows = ids()
        tiers = {windows[1]: {lines["C"]: OTHER, lines["D"]: PREFERRED}}
        perform(SYSTEM_ACTOR, set_tiers, SetTiers(site, tiers))
    called = hall.at("xixian-01", "call-next")
    assert called.json["number"] == second, "the preferred line first, though the other waits longer"
    hall.at("xixian-01", "start")
    hall.at("xixian-01", "finish", outcome="done")
    assert hall.at("xixian-01", "call-next").json["number"] == first, "others while no preferred line waits"


def test_Q1_no_two_lines_of_a_hall_share_a_prefix(app: Flask, hall: Hall) -> None:
    with app.app_context():
        site, lines, _windows = ids()
        with pytest.raises(Conflict):
            perform(SYSTEM_ACTOR, save_line, SaveLine(site, None, "A", "又一个"))
        with pytest.raises(Conflict):
            perform(SYSTEM_ACTOR, save_line, SaveLine(site, lines["B"], "A", "改名"))
        for prefix in ("", "ABC", "a", "1"):
            with pytest.raises(Invalid):
                perform(SYSTEM_ACTOR, save_line, SaveLine(site, None, prefix, "不行"))
        hall.draw("xixian-b")
        with pytest.raises(Conflict):
            perform(SYSTEM_ACTOR, save_line, SaveLine(site, lines["B"], "BB", "有人在等"))
        made = perform(SYSTEM_ACTOR, save_line, SaveLine(site, None, "ZZ", "新队列"))
        assert made
    assert hall.draw("xixian-zz")["number"] == "ZZ001"


def test_what_is_used_is_retired_and_only_when_nobody_needs_it(app: Flask, hall: Hall) -> None:
    with app.app_context():
        site, _lines, windows = ids()
        key = perform(SYSTEM_ACTOR, save_line, SaveLine(site, None, "Z", "临时"))
        hall.draw("xixian-z")
        with pytest.raises(Conflict):
            perform(SYSTEM_ACTOR, retire_line, Retire(site, key))
        hall.at("xixian-01", "open")
        with pytest.raises(Conflict):
            perform(SYSTEM_ACTOR, retire_window, Retire(site, windows[1]))
        hall.at("xixian-01", "close")
        perform(SYSTEM_ACTOR, retire_window, Retire(site, windows[1]))
    assert hall.at("xixian-01", "open").status_code in {403, 404}


def test_a_file_is_loaded_whole_or_not_at_all(app: Flask, hall: Hall) -> None:
    with app.app_context():
        site, _lines, _windows = ids()
        before = count(Line)
        rows = (
            LineRow("X", "甲", "", None, lunch_open=True, sort=1),
            LineRow("Y", "", "", None, lunch_open=False, sort=2),
        )
        with pytest.raises(Invalid):
            perform(SYSTEM_ACTOR, load_lines, LoadLines(site, rows))
        assert count(Line) == before, "the first row is not there either"
        assert perform(SYSTEM_ACTOR, load_lines, LoadLines(site, rows[:1])) == 1
        assert perform(SYSTEM_ACTOR, load_lines, LoadLines(site, rows[:1])) == 1
        assert count(Line) == before + 1, "loaded twice, there once"
        windows = (WindowRow(88, "88号窗口", "", "三楼", "", ("X",), ("A",)),)
        for _again in range(2):
            perform(SYSTEM_ACTOR, load_windows, LoadWindows(site, windows))
        found = units().run(
            lambda session: [
                (row.line_id, row.preferred)
                for row in session.scalars(
                    select(WindowLine)
                    .join(Window, Window.id == WindowLine.window_id)
                    .where(Window.number == 88)
                )
            ]
        )
        _site, lines, _all = ids()
    assert sorted(found) == sorted([(lines["X"], True), (lines["A"], False)])


def test_a_manager_sets_up_no_other_hall_and_no_others_rows(app: Flask, hall: Hall) -> None:
    with app.app_context():
        site, lines, windows = ids()
        code = perform(SYSTEM_ACTOR, make_site, MakeSite("tangshi", "汤实镇便民服务中心"))
        other = units().run(lambda session: session.scalars(select(Site.id).where(Site.code == code)).one())
        manager = Actor(ActorKind.STAFF, 1, site, frozenset({"site:edit"}))
        edit = EditSite(other, "改名", "", "Asia/Shanghai", "")
        with pytest.raises(Refused):
            perform(manager, edit_site, edit)
        with pytest.raises(Refused):
            perform(manager, make_site, MakeSite("second", "第二个"))
        with pytest.raises(NotFound):
            perform(SYSTEM_ACTOR, save_window, SaveWindow(other, windows[1], 1, "别人的"))
        with pytest.raises(NotFound):
            perform(
                SYSTEM_ACTOR, save_window, SaveWindow(other, None, 1, "新", serves={lines["A"]: PREFERRED})
            )
        with pytest.raises(Invalid):
            perform(SYSTEM_ACTOR, edit_site, EditSite(other, "", "", "Asia/Nowhere", "12"))
        perform(SYSTEM_ACTOR, edit_site, edit)


def test_O3_every_change_is_in_the_journal(app: Flask, hall: Hall) -> None:
    with app.app_context():
        site, lines, windows = ids()
        perform(SYSTEM_ACTOR, save_line, SaveLine(site, lines["A"], "A", "综合窗口业务"))
        perform(SYSTEM_ACTOR, set_tiers, SetTiers(site, {windows[2]: {lines["B"]: PREFERRED}}))
        facts = units().run(
            lambda session: list(
                session.scalars(select(JournalEntry.fact).order_by(JournalEntry.id.desc()).limit(3))
            )
        )
    assert facts == ["site_changed", "window_changed", "site_changed"]


def test_I5_a_year_is_confirmed_with_all_its_days_and_is_pending_before(app: Flask, hall: Hall) -> None:
    new_year = date(2027, 1, 1)
    days = {new_year: SpecialDay(HOLIDAY, "元旦"), date(2027, 1, 3): SpecialDay(MAKEUP, "元旦调休")}
    with app.app_context():
        assert units().run(lambda session: is_working_day(working_calendar(session), new_year)) is None
        with pytest.raises(Invalid):
            perform(SYSTEM_ACTOR, set_day, SetDay(new_year, HOLIDAY, "元旦"))
        perform(SYSTEM_ACTOR, set_year, SetYear(2027, days))
        found = units().run(working_calendar)
        added = perform(SYSTEM_ACTOR, add_published_years, None)
    assert is_working_day(found, new_year) is False
    assert is_working_day(found, date(2027, 1, 3)) is True, "a Sunday made up"
    assert is_working_day(found, date(2027, 1, 4)) is True
    assert added == 0, "nothing new, and nothing overwritten"
