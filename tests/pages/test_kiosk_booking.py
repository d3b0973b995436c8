"""A helper booked at the kiosk: tiles and digits, no name, nothing kept from others longer than needed (H1, H3)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.helpers.jobs import forget_people
from hall.helpers.models import Booking
from hall.unit_of_work import Work, perform, units
from tests.booking_at_work import all_day
from tests.booking_visitor import BUNDLE, PHONE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

TIME = f"/kiosk/book/time?kind=assist&bundle={BUNDLE}"


@pytest.fixture
def kiosk(client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    """The demo's kiosk."""
    assert client.get("/kiosk").status_code == 200
    return client


def times(page: str) -> list[str]:
    return [unescape(at) for at in re.findall(r'name="starts_at" value="([^"]+)"', page)]


def send(kiosk: FlaskClient, path: str, **fields: str) -> TestResponse:
    """A form of these pages."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', kiosk.get(TIME).text)
    assert token
    return kiosk.post(path, data={"csrf_token": token[1], **fields})


def hold(kiosk: FlaskClient, at: str, **more: str) -> TestResponse:
    return send(kiosk, "/kiosk/book/hold", kind="assist", bundle=BUNDLE, starts_at=at, **more)


def held(kiosk: FlaskClient) -> str:
    """Keep the first time; answers the booking's address at the kiosk."""
    kept = hold(kiosk, times(kiosk.get(TIME).text)[0])
    assert kept.status_code == 303, kept.text
    return kept.headers["Location"]


def newest(session: Session) -> Booking:
    return session.scalars(select(Booking).order_by(Booking.id.desc()).limit(1)).one()


def booking(app: Flask) -> Booking:
    with app.app_context():
        found = units().run(newest)
        db.session.rollback()
    return found


def test_only_an_enrolled_kiosk_books_here(client: FlaskClient, demo: dict[str, Any]) -> None:
    away = client.get("/kiosk/book")
    assert away.status_code == 302
    assert away.headers["Location"] == "/kiosk"


def test_H1_home_visits_are_left_to_desk_and_phone_and_the_unsure_choose_a_line(kiosk: FlaskClient) -> None:
    page = kiosk.get("/kiosk/book").text
    assert all(told in page for told in ("帮办（大厅内）", "代办", "上门办", "不收费"))
    visit = kiosk.get("/kiosk/book/matter?kind=home_visit").text
    assert "导办台" in visit
    assert "bundle=" not in visit
    assert f"bundle={BUNDLE}" in kiosk.get("/kiosk/book/matter?kind=agency").text
    assert "line=xixian-a" in kiosk.get("/kiosk/book/matter?kind=assist&unsure=1").text


def test_H3_a_telephone_alone_books_and_the_code_is_shown_and_printed(kiosk: FlaskClient, app: Flask) -> None:
    address = held(kiosk)
    assert 'id="held"' in kiosk.get(address).text
    wrong = send(kiosk, f"{address}/confirm", phone="123")
    assert wrong.status_code == 422
    assert 'value="123"' in wrong.text
    assert send(kiosk, f"{address}/confirm", phone=PHONE).status_code == 303
    page = kiosk.get(address).text
    assert re.search(r'class="kiosk-code"[^>]*>[0-9A-Z]{5}-[0-9A-Z]{5}<', page)
    assert "booking-slip" in page
    assert PHONE not in page
    made = booking(app)
    assert (made.state, made.channel, made.name_shown) == ("confirmed", "kiosk", "")
    assert made.phone_trace is not None


def test_who_gave_no_name_is_forgotten_after_two_months_as_well(kiosk: FlaskClient, app: Flask) -> None:
    send(kiosk, f"{held(kiosk)}/confirm", phone=PHONE)

    def long_ago(session: Session) -> None:
        made = newest(session)
        made.starts_at -= timedelta(days=90)
        made.ends_at -= timedelta(days=90)
        session.flush()
        forget_people(Work(session, SYSTEM_ACTOR, clock.now()), None)

    with app.app_context():
        units().run(long_ago)
    made = booking(app)
    assert (made.phone_sealed, made.phone_shown, made.phone_trace) == (None, "", None)


