"""Who stays away and who is reminded: two no-shows lock online booking (H3), reminding, forgetting (E2)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.helpers import reminding
from hall.helpers.jobs import forget_people, miss_bookings
from hall.helpers.models import Booking, BookingCell, BookingPardon
from hall.helpers.reminding import remind
from hall.journal import JournalEntry
from hall.unit_of_work import perform
from tests.api.test_checking_in import due
from tests.booking_at_work import PHONE, Front, tomorrow

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from config import Config


@pytest.fixture
def front(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


def missed(front: Front, phone: str) -> None:
    """A booking to which nobody came."""
    due(front, -40, phone=phone, bundle="xixian-marriage")
    with front.client.application.app_context():
        assert [perform(SYSTEM_ACTOR, miss_bookings, None) for _run in range(2)] == [1, 0]


def test_H3_two_no_shows_lock_online_booking_and_the_desk_lifts_it_recorded(front: Front) -> None:
    for _time in range(2):
        missed(front, PHONE)
    with front.client.application.app_context():
        assert not db.session.scalars(select(BookingCell)).all(), "the helper is free again"
    held = front.held(tomorrow(10))
    answer = front.confirm(held["token"])
    assert (answer.status_code, answer.get_json()["code"]) == (403, "locked_out")
    until = datetime.fromisoformat(answer.get_json()["until"]) - clock.now()
    assert timedelta(days=29) < until < timedelta(days=30)
    assert front.confirm(held["token"], phone="13900139000").status_code == 200, "somebody else is not"
    desk = front.token("reception")
    at_desk = front.held(tomorrow(11), who=desk)
    assert front.confirm(at_desk["token"], who=desk).status_code == 200, "the desk still books"
    path = f"/sites/{front.site}/lockouts"
    assert front.ask("POST", f"{path}/find", {"phone": PHONE}, who=desk).get_json()["locked_until"]
    assert front.ask("POST", f"{path}/lift", {"phone": PHONE, "reason": "在住院"}).status_code == 401
    lifted = front.ask("POST", f"{path}/lift", {"phone": PHONE, "reason": "在住院"}, who=desk)
    assert lifted.status_code == 200
    with front.client.application.app_context():
        pardon = db.session.scalars(select(BookingPardon)).one()
        assert pardon.reason == "在住院" and pardon.staff_id
    held = front.held(tomorrow(12), bundle="xixian-restaurant")
    assert front.confirm(held["token"]).status_code == 200
    again = front.ask("POST", f"{path}/lift", {"phone": PHONE, "reason": "again"}, who=desk)
    assert (again.status_code, again.get_json()["code"]) == (409, "not_locked")


ME, OTHER = "11010519491231002X", "440524188001010014"
NEW = "13700137000"


def nobody_is_taken(front: Front) -> None:
    """All helpers have all their time again."""
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, lambda work, _none: work.session.execute(delete(BookingCell)), None)


def known_by(front: Front, phone: str, number: str) -> None:
    """Somebody was helped under this telephone and number."""
    held = front.held(tomorrow(10), bundle="xixian-restaurant")
    assert front.confirm(held["token"], phone=phone, id_number=number).status_code == 200
    front.alter(held["token"], state="done", ended_at=clock.now(), starts_at=clock.now())
    nobody_is_taken(front)


def may_book(front: Front, **person: str) -> bool:
    """Whether somebody can book online now; the time is given back."""
    held = front.held(tomorrow(14), bundle="xixian-farewell")
    answer = front.confirm(held["token"], **person)
    assert answer.status_code in {200, 403}, answer.text
    front.alter(held["token"], state="cancelled", held_until=None, ended_at=clock.now())
    nobody_is_taken(front)
    return answer.status_code == 200


def test_H3_who_is_locked_by_telephone_is_so_by_the_number_known_with_it(front: Front) -> None:
    known_by(front, PHONE, ME)
    for _time in range(2):
        missed(front, PHONE)
    assert not may_book(front, phone=NEW, id_number=ME), "the same person with another telephone"
    assert may_book(front, phone=NEW, id_number=OTHER), "somebody else"
    desk, path = front.token("reception"), f"/sites/{front.site}/lockouts"
    found = front.ask("POST", f"{path}/find", {"id_number": ME}, who=desk).get_json()
    assert found["locked_until"]
    lifted = front.ask("POST", f"{path}/lift", {"id_number": ME, "reason": "在住院"}, who=desk)
    assert lifted.status_code == 200
    assert may_book(front, phone=NEW, id_number=ME) and may_book(front, phone=PHONE), "both are open again"
    with front.client.application.app_context():
        kept = db.session.scalars(select(BookingPardon)).all()
        assert len(kept) >= 2 and all(len(one.trace) == 32 and one.reason == "在住院" for one in kept)
        facts = db.session.scalars(select(JournalEntry.data).where(JournalEntry.fact == "lockout_lifted"))
        assert all(ME not in said and PHONE not in said for said in facts)


def test_H3_who_is_locked_by_number_is_so_by_a_telephone_that_is_theirs_alone(front: Front) -> None:
    known_by(front, PHONE, ME)
    for phone in ("13900000001", "13900000002"):
        due(front, -40, phone=phone, id_number=ME, bundle="xixian-marriage")
        with front.client.application.app_context():
            perform(SYSTEM_ACTOR, miss_bookings, None)
    assert not may_book(front, phone=PHONE), "their telephone, without the number"
    known_by(front, PHONE, OTHER)
    assert may_book(front, phone=PHONE), "a family's telephone is nobody's alone"


def test_H3_a_family_s_telephone_locks_no_other_number(front: Front) -> None:
    known_by(front, PHONE, ME)
    known_by(front, PHONE, OTHER)
    for _time in range(2):
        missed(front, PHONE)
    assert not may_book(front, phone=PHONE)
    assert may_book(front, phone=NEW, id_number=OTHER)


def test_who_booked_is_reminded_once_through_the_hall_s_channel(front: Front, config: Config) -> None:
    booked = front.booked(tomorrow(10))
    soon, before = clock.now() + timedelta(hours=3), clock.now() - timedelta(hours=2)
    app = front.client.application
    with app.app_context():
        assert remind() == 0, "just booked"
    front.alter(booked["token"], starts_at=soon, ends_at=soon + timedelta(minutes=30), confirmed_at=before)
    for sent in (1, 0):
        with app.app_context():
            assert remind() == sent
    (file,) = (config.data / "outbox").glob("*.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    assert said["to"] == PHONE and booked["code"] in said["text"] and "王" not in said["text"]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("fault", [OSError, ValueError])
def test_a_reminder_that_cannot_be_sent_has_its_turn_again(
    front: Front, fault: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        name = "broken"

        def send(self, to: str, text: str) -> None:
            raise fault(f"{to} is no number of mine")

    booked = front.booked(tomorrow(10))
    soon, before = clock.now() + timedelta(hours=3), clock.now() - timedelta(hours=2)
    front.alter(booked["token"], starts_at=soon, ends_at=soon + timedelta(minutes=30), confirmed_at=before)
    app = front.client.application
    with app.app_context():
        kept, app.extensions["hall_channel"] = app.extensions["hall_channel"], Broken()
        assert remind() == 0
        app.extensions["hall_channel"] = kept
        assert remind() == 1
    log = capsys.readouterr().out
    assert "reminder_failed" in log and PHONE not in log, "a gateway's words may hold the number"


def test_what_a_slow_gateway_leaves_over_is_sent_by_the_next_run_and_by_no_other(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_s, said = [0.0], []

    class Slow:
        name = "slow"

        def send(self, to: str, text: str) -> None:
            clock_s[0] += reminding.EVERY.total_seconds() * 0.3
            said.append(to)

    soon, before = clock.now() + timedelta(hours=3), clock.now() - timedelta(hours=2)
    at = {"starts_at": soon, "ends_at": soon + timedelta(minutes=30), "confirmed_at": before}
    phones = ["13900000001", "13900000002", "13900000003", "13900000004"]
    for number, phone in enumerate(phones):
        booked = front.booked(tomorrow(10 + number), phone=phone, bundle="xixian-restaurant")
        front.alter(booked["token"], **at)
        nobody_is_taken(front)
    monkeypatch.setattr(reminding, "time", SimpleNamespace(monotonic=lambda: clock_s[0]))
    app = front.client.application
    with app.app_context():
        monkeypatch.setitem(app.extensions, "hall_channel", Slow())
        assert [reminding.remind() for _run in range(3)] == [3, 1, 0]
    assert said == phones


def test_what_is_changed_or_cancelled_while_others_are_sent_is_reminded_of_as_it_is_then(
    front: Front,
) -> None:
    soon, before = clock.now() + timedelta(hours=3), clock.now() - timedelta(hours=2)
    later = soon + timedelta(hours=40)
    tokens = []
    for number, phone in enumerate(("13900000001", "13900000002", "13900000003")):
        booked = front.booked(tomorrow(10 + number), phone=phone, bundle="xixian-restaurant")
        starts = soon + timedelta(minutes=number)
        front.alter(
            booked["token"],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=30),
            confirmed_at=before,
        )
        nobody_is_taken(front)
        tokens.append(booked["token"])
    said = []

    class Busy:
        name = "busy"

        def send(self, to: str, text: str) -> None:
            said.append(to)
            if len(said) == 1:  # meanwhile one is cancelled, another moved; this very one, too
                front.alter(tokens[1], state="cancelled", ended_at=clock.now())
                for token in (tokens[0], tokens[2]):
                    front.alter(token, starts_at=later, ends_at=later + timedelta(minutes=30))

    app = front.client.application
    with app.app_context():
        kept, app.extensions["hall_channel"] = app.extensions["hall_channel"], Busy()
        remind()
        app.extensions["hall_channel"] = kept
        assert said == ["13900000001"], "the others are no longer due"
        wanted = select(Booking.reminded_at).where(Booking.starts_at == later)
        assert db.session.scalars(wanted).all() == [None, None], (
            "of the new time they are still to be reminded"
        )


def test_nobody_is_reminded_of_a_time_at_which_no_helper_would_come(front: Front) -> None:
    booked = front.booked(tomorrow(10))
    soon, before = clock.now() + timedelta(hours=3), clock.now() - timedelta(hours=2)
    at = {"starts_at": soon, "ends_at": soon + timedelta(minutes=30), "confirmed_at": before}
    front.alter(booked["token"], orphaned_at=before, **at)
    with front.client.application.app_context():
        assert remind() == 0
    front.alter(booked["token"], orphaned_at=None)
    with front.client.application.app_context():
        assert remind() == 1


@pytest.mark.parametrize(("state", "traced"), [("done", False), ("no_show", True)])
def test_E2_who_booked_is_forgotten_after_two_months_but_for_the_lock(
    front: Front, state: str, traced: bool
) -> None:
    booked = front.booked(tomorrow(10))
    app = front.client.application
    for days, kept, hashed in ((59, True, True), (61, False, traced), (366, False, False)):
        at = clock.now() - timedelta(days=days)
        front.alter(booked["token"], state=state, starts_at=at, ends_at=at + timedelta(minutes=30))
        with app.app_context():
            for _run in range(2):
                perform(SYSTEM_ACTOR, forget_people, None)
            row = db.session.scalars(select(Booking)).one()
            assert (row.name_sealed is not None, bool(row.phone_shown)) == (kept, kept)
            assert (row.phone_trace is not None) == hashed
