"""Screens say that they are at work, and the floor page misses those that fell silent (Q14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.accounts.models import Device
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.journal import JournalEntry
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

HERE = "/api/v1/devices/here"


def say(client: FlaskClient, token: str, body: dict[str, Any] | None = None) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(HERE, json=body or {}, headers=headers).status_code


def screen(app: Flask) -> Device:
    with app.app_context():
        return db.session.scalars(select(Device).where(Device.role == "screen")).one()


def facts(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(JournalEntry)).all())


def silent_for(app: Flask, minutes: int) -> None:
    def change(work: Work, _command: None) -> None:
        row = work.session.scalars(select(Device).where(Device.role == "screen")).one()
        row.seen_at = work.now - timedelta(minutes=minutes)

    with app.app_context():
        perform(SYSTEM_ACTOR, change, None)


def troubled(client: FlaskClient, demo: dict[str, Any]) -> list[str]:
    manager = next(row["token"] for row in demo["staff"] if row["role"] == "manager")
    floor = client.get("/api/v1/sites/xixian/floor", headers={"Authorization": f"Bearer {manager}"})
    return [row["role"] for row in floor.get_json()["devices"]]


def test_Q14_a_screen_that_reports_is_known_to_be_alive_and_its_silence_is_seen(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    assert screen(app).seen_at is None
    assert say(client, demo["screen"]["token"]) == 200
    assert screen(app).seen_at is not None
    assert troubled(client, demo) == []
    silent_for(app, 4)
    assert troubled(client, demo) == ["screen"]
    say(client, demo["screen"]["token"])
    assert troubled(client, demo) == []


def test_the_journal_keeps_a_first_word_and_one_after_a_silence_not_each_minute(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    before = facts(app)
    for _minute in range(3):
        say(client, demo["screen"]["token"])
    assert facts(app) == before + 1
    silent_for(app, 10)
    say(client, demo["screen"]["token"])
    assert facts(app) == before + 2


@pytest.mark.parametrize("token", ["", "A" * 32])
def test_strangers_are_no_screens(client: FlaskClient, demo: dict[str, Any], token: str) -> None:
    assert say(client, token) == 401


def test_staff_and_unknown_fields_are_refused(client: FlaskClient, demo: dict[str, Any]) -> None:
    assert say(client, demo["staff"][0]["token"]) == 403
    assert say(client, demo["screen"]["token"], {"name": "another"}) == 422
