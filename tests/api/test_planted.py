"""Everything that the public reaches, of a hall in whose every table people's words are planted (E2, Q11).

Pages, interface, live topics, slips, calendars, error pages, addresses, and the log of a hall that is served.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sqlalchemy import select

from hall.actor import PUBLIC_ACTOR
from hall.catalog.models import Line
from hall.database import Base, db
from hall.errors import DomainError
from hall.helpers.models import Booking
from hall.live.channel import room_of
from hall.unit_of_work import units
from tests import applications
from tests.api.test_nothing_personal import public_addresses
from tests.booking_at_work import Front, tomorrow
from tests.cases_at_work import at
from tests.findings_at_work import Findings
from tests.helpers_at_work import Help
from tests.intake_at_work import NUMBER, Clerk
from tests.matters_at_work import PUBLISHED, Reception
from tests.planting import OPEN, OWN, STAFF, TEXT, TOLD, WORDS, found_in, plant, planted_columns
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.servers import LiveHall

TYPED = {
    "name": "夏侯亲笔",
    "phone": "13955554444",
    "id_number": "11010519491231002X",
    "wish": "亲笔写下的愿望",
}
HEARD = tuple(TYPED.values())
"""What somebody types into a hall that is served: it may be answered masked to them, and stands in no log."""
NAMED_BY_STAFF = {"finding_evidence.name", "help_paper.name", "staff_token.name", "walk_step.name"}
"""Names of things that staff type in: words like any others."""
PLANTED_AT_LEAST = {
    "applicant.name", "applicant.number_sealed", "booking.name_sealed", "booking.phone_sealed", "booking.wish_sealed",
    "filing.name", "filing.number_sealed", "filing.phone_sealed", "finding.citizen_sealed", "finding.detail",
    "finding.phone_sealed", "hard_matter.asked_sealed", "hard_matter.name_sealed", "hard_matter.phone_sealed",
    "help_record.name_sealed", "staff.name", "ticket_note.text",
}  # fmt: skip


class Lively:
    """A hall with something in every room, and the tokens that its public holds."""

    def __init__(self, client: FlaskClient, demo: dict[str, Any]) -> None:
        self.client, self.tokens = client, []
        with at(EARLY):
            reception = Reception(client, demo)
        with at(PUBLISHED):
            self.matter = reception.book()["token"]
        Findings(reception.mondays).find(citizen="王大明", phone="13812345678")
        clerk = Clerk(client, demo)
        assert clerk.ask(f"/windows/{clerk.window}/open").status_code == 200
        clerk.serve(item="411528-SCJG-001")
        received = clerk.receive(clerk.filled(clerk.open(), name="李四", number=NUMBER, phone="13922223333"))
        clerk.ask(f"/windows/{clerk.window}/transfer", {"line": "xixian-b", "note": "原件已看"})
        self.case = str(received["cases"][0]["token"])
        front = Front(client, demo).staffed("B01", "B02")
        self.booking = front.held(tomorrow(10))["token"]
        assert front.confirm(self.booking, wish="轮椅").status_code == 200
        hall = Help(client, demo)
        hall.here("helper01")
        self.ticket = hall.draw()["token"]
        call = hall.call("", ticket=self.ticket)
        hall.on(call, "accept", "helper01")
        self.call = call["token"]
        hall.done("POST", "/helper/records", {"kind": "agency"}, who="helper01")
        self.tokens = [self.matter, self.case, self.booking, self.ticket, self.call]


@pytest.fixture
def lively(working_hours: None, app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Lively:
    """The planted hall."""
    found = Lively(client, demo)
    with app.app_context():
        planted = units().run(lambda session: plant(session, app.config["HALL"].keys))
    assert planted >= PLANTED_AT_LEAST, f"Nothing was planted in {PLANTED_AT_LEAST - planted}."
    return found


def test_every_column_that_is_planted_is_one_of_the_database_s(app: Flask) -> None:
    assert "hall_units" in app.extensions, "which knows every table"
    tables = Base.metadata.tables
    gone = set().union(*OPEN.values()) - set(tables)
    gone |= {name for name in {*set().union(*TOLD.values()), *OWN} if name.split(".")[1] not in
             (tables[name.split(".")[0]].columns if name.split(".")[0] in tables else {})}  # fmt: skip
    assert not gone, f"Renamed: tell tests/planting.py: {gone}"
    words = planted_columns()
    assert {"absence.said", "case_note.text", "filing.name", "ticket_note.text", "finding_step.note"} <= set(
        words
    )
    named = {name for name, word in words.items() if word == TEXT and name.endswith(".name")}
    assert named <= NAMED_BY_STAFF, "Somebody's name, or a thing's? Say so in tests/planting.py."
    assert all(found_in(f"«{word}»") == [word] for word in WORDS)


def forbidden(lively: Lively, where: str) -> tuple[str, ...]:
    """Whoever has called or booked a helper is told the helper's name (H5), and nobody else is."""
    mine = any(token in where for token in (lively.booking, lively.call, lively.ticket))
    return tuple(word for word in WORDS if not (mine and word == STAFF))


