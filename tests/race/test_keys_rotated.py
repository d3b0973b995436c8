"""Sealing keys rotate while a hall is served: killed midway while people go on booking, then a backup is put back."""

from __future__ import annotations

import secrets
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from sqlalchemy import select

from hall.applicants.resealing import rows_sealed_by
from hall.applicants.vault import Vault
from hall.database import db
from hall.helpers.models import Booking
from hall.unit_of_work import units
from tests import applications
from tests.booking_at_work import PHONE, Front, tomorrow
from tests.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session

    from tests.conftest import StartHall
    from tests.servers import Engine, LiveHall

MANY = 1_500
NEW = "13900007777"


@contextmanager
def within(hall: LiveHall) -> Iterator[Flask]:
    with applications.beside(hall) as app, app.app_context():
        yield app


def many(session: Session) -> None:
    """Bookings of before, each with somebody's telephone."""
    row = session.scalars(select(Booking)).one()
    values = {column.name: getattr(row, column.name) for column in Booking.__table__.c if column.name != "id"}
    for _number in range(MANY):
        session.add(Booking(**values | {"nonce": secrets.token_bytes(9), "state": "cancelled"}))


def sealed(hall: LiveHall) -> dict[int, int]:
    with within(hall):
        return units().run(lambda session: rows_sealed_by(session, [1, 2, 3]))


def cut_short(hall: LiveHall) -> dict[int, int]:
    """Kill the rotation as soon as it has sealed something; how much each key has sealed then."""
    words = (sys.executable, "-m", "flask", "--app", "wsgi", "hall", "keys", "rotate", "--settle", "0")
    with (
        within(hall),
        subprocess.Popen(
            words, cwd=ROOT, env=hall.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        while not rows_sealed_by(db.session(), [2])[2]:
            db.session.rollback()
            assert process.poll() is None, f"It was over before it could be killed: {process.communicate()}"
        process.kill()
        process.wait()
    return sealed(hall)


def phones(hall: LiveHall) -> set[str]:
    """Every telephone that bookings hold, opened."""
    with within(hall) as app:
        vault = Vault(app.config["HALL"].keys)
        rows: Any = units().run(lambda session: session.scalars(select(Booking.phone_sealed)).all())
        return {vault.open(row) for row in rows if row}


def book(hall: LiveHall, hour: int, phone: str) -> requests.Response:
    """Somebody books through the running server."""
    wish = {"kind": "assist", "starts_at": tomorrow(hour).isoformat(), "bundle": "xixian-restaurant"}
    held = requests.post(f"{hall.url}/api/v1/sites/xixian/bookings", json=wish, timeout=30)
    assert held.status_code == 201, held.text
    path = f"{hall.url}/api/v1/bookings/{held.json()['token']}/confirm"
    return requests.post(path, json={"name": "新来的人", "phone": phone}, timeout=30)


def test_I10_a_rotation_is_killed_under_a_hall_at_work_goes_on_and_its_backup_opens_everything(
    start_hall: StartHall, engine: Engine, tmp_path: Path
) -> None:
    hall = start_hall(engine=engine)
    with within(hall) as app:
        Front(app.test_client(), hall.demo).staffed("B01", "B02").booked(tomorrow(10))
        units().run(many)
    left = cut_short(hall)
    assert left[1] > 0 and left[2] > 0 and left[3] == 0, "some of both"
    assert book(hall, 14, NEW).ok, "people book meanwhile"
    again = book(hall, 15, NEW)
    assert again.json()["code"] == "already_booked", "and are found by what they said before"
    assert "went on with key 2" in hall.flask("hall", "keys", "rotate", "--settle", "0")
    assert sealed(hall)[1] == 0
    assert phones(hall) == {PHONE, NEW}
    target = tmp_path / "hall.backup"
    hall.flask("hall", "backup", str(target))
    hall.flask("hall", "keys", "rotate", "--settle", "0")
    other = start_hall(kind="bare", engine=engine)
    other.stop()
    other.flask("hall", "restore", str(target))
    assert phones(other) == {PHONE, NEW}, "the backup carries the keys of its moment"
    assert sealed(other)[3] == 0
