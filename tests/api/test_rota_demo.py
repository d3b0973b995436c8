"""The demo's Mondays: accounts that can try everything, one list published, and a session of today for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.database import db
from hall.rota.demo import CODE, PLACES
from hall.rota.models import Duty, RotaPerson, RotaSession
from tests.rota_at_work import published_today

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PATH = f"/api/v1/sites/xixian/rotas/{CODE}"


def test_the_demos_directors_deputies_and_liaisons_are_on_the_list(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    staff = {row["user"]: row for row in demo["staff"] if row["role"] == "director"}
    assert set(staff) == {"director01", "deputy01", "liaison01", "director02", "officer02", "liaison02"}
    for user, bodies in (("director01", {"市场监管局"}), ("liaison02", {"自然资源局"})):
        said = client.get(f"{PATH}/people", headers={"Authorization": f"Bearer {staff[user]['token']}"})
        mine = {row["body_name"] for row in said.get_json()["people"] if row["mine"]}
        assert mine == bodies
        assert {row["post"] for row in said.get_json()["people"]} == {
            "head",
            "deputy",
            "chief_officer",
            "liaison",
        }


def test_the_demos_sessions_of_two_quarters_are_there_and_some_published(
    app: Flask, demo: dict[str, Any]
) -> None:
    assert demo
    with app.app_context():
        sessions = db.session().scalars(select(RotaSession).order_by(RotaSession.due_on)).all()
        turns = db.session().scalars(select(Duty)).all()
    assert len(sessions) >= 25
    published = {row.id for row in sessions if row.state == "published"}
    assert len([duty for duty in turns if duty.session_id in published]) == len(PLACES) * len(published)
    assert {duty.state for duty in turns} <= {"confirmed", "signed"}


def test_a_session_of_today_is_made_once_with_the_first_director_at_window_five(
    app: Flask, demo: dict[str, Any]
) -> None:
    assert demo
    first = published_today(app)
    assert published_today(app) == first
    assert set(first.duties) == {("xixian-05", "am"), ("xixian-06", "am"), ("xixian-05", "pm")}
    with app.app_context():
        duty = db.session().get_one(Duty, first.duties["xixian-05", "am"])
        assert db.session().get_one(RotaPerson, duty.person_id).name == "郑国栋"
