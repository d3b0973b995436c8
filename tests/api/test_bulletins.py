"""Bulletins on both databases: drafted from the records, signed off by another, numbered, frozen, corrected (M8)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from hall.rota.bulletins.models import Bulletin
from hall.rota.models import RotaBody
from hall.unit_of_work import units
from tests.bulletins_at_work import AFTER, DAYS, PATH, Bulletins
from tests.cases_at_work import at
from tests.findings_at_work import photo
from tests.on_the_day import DAY

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

NEXT_YEAR = datetime(2027, 1, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Bulletins:
    return Bulletins(client, demo)


def _execute(change: Any, session: Any) -> None:
    session.execute(change)


def test_M8_a_draft_tells_what_the_records_say(hall: Bulletins) -> None:
    hall.held()
    made = hall.draft()
    draft = hall.must("GET", f"/bulletins/{made['bulletin']}")
    figures = draft["figures"]
    assert figures["days"] == [DAY]
    assert [(turn["body"], turn["kind"]) for turn in figures["attendance"]] == [
        ("第0局", "present"),
        ("第1局", "absent"),
    ]
    assert (figures["totals"]["present"], figures["totals"]["absent"]) == (1, 1)
    assert [one["number"] for one in figures["findings"]["overdue"]] == ["2026-001"]
    assert [(one["name"], one["score"], one["rank"]) for one in figures["bodies"]] == [
        ("第0局", "100.0", 1),
        ("第1局", "0.0", 2),
    ]
    for said in (
        "主要负责人到岗1人次",
        "缺席1人次",
        "第1局",
        "2026-001“取号机纸张用完无人更换”",
        "第0局（100.0分）",
    ):
        assert said in draft["text"]
    assert "2026年3月30日" in draft["title"]


def test_M8_signed_off_by_another_then_numbered_frozen_and_public(hall: Bulletins) -> None:
    hall.held()
    key = hall.draft()["bulletin"]
    assert hall.client.get(f"/api/v1{PATH}/2026/1").status_code == 404
    assert hall.refused(key, "sign-off", "manager") == "by_another"
    hall.step(key, "edit", "second", title="关于首次通报", text="一、情况\n很好。")
    assert hall.refused(key, "sign-off", "second") == "by_another"
    hall.step(key, "edit", title="关于首次通报", text="一、情况\n很好。")
    done = hall.step(key, "sign-off", "second")
    assert (done["state"], done["year"], done["number"]) == ("frozen", 2026, 1)
    found = hall.frozen(2026, 1)
    assert found["digest"] == done["digest"] == hashlib.sha256(found["written"].encode()).hexdigest()
    assert found["sheet"]["signed_by"] == "李主任"
    assert found["sheet"]["text"] == "一、情况\n很好。"
    assert hall.refused(key, "edit", title="x", text="y", revision=5) == "frozen"
    for verb in ("figures", "drop", "sign-off"):
        assert hall.refused(key, verb, revision=5) == "frozen"


def test_M8_an_absence_that_was_not_checked_keeps_it_from_being_signed(hall: Bulletins) -> None:
    hall.held(checked=False)
    key = hall.draft()["bulletin"]
    with at(AFTER):
        said = hall.ask("POST", f"/bulletins/{key}/sign-off", {"revision": 1}, "second").get_json()
    assert said["code"] == "absence_unchecked"
    assert said["absences"] == [{"day": DAY, "part": "am", "body": "第1局", "waits_for": "asking"}]
    assert "正与单位核实" in hall.must("GET", f"/bulletins/{key}")["text"]
    hall.check()
    assert hall.refused(key, "sign-off") == "records_changed"
    hall.step(key, "figures", "second")
    text = hall.must("GET", f"/bulletins/{key}")["text"]
    assert "已与单位核实" in text
    assert "正与单位核实" not in text
    assert hall.step(key, "sign-off", "second")["number"] == 1


def test_M8_records_that_changed_are_read_once_more_before_the_signature(hall: Bulletins) -> None:
    hall.held()
    key = hall.draft()["bulletin"]
    with at(AFTER):
        hall.findings.add(1, photo())
        hall.findings.step(1, "rectify", "liaison1", note="换好了")
    assert hall.refused(key, "sign-off") == "records_changed"
    hall.step(key, "figures", "second")
    assert hall.step(key, "sign-off", "second")["number"] == 1
    assert hall.frozen(2026, 1)["sheet"]["figures"]["findings"]["overdue"] == []


def test_M8_words_that_were_edited_stay_until_they_are_written_anew(hall: Bulletins) -> None:
    hall.held(checked=False)
    key = hall.draft()["bulletin"]
    hall.step(key, "edit", title="甲", text="自己写的")
    hall.check()
    hall.step(key, "figures", "second")
    assert hall.must("GET", f"/bulletins/{key}")["text"] == "自己写的"
    hall.step(key, "write-anew", "second")
    assert "已与单位核实" in hall.must("GET", f"/bulletins/{key}")["text"]
    assert hall.refused(key, "sign-off", "second") == "by_another"


def test_M8_a_day_that_is_not_over_cannot_be_told_of(hall: Bulletins) -> None:
    hall.held()
    with at(AFTER):
        assert hall.code(PATH, {"first": DAY, "last": "2026-03-31"}) == "invalid"
        assert hall.code(PATH, {"first": "2026-03-30", "last": "2026-03-29"}) == "invalid"
        assert hall.code(PATH, {"first": "2025-03-01", "last": DAY}) == "invalid"
        assert hall.code(PATH, DAYS, "head0") == "forbidden"


def test_M8_two_editors_do_not_write_over_each_other(hall: Bulletins) -> None:
    hall.held()
    key = hall.draft()["bulletin"]
    hall.step(key, "edit", title="甲", text="甲")
    assert hall.refused(key, "edit", title="乙", text="乙", revision=1) == "stale"
    assert hall.refused(key, "sign-off", revision=1) == "stale"
    assert hall.must("GET", f"/bulletins/{key}")["title"] == "甲"


def test_M8_the_database_itself_keeps_what_is_frozen(hall: Bulletins, app: Flask) -> None:
    hall.held()
    key = hall.draft()["bulletin"]
    hall.step(key, "sign-off", "second")
    for change in (
        update(Bulletin).values(text="other"),
        update(Bulletin).values(state="draft"),
        delete(Bulletin),
    ):
        with app.app_context(), pytest.raises(IntegrityError, match="bulletin_stays"):
            units().run(partial(_execute, change))
    with app.app_context():
        kept = units().run(lambda session: session.scalar(select(Bulletin.digest)))
    assert kept == hall.frozen(2026, 1)["digest"]


def test_M8_numbers_have_no_gaps_and_no_doubles_in_the_database_either(hall: Bulletins, app: Flask) -> None:
    hall.held()
    first, second = (hall.draft()["bulletin"] for _ in range(2))
    hall.step(first, "sign-off", "second")
    for number in (1, 3):
        forced = (
            update(Bulletin)
            .where(Bulletin.id == second)
            .values(
                state="frozen",
                year=2026,
                number=number,
                signed_on=Bulletin.last,
                signed_at=Bulletin.drafted_at,
                signed_by=Bulletin.drafted_by + 1,
                sheet="{}",
                digest="0" * 64,
            )
        )
        with app.app_context(), pytest.raises(IntegrityError, match=r"bulletin_(number|stays)"):
            units().run(partial(_execute, forced))


def test_M8_days_that_were_told_of_are_corrected_not_told_again(hall: Bulletins) -> None:
    hall.held()
    first, second = (hall.draft()["bulletin"] for _ in range(2))
    hall.step(first, "sign-off", "second")
    assert hall.refused(second, "sign-off") == "days_taken"
    with at(AFTER):
        assert hall.code(PATH, DAYS) == "days_taken"
    assert hall.step(second, "drop")["state"] == "dropped"


def test_M8_a_mistake_is_cured_by_a_correction_and_the_first_one_stays(hall: Bulletins) -> None:
    hall.held()
    key = hall.draft()["bulletin"]
    hall.step(key, "sign-off", "second")
    before = hall.frozen(2026, 1)
    wrong = hall.step(key, "correct", "second")["bulletin"]
    assert hall.must("GET", f"/bulletins/{wrong}")["title"] == "关于2026年第1期通报的更正"
    assert hall.step(wrong, "sign-off", "manager")["number"] == 2
    after = hall.frozen(2026, 1)
    assert (after["written"], after["digest"]) == (before["written"], before["digest"])
    assert after["corrected_by"] == [[2026, 2]]
    assert hall.frozen(2026, 2)["sheet"]["corrects"]["number"] == 1


def test_M8_each_year_begins_with_one_and_last_year_s_stay_as_they_were(hall: Bulletins, app: Flask) -> None:
    hall.held()
    key = hall.draft()["bulletin"]
    hall.step(key, "sign-off", "second")
    before = hall.frozen(2026, 1)
    with app.app_context():
        units().run(
            partial(_execute, update(RotaBody).where(RotaBody.name == "第1局").values(name="改名后的局"))
        )
    later = hall.step(key, "correct", moment=NEXT_YEAR)["bulletin"]
    done = hall.step(later, "sign-off", "second", NEXT_YEAR + timedelta(hours=1))
    assert (done["year"], done["number"]) == (2027, 1)
    assert hall.frozen(2026, 1)["written"] == before["written"]
    assert "改名后的局" in hall.frozen(2027, 1)["written"]
    listed = hall.client.get("/api/v1/sites/xixian/bulletins").get_json()["bulletins"]
    assert [(one["year"], one["number"]) for one in listed] == [(2027, 1), (2026, 1)]
