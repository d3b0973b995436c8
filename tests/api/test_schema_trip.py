"""A hall with data goes back to an earlier schema and forward again, on both databases: nothing is lost on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Material, ServiceItem
from hall.cli import SCHEMA
from hall.database import db
from hall.queueing.models import Ticket
from hall.rota.presence.absences import find_absences
from hall.rota.presence.models import Absence
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.desk_at_work import Desk
from tests.on_the_day import ENDS, OnTheDay

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

BEFORE_INTAKE = "0015"
KEPT = (ServiceItem, Material, Staff, Ticket)


def below(name: str) -> str:
    """The revision that a migration stands on."""
    (found,) = (SCHEMA / "versions").glob(f"*_{name}.py")
    return f"{int(found.name[:4]) - 1:04d}"


def counts() -> list[int]:
    found = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in KEPT]
    db.session.remove()
    return found


def test_a_hall_with_data_is_migrated_back_and_forth(app: Flask, demo: dict[str, Any]) -> None:
    desk = Desk(app.test_client(), demo)
    drawn = desk.draw()
    with app.app_context():
        Migrate(app, db, directory=str(SCHEMA))
        before = counts()
        downgrade(revision=BEFORE_INTAKE)
        upgrade(revision="heads")
        assert counts() == before
        assert all(before)
    assert desk.ask("GET", f"/tickets/{drawn['token']}").get_json()["number"] == drawn["number"]
    assert desk.draw()["number"] != drawn["number"]


def test_M5_what_was_decided_of_absences_is_told_in_the_old_words_and_waits_again(
    client: FlaskClient, app: Flask, demo: dict[str, Any]
) -> None:
    hall = OnTheDay(client, demo)
    excused, upheld = hall.begin().values()
    with at(ENDS):
        with app.app_context():
            perform(SYSTEM_ACTOR, find_absences, None)
        hall.must("POST", f"/duties/{excused}/absence/explain", {"reason": "flood"})
        hall.must("POST", f"/duties/{excused}/absence/accept", {})
        hall.must("POST", f"/duties/{upheld}/absence/ask")
    with at(ENDS + timedelta(days=5)):
        hall.must("POST", f"/duties/{upheld}/absence/uphold", {})
    with app.app_context():
        db.session.remove()
        Migrate(app, db, directory=str(SCHEMA))
        downgrade(revision=below("absences_decided"))
        upgrade(revision="heads")
        found = {
            row.duty_id: (row.state, row.reason, str(row.answer_by))
            for row in db.session.scalars(select(Absence).where(Absence.duty_id.in_((excused, upheld))))
        }
    assert found == {excused: ("stated", "flood", "None"), upheld: ("confirmed", "", "2026-04-06")}
