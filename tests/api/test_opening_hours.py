"""Opening hours through the interface (Q10, Q1), on both databases."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hall import clock, facts
from hall.actor import SYSTEM_ACTOR
from hall.calendar.actions import SetDay, set_day
from hall.calendar.rules import HOLIDAY
from hall.catalog.models import Line
from hall.errors import Invalid
from hall.hours.actions import DropSeason, SetSeason, SetSpecial, drop_season, set_season, set_special
from hall.hours.rules import Season, Stretch
from hall.live.moments import read
from hall.premises.actions import EditTexts, edit_texts
from hall.sites import Site, SiteSettings
from hall.unit_of_work import Work, perform, units
from tests.api.test_queue import API, Hall

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (
    Stretch(time(8, 30), time(12)),
    Stretch(time(12), time(14, 30), lunch=True),
    Stretch(time(14, 30), time(17, 30)),
)
WEEK = Season("01-01", "12-31", ((DAY,) * 5 + ((), ())))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`at("2026-11-24T09:00")`: from now on it is that time in the hall."""

    def turn(said: str) -> None:
        instant = datetime.fromisoformat(said).replace(tzinfo=SHANGHAI).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: instant)

    return turn


@pytest.fixture
def hall(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Hall:
    """The demo hall with hours; line B stays open at lunch."""
    with app.app_context():
        perform(SYSTEM_ACTOR, keep_hours, None)
    return Hall(client, demo)


def keep_hours(work: Work, _command: None) -> None:
    site = work.session.scalars(select(Site)).one()
    site.settings_json = SiteSettings().dump()
    work.session.scalars(select(Line).where(Line.code == "xixian-b")).one().lunch_open = True
    set_season(work, SetSeason(site.id, WEEK))


def change(app: Flask, action: Callable[[Work, Any], Any], make: Callable[[Site], Any]) -> Any:
    """Do something as somebody of every hall."""

    def act(work: Work, _command: None) -> Any:
        site = work.session.scalars(select(Site).order_by(Site.id)).first()
        assert site is not None
        return action(work, make(site))

    with app.app_context():
        return perform(SYSTEM_ACTOR, act, None)


def line(hall: Hall, code: str = "xixian-a") -> dict[str, Any]:
    found = hall.client.get(f"{API}/sites/xixian/lines").get_json()
    return next(each for each in found if each["code"] == code)


def test_Q10_a_line_issues_until_its_posted_closing_time(hall: Hall, at: Callable[[str], None]) -> None:
    at("2026-11-24T17:29:59")
    assert hall.draw()["number"] == "A001"
    shown = line(hall)
    assert (shown["open"], shown["state"], shown["warn"]) == (True, "open", True)
    assert shown["closes_at"].startswith("2026-11-24T17:30:00") and shown["closes_at"].endswith("+08:00")
    assert shown["opens_at"] is None
    at("2026-11-24T17:30")
    refused = hall.try_draw()
    assert (refused.status_code, refused.json["code"]) == (409, "line_closed")
    assert "2026年11月25日" in refused.json["detail"] and "08:30" in refused.json["detail"]
    shown = line(hall)
    assert (shown["open"], shown["state"], shown["closes_at"]) == (False, "closed", None)
    assert shown["opens_at"].startswith("2026-11-25T08:30:00")


def test_Q10_a_refusal_is_said_in_the_callers_language(hall: Hall, at: Callable[[str], None]) -> None:
    at("2026-11-24T08:00")
    headers = {**hall.kiosk, "Idempotency-Key": "early", "Accept-Language": "en"}
    refused = hall.client.post(f"{API}/tickets", json={"line": "xixian-a"}, headers=headers)
    assert "General services takes no tickets now. It takes them again today at 08:30." in refused.text


def test_Q10_at_lunch_only_the_lines_that_stay_open_issue(hall: Hall, at: Callable[[str], None]) -> None:
    at("2026-11-24T12:30")
    assert hall.try_draw("xixian-a").json["code"] == "line_closed"
    assert line(hall)["state"] == "lunch"
    assert hall.draw("xixian-b")["number"] == "B001"
    assert line(hall, "xixian-b")["closes_at"].startswith("2026-11-24T17:30:00")


def test_Q10_several_matters_of_which_one_is_closed_are_not_half_drawn(
    hall: Hall, at: Callable[[str], None]
) -> None:
    at("2026-11-24T12:30")
    headers = {**hall.kiosk, "Idempotency-Key": "both"}
    body = {"matters": [{"line": "xixian-b"}, {"line": "xixian-a"}]}
    assert hall.client.post(f"{API}/visits", json=body, headers=headers).status_code == 409
    assert hall.draw("xixian-b")["number"] == "B001", "no number was used up"


def test_Q10_holiday_closes_make_up_sunday_opens(hall: Hall, at: Callable[[str], None]) -> None:
    at("2026-10-01T10:00")
    assert line(hall)["opens_at"].startswith("2026-10-08T08:30")
    assert hall.try_draw().status_code == 409
    at("2026-09-20T10:00")
    assert hall.draw()["number"] == "A001"


def test_Q10_the_manager_changes_a_day_of_the_calendar(
    app: Flask, hall: Hall, at: Callable[[str], None]
) -> None:
    at("2026-11-24T10:00")
    assert line(hall)["open"], "read once, so that the hours are kept in memory"
    change(app, set_day, lambda _site: SetDay(date(2026, 11, 24), HOLIDAY, "县庆"))
    assert not line(hall)["open"]
    change(app, set_day, lambda _site: SetDay(date(2026, 11, 24), None))
    assert line(hall)["open"]


def test_Q10_one_date_closed_or_open_by_the_manager(
    app: Flask, hall: Hall, at: Callable[[str], None]
) -> None:
    at("2026-11-28T10:00")
    assert hall.try_draw().json["code"] == "line_closed", "a Saturday"
    change(
        app, set_special, lambda site: SetSpecial(site.id, date(2026, 11, 28), "09:00", "11:00", "便民服务日")
    )
    assert hall.draw()["number"] == "A001"
    change(app, set_special, lambda site: SetSpecial(site.id, date(2026, 11, 28), None, None, "停电"))
    assert hall.try_draw().json["code"] == "line_closed"


def test_Q10_a_stopped_line_says_the_managers_reason_for_today_only(
    app: Flask, hall: Hall, at: Callable[[str], None]
) -> None:
    def stop(work: Work, _site: Site) -> None:
        found = work.session.scalars(select(Line).where(Line.code == "xixian-a")).one()
        found.stopped_reason, found.stopped_on = "系统升级", "2026-11-24"

    at("2026-11-24T10:00")
    change(app, stop, lambda site: site)
    refused = hall.try_draw()
    assert (refused.status_code, refused.json["detail"]) == (409, "系统升级")
    shown = line(hall)
    assert (shown["open"], shown["state"], shown["stopped_reason"]) == (False, "stopped", "系统升级")
    at("2026-11-25T10:00")
    assert hall.draw()["number"] == "A001"


def test_Q10_everyone_holding_a_ticket_at_closing_is_served(hall: Hall, at: Callable[[str], None]) -> None:
    at("2026-11-24T17:20")
    number = hall.draw()["number"]
    at("2026-11-24T17:45")
    window = next(row["code"] for row in hall.demo["windows"] if "xixian-a" in row["lines"])
    assert hall.at(window, "open").status_code == 200
    called = hall.at(window, "call-next")
    assert (called.status_code, called.json["number"]) == (200, number)
    assert hall.at(window, "start").status_code == 200
    assert hall.at(window, "finish", outcome="done").json["state"] == "finished"


def test_Q11_test_tickets_are_drawn_before_the_hall_opens(hall: Hall, at: Callable[[str], None]) -> None:
    at("2026-11-24T07:00")
    assert hall.draw(test=True)["number"] == "A-T001"
    assert hall.try_draw().json["code"] == "line_closed"


def test_Q10_drawing_costs_no_statement_more_once_the_hours_are_read(
    app: Flask, hall: Hall, at: Callable[[str], None], queries: Callable[[], Any]
) -> None:
    at("2026-11-24T10:00")
    for _each_process in range(2):
        hall.draw()
    with queries() as kept:
        hall.draw()
    assert kept, "The draw itself is heard."
    hours = ("opening_hours", "special_opening", "calendar_day", "calendar_year")
    assert not [statement for statement in kept if any(table in statement for table in hours)]


def test_Q1_a_second_hall_in_another_zone_keeps_its_own_hours_and_date(
    app: Flask, hall: Hall, at: Callable[[str], None]
) -> None:
    def second(work: Work, _site: Site) -> None:
        site = Site(code="urumqi", name="乌鲁木齐", zone_name="Asia/Urumqi")
        work.session.add(site)
        work.session.flush()
        work.session.add(Line(site_id=site.id, code="urumqi-a", prefix="A", name="综合"))
        set_season(work, SetSeason(site.id, WEEK))

    change(app, second, lambda site: site)
    at("2026-11-24T09:00")  # 07:00 in Ürümqi
    there = hall.client.get(f"{API}/sites/urumqi/lines").get_json()[0]
    assert line(hall)["open"] and not there["open"]
    assert there["opens_at"] == "2026-11-24T08:30:00.000+06:00"
    with app.app_context():
        halls = units().run(lambda session: read(session, clock.now()))
        stamp = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)  # 05:00 in Beijing, 03:00 in Ürümqi
        zones = units().run(lambda session: {site.code: site.zone for site in session.scalars(select(Site))})
    assert {each.code for each in halls} == {"xixian", "urumqi"}
    assert clock.business_date(zones["xixian"], stamp) == date(2026, 11, 24)
    assert clock.business_date(zones["urumqi"], stamp) == date(2026, 11, 23)


