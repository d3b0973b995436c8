"""The manager's pages of receptions: each opens in both languages, keeps what was typed, and does what it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

EARLY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday in the hall; the Mondays after it are working days
BANKS: dict[str, Any] = {
    "name": "行长周一见",
    "name_en": "Bank manager Mondays",
    "code": "banks",
    "weekday": "0",
    "holiday_rule": "manual",
    "signup_days": "6",
    "publish_days": "3",
    "leaves": "2",
    "am_starts": "09:00",
    "am_ends": "11:30",
    "pm_starts": "",
    "pm_ends": "",
    "places": ["xixian-01:am", "xixian-02:am"],
}
PAGES = (
    "",
    "/new",
    "/new?kind=leaders",
    "/monday",
    "/monday?quarter=2027-1",
    "/monday?quarter=2026-4&part=1",
    "/monday?quarter=0000-9",
    f"/monday?quarter={'9' * 30}-1",
    "/monday/term?first=9999-01-01&last=9999-12-31",
    "/monday/term",
    "/monday/term?first=2026-05-04&last=2026-01-01",
    "/monday/bodies",
    "/monday/bodies/new",
    "/monday/bodies/1",
    "/monday/settings",
    "/monday/sessions/1",
)


@pytest.fixture
def manager(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Iterator[Manager]:
    with at(EARLY):
        yield Manager(app, client, demo)


def bank(number: int, **people: str) -> dict[str, Any]:
    """A bank with its manager and deputy as the form sends them."""
    names = [people.get("head", f"行长{number}"), f"副行长{number}", "", ""]
    return {
        "name": f"第{number}银行",
        "listed": "1",
        "person": names,
        "post": ["head", "deputy", "chief_officer", "liaison"],
        "title": ["行长", "副行长", "", ""],
        "user": ["", "", "", ""],
    }


def session_of(manager: Manager, day: str, code: str = "banks") -> str:
    """The address of the session of a day."""
    page = manager.get(f"receptions/{code}?quarter={day[:4]}-{(int(day[5:7]) + 2) // 3}").text
    found = re.search(rf'href="/admin/(receptions/{code}/sessions/\d+)"><strong>{day}', page)
    assert found, page
    return found[1]


def test_each_page_opens_in_both_languages(manager: Manager) -> None:
    for language in ("zh", "en"):
        manager.speak(language)
        for page in PAGES:
            shown = manager.get(f"receptions{page}")
            assert shown.status_code == (422 if "2026-01-01" in page else 200), page
            assert ("part=1" in page) != ("<h1>" in shown.text), page
            assert "part=1" in page or ("Recurring receptions</a>" in shown.text) is (language == "en")


def test_only_a_manager_keeps_receptions(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> None:
    for page in PAGES:
        assert "/sign-in" in client.get(f"/admin/receptions{page}").headers["Location"]
    director = Manager(app, client, demo, user="director01")
    for page in PAGES:
        assert director.get(f"receptions{page}").status_code == 403


def test_what_is_not_there_is_said_to_be_not_there(manager: Manager) -> None:
    for page in ("nobody", "monday/bodies/987654", "monday/sessions/987654", "nobody/term"):
        assert manager.get(f"receptions/{page}").status_code == 404, page


def test_a_reception_is_made_filled_signed_and_published(manager: Manager) -> None:
    made = manager.post("receptions/new", **BANKS)
    assert made.status == 303 and "行长周一见" in made.text
    for number in range(3):
        added = manager.post("receptions/banks/bodies/new", **bank(number))
        assert added.status == 303 and f"第{number}银行" in added.text
    term = {"first": "2026-03-09", "last": "2026-05-11"}
    look = manager.get("receptions/banks/term?first=2026-03-09&last=2026-05-11").text
    assert look.count("新增</span>") == 10 and "适逢" not in look
    told = manager.post("receptions/banks/term", **term)
    assert "新增10期" in told.text
    assert "新增0期" in manager.post("receptions/banks/term", **term).text

    waits = session_of(manager, "2026-05-04")
    assert "2027" in manager.post(f"{waits}/date", seen=waits, day="2027-05-04").text
    assert "不是工作日" in manager.post(f"{waits}/date", seen=waits, day="2026-05-03").text
    assert "请选择日期" in manager.post(f"{waits}/date", seen=waits, day="soon").text
    dated = manager.post(f"{waits}/date", seen=waits, day="2026-05-06")
    assert dated.status == 303 and "日期已定" in dated.text

    with at(datetime(2026, 3, 17, 1, 0, tzinfo=UTC)):
        manager.sign_in()
        asked = manager.post("receptions/banks/propose", seen="receptions/banks", quarter="2026-1")
        assert "空席已生成建议" in asked.text
        assert asked.text.count("本季度尚未轮到") == 3, "Two reasons, and the bank that still has none."
        session = session_of(manager, "2026-03-23")
        cleared = manager.get(session).text
        duty = re.search(r'name="duty" value="(\d+)"', cleared)
        assert duty
        freed = manager.post(f"{session}/clear", seen=session, duty=duty[1])
        assert "席位已空出" in freed.text
        seat, person = (
            re.search(r'name="seat" value="(\d+)"', freed.text),
            re.findall(r'<option value="(\d+)">第2银行', freed.text),
        )
        assert seat and person
        sat = manager.post(f"{session}/sit", seen=session, seat=seat[1], person=person[0], matters="小微贷款")
        assert "已录入轮值" in sat.text and "小微贷款" in sat.text
        again = manager.post(f"{session}/sit", seen=session, seat=seat[1], person=person[0])
        assert "note bad" in again.text
        published = manager.post(f"{session}/publish", seen=session)
        assert "名单已公布" in published.text
        assert "名单已公布" in manager.post(f"{session}/drop", seen=session).text


def test_M1_what_differs_from_what_is_signed_is_told_on_the_page_and_stays(manager: Manager) -> None:
    manager.post("receptions/new", **BANKS)
    manager.post("receptions/banks/bodies/new", **bank(0))
    manager.post("receptions/banks/term", first="2026-03-16", last="2026-03-23")
    session = session_of(manager, "2026-03-23")
    page = manager.get(session).text
    seat = re.findall(r'name="seat" value="(\d+)"', page)[1]
    person = re.findall(r'<option value="(\d+)">第0银行', page)[0]
    manager.post(f"{session}/sit", seen=session, seat=seat, person=person)
    saved = manager.post("receptions/banks/settings", **{**BANKS, "places": ["xixian-01:am"]})
    assert saved.status == 303
    look = manager.get("receptions/banks/term?first=2026-03-16&last=2026-03-23").text
    assert "该席位已不在席位设置中" in look and "减去1个空席" in look
    told = manager.post("receptions/banks/term", first="2026-03-16", last="2026-03-23").text
    assert "与已报名情况不同之处" in told and "减去1个空席" not in told
    assert "第0银行" in manager.get(session).text


def test_a_session_is_dropped_and_taken_up_again(manager: Manager) -> None:
    manager.post("receptions/new", **BANKS)
    manager.post("receptions/banks/term", first="2026-03-16", last="2026-03-23")
    session = session_of(manager, "2026-03-23")
    assert "本期不举行" in manager.post(f"{session}/drop", seen=session).text
    assert "已恢复本期" in manager.post(f"{session}/restore", seen=session).text
    assert "日期已定" in manager.post(f"{session}/date", seen=session, day="2026-03-24").text


def test_a_body_is_changed_retired_and_put_back(manager: Manager) -> None:
    page = manager.get("receptions/monday/bodies").text
    key = re.search(r"/admin/(receptions/monday/bodies/\d+)\">卫健委", page)
    assert key
    renamed = manager.post(key[1], **{**bank(7), "name": "卫健体委", "user": ["director01", "", "", ""]})
    assert renamed.status == 303 and "卫健体委" in renamed.text and "行长7" in renamed.text
    taken = manager.post(key[1], **{**bank(7), "name": "市场监管局"})
    assert taken.status == 422 and "同名" in taken.text
    twice = manager.post(key[1], **{**bank(7), "user": ["director01", "director01", "", ""]})
    assert twice.status == 422 and "每个账号" in twice.text
    nobody = manager.post(key[1], **{**bank(7), "user": ["nobody", "", "", ""]})
    assert nobody.status == 422 and "nobody" in nobody.text
    refused = manager.post(f"{key[1]}/retire", seen=key[1])
    assert "还有未到的轮值" in refused.text

    manager.post("receptions/new", **BANKS)
    manager.post("receptions/banks/bodies/new", **bank(0))
    listed = manager.get("receptions/banks/bodies").text
    mine = re.search(
        r"/admin/(receptions/banks/bodies/\d+)\"", listed.split("新建")[0].split("第0银行")[0][-80:]
    )
    assert mine
    assert "已移出名单" in manager.post(f"{mine[1]}/retire", seen=mine[1]).text
    back = manager.post(mine[1], **bank(0))
    assert back.status == 303 and "行长0" in back.text


def test_a_name_that_is_written_over_is_the_same_person(manager: Manager) -> None:
    manager.post("receptions/new", **BANKS)
    manager.post("receptions/banks/bodies/new", **bank(0))
    mine = re.search(
        r"/admin/(receptions/banks/bodies/\d+)\">第0银行", manager.get("receptions/banks/bodies").text
    )
    assert mine
    keys = re.findall(r'name="key" value="(\d*)"', manager.get(mine[1]).text)[:4]
    assert keys[0]
    form = bank(0, head="钱行")
    assert manager.post(mine[1], **{**form, "key": keys}).status == 303
    page = manager.get(mine[1]).text
    assert "钱行" in page
    assert re.findall(r'name="key" value="(\d*)"', page)[0] == keys[0]


def test_a_form_that_cannot_be_used_says_where_and_keeps_what_was_typed(manager: Manager) -> None:
    wrong = manager.post(
        "receptions/new", **{**BANKS, "name": " ", "code": "Bank!", "am_ends": "08:00", "signup_days": "many"}
    )
    assert wrong.status == 422
    assert 'value="Bank!"' in wrong.text and wrong.text.count("wrong-text") >= 4
    assert 'value="xixian-01:am" checked' in wrong.text
    for taken in ("monday", "new"):
        assert manager.post("receptions/new", **{**BANKS, "code": taken}).status == 422
    over = manager.post("receptions/monday/term", first="2026-01-05", last="2026-02-02")
    assert over.status == 422 and "已经过去" in over.text
    assert manager.post("receptions/monday/term", first="x", last="").status == 422