def test_H3_the_same_telephone_books_a_matter_once(kiosk: FlaskClient) -> None:
    assert send(kiosk, f"{held(kiosk)}/confirm", phone=PHONE).status_code == 303
    second = send(kiosk, f"{held(kiosk)}/confirm", phone=PHONE)
    assert second.status_code == 409
    assert 'role="alert"' in second.text and "您已预约过该事项" in second.text


def test_H3_leaving_gives_a_held_time_back_but_not_a_booking(kiosk: FlaskClient, app: Flask) -> None:
    address = held(kiosk)
    assert send(kiosk, f"{address}/leave").headers["Location"] == "/kiosk"
    assert booking(app).state == "cancelled"
    address = held(kiosk)
    send(kiosk, f"{address}/confirm", phone=PHONE)
    send(kiosk, f"{address}/leave")
    assert booking(app).state == "confirmed"


def test_H3_a_time_that_is_over_offers_the_nearest_and_keeps_the_telephone(
    kiosk: FlaskClient, app: Flask
) -> None:
    address = held(kiosk)

    def past(session: Session) -> None:
        newest(session).held_until = clock.now() - timedelta(seconds=1)

    with app.app_context():
        units().run(past)
    late = send(kiosk, f"{address}/confirm", phone=PHONE)
    assert late.status_code == 409
    near = times(late.text)
    assert near
    again = hold(kiosk, near[0], phone=PHONE)
    assert again.status_code == 200
    assert f'value="{PHONE}"' in again.text


def test_who_goes_back_after_leaving_sees_the_nearest_free_times(kiosk: FlaskClient) -> None:
    address = held(kiosk)
    send(kiosk, f"{address}/leave")
    late = send(kiosk, f"{address}/confirm", phone=PHONE)
    assert late.status_code == 409
    assert "保留时间已过" in late.text and times(late.text)


def test_H6_who_needs_sign_language_asks_for_it_with_a_touch(kiosk: FlaskClient, app: Flask) -> None:
    with app.app_context():  # late in the day none is left of today's
        perform(SYSTEM_ACTOR, all_day, ("B01", "B02", "B03"))
    asked = re.search(r'href="([^"]+)" data-key="need-sign"', kiosk.get(TIME).text)
    assert asked
    page = kiosk.get(unescape(asked[1])).text
    assert re.search(r'data-key="need-sign" aria-current="true"', page)
    given_up = re.search(r'href="([^"]+)" data-key="need-sign"', page)
    assert given_up and "need=" not in given_up[1], "touched again, it is not asked for any more"
    kept = hold(kiosk, times(page)[0], need="sign")
    assert booking(app).needs == "sign"
    send(kiosk, f"{kept.headers['Location']}/leave")
    back = kiosk.get(kept.headers["Location"])
    assert "need=sign" in back.headers["Location"]
    assert '<input type="hidden" name="need" value="sign">' in page


def test_language_and_large_text_go_along(kiosk: FlaskClient) -> None:
    page = kiosk.get("/kiosk/book?lang=en&elder=1").text
    assert 'lang="en"' in page
    assert "data-elder" in page
    assert "lang=en&amp;elder=1" in page


def test_what_nobody_can_book_is_an_answer_not_an_error(kiosk: FlaskClient) -> None:
    assert kiosk.get("/kiosk/book/time?kind=assist&bundle=none-such").status_code == 422
    assert kiosk.get("/kiosk/book/time").status_code == 302
    assert kiosk.get("/kiosk/book/nonsense").status_code == 302
    assert hold(kiosk, "never").status_code == 422
    past = hold(kiosk, "2020-01-06T09:00:00+08:00")
    assert past.status_code in {409, 422}
