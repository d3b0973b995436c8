"""Lines, windows and calendar as spreadsheets and as typed: every problem with its line, nothing half-taken."""

from __future__ import annotations

import io
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from hall.calendar.published import days_of, published
from hall.calendar.rules import HOLIDAY, MAKEUP, WORKDAY, SpecialDay
from hall.catalog.models import Line, Window
from hall.catalog.tables import Imported
from hall.premises import sheets
from hall.premises.settings import SECTIONS, read_settings, settings_told
from hall.premises.typed import typed_days
from hall.sites import SiteSettings


def csv(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join(rows).encode())


def wrong(found: Imported[Any]) -> list[tuple[int, str]]:
    assert found.rows == (), "a file with a problem has no rows"
    return [(problem.line, problem.key) for problem in found.problems]


def test_lines_are_read_in_their_order() -> None:
    found = sheets.read_lines(
        csv("号码字母,队列名称,目标等候（分钟）,午间不断岗,出件", "b,取证,20,是,是", "Ａ,出件,,否,")
    )
    assert [(row.prefix, row.target_min, row.lunch_open, row.sort, row.collects) for row in found.rows] == [
        ("B", 20, True, 1, True),
        ("A", None, False, 2, None),
    ], "an empty cell leaves the mark as it was, whatever the name"


def test_a_broken_file_of_lines_names_every_line() -> None:
    found = sheets.read_lines(csv("号码字母,队列名称,目标等候", "A,综合,0", "1,税务,", "A,重复,", ",无字母,"))
    assert wrong(found) == [(2, "bad_number"), (3, "bad_prefix"), (4, "double_code"), (5, "empty")]


def test_windows_name_their_lines_by_letter() -> None:
    found = sheets.read_windows(csv("窗口号,优先队列,其次队列", "3,A、B,C", "4,,"), {"A", "B", "C"})
    assert [(row.number, row.name, row.preferred, row.others) for row in found.rows] == [
        (3, "3号窗口", ("A", "B"), ("C",)),
        (4, "4号窗口", (), ()),
    ]
    broken = sheets.read_windows(csv("窗口号,优先队列", "3,A", "3,Q", "0,A"), {"A"})
    assert wrong(broken) == [(3, "double_code"), (3, "unknown_line"), (4, "bad_number")]


def test_days_are_read_as_people_write_them() -> None:
    found = sheets.read_days(
        csv("日期,类型,名称", "2027-01-01,放假,元旦", "2027/1/2,holiday,", "2027年1月9日,调休,元旦")
    )
    assert [(row.day, row.kind) for row in found.rows] == [
        (date(2027, 1, 1), HOLIDAY),
        (date(2027, 1, 2), HOLIDAY),
        (date(2027, 1, 9), MAKEUP),
    ]
    broken = sheets.read_days(csv("日期,类型", "2027-02-30,放假", "2027-01-04,调休上班", "2027-01-01,也许"))
    assert wrong(broken) == [(2, "bad_date"), (3, "makeup_on_weekday"), (4, "bad_day_kind")]


def test_what_is_written_reads_back_the_same() -> None:
    days = {date(2027, 1, 1): SpecialDay(HOLIDAY, "=元旦"), date(2027, 1, 9): SpecialDay(MAKEUP, "元旦调休")}
    assert {
        row.day: SpecialDay(row.kind, row.name)
        for row in sheets.read_days(io.BytesIO(sheets.write_days(days))).rows
    } == days
    lines = [
        Line(prefix="A", name="综合", name_en="General", target_min=None, lunch_open=True, collects=True)
    ]
    back = sheets.read_lines(io.BytesIO(sheets.write_lines(lines))).rows
    assert back == (sheets.LineRow("A", "综合", "General", None, True, 1, collects=True),)
    windows = [Window(id=1, number=3, name="3号", name_en="3", area="一楼", area_en="")]
    file = sheets.write_windows(windows, {1: {"preferred": ("A", "B"), "others": ()}})
    assert sheets.read_windows(io.BytesIO(file), {"A", "B"}).rows[0].preferred == ("A", "B")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1月1日至1月3日 元旦", 3),
        ("2027-02-05—2027-02-11 春节", 7),
        ("2027.5.1 劳动节\n\n 5-2  劳动节", 2),
        ("", 0),
    ],
)
def test_I5_holidays_are_typed_as_the_notice_prints_them(text: str, days: int) -> None:
    found = typed_days(text, 2027, HOLIDAY)
    assert (len(found.days), found.wrong) == (days, [])


