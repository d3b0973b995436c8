"""A reception ends and is held again, on both databases (M1): nothing lost, nothing public, its history readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.rota.exchanging import lapse_swaps
from hall.rota.jobs import date_drafts
from hall.rota.matters.offers import offers
from hall.rota.payloads import monday
from hall.rota.presence.absences import find_absences
from hall.rota.queries import rota_by_code, rotas
from hall.rota.wishing import lapse_wishes
from hall.sites import site_by_code
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

SIGNED, PUBLISHED = "2026-03-30", "2026-03-16"
PUBLISHING = datetime(2026, 3, 13, 1, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 17, 1, 0, tzinfo=UTC)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def key(hall: Mondays) -> int:
    with hall.client.application.app_context():
        session = db.session()
        found = rota_by_code(session, site_by_code(session, "xixian").id, CODE).id
        db.session.remove()
    return found


def pages(hall: Mondays, path: str, who: str = "manager") -> str:
    return hall.client.get(path, headers={"Authorization": f"Bearer {hall.tokens[who]}"}).text


def test_M1_a_reception_ends_only_when_nothing_of_it_is_to_come_or_open(hall: Mondays, app: Flask) -> None:
    path = f"/rotas/{key(hall)}/retire"
    duty = hall.sign(hall.seats(PUBLISHED)[0], 0)["duty"]
    later = hall.sign(hall.seats(SIGNED)[0], 1)["duty"]
    assert hall.code(path, who="head0") == "forbidden"
    assert hall.code("/rotas/987654/retire") == "unknown_rota"
    assert hall.code(path) == "has_turns"
    (session,) = hall.sessions(PUBLISHED, PUBLISHED)
    with at(PUBLISHING):
        hall.must("POST", f"/rota-sessions/{session['session']}/publish")
    said = hall.ask("POST", path).get_json()
    assert (said["code"], PUBLISHED in said["detail"]) == ("published", True)
    with at(AFTER), app.app_context():
        assert hall.code(path) == "has_turns", "the one of the 30th"
        hall.must("POST", f"/duties/{later}/withdraw")
        perform(SYSTEM_ACTOR, find_absences, None)
        assert hall.code(path) == "unchecked"
        for verb in ("ask", "confirm"):
            hall.must("POST", f"/duties/{duty}/absence/{verb}")
        assert hall.must("POST", path)["name"] == "局长周一见"
        assert hall.must("POST", path)["name"] == "局长周一见", "pressed twice it is once"


def test_M1_a_retired_reception_makes_nothing_and_appears_nowhere_in_public(
    hall: Mondays, app: Flask
) -> None:
    hall.term("2026-12-28", "2027-01-11")
    number = key(hall)
    hall.must("POST", f"/rotas/{number}/retire")
    assert hall.code(f"/sites/xixian/rotas/{CODE}/term", {"first": FIRST, "last": LAST}) == "unknown_rota"
    seat = hall.seats(SIGNED)[0]
    people = hall.people()
    assert hall.code(f"/seats/{seat}/sign-up", {"person": people["局长0"]}, "head0") == "unknown_rota"
    changed = hall.ask("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(name="另一个"))
    assert (changed.status_code, changed.get_json()["code"]) == (422, "retired")
    assert hall.client.get(f"/calendars/xixian/{CODE}.ics").status_code == 404
    with app.app_context():
        session = db.session()
        site = site_by_code(session, "xixian")
        told = monday(session, "xixian")
        assert CODE not in {one["rota"] for part in ("sessions", "next", "cancelled") for one in told[part]}
        assert CODE not in {one.rota for one in offers(session, site, EARLY)}
        assert CODE not in {one.code for one in rotas(session, site.id)}
        for job in (date_drafts, lapse_swaps, lapse_wishes, find_absences):
            perform(SYSTEM_ACTOR, job, None)
        db.session.remove()
    assert [row["state"] for row in hall.sessions("2027-01-04", "2027-01-11")] == ["draft", "draft"]
    assert f"rota={CODE}" not in pages(hall, "/mondays", "head0")


def test_M1_history_stays_readable_and_the_reception_is_held_again_as_it_was(hall: Mondays) -> None:
    number, before = key(hall), hall.sessions(FIRST, LAST)
    hall.must("POST", f"/rotas/{number}/retire")
    assert hall.sessions(FIRST, LAST) == before
    shown = pages(hall, f"/admin/receptions/{CODE}?quarter=2026-1")
    assert "停办" in shown and "生成建议名单" not in shown
    assert "已停办的接待" in pages(hall, "/admin/receptions")
    assert pages(hall, f"/admin/receptions/{CODE}/sessions/{before[0]['session']}")
    assert "局长周一见" in pages(hall, f"/receptions/attendance?rota={CODE}&year=2026")
    hall.must("POST", f"/rotas/{number}/take_back")
    assert hall.must("POST", f"/rotas/{number}/take_back")["id"] == number
    assert hall.sessions(FIRST, LAST) == before
    assert hall.term(FIRST, LAST)["kept"] == len(before)
    with at(EARLY + timedelta(hours=1)):
        hall.sign(hall.seats(SIGNED)[0], 0)
