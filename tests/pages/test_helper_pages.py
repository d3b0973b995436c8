"""A manager keeps helpers, their weeks and dates, and sees which bookings a person must move."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hall import clock
from hall.catalog.models import Line
from hall.database import db
from hall.helpers.models import Booking, BookingCell, Helper, HelperDay, HelperWeek
from hall.helpers.slots import cell_at
from hall.journal import JournalEntry
from hall.unit_of_work import Work, units
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ZONE = ZoneInfo("Asia/Shanghai")
BOTH = pytest.mark.engines("sqlite", "postgresql")
USUAL = "08:30-12:00 14:30-17:30"


@pytest.fixture
def manager(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Manager:
    return Manager(app, client, demo)


def key(app: Flask, badge: str) -> int:
    with app.app_context():
        return int(db.session.scalars(select(Helper.id).where(Helper.badge == badge)).one())


def account(manager: Manager, user: str) -> str:
    """A new account with the helper's role."""
    assert manager.post("staff/new", user=user, name="新同事", role="helper").status == 200
    return user


def monday() -> date:
    """A Monday that is far enough away, and no holiday in the demo (it is open round the clock)."""
    today = clock.now().astimezone(ZONE).date()
    return today + timedelta(days=14 - today.weekday())


def book(app: Flask, badge: str, at: datetime, kind: str = "assist", minutes: int = 30) -> int:
    """A confirmed booking, as the booking room would leave it."""

    def make(work: Work) -> int:
        helper = work.session.scalars(select(Helper).where(Helper.badge == badge)).one()
        line = work.session.scalars(select(Line).order_by(Line.id)).first()
        assert line is not None
        first = cell_at(at)
        booking = Booking(
            site_id=helper.site_id,
            nonce=secrets.token_bytes(9),
            state="confirmed",
            kind=kind,
            channel="desk",
            helper_id=helper.id,
            line_id=line.id,
            matter=f"line:{line.id}",
            starts_at=at,
            ends_at=at + timedelta(minutes=minutes),
            cell_from=first,
            cell_until=first + minutes // 5,
            because="only",
            made_at=clock.now(),
            name_shown="王*",
            phone_shown="138****0001",
        )
        work.session.add(booking)
        work.session.flush()
        work.session.add_all(
            BookingCell(helper_id=helper.id, cell=cell, booking_id=booking.id)
            for cell in range(booking.cell_from, booking.cell_until)
        )
        return booking.id

    with app.app_context():
        return units().run(lambda session: make(Work(session, None, clock.now())))  # type: ignore[arg-type]


def orphaned(app: Flask, booking: int) -> bool:
    with app.app_context():
        return db.session.get_one(Booking, booking).orphaned_at is not None


def week(text: str = USUAL, days: int = 5) -> dict[str, str]:
    return {f"day{day}": text if day < days else "" for day in range(7)}


def test_the_list_shows_each_helper_with_their_week(manager: Manager) -> None:
    page = manager.get("helpers").text
    for told in ("沈晴", "B01", "方言", "08:30", "上门办", "手语"):
        assert told in page, told
    assert 'href="/admin/helpers"' in manager.get("staff").text
    assert "必须改约" not in page


@BOTH
def test_a_member_of_staff_becomes_a_helper(app: Flask, manager: Manager) -> None:
    made = manager.post(
        "helpers/new",
        user=account(manager, "new.helper"),
        badge="b77",
        agency="1",
        skills="sign",
        **week("09:00-11:00 11:00-12:00留"),
    )
    assert made.status == 302
    assert "B77" in made.text
    with app.app_context():
        helper = db.session.get_one(Helper, key(app, "B77"))
        assert helper.does_agency and not helper.does_home_visits
        rows = db.session.scalars(select(HelperWeek).where(HelperWeek.helper_id == helper.id)).all()
        assert [(row.starts, row.kept_back) for row in rows if row.weekday == 4] == [
            ("09:00", False),
            ("11:00", True),
        ]
        last = db.session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
        assert last.fact == "helper_changed"
        assert '"B77"' in last.data


def test_a_form_with_faults_keeps_what_was_typed_and_says_where(app: Flask, manager: Manager) -> None:
    one = account(manager, "new.helper")
    wrong: list[tuple[dict[str, str], str]] = [
        ({"badge": "B01", "user": one}, "error-badge"),
        ({"badge": "工号", "user": one}, "error-badge"),
        ({"badge": "B90", "user": "clerk01"}, "error-user"),
        ({"badge": "B90", "user": "x" * 90}, "error-user"),
        ({"badge": "B90", "user": one, "skills": "flying"}, "field-skills"),
        ({"badge": "B90", "user": one, "day2": "12:00-08:00"}, "error-day2"),
    ]
    for fields, where in wrong:
        refused = manager.post("helpers/new", **fields)
        assert refused.status == 422, fields
        assert where in refused.text, fields
        assert f'value="{fields["badge"]}"' in refused.text
    assert "B90" not in manager.get("helpers").text


