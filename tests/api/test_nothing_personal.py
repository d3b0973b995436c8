"""Names, numbers of papers and phones are planted wherever they can be entered; nothing public holds them (E2, Q11)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from hall.accounts.models import Staff
from hall.actor import PUBLIC_ACTOR, SYSTEM_ACTOR
from hall.database import db
from hall.errors import DomainError
from hall.jobs import seal_journal
from hall.journal import JournalEntry
from hall.live.channel import room_of
from hall.unit_of_work import perform, units
from tests.api.test_permissions import SAMPLES, declared, rules
from tests.desk_at_work import Desk
from tests.intake_at_work import NUMBER, Clerk

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ITEM = "411528-SCJG-001"
STAFF_NAME, APPLICANT, NOTED = "欧阳植入", "司徒植入", "上官植入"
DRAWN_ID, DRAWN_PHONE, FILED_PHONE, NOTED_PHONE = (
    "440308199901101512",
    "13911112222",
    "13922223333",
    "13933334444",
)
PLANTED = (STAFF_NAME, APPLICANT, NOTED, DRAWN_ID, DRAWN_PHONE, FILED_PHONE, NOTED_PHONE, NUMBER)
NOTE = f"{NOTED} {NOTED_PHONE}"
MUST_ANSWER = {
    "/metrics",
    "/kiosk",
    "/api/v1/sites/xixian/board",
    "/api/v1/sites/xixian/lines",
    "/screen/xixian",
}


def found_in(text: str) -> list[str]:
    """What was planted and stands in this text, also as JSON or an address would write it."""
    return [
        word
        for word in PLANTED
        if word in text or json.dumps(word)[1:-1] in text or word.encode().hex() in text
    ]


@pytest.fixture
def tokens(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> list[str]:
    """A morning with everybody's data: drawn, called, held, moved and received. The tokens that came of it."""
    with app.app_context():
        units().run(lambda session: session.execute(update(Staff).values(name=STAFF_NAME)))
    clerk, desk = Clerk(client, demo), Desk(client, demo)
    drawn = [
        desk.draw(person={"id_number": DRAWN_ID}),
        desk.draw(person={"phone": DRAWN_PHONE}, lane="priority", reason="elder"),
    ]
    assert (
        desk.ask("POST", "/tickets", {"line": "xixian-a", "person": {"phone": DRAWN_PHONE}}).status_code
        == 409
    )
    assert clerk.ask(f"/windows/{clerk.window}/open").status_code == 200
    said = {"ticket": drawn[1]["number"], "reason": "other", "note": NOTE}
    assert clerk.ask(f"/windows/{clerk.window}/call", said).status_code == 200
    held = clerk.ask(f"/windows/{clerk.window}/hold", {"reason": "copy", "note": NOTE})
    assert held.status_code == 200, held.text
    served = clerk.serve(item=ITEM)
    form = clerk.open()
    received = clerk.receive(clerk.filled(form, name=APPLICANT, number=NUMBER, phone=FILED_PHONE))
    moved = clerk.ask(f"/windows/{clerk.window}/transfer", {"line": "xixian-b", "note": NOTE})
    assert moved.status_code == 200, moved.text
    cases = [str(case[key]) for case in received["cases"] for key in ("token", "code") if case.get(key)]
    return [*(ticket["token"] for ticket in (*drawn, served)), str(form["token"]), *cases]


def public_addresses(app: Flask, tokens: list[str]) -> set[str]:
    """Every address that anybody may read, with what this hall really has."""
    found = set()
    for method, endpoint, rule in rules(app):
        if method != "GET" or declared(app, rule) != "public":
            continue
        for token in tokens if "token" in rule.arguments else tokens[:1]:
            known = {"site": "xixian", "window": "xixian-01", "token": token, "code": token}
            values: dict[str, Any] = {
                name: known.get(name, SAMPLES.get(type(converter).__name__, "x"))
                for name, converter in rule._converters.items()
            }
            for name, converter in rule._converters.items():
                choices = getattr(converter, "items", None)
                values[name] = min(choices) if choices else values[name]
            found.add(app.url_map.bind("localhost").build(endpoint, values))
    return found


def test_E2_Q11_no_public_page_and_no_log_holds_what_was_entered_about_anybody(
    app: Flask, client: FlaskClient, tokens: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    visitor, answered = app.test_client(), set()
    for address in sorted(public_addresses(app, tokens)):
        answer = visitor.get(address)
        assert answer.status_code < 500, address
        assert not found_in(answer.get_data().decode("utf-8", "replace")), address
        answered |= {address} if answer.status_code == 200 else set()
    assert not {*MUST_ANSWER, *(f"/t/{token}" for token in tokens[:3])} - answered, (
        "These show a hall at work."
    )
    out, err = capfd.readouterr()
    assert not found_in(out + err), "Log names of things, never what was typed (hall/logs.py)."


def test_E2_Q11_no_live_topic_for_everybody_holds_what_was_entered_about_anybody(
    app: Flask, tokens: list[str]
) -> None:
    key, publisher = app.config["HALL"].keys.tokens, app.extensions["hall_publisher"]
    wanted = ["site:xixian:board", "site:xixian:lines", "site:xixian:floor", "line:xixian-a", "line:xixian-b"]
    wanted += ["window:xixian-01", "printer:1", "kiosk:1", *(f"ticket:{token}" for token in tokens[:3])]
    told = set()
    with app.app_context():
        for topic in wanted:
            try:
                room = room_of(topic, PUBLIC_ACTOR, key)
            except DomainError:
                continue
            state = json.dumps(publisher.state(db.session(), room, 1), ensure_ascii=False, default=str)
            assert not found_in(state), topic
            told.add(topic.partition(":")[0])
    assert told == {"site", "line", "ticket"}


def test_E2_O3_the_journal_holds_nothing_that_was_entered_about_anybody(
    app: Flask, client: FlaskClient, demo: dict[str, Any], tokens: list[str]
) -> None:
    assert tokens
    with app.app_context():
        perform(SYSTEM_ACTOR, seal_journal, None)
        rows = units().run(
            lambda session: [
                row.data + row.subject + row.actor for row in session.scalars(select(JournalEntry))
            ]
        )
    assert rows
    assert not found_in(json.dumps(rows, ensure_ascii=False, default=str))
    readers = [row["token"] for row in demo["staff"] if row["role"] in {"auditor", "supervisor"}]
    assert readers
    for token in readers:
        for address in ("/api/v1/journal", "/journal"):
            answer = client.get(address, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            assert not found_in(answer.text), address