NOTICE = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def test_I5_the_notice_of_2026_pasted_in_is_the_published_calendar() -> None:
    found = typed_days(NOTICE, 2026, HOLIDAY)
    assert found.wrong == []
    kinds = {day: special.kind for day, special in found.days.items()}
    expected = days_of(published(), 2026)
    rest = {day for day, special in expected.items() if special.kind == HOLIDAY}
    assert {day for day, kind in kinds.items() if kind == HOLIDAY} == rest
    assert {day for day, kind in kinds.items() if kind == MAKEUP} == {
        day for day, special in expected.items() if special.kind == MAKEUP
    }
    assert found.days[date(2026, 1, 4)] == SpecialDay(MAKEUP, "元旦调休")


def test_I5_a_notice_whose_holiday_begins_in_december_is_taken_or_named() -> None:
    said = "元旦：2022年12月31日至2023年1月2日放假调休，共3天。"
    assert set(typed_days(said, 2023, HOLIDAY).days) == {date(2023, 1, 1), date(2023, 1, 2)}
    assert typed_days("元旦：2020年12月31日至2021年1月2日放假。", 2021, HOLIDAY).wrong == [(1, "other_year")]
    assert typed_days("春节：2月31日放假。", 2027, HOLIDAY).wrong == [(1, "bad_line")]


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("元旦", HOLIDAY, (1, "bad_line")),
        ("1月1日\n2月30日", HOLIDAY, (2, "bad_line")),
        ("2月5日至1月5日", HOLIDAY, (1, "backwards")),
        ("2026-12-31", HOLIDAY, (1, "other_year")),
        ("1月4日", MAKEUP, (1, "makeup_on_weekday")),
    ],
)
def test_I5_what_is_not_understood_is_said_with_its_line(
    text: str, kind: str, problem: tuple[int, str]
) -> None:
    assert typed_days(text, 2027, kind).wrong == [problem]
    assert WORKDAY not in {day.kind for day in typed_days(text, 2027, kind).days.values()}


def test_settings_that_are_told_exist_and_their_defaults_are_in_range() -> None:
    usual = SiteSettings()
    for setting in settings_told().values():
        value = getattr(usual, setting.name)
        if setting.kind == "number":
            assert setting.low <= value <= setting.high, setting.name
    assert len(settings_told()) == sum(len(section.settings) for section in SECTIONS), "each once"
    assert settings_told().keys() == {item.name for item in fields(SiteSettings)}, (
        "Every setting of a hall can be changed in the browser: add it to SECTIONS."
    )


def test_settings_are_read_whole_or_not_at_all() -> None:
    usual = SiteSettings()
    said = {
        name: list(value) if isinstance(value, tuple) else str(value) for name, value in _texts(usual).items()
    }
    made, problems = read_settings(usual, {**said, "target_min": "25", "voice_english": ""})
    assert (made.target_min, made.voice_english, problems) == (25, False, {})
    kept, problems = read_settings(usual, {**said, "target_min": "25", "max_calls": "0", "mute_from": "7"})
    assert kept == usual
    assert problems == {"max_calls": "range", "mute_from": "time"}


def _texts(settings: SiteSettings) -> dict[str, object]:
    return {
        name: "" if getattr(settings, name) is False else getattr(settings, name) for name in settings_told()
    }