@BOTH
def test_H2_a_shift_that_shrinks_lists_the_bookings_that_a_person_must_move(
    app: Flask, manager: Manager
) -> None:
    at = datetime.combine(monday(), datetime.min.time(), ZONE)
    kept, lost = book(app, "B01", at.replace(hour=9)), book(app, "B01", at.replace(hour=15))
    page = f"helpers/{key(app, 'B01')}"
    said = manager.post(page, agency="1", skills="dialect", **week("08:30-12:00"))
    assert "1 个预约" in said.text
    assert not orphaned(app, kept) and orphaned(app, lost)
    listed = manager.get("helpers").text
    assert "王*" in listed and "138****0001" in listed and "15:00" in listed
    with app.app_context():
        facts = db.session.scalars(select(JournalEntry.fact)).all()
        assert facts.count("booking_orphaned") == 1
    manager.post(page, agency="1", skills="dialect", **week())
    assert not orphaned(app, lost), "what fits again needs no moving"


@BOTH
def test_H2_a_day_of_leave_lists_its_bookings_and_nothing_else(app: Flask, manager: Manager) -> None:
    first = monday()
    at = datetime.combine(first, datetime.min.time(), ZONE).replace(hour=9)
    lost, kept = book(app, "B01", at), book(app, "B01", at + timedelta(days=2))
    page = f"helpers/{key(app, 'B01')}"
    days = {"first": first.isoformat(), "last": (first + timedelta(days=1)).isoformat()}
    said = manager.post(f"{page}/days", page, away="yes", reason="leave", **days)
    assert "1 个预约" in said.text and "休假" in said.text
    assert orphaned(app, lost) and not orphaned(app, kept)
    other = manager.post(f"{page}/days", page, first=first.isoformat(), away="no", times="08:30-10:00")
    assert other.status == 303
    assert not orphaned(app, lost)
    with app.app_context():
        rows = db.session.scalars(select(HelperDay).where(HelperDay.day == first)).all()
        assert [(row.starts, row.ends) for row in rows] == [("08:30", "10:00")]
    manager.post(f"{page}/days/drop", page, day=first.isoformat())
    with app.app_context():
        assert not db.session.scalars(select(HelperDay).where(HelperDay.day == first)).all()


def test_dates_that_cannot_be_are_refused_at_their_fields(app: Flask, manager: Manager) -> None:
    page = f"helpers/{key(app, 'B01')}"
    day = monday().isoformat()
    wrong: list[tuple[dict[str, str], str]] = [
        ({"first": "soon"}, "error-first"),
        ({"first": "2020-01-01"}, "error-first"),
        ({"first": day, "last": "2020-01-01"}, "error-last"),
        ({"first": day, "last": (monday() + timedelta(days=90)).isoformat()}, "error-last"),
        ({"first": day, "away": "no", "times": ""}, "error-times"),
        ({"first": day, "away": "no", "times": "10:00-09:00"}, "error-times"),
    ]
    for fields, where in wrong:
        refused = manager.post(f"{page}/days", page, **{"away": "yes", **fields})
        assert refused.status == 422, fields
        assert where in refused.text, fields
    assert manager.post(f"{page}/days/drop", page, day="x").status == 422


def test_H2_a_retired_helper_gets_no_bookings_and_leaves_those_made_to_be_moved(
    app: Flask, manager: Manager
) -> None:
    at = datetime.combine(monday(), datetime.min.time(), ZONE).replace(hour=9)
    booking = book(app, "B02", at)
    page = f"helpers/{key(app, 'B02')}"
    manager.post(f"{page}/retire", page)
    assert orphaned(app, booking)
    assert "已停用的帮办员" in manager.get("helpers").text
    manager.post(f"{page}/restore", page)
    assert not orphaned(app, booking)


@BOTH
def test_H2_who_no_longer_visits_people_at_home_has_those_bookings_moved(
    app: Flask, manager: Manager
) -> None:
    at = datetime.combine(monday(), datetime.min.time(), ZONE).replace(hour=9)
    visit = book(app, "B03", at, "home_visit", 60)
    page = f"helpers/{key(app, 'B03')}"
    manager.post(page, agency="1", **week())
    assert orphaned(app, visit)
    manager.post(page, agency="1", home_visits="1", **week())
    assert not orphaned(app, visit)


@BOTH
def test_of_two_people_who_edit_one_helper_the_second_is_told(app: Flask, manager: Manager) -> None:
    page = f"helpers/{key(app, 'B01')}"
    first = manager.post(page, revision="1", **week())
    assert first.status == 303
    second = manager.post(page, revision="1", **week("10:00-11:00"))
    assert second.status == 409
    assert "summary" in second.text
    assert 'value="10:00-11:00"' in second.text


def test_only_the_own_halls_helpers_are_there(manager: Manager) -> None:
    assert manager.get("helpers/99999").status_code == 404


def test_the_pages_speak_english(manager: Manager) -> None:
    manager.speak("en")
    page = manager.get("helpers").text
    assert "Helpers" in page and "Sign language" in page
