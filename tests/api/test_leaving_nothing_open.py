"""Nothing open is left behind by who leaves, and a bulletin of what has ended is cured, on both databases (M1, M8)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.database import db
from hall.rota.models import Rota
from tests.bulletins_at_work import AFTER, DAYS, PATH, Bulletins
from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, PUBLISHED, Reception
from tests.rota_at_work import CODE, EARLY

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

LATER = AFTER + timedelta(days=1)


def path_to_end(app: Flask) -> str:
    with app.app_context():
        key = db.session.scalar(select(Rota.id).where(Rota.code == CODE))
        db.session.remove()
    return f"/rotas/{key}/retire"


def test_M1_a_reception_does_not_end_while_a_stated_absence_waits_for_its_decision(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    hall = Bulletins(client, demo)
    hall.held(checked=False)
    path, absence = path_to_end(app), f"/duties/{hall.duties[1]}/absence"
    with at(LATER):
        hall.must("POST", f"{absence}/explain", {"reason": "illness", "said": "住院手术"}, "head1")
        assert hall.code(path) == "unchecked"
        hall.must("POST", f"{absence}/accept", {})
        assert hall.must("POST", path)["name"] == "局长周一见"


def test_M1_a_reception_does_not_end_while_a_bulletin_is_a_draft(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    hall = Bulletins(client, demo)
    hall.held()
    key, path = hall.draft()["bulletin"], path_to_end(app)
    with at(LATER):
        assert hall.code(path) == "draft_bulletin"
        hall.step(key, "drop", moment=LATER)
        hall.must("POST", path)


def test_M8_a_bulletin_of_an_ended_reception_is_corrected_to_the_end(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    hall = Bulletins(client, demo)
    hall.held()
    wrong = hall.draft()["bulletin"]
    signed = hall.step(wrong, "sign-off", "second")
    with at(LATER):
        hall.must("POST", path_to_end(app))
        assert hall.code(PATH, DAYS) == "unknown_rota", "no other bulletin of it is made"
    key = hall.step(wrong, "correct", moment=LATER)["bulletin"]
    hall.step(key, "figures", moment=LATER)
    with at(LATER):
        now = hall.must("GET", f"/bulletins/{key}")
        body = {"title": now["title"], "text": "更正：第1局当日到岗。", "revision": now["revision"]}
        hall.must("POST", f"/bulletins/{key}/edit", body)
    cured = hall.step(key, "sign-off", "second", LATER)
    assert (cured["year"], cured["number"]) == (signed["year"], signed["number"] + 1)


def test_M6_a_department_with_open_matters_does_not_leave(client: FlaskClient, demo: dict[str, Any]) -> None:
    with at(EARLY):
        hall = Reception(client, demo)
    with at(PUBLISHED):
        booking = f"/receptions/bookings/{hall.book()['token']}"
        answers = hall.mondays.people()["副局长0"]
    promise = {"what": "书面答复", "due_on": "2026-04-07", "lawful": True, "answers": answers}
    with at(BEFORE):
        hall.must("POST", f"{booking}/take-up", who="head0")
        hall.must("POST", f"{booking}/promise", promise, "head0")
    path = f"/rota-bodies/{hall.bodies[0]}/retire"
    with at(LATER):
        said = hall.mondays.ask("POST", path).get_json()
        assert (said["code"], "第0局" in said["detail"]) == ("open_matters", True)
        hall.must("POST", f"{booking}/end", {"how": "keep", "outcome": "已答复"}, "head0")
        assert hall.mondays.must("POST", path)["name"] == "第0局"
