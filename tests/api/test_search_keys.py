"""The key of search rotates on both engines: everybody is found all the while, and what is left of it ends (I10)."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.applicants import retracing
from hall.applicants.traces import traced_columns
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import Conflict
from hall.helpers.models import Booking, BookingPardon
from hall.keyring import Keys
from hall.queueing.agents.models import AgentKey
from hall.queueing.drawing import Issue, Matter, issue
from hall.queueing.models import Claim
from hall.queueing.person import known_by
from hall.sites import Site
from hall.unit_of_work import perform, units
from tests.booking_at_work import PHONE, Front, tomorrow
from tests.intake_at_work import NUMBER

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

hours = cycle(range(11, 20))
AGENT, MISSED = "13800001234", "13900005555"
NO_SOURCE = {"agent_key.person", "booking_pardon.trace", "claim.person"}


@pytest.fixture
def front(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Front:
    """A hall that knows somebody who has booked, who waits, who did not come, and an agent."""
    front = Front(client, demo).staffed("B01")
    front.booked(tomorrow(10), id_number=NUMBER)
    assert draw(front, "xixian-a", id_number=NUMBER).status_code == 201
    body = {"name": "息县诚信代办行", "phone": AGENT, "tickets_a_day": 5, "cases_a_ticket": 1}
    assert front.ask("POST", "/sites/xixian/agents", body, who=front.token("manager")).status_code == 200
    with app.app_context():
        units().run(lambda session: away(session, Vault(app.config["HALL"].keys)))
    return front


def away(session: Session, vault: Vault) -> None:
    """Two bookings of long ago to which nobody came, forgotten but for their hash."""
    row = session.scalars(select(Booking)).one()
    kept = {column.name: getattr(row, column.name) for column in Booking.__table__.c if column.name != "id"}
    ago = clock.now() - timedelta(days=3)
    over = {
        "state": "no_show",
        "starts_at": ago,
        "ends_at": ago + timedelta(minutes=30),
        "phone_sealed": None,
    }
    over |= {"name_sealed": None, "number_sealed": None, "number_trace": None, "number_kind": ""}
    over |= {"phone_trace": vault.phone_trace(MISSED)}
    session.add_all(Booking(**kept | over | {"nonce": bytes([number]) * 9}) for number in (1, 2))


def draw(front: Front, line: str, **person: str) -> TestResponse:
    return front.ask("POST", "/tickets", {"line": line, "person": person}, who=front.demo["kiosk"]["token"])


def keys_of(app: Flask) -> Keys:
    found: Keys = app.config["HALL"].keys
    return found.latest()


def run(app: Flask, *words: str) -> str:
    done = app.test_cli_runner().invoke(args=["hall", "keys", *words])
    assert done.exit_code == 0, done.output
    return done.output


def rotate(app: Flask) -> str:
    return run(app, "rotate", "--settle", "0")


def left(app: Flask, number: int) -> dict[str, int]:
    with app.app_context():
        return units().run(lambda session: retracing.left(session, number))


def everybody_is_found(front: Front) -> None:
    again = draw(front, "xixian-a", id_number=NUMBER)
    assert again.get_json()["code"] == "already_waiting", "Q8 broke: the same person draws a second ticket."
    held = front.held(tomorrow(next(hours)))["token"]
    assert front.confirm(held, phone=MISSED).get_json()["code"] == "locked_out", (
        "H3 broke: a lock is forgotten."
    )
    assert front.confirm(held).get_json()["code"] == "already_booked", (
        "H3 broke: a second booking for one person."
    )
    desk = front.token("reception")
    found = front.ask("POST", "/sites/xixian/lockouts/find", {"phone": MISSED}, who=desk)
    assert found.get_json()["locked_until"], "H3 broke: the desk does not see the lock."


def test_I10_rotating_the_search_key_hashes_all_anew_and_everybody_is_found(app: Flask, front: Front) -> None:
    assert left(app, 1) == {
        "agent_key.person": 1, "booking.number_trace": 1, "booking.phone_trace": 3, "claim.person": 1,
    }  # fmt: skip
    said = rotate(app)
    assert "Search key 2 counts from now on; 2 numbers were hashed anew." in said
    assert left(app, 1) == {"agent_key.person": 1, "booking.phone_trace": 2, "claim.person": 1}, (
        "What is kept sealed beside its hash is hashed anew, the rest stays to be read."
    )
    assert "in claim.person: until the turn of the day" in said and "in booking.phone_trace: until 20" in said
    before = front.ask("POST", "/sites/xixian/lockouts/find", {"phone": MISSED}, who=front.token("reception"))
    assert before.get_json()["locked_until"], "H3 broke: a look finds no hash of the key of before."
    everybody_is_found(front)
    for line in ("xixian-a", "xixian-a", "xixian-b"):
        assert draw(front, line, phone=AGENT).status_code == 201, "Q8 broke: an agent is no longer known."
    assert draw(front, "xixian-b", id_number=NUMBER).status_code == 201
    desk = front.token("reception")
    held = front.held(tomorrow(20), who=desk)["token"]
    assert front.confirm(held, who=desk, phone=MISSED).status_code == 200
    assert left(app, 1) == {}, "All that is kept of whoever is met is under the key that counts."
    everybody_is_found(front)
    stored = (app.config["HALL"].data / "keys.json").read_text(encoding="utf-8")
    assert all(row["key"] not in said for row in json.loads(stored)["search"])


def test_I10_a_key_of_which_nothing_is_left_is_forgotten_a_day_later(
    app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate(app)
    later = clock.now() + timedelta(days=2)
    with app.app_context():
        assert retracing.drop() == [], "A backup that runs holds rows of before."
    monkeypatch.setattr(clock, "now", lambda: later)
    with app.app_context():
        assert retracing.drop() == [], "Something is left that it made."
        units().run(gone)
        assert retracing.drop() == [1]
        assert retracing.drop() == [], "Safe to run twice."
    assert [key.number for key in keys_of(app).search] == [2] and front.demo
    assert "search key 1" not in run(app, "list")
    assert keys_of(app).without_search_key(2).counts == 2, "The key that counts stays."


def gone(session: Session) -> None:
    """What time takes: the turn of the day, a year, and an agent who stops."""
    for table in (Claim, AgentKey):
        session.execute(delete(table))
    session.execute(update(Booking).where(Booking.phone_sealed.is_(None)).values(phone_trace=None))


def test_I10_a_key_stays_a_day_after_the_next_one_counts_also_when_days_lay_between(
    app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    keys_of(app).with_search_key(begun)  # killed while it settled
    with app.app_context():
        units().run(gone)
    monkeypatch.setattr(clock, "now", lambda: begun + timedelta(days=3))
    assert "it goes on" in rotate(app) and front.demo
    assert [key.number for key in keys_of(app).search] == [1, 2] and left(app, 1) == {}, (
        "I10 broke: a backup that ran while the key was changed cannot be searched any more."
    )
    for hours_since, dropped in ((23, []), (25, [1])):
        monkeypatch.setattr(clock, "now", lambda since=hours_since: begun + timedelta(days=3, hours=since))
        with app.app_context():
            assert retracing.drop() == dropped, f"I10 broke: {hours_since} hours after the next one counted."


def test_I10_where_the_file_does_not_say_since_when_a_key_counts_the_day_begins_now(
    app: Flask, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    rotate(app)
    with app.app_context():
        units().run(gone)
    file = app.config["HALL"].data / "keys.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert [row.pop("counted_at", "") > "" for row in stored["search"]] == [False, True] and front.demo
    file.write_text(json.dumps(stored), encoding="utf-8")
    for hours_since, dropped in ((48, []), (71, []), (73, [1])):
        monkeypatch.setattr(clock, "now", lambda since=hours_since: begun + timedelta(hours=since))
        with app.app_context():
            assert retracing.drop() == dropped, f"I10 broke: looked at {hours_since} hours later."


def test_I10_a_change_of_the_search_key_that_was_cut_short_goes_on_and_makes_no_further_key(
    app: Flask, front: Front
) -> None:
    keys_of(app).with_search_key(clock.now())  # killed before it counted
    everybody_is_found(front)
    assert left(app, 2) == {}, "It does not count yet."
    sealing = [key.number for key in keys_of(app).ring]
    said = rotate(app)
    assert "it goes on" in said and "Search key 2 counts" in said
    assert [key.number for key in keys_of(app).ring] == sealing, "All was sealed anew before: no further key."
    keys = keys_of(app).with_search_key(clock.now()).counting(3, clock.now())  # killed after the first column
    with app.app_context():
        step = retracing.Step("booking.number_trace", 0, 3, Vault(keys))
        assert perform(SYSTEM_ACTOR, retracing.retrace, step).rows == 1
    everybody_is_found(front)
    assert "it went on with key 3" in rotate(app)
    assert [key.number for key in keys_of(app).search] == [1, 2, 3] and keys_of(app).counts == 3
    everybody_is_found(front)


@pytest.mark.parametrize("known", [False, True])
def test_I10_Q8_a_press_that_stood_still_while_the_key_changed_is_refused_and_counts_when_pressed_again(
    app: Flask, front: Front, *, known: bool
) -> None:
    """It began before anybody knew of the fresh key, or while that was only looked for."""
    if known:
        keys_of(app).with_search_key(clock.now())
    person = known_by(keys_of(app), "phone", PHONE)
    with app.app_context():
        site = db.session.scalars(select(Site.id).where(Site.code == "xixian")).one()
    press = Issue(site, (Matter(line="xixian-b"),), "kiosk", person=person)
    rotate(app)
    before = left(app, 1)
    if not known:
        assert draw(front, "xixian-b", phone=PHONE).status_code == 201
    with app.app_context(), pytest.raises(Conflict) as refused:
        perform(SYSTEM_ACTOR, issue, press)
    assert refused.value.code == "conflict", "Its answer is not kept: pressed again it is worked out anew."
    assert left(app, 1) == before, "I10 broke: somebody was hashed with the key of before."
    again = draw(front, "xixian-b", phone=PHONE)
    assert again.status_code == (201 if known else 409), f"Q8 broke: one person, two places: {again.text}"


def test_I10_whose_hash_a_lost_key_made_is_hashed_anew_from_what_is_sealed(app: Flask, front: Front) -> None:
    with app.app_context():  # as after a backup whose keys are of another day
        lost = b"k9." + b"x" * 32
        units().run(lambda session: session.execute(update(Booking).values(number_trace=lost)))
    assert "it went on with key 1" in rotate(app)
    everybody_is_found(front)
    rotate(app)
    everybody_is_found(front)
    with app.app_context():
        rows = db.session.scalars(
            select(Booking.number_trace).where(Booking.number_sealed.is_not(None))
        ).all()
    assert all((row or b"").startswith(b"k2.") for row in rows)


def test_E2_pardons_are_forgotten_with_the_no_shows_that_they_lift(app: Flask, front: Front) -> None:
    from hall.helpers.jobs import forget_people  # noqa: PLC0415 - with the product

    desk = front.token("reception")
    lift = {"phone": MISSED, "reason": "在住院"}
    assert front.ask("POST", "/sites/xixian/lockouts/lift", lift, who=desk).status_code == 200
    old = update(BookingPardon).values(at=clock.now() - timedelta(days=366))
    with app.app_context():
        units().run(lambda session: session.execute(old))
        perform(SYSTEM_ACTOR, forget_people, None)
        assert not db.session.scalars(select(BookingPardon.id)).all()


def test_every_hash_by_which_somebody_is_found_has_a_source_or_an_end(app: Flask) -> None:
    assert "hall_units" in app.extensions, "which knows every table"
    without = {str(column) for column in traced_columns() if not retracing.has_source(column)}
    assert without == NO_SOURCE, (
        "Say in docs/operations.md until when such a hash is kept, and here that you did."
    )
    assert len(retracing.retraced_columns()) == 5
