"""A hall with data goes back to an earlier schema and forward again, on both databases: nothing is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.catalog.models import Material, ServiceItem
from hall.cli import SCHEMA
from hall.database import db
from hall.queueing.models import Ticket
from tests.desk_at_work import Desk

if TYPE_CHECKING:
    from flask import Flask

BEFORE_INTAKE = "0015"
KEPT = (ServiceItem, Material, Staff, Ticket)


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
