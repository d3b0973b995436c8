"""The pages where a hall is set up: each opens, keeps what was typed, and does what it says."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from hall import clock
from hall.premises.sheets import write_days
from hall.sites import SiteSettings
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PAGES = (
    *("site", "hours", "hours/season", "calendar", "lines", "lines/new"),
    *("windows", "windows/new", "notices", "texts"),
)


@pytest.fixture
def manager(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Manager:
    return Manager(app, client, demo)


def test_each_page_opens_in_both_languages(manager: Manager) -> None:
    for language in ("zh", "en"):
        manager.speak(language)
        for page in PAGES:
            shown = manager.get(page)
            assert shown.status_code == 200, page
            assert "<h1>" in shown.text, page
        assert ("Opening hours</a>" in shown.text) is (language == "en"), (
            "the menu speaks the reader's language"
        )


def test_only_who_may_set_up_the_hall_sees_a_page(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    for page in PAGES:
        assert "/sign-in" in client.get(f"/admin/{page}").headers["Location"]
    clerk = Manager(app, client, demo, user="clerk01")
    for page in PAGES:
        assert clerk.get(page).status_code == 403


def test_a_line_is_added_changed_moved_and_taken_out_of_use(manager: Manager) -> None:
    added = manager.post("lines/new", prefix="z", name="不见面审批", name_en="Remote", target_min="20")
    assert added.status == 302 and "不见面审批" in added.text and "20 分钟" in added.text
    key = manager.key("lines", "不见面审批")
    changed = manager.post(f"lines/{key}", prefix="Z", name="远程办", lunch_open="1")
    assert "远程办" in changed.text and "不断岗" in changed.text
    assert 'name="collects" value="1" checked' not in manager.get(f"lines/{key}").text
    manager.post(f"lines/{key}", prefix="Z", name="远程办", collects="1")
    assert 'name="collects" value="1" checked' in manager.get(f"lines/{key}").text
    before = manager.get("lines").text.index("远程办")
    manager.post("lines/order", "lines", key=str(key), to="up")
    assert manager.get("lines").text.index("远程办") < before
    gone = manager.post(f"lines/{key}/retire", "lines")
    assert gone.status == 302 and ">重新启用<" in gone.text
    back = manager.post(f"lines/{key}/retire", "lines", back="1")
    assert ">重新启用<" not in back.text


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(manager: Manager) -> None:
    wrong = manager.post("lines/new", prefix="A", name="重复字母")
    assert wrong.status == 409 and "重复字母" in wrong.text and 'href="#field-prefix"' in wrong.text
    wrong = manager.post("lines/new", prefix="12", name="", target_min="999")
    assert wrong.status == 422
    for name in ("prefix", "name", "target_min"):
        assert f'href="#field-{name}"' in wrong.text


def test_a_line_that_items_lead_to_stays_in_use(manager: Manager) -> None:
    key = manager.key("lines", "综合受理")
    kept = manager.post(f"lines/{key}/retire", "lines")
    assert kept.status == 409 and "综合受理" in kept.text


def test_a_window_is_added_and_says_what_it_serves(manager: Manager) -> None:
    line = manager.key("lines", "综合受理")
    added = manager.post("windows/new", number="77", name="", area="三楼", **{f"serves__{line}": "other"})
    assert added.status == 302 and "77号窗口" in added.text
    key = manager.key("windows", "77号窗口")
    assert manager.post("windows/new", number="77").status == 409
    assert manager.post("windows/new", number="0").status == 422
    assert manager.post(f"windows/{key}/retire", "windows").status == 302


def test_Q5_the_list_of_windows_shows_two_tiers_and_changes_them_together(manager: Manager) -> None:
    line, first, second = (manager.key(*where) for where in (
        ("lines", "税务"), ("windows", "1号窗口"), ("windows", "2号窗口"),
    ))  # fmt: skip
    tiers = {
        f"w{first}": "1",
        f"w{first}__{line}": "preferred",
        f"w{second}": "1",
        f"w{second}__{line}": "other",
    }
    saved = manager.post("windows/tiers", "windows", **tiers)
    rows = re.findall(r"<tr>.*?</tr>", saved.text, re.DOTALL)
    for key, tier in ((first, "preferred"), (second, "other")):
        row = next(row for row in rows if f'/admin/windows/{key}"' in row)
        assert re.findall(r'class="premises-letter (\w+)" title="税务">F<', row) == [tier]
        assert "<details>" in row, "What a window serves is behind one key: Tab passes many windows."


def test_a_notice_runs_and_is_withdrawn(manager: Manager) -> None:
    posted = manager.post("notices", text="明天停电，请提前办理")
    assert posted.status == 302 and "明天停电" in posted.text
    wrong = manager.post("notices", text="晚了", until="2020-01-01T08:00")
    assert wrong.status == 422 and "晚了" in wrong.text
    board = manager.client.get("/api/v1/sites/xixian/board").get_json()
    assert [notice["text"] for notice in board["notices"]] == ["明天停电，请提前办理"]
    manager.post(f"notices/{board['notices'][0]['id']}/withdraw", "notices")
    assert manager.client.get("/api/v1/sites/xixian/board").get_json()["notices"] == []


def test_Q10_hours_are_entered_by_season_and_by_date(manager: Manager) -> None:
    assert "息县" in manager.post("hours/usual", "hours").text
    days = {
        f"{day}__morning__{end}": text
        for day in range(5)
        for end, text in (("opens", "08:00"), ("closes", "18:00"))
    }
    saved = manager.post("hours/season", first="06-01", last="08-31", **days)
    assert saved.status == 302 and "08:00–18:00" in saved.text
    crossing = manager.post("hours/season", first="08-01", last="10-31", **days)
    assert crossing.status == 422 and 'value="10-31"' in crossing.text
    half = manager.post("hours/season", first="10-01", last="10-31", **{"0__morning__opens": "08:00"})
    assert half.status == 422
    dated = manager.post("hours/date", "hours", day="2099-01-05", kind="closed", reason="系统升级")
    assert "系统升级" in dated.text
    assert manager.post("hours/date", "hours", day="2099-01-06", kind="open", reason="延时").status == 422


def test_I5_a_year_is_confirmed_as_typed_or_from_a_spreadsheet(manager: Manager) -> None:
    typed = manager.post(
        "calendar/year", "calendar", year="2027", holidays="1月1日至1月3日 元旦", makeups="1月9日 元旦调休"
    )
    assert typed.status == 302 and "2027-01-09" in typed.text and "2027-01-01 – 01-03" in typed.text
    wrong = manager.post("calendar/year", "calendar", year="2028", holidays="元旦放假", makeups="1月5日 调休")
    assert wrong.status == 422 and "元旦放假" in wrong.text
    file = manager.get("calendar/export?year=2026").data
    loaded = manager.send("calendar/import", "calendar", file)
    assert loaded.status == 302 and "2026-09-20" in loaded.text
    broken = "日期,类型,名称\n2028-01-05,调休上班,元旦\n2028-13-01,放假,元旦\n".encode()
    refused = manager.send("calendar/import", "calendar", broken, "c.csv")
    assert refused.status == 422 and "第 2 行" in refused.text and "第 3 行" in refused.text
    assert "2028-01-05" not in manager.get("calendar?year=2028").text
    assert write_days({})


def test_I5_the_manager_is_warned_from_november_on_with_the_way_to_add_the_year(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, warned in ((31, False), (1, True)):
        month = 10 if day == 31 else 11
        at = datetime(2026, month, day, 8, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        for page in ("", "calendar"):
            text = manager.client.get(f"/admin/{page}".rstrip("/")).text
            assert ("/admin/calendar?year=2027" in text and "2027 年尚未确认" in text) is warned
    manager.post("calendar/year", "calendar", year="2027", holidays="元旦：1月1日至3日放假调休。1月9日上班。")
    assert "2027 年尚未确认" not in manager.client.get("/admin").text
    assert "元旦调休" in manager.get("calendar?year=2027").text


def test_lines_and_windows_go_out_and_come_back_as_spreadsheets(manager: Manager) -> None:
    for kind in ("lines", "windows"):
        file = manager.get(f"{kind}/export").data
        assert manager.send(f"{kind}/import", kind, file).status == 302
        again = manager.get(f"{kind}/export").data
        assert len(again) == len(file) or again[:2] == file[:2]
    broken = "窗口号,优先队列\n1,A\n1,Q\nx,A\n".encode()
    refused = manager.send("windows/import", "windows", broken, "w.csv")
    assert refused.status == 422 and "第 3 行" in refused.text and "第 4 行" in refused.text


def test_settings_are_checked_and_kept(manager: Manager) -> None:
    form = {name: value for name, value in settings_form(manager).items() if name != "always_open"}
    saved = manager.post(
        "site/settings", "site", **{**form, "target_min": "25", "pause_reasons_own": "盘点\n消防演练"}
    )
    assert saved.status == 302 and "消防演练" in saved.text and 'value="25"' in saved.text
    wrong = manager.post("site/settings", "site", **{**form, "max_calls": "0", "mute_from": "12:00"})
    assert wrong.status == 422
    assert 'href="#field-max_calls"' in wrong.text and 'href="#field-mute_until"' in wrong.text


def settings_form(manager: Manager) -> dict[str, Any]:
    return {
        name: list(value)
        if isinstance(value, tuple)
        else "1"
        if value is True
        else ""
        if value is False
        else str(value)
        for name, value in asdict(SiteSettings()).items()
    }


def test_texts_are_the_halls_own_on_kiosk_and_slip(manager: Manager) -> None:
    def asks() -> str:
        page = re.search(r'id="words">(.*?)</script>', manager.client.get("/kiosk").text, re.DOTALL)
        assert page
        return str(json.loads(page[1])["words"]["zh"]["question"])

    own = asks()
    saved = manager.post(
        "texts", **{"kiosk.question.zh": "您好，请选择业务", "slip.free.zh": "本厅一律免费。"}
    )
    assert saved.status == 302
    assert asks() == "您好，请选择业务"
    headers = {"Authorization": f"Bearer {manager.demo['kiosk']['token']}", "Idempotency-Key": "one"}
    ticket = manager.client.post("/api/v1/tickets", json={"line": "xixian-a"}, headers=headers).get_json()
    assert "本厅一律免费。" in manager.client.get(f"/api/v1/tickets/{ticket['token']}/slip.txt").text
    assert manager.post("texts", **{"screen.closing.zh": "{time} 停止取号"}).status == 302
    assert "{time} 停止取号" in manager.client.get("/admin/texts").text
    wrong = manager.post("texts", **{"slip.free.zh": "{nonsense} 免费"})
    assert wrong.status == 422 and "nonsense" in wrong.text
    manager.post("texts", **{"kiosk.question.zh": ""})
    assert asks() == own, "an empty field brings the product's own text back"
