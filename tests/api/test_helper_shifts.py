"""Shifts as the manager keeps them: what a change orphans is listed until a person moves it (H2); who helps (H6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.calendar.rules import DAY
from hall.catalog.models import Bundle
from hall.database import db
from hall.helpers.jobs import find_orphans, miss_bookings
from hall.helpers.models import HelpExclusion
from hall.hours.models import OpeningHours, SpecialOpening
from hall.journal import JournalEntry
from hall.sites import Site, SiteSettings, new_stamp
from hall.unit_of_work import Work, perform
from tests.booking_at_work import BUNDLE, Front, tomorrow
from tests.cases_at_work import at

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

NINE_TO_TWELVE = {"weekday": 0, "starts": "09:00", "ends": "12:00"}


@pytest.fixture
def front(client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


def shift(front: Front, badge: str, verb: str, **body: Any) -> TestResponse:
    manager = front.token("manager")
    team = front.ask("GET", f"/sites/{front.site}/helpers", who=manager).get_json()["helpers"]
    revision = next(one["revision"] for one in team if one["badge"] == badge)
    return front.ask(
        "POST", f"/sites/{front.site}/helpers/{badge}/{verb}", {"revision": revision, **body}, who=manager
    )


def orphans(front: Front) -> list[str]:
    answer = front.ask("GET", f"/sites/{front.site}/bookings?orphaned=1", who=front.token("reception"))
    return [one["token"] for one in answer.get_json()["bookings"]]


def test_H2_a_shift_that_shrinks_lists_what_it_orphans_until_a_person_moves_it(front: Front) -> None:
    booked = front.booked(tomorrow(10), helper="B01")
    day = tomorrow(10).date().isoformat()
    kept = shift(front, "B01", "day", day=day, stretches=[{"starts": "09:00", "ends": "12:00"}])
    assert kept.get_json() == {"orphaned": 0}
    away = shift(front, "B01", "day", day=day, reason="training")
    assert away.get_json() == {"orphaned": 1} and orphans(front) == [booked["token"]]
    seen = front.ask("GET", f"/bookings/{booked['token']}").get_json()
    assert seen["state"] == "confirmed" and seen["orphaned"], "nothing is moved by itself"
    move = {"starts_at": tomorrow(10).isoformat(), "revision": seen["revision"]}
    moved = front.ask("POST", f"/bookings/{booked['token']}/change", move, who=front.token("reception"))
    assert moved.status_code == 200 and moved.get_json()["helper"]["badge"] == "B02"
    assert orphans(front) == []


def test_H2_a_shift_that_is_given_back_takes_its_bookings_back(front: Front) -> None:
    front.booked(tomorrow(10), helper="B01")
    day = tomorrow(10).date().isoformat()
    shift(front, "B01", "day", day=day, reason="ill")
    assert len(orphans(front)) == 1
    assert shift(front, "B01", "day", day=day, plain=True).get_json() == {"orphaned": 0}
    assert orphans(front) == []


def test_H2_a_withdrawn_helper_is_booked_no_more_and_what_is_booked_is_listed(front: Front) -> None:
    booked = front.booked(tomorrow(10), helper="B01")
    assert shift(front, "B01", "retire").get_json() == {"orphaned": 1}
    answer = front.hold(tomorrow(11), helper="B01")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "unknown_helper")
    assert orphans(front) == [booked["token"]]


def test_H3_what_the_hall_let_fall_is_nobody_s_no_show(front: Front) -> None:
    booked = front.booked(tomorrow(10), helper="B01")
    shift(front, "B01", "retire")
    at = tomorrow(10) - 2 * DAY
    front.alter(booked["token"], starts_at=at, ends_at=at + DAY / 48)
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, miss_bookings, None)
    assert front.ask("GET", f"/bookings/{booked['token']}").get_json()["state"] == "cancelled"


def closes(work: Work, day: Any) -> None:
    """The hall has hours, and is closed on this date."""

    site = work.session.scalars(select(Site)).one()
    site.settings_json = SiteSettings().dump()
    site.hours_stamp = new_stamp()
    work.session.add_all(
        OpeningHours(site_id=site.id, weekday=weekday, opens="00:00", closes="23:59") for weekday in range(7)
    )
    work.session.add(SpecialOpening(site_id=site.id, day=day, reason="stock-taking"))


def test_H2_a_closure_has_no_times_and_orphans_what_is_booked(front: Front) -> None:
    booked = front.booked(tomorrow(10))
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, closes, tomorrow(10).date())
        assert [perform(SYSTEM_ACTOR, find_orphans, None) for _run in range(2)] == [1, 1]
        told = db.session.scalars(select(JournalEntry).where(JournalEntry.fact == "booking_orphaned")).all()
        assert len(told) == 1, "told once"
    assert orphans(front) == [booked["token"]]
    answer = front.hold(tomorrow(11))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "hall_closed")


def offered(front: Front, who: str = "") -> set[str]:
    """The beginnings that are offered tomorrow."""
    day = tomorrow().date().isoformat()
    path = f"/sites/{front.site}/help/times?kind=assist&bundle={BUNDLE}&since={day}&days=1"
    return {one["starts_at"][11:16] for one in front.ask("GET", path, who=who).get_json()["days"][0]["times"]}


def test_H2_kept_back_times_are_the_desk_s_to_give_away_and_stay_when_it_does(front: Front) -> None:
    front.staffed("B01")
    day, desk = tomorrow().date().isoformat(), front.token("reception")
    stretches = [
        {"starts": "09:00", "ends": "10:00", "kept_back": True},
        {"starts": "10:00", "ends": "11:00"},
    ]
    assert shift(front, "B01", "day", day=day, stretches=stretches).get_json() == {"orphaned": 0}
    assert offered(front) == {"10:00", "10:30"}
    assert offered(front, desk) == {"09:00", "09:30", "10:00", "10:30"}
    refused = front.hold(tomorrow(9))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "slot_taken")
    assert front.hold(tomorrow(9, 30)).status_code == 409, "nor by name"
    assert front.hold(tomorrow(9, 30), helper="B01").status_code == 409
    booked = front.booked(tomorrow(9), who=desk)
    assert orphans(front) == [] and booked["state"] == "confirmed"
    move = {"starts_at": tomorrow(9, 30).isoformat(), "revision": booked["revision"]}
    assert front.ask("POST", f"/bookings/{booked['token']}/change", move).status_code == 409, "nor by moving"


def test_H2_the_window_of_booking_moves_on_when_the_hall_opens(front: Front) -> None:
    day, ahead = tomorrow(), SiteSettings().booking_ahead_days
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, opens_at_eight, None)
    path = f"/sites/{front.site}/help/times?kind=assist&bundle={BUNDLE}&days=1"
    for hour, minute, days in ((4, 30, -1), (7, 59, -1), (8, 0, 0), (20, 0, 0)):
        with at(day.replace(hour=hour, minute=minute)):
            last = (day + timedelta(days=ahead + days)).date()
            assert front.ask("GET", path).get_json()["last_day"] == last.isoformat(), (hour, minute)
            newest = day.replace(hour=10) + timedelta(days=ahead)
            answer = front.hold(newest, who=front.token("reception"))
            assert answer.status_code == (422 if days else 201), (hour, minute)
            assert not days or answer.get_json()["code"] == "too_far_ahead"
            if not days:
                front.ask("POST", f"/bookings/{answer.get_json()['token']}/cancel", {})


def opens_at_eight(work: Work, _none: None) -> None:
    """The hall is open from eight to six on every day."""
    site = work.session.scalars(select(Site)).one()
    site.settings_json, site.hours_stamp = SiteSettings().dump(), new_stamp()
    for weekday in range(7):
        work.session.add(OpeningHours(site_id=site.id, weekday=weekday, opens="08:00", closes="18:00"))


def test_H1_what_needs_its_holder_there_cannot_be_an_agency(front: Front) -> None:
    def exclude(work: Work, _nothing: None) -> None:
        bundle = work.session.scalars(select(Bundle).where(Bundle.code == BUNDLE)).one()
        work.session.add(HelpExclusion(site_id=bundle.site_id, bundle_id=bundle.id, kind="agency"))

    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, exclude, None)
    answer = front.hold(tomorrow(10), kind="agency")
    body = answer.get_json()
    assert (answer.status_code, body["code"], body["kinds"]) == (
        409,
        "kind_not_offered",
        ["assist", "home_visit"],
    )
    assert "Help in the hall / Home visit" in body["detail"]


def test_H6_skills_decide_first_then_the_load_and_it_is_stored_and_told(front: Front) -> None:
    front.staffed("B01", "B02", "B03")
    known = front.booked(tomorrow(10), bundle="xixian-restaurant")["helper"]
    assert (known["badge"], known["because"]) == ("B02", "skills")
    assert "of 3 free" in known["why"]
    second = front.booked(tomorrow(11), bundle="xixian-marriage", phone="13900000001")["helper"]
    assert (second["badge"], second["because"]) == ("B01", "in_turn")
    third = front.booked(tomorrow(12), bundle="xixian-marriage", phone="13900000002")["helper"]
    assert (third["badge"], third["because"]) == ("B03", "least_loaded")
    needs = front.booked(tomorrow(13), needs=["sign"], phone="13900000003")["helper"]
    assert needs["badge"] == "B03", "who asks for sign language has somebody who knows it"
    with front.client.application.app_context():
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.fact == "booking_held")).first()
        assert entry is not None and '"assigned":"skills"' in entry.data


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("week", {"stretches": [{"weekday": 0, "starts": "12:00", "ends": "09:00"}]}, 422),
        (
            "week",
            {"stretches": [NINE_TO_TWELVE, {**NINE_TO_TWELVE, "starts": "11:00", "ends": "13:00"}]},
            422,
        ),
        ("week", {"stretches": [{"weekday": 7, "starts": "09:00", "ends": "12:00"}]}, 422),
        ("day", {"day": "2026-02-30"}, 422),
        ("edit", {"skills": ["bundle:nothing"], "does_agency": True, "does_home_visits": False}, 422),
        (
            "edit",
            {"skills": ["sign", f"bundle:{BUNDLE}"], "does_agency": True, "does_home_visits": True},
            200,
        ),
        ("week", {"stretches": [{"weekday": 6, "starts": "00:00", "ends": "24:00"}], "revision": 99}, 409),
    ],
)
def test_what_a_manager_types_is_checked(front: Front, verb: str, body: dict[str, Any], status: int) -> None:
    answer = shift(front, "B01", verb, **body)
    assert answer.status_code == status, answer.text


def test_a_helper_is_added_once_and_only_from_an_account_of_one(front: Front) -> None:
    manager, path = front.token("manager"), f"/sites/{front.site}/helpers"
    assert front.ask("POST", path, {"user": "desk", "badge": "B77"}, who=manager).status_code == 422
    assert front.ask("POST", path, {"user": "helper01", "badge": "B77"}, who=manager).status_code == 409
    shift(front, "B01", "retire")
    assert front.ask("POST", path, {"user": "helper01", "badge": "B77"}, who=manager).status_code == 201
    assert front.booked(tomorrow(10), helper="B77")["helper"]["badge"] == "B77"
    assert front.ask("GET", path, who=front.token("reception")).status_code == 403