def addresses(app: Flask, lively: Lively) -> Iterator[str]:
    yield from sorted(public_addresses(app, lively.tokens))
    yield from (f"/nothing/{lively.case}", "/t/%00", "/api/v1/nothing", "/receptions?rota=nothing")


def test_E2_Q11_nothing_that_anybody_may_read_holds_what_is_planted(
    app: Flask, lively: Lively, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor, kinds, wrong = app.test_client(), set(), list[str]()
    for address in addresses(app, lively):
        assert not found_in(address), address
        answer = visitor.get(address)
        assert answer.status_code < 500, address
        held = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
        wrong += [f"{address} holds {word}" for word in found_in(held, forbidden(lively, address))]
        if answer.status_code == 200:
            kinds.add(answer.mimetype)
    assert not wrong, "\n".join(wrong)
    assert {"text/html", "application/json", "text/calendar", "text/plain", "image/png"} <= kinds
    out, err = capfd.readouterr()
    assert not found_in(out + err)


def test_E2_Q11_no_live_topic_for_everybody_holds_what_is_planted(app: Flask, lively: Lively) -> None:
    key, publisher = app.config["HALL"].keys.tokens, app.extensions["hall_publisher"]
    with app.app_context():
        lines = [f"line:{code}" for code in db.session.scalars(select(Line.code))]
        site = [f"site:xixian:{what}" for what in ("board", "lines", "monday", "floor", "receptions")]
        held = [f"ticket:{lively.ticket}", f"help:{lively.call}"]
        told = set()
        for topic in (*lines, *site, *held, "window:xixian-01", "helper:1", "printer:1", "kiosk:1"):
            try:
                room = room_of(topic, PUBLIC_ACTOR, key)
            except DomainError:
                continue
            state = json.dumps(publisher.state(db.session(), room, 1), ensure_ascii=False, default=str)
            assert not found_in(state, forbidden(lively, topic)), topic
            told.add(topic)
    assert told == {*lines, *site[:3], *held}


def test_E2_the_log_of_a_served_hall_holds_nothing_that_anybody_typed_or_that_is_planted(
    live_server: LiveHall,
) -> None:
    with applications.beside(live_server) as app:
        client = app.test_client()
        booked = Front(client, live_server.demo).staffed("B01").booked(tomorrow(10))
        with app.app_context():
            units().run(lambda session: plant(session, app.config["HALL"].keys))
            assert db.session.scalars(select(Booking.name_sealed)).one()
    url, kiosk = live_server.url, {"Authorization": f"Bearer {live_server.demo['kiosk']['token']}"}
    person = {"person": {"phone": TYPED["phone"]}}
    sent = [
        requests.post(f"{url}/api/v1/tickets", json={"line": "xixian-a", **person},
                      headers={**kiosk, "Idempotency-Key": "1"}, timeout=30),
        requests.post(f"{url}/api/v1/tickets", json={"line": "nothing", **person, "odd": TYPED["wish"]},
                      headers={**kiosk, "Idempotency-Key": "2"}, timeout=30),
        requests.post(f"{url}/api/v1/bookings/{booked['token']}/confirm", json=TYPED, timeout=30),
        requests.post(f"{url}/sign-in", data={"user": TYPED["name"], "password": TYPED["id_number"]}, timeout=30),
        requests.post(f"{url}/book/find", data={"code": TYPED["phone"]}, timeout=30),
        requests.post(f"{url}/api/v1/tickets", data=TYPED["id_number"].encode(), headers=kiosk, timeout=30),
        requests.get(f"{url}/book/{booked['token']}", timeout=30),
        requests.get(f"{url}/nothing", headers={"User-Agent": TYPED["phone"], "Referer": HEARD[2]}, timeout=30),
    ]  # fmt: skip
    assert sent[0].status_code == 201
    assert all(answer.status_code < 500 for answer in sent)
    served = tuple(word for word in WORDS if word != STAFF)  # the page of the booking tells its helper
    assert all(not found_in(answer.text, served) for answer in sent)
    live_server.stop()
    assert not found_in(live_server.log, (*WORDS, *HEARD)), (
        "Log names of things, never what was typed (hall/logs.py)."
    )
