"""A booking is moved or given up on the phone's pages, also by two devices at once (H3)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from hall.unit_of_work import Work
from tests import daytime
from tests.booking_visitor import PHONE, Visitor
from tests.pages.test_booking_pages import last_booking, write

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, client: FlaskClient, demo: dict[str, Any]) -> Visitor:
    """It is evening: the first free time is tomorrow's, and may still be changed."""
    daytime.begin_at(monkeypatch, daytime.EIGHT_IN_THE_EVENING)
    return Visitor(client)


def test_a_booking_is_moved_and_of_two_devices_the_second_is_told(visitor: Visitor) -> None:
    address = visitor.book()
    other = visitor.get(f"{address}/change").text
    revision = re.search(r'name="revision" value="(\d+)"', other)
    times = re.findall(r'name="starts_at" value="([^"]+)"', other)
    assert revision and times
    moved = visitor.post(f"{address}/change", revision=revision[1], starts_at=times[-1])
    assert moved.status_code == 303
    assert "已改约" in visitor.get(address).text
    stale = visitor.post(f"{address}/change", revision=revision[1], starts_at=times[0])
    assert stale.status_code == 303
    page = visitor.get(address).text
    assert 'class="note bad"' in page
    assert datetime.fromisoformat(times[-1]).strftime("%H:%M") in page


def test_a_booking_moved_to_a_taken_time_stays_and_the_nearest_are_shown(visitor: Visitor) -> None:
    at = visitor.times(helper="B03")
    visitor.hold(at[0], helper="B03")
    mine = visitor.hold(at[2], helper="B03")
    visitor.post(f"{mine}/confirm", name="王小明", phone=PHONE)
    form = visitor.get(f"{mine}/change").text
    revision = re.search(r'name="revision" value="(\d+)"', form)
    assert revision
    late = visitor.post(f"{mine}/change", revision=revision[1], starts_at=at[0], helper="B03")
    assert late.status_code == 409
    assert "改约时间" in late.text and 'role="alert"' in late.text
    assert datetime.fromisoformat(at[2]).strftime("%H:%M") in visitor.get(mine).text


def test_H3_a_booking_is_given_up_until_two_hours_before(app: Flask, visitor: Visitor) -> None:
    address = visitor.book()
    revision = re.search(r'name="revision" value="(\d+)"', visitor.get(address).text)
    assert revision
    visitor.post(f"{address}/cancel", revision=revision[1])
    assert "预约已取消" in visitor.get(address).text
    late = visitor.book()

    def soon(work: Work) -> None:
        booking = last_booking(work)
        length = booking.ends_at - booking.starts_at
        booking.starts_at = work.now + timedelta(minutes=90)
        booking.ends_at = booking.starts_at + length

    write(app, soon)
    page = visitor.get(late).text
    assert "已过网上改约时间" in page and f"{late}/cancel" not in page
    visitor.post(f"{late}/cancel", revision="2")
    assert "预约成功" in visitor.get(late).text


def test_a_time_only_held_is_given_back_at_once(visitor: Visitor) -> None:
    address = visitor.hold()
    given_back = visitor.post(f"{address}/cancel")
    assert given_back.headers["Location"] == "/book"
    assert visitor.get(address).status_code == 200


def test_H3_one_live_booking_a_person_and_matter(visitor: Visitor) -> None:
    visitor.book()
    second = visitor.hold()
    refused = visitor.post(f"{second}/confirm", name="王小明", phone=PHONE)
    assert refused.status_code == 409
    assert "您已有预约" in refused.text and "/book/find" in refused.text
    mistyped = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', refused.text.partition('"edit"')[2])
    )
    again = visitor.post(f"{second}/confirm", edit="1", **mistyped)
    assert 'value="王小明"' in again.text and f'value="{PHONE}"' in again.text, "nothing typed is lost"


def test_who_goes_back_to_the_form_of_a_time_given_up_sees_the_nearest_free_times(visitor: Visitor) -> None:
    at = visitor.times()[3]
    address = visitor.hold(at)
    visitor.post(f"{address}/cancel")
    late = visitor.post(f"{address}/confirm", name="王小明", phone=PHONE)
    assert late.status_code == 409
    assert "已放弃" in late.text and f'value="{PHONE}"' in late.text
    assert at in unescape(late.text), "it is free again"


def test_who_confirms_a_booking_that_is_over_sees_it_as_it_stands(visitor: Visitor) -> None:
    address = visitor.book()
    page = visitor.get(address).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    visitor.post(f"{address}/cancel", revision=revision[1])
    late = visitor.post(f"{address}/confirm", name="王小明", phone=PHONE)
    assert (late.status_code, late.headers["Location"]) == (303, address)
    assert 'data-state="cancelled"' in visitor.get(address).text