def test_Q10_opening_and_closing_reach_screens_without_an_event(
    app: Flask, hall: Hall, at: Callable[[str], None]
) -> None:
    at("2026-11-24T17:29:50")
    with app.app_context():
        watched = units().run(lambda session: read(session, clock.now()))[0]
    before = clock.now()
    at("2026-11-24T17:30:01")
    assert watched.due(before, clock.now()) >= {facts.lines("xixian"), facts.board("xixian"), "line:xixian-a"}
    after = clock.now()
    at("2026-11-24T17:31:00")
    assert watched.due(after, clock.now()) == set()


@pytest.mark.parametrize(
    ("season", "code"),
    [
        (Season("13-01", "12-31", WEEK.week), "bad_season"),
        (Season("05-01", "00-00", WEEK.week), "bad_season"),
        (Season("01-01", "12-31", ((),) * 7), "no_hours"),
        (Season("01-01", "12-31", ((Stretch(time(9), time(9)),),) + ((),) * 6), "bad_times"),
        (
            Season(
                "01-01", "12-31", ((Stretch(time(9), time(12)), Stretch(time(11), time(13))),) + ((),) * 6
            ),
            "hours_overlap",
        ),
    ],
)
def test_Q10_hours_that_make_no_sense_are_refused(app: Flask, hall: Hall, season: Season, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(app, set_season, lambda site: SetSeason(site.id, season))
    assert refused.value.code == code


def test_Q10_seasons_lie_within_one_another_or_apart(app: Flask, hall: Hall) -> None:
    change(app, set_season, lambda site: SetSeason(site.id, Season("06-01", "09-30", WEEK.week)))
    change(app, set_season, lambda site: SetSeason(site.id, Season("12-01", "02-29", WEEK.week)))
    with pytest.raises(Invalid) as refused:
        change(app, set_season, lambda site: SetSeason(site.id, Season("09-01", "10-31", WEEK.week)))
    assert refused.value.code == "seasons_cross"
    change(app, drop_season, lambda site: DropSeason(site.id, "06-01", "09-30"))
    change(app, set_season, lambda site: SetSeason(site.id, Season("09-01", "10-31", WEEK.week)))


def test_Q10_screens_warn_near_closing_and_say_that_holders_are_served(
    hall: Hall, at: Callable[[str], None]
) -> None:
    def told() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = hall.client.get(f"{API}/sites/xixian/board").get_json()["notices"]
        return found

    at("2026-11-24T17:00")
    assert len(told()) == 1, "all lines close together: one sentence"
    assert "17:30" in told()[0]["text"] and "都会办完" in told()[0]["text"]
    at("2026-11-24T11:45")
    assert "A 综合受理" in told()[0]["text"], "the lines that close for lunch"
    assert "企业开办" not in told()[0]["text"], "this one stays open"
    at("2026-11-24T15:00")
    assert told() == []
    at("2026-11-24T18:00")
    assert told() == []
    own = {"screen.closing.zh": "今天取号到 {time}。", "screen.closing_lines.zh": "{lines}：取号到 {time}。"}
    change(hall.client.application, edit_texts, lambda site: EditTexts(site.id, own))
    at("2026-11-24T17:00")
    assert told()[0]["text"] == "今天取号到 17:30。", "in the hall's own words"
    assert told()[0]["text_en"].startswith("Tickets until 17:30."), "and in ours where it has none"
    at("2026-11-24T11:45")
    assert re.fullmatch(r"A 综合受理.*：取号到 12:00。", told()[0]["text"])
