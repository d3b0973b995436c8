"""Helpers are booked on the phone's pages, step by step, without scripts (H1, H3, E1)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from hall import clock
from hall.database import db
from hall.helpers.free import Ask
from hall.helpers.jobs import expire_holds
from hall.helpers.models import Booking, BookingCell
from hall.hours.models import SpecialOpening
from hall.premises.usual import usual_hours
from hall.sites import Site, new_stamp
from hall.unit_of_work import Work, units
from kiosk.booking.days import times_of
from tests.booking_at_work import all_day
from tests.booking_visitor import BUNDLE, PHONE, Visitor

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def visitor(client: FlaskClient, demo: dict[str, Any]) -> Visitor:
    return Visitor(client)


def write(app: Flask, change: Any) -> None:
    """Change rows as time or somebody else would."""
    with app.app_context():
        units().run(lambda session: change(Work(session, None, clock.now())))  # type: ignore[arg-type]
        db.session.rollback()


def last_booking(work: Work) -> Booking:
    return work.session.scalars(select(Booking).order_by(Booking.id.desc()).limit(1)).one()


def hold_ends(app: Flask) -> None:
    """Ten minutes pass for the newest hold."""

    def past(work: Work) -> None:
        last_booking(work).held_until = work.now - timedelta(seconds=1)

    write(app, past)


def test_H1_each_kind_of_help_is_explained_and_free_of_charge(visitor: Visitor) -> None:
    page = visitor.get("/book").text
    for told in ("帮办（大厅内）", "代办", "上门办", "不收费", "委托书", "申请人仍对所办事项负责"):
        assert told in page, told
    assert "/book/find" in page


def test_the_way_in_stands_at_the_front_door_and_on_the_tickets_page(visitor: Visitor) -> None:
    assert 'href="/book"' in visitor.get("/").text


def test_a_matter_is_found_in_peoples_words_and_shows_how_many_papers(visitor: Visitor) -> None:
    page = visitor.post("/book/matter?kind=agency", q="yyzz").text
    assert "营业执照" in page and "材料" in page
    assert "kind=agency&amp;item=" in page
    assert "没有找到" in visitor.post("/book/matter", q="没有这样的事情啊").text
    assert "line=xixian-a" in page


def test_days_and_times_are_links_and_keys(visitor: Visitor) -> None:
    page = visitor.get(f"/book/time?kind=assist&bundle={BUNDLE}").text
    assert "公司章程" in page, "the matter's papers are shown"
    assert page.count("booking-day ") == 14
    assert visitor.times()
    assert visitor.get("/book/time?kind=assist").headers["Location"].startswith("/book/matter")


def test_H6_times_are_those_of_helpers_who_know_what_is_asked_for(app: Flask, visitor: Visitor) -> None:
    write(app, lambda work: all_day(work, ("B01", "B02", "B03")))  # late in the day none is left of today's
    everybody, signing = visitor.times(), visitor.times(need="sign")
    assert signing and set(signing) <= set(everybody)
    assert visitor.times(helper="B03", need="sign")
    page = visitor.get(f"/book/time?bundle={BUNDLE}&need=sign").text
    assert "工号 B03" in page and "工号 B02" not in page


def test_H3_a_time_is_kept_counted_down_and_booked(app: Flask, visitor: Visitor) -> None:
    address = visitor.hold()
    form = visitor.get(address).text
    assert re.search(r'data-until="[^"]+" data-now="[^"]+"', form)
    assert "时间为您保留到" in form
    done = visitor.post(f"{address}/confirm", name="王小明", phone=PHONE)
    assert (done.status_code, done.headers["Location"]) == (303, address)
    page = visitor.get(address).text
    assert "预约成功" in page and "138****1234" in page
    assert PHONE not in page and "王小明" not in page
    assert re.search(r'class="booking-code"[^>]*>[0-9A-Z]{5}-[0-9A-Z]{5}<', page)
    assert "calendar.ics" in page and "<svg" in page


@pytest.mark.one_process("how this process sends messages is changed")
def test_a_reminder_is_promised_only_where_messages_are_sent(app: Flask, visitor: Visitor) -> None:
    address = visitor.book()
    assert "短信提醒" not in visitor.get(address).text
    app.extensions["hall_channel"].name = "gateway"
    assert "约提前 20 小时短信提醒您" in visitor.get(address).text


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    address = visitor.hold(kind="home_visit")
    refused = visitor.post(f"{address}/confirm", name="王小明", phone=PHONE)
    assert refused.status_code == 422
    assert "error-address" in refused.text and 'value="王小明"' in refused.text
    refused = visitor.post(f"{address}/confirm", name="", phone="12", id_number="1", address="某街道 1 号")
    assert refused.status_code == 422
    for field in ("name", "phone", "id_number"):
        assert f"error-{field}" in refused.text, field
    assert 'value="某街道 1 号"' in refused.text
    done = visitor.post(f"{address}/confirm", name="王小明", phone=PHONE, address="某街道 1 号")
    assert done.status_code == 303
    page = visitor.get(address).text
    assert "某街道" not in page, "an address is never shown again"
    assert "请在家等候" in page


def test_H2_who_is_too_late_sees_the_nearest_free_times(visitor: Visitor) -> None:
    at = visitor.times(helper="B03")[0]
    visitor.hold(at, helper="B03")
    late = visitor.post("/book/hold", kind="assist", bundle=BUNDLE, starts_at=at, helper="B03")
    assert late.status_code == 409
    assert "刚被约走" in late.text
    near = re.findall(r'name="starts_at" value="([^"]+)"', late.text)
    assert near and at not in near
    assert visitor.hold(near[0], helper="B03")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_H3_a_hold_that_ended_keeps_what_was_typed(app: Flask, visitor: Visitor, lang: str) -> None:
    visitor.post("/preferences", lang=lang, next="/book")
    ended = "保留时间已过" if lang == "zh" else "The time is over"
    address = visitor.hold()
    hold_ends(app)
    over = visitor.post(f"{address}/confirm", name="王小明", phone=PHONE)
    assert over.status_code == 409
    assert ended in over.text and f'value="{PHONE}"' in over.text
    near = re.findall(r'name="starts_at" value="([^"]+)"', over.text)
    again = visitor.post(f"{address}/again", name="王小明", phone=PHONE, starts_at=near[0])
    assert again.status_code == 200
    assert 'value="王小明"' in again.text
    with app.app_context():
        newest = select(Booking.lang).order_by(Booking.id.desc()).limit(1)
        assert db.session.scalar(newest) == lang
    then = re.search(r'action="(/book/[^"]+)/confirm"', again.text)
    assert then and then[1] != address
    assert visitor.post(f"{then[1]}/confirm", name="王小明", phone=PHONE).status_code == 303
    assert ended in visitor.get(address).text
    write(app, lambda work: expire_holds(work, None))
    assert ended in visitor.get(address).text


def test_in_the_small_hours_the_first_day_is_today(app: Flask, visitor: Visitor) -> None:
    visitor.get("/book")
    with app.app_context():
        site = db.session.scalars(select(Site)).one()
        night = clock.now().astimezone(site.zone).replace(hour=2, minute=25)
        found = times_of(db.session(), site, Ask("assist"), night, None)
    assert found.days[0].day == night.date(), "not the business date, which is still yesterday's"


def test_signs_that_turn_the_writing_are_told_at_their_field(visitor: Visitor) -> None:
    address = visitor.hold(kind="home_visit")
    form = {"name": "王小明", "phone": PHONE, "address": "\u202e1 号"}
    refused = visitor.post(f"{address}/confirm", **form)
    assert refused.status_code == 422 and "error-address" in refused.text


def test_H3_after_two_no_shows_the_page_says_that_the_desk_helps(app: Flask, visitor: Visitor) -> None:
    def missed(work: Work) -> None:
        booking = last_booking(work)
        work.session.execute(delete(BookingCell).where(BookingCell.booking_id == booking.id))
        booking.state, booking.ended_at = "no_show", work.now
        booking.ends_at = work.now - timedelta(hours=1)
        booking.starts_at = booking.ends_at - timedelta(minutes=30)

    for _ in range(2):
        visitor.book()
        write(app, missed)
    third = visitor.hold()
    refused = visitor.post(f"{third}/confirm", name="王小明", phone=PHONE)
    assert refused.status_code == 403
    assert "网上预约已暂停" in refused.text and "导办台" in refused.text


def test_a_closed_day_says_so_and_names_the_next(app: Flask, visitor: Visitor) -> None:
    day = datetime.fromisoformat(visitor.times()[0]).date()

    def close(work: Work) -> None:
        site = work.session.scalars(select(Site)).one()
        site.settings_json = json.dumps(json.loads(site.settings_json) | {"always_open": False})
        work.session.add_all(usual_hours(site.id))
        work.session.add(SpecialOpening(site_id=site.id, day=day, reason="系统升级"))
        site.hours_stamp = new_stamp()

    write(app, close)
    page = visitor.get(f"/book/time?bundle={BUNDLE}&day={day}").text
    assert "不办公" in page and "最近可约" in page


def test_codes_lead_back_and_wrong_ones_do_not(visitor: Visitor) -> None:
    address = visitor.book()
    code = re.search(r'class="booking-code"[^>]*>([^<]+)<', visitor.get(address).text)
    assert code
    for typed in (code[1], code[1].lower().replace("-", " "), f"http://x/book/y?booked={code[1]}"):
        assert visitor.post("/book/find", code=typed).headers["Location"] == address, typed
    wrong = visitor.post("/book/find", code="AAAAA-AAAAA")
    assert wrong.status_code == 404 and "没有这个预约码" in wrong.text
    unknown = visitor.get("/book/nosuchtokenatall")
    assert unknown.status_code == 404 and "We know no such booking" in unknown.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"starts_at": "soon"}, 422),
        ({"starts_at": "0001-01-01T00:00"}, 422),
        ({"starts_at": "9999-12-31T23:59:59-14:00"}, 422),
        ({"starts_at": "2020-01-06T09:00:00+08:00"}, 422),
        ({"starts_at": "2020-01-06T09:00:00+08:00", "bundle": "no-such"}, 422),
        ({"bundle": ""}, 422),
        ({"kind": "flying", "need": "flying"}, 303),
        ({"helper": "B99"}, 422),
    ],
)
def test_nothing_that_is_sent_breaks_the_pages(visitor: Visitor, fields: dict[str, str], status: int) -> None:
    given = {"kind": "assist", "bundle": BUNDLE, "starts_at": visitor.times()[0], **fields}
    answer = visitor.post("/book/hold", **given)
    assert answer.status_code == status, answer.text
    if status != 303:
        assert "note care" in answer.text
    assert visitor.get("/book/time?bundle=%00&day=x&need=%F0").status_code < 500
    assert visitor.get(f"/book/time?bundle={BUNDLE}&day=9999-12-31").status_code == 200


def test_the_pages_speak_english(visitor: Visitor) -> None:
    page = visitor.get("/book/find").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    visitor.client.post("/preferences", data={"lang": "en", "next": "/book", "csrf_token": token[1]})
    for path in ("/book", "/book/matter", f"/book/time?bundle={BUNDLE}", "/book/find"):
        assert 'lang="en"' in visitor.get(path).text
    assert "Free of charge" in visitor.get("/book").text
    assert "Your booking is made" in visitor.get(visitor.book()).text


def test_a_long_way_ahead_goes_on_page_by_page(visitor: Visitor) -> None:
    later = clock.now().date() + timedelta(days=20)
    page = visitor.get(f"/book/time?bundle={BUNDLE}&day={later}").text
    assert "前面的日期" in page and "后面的日期" in page
