"""The key of search rotates, killed on the way, while people draw and book: nobody has two places, all are found."""

from __future__ import annotations

import itertools
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import requests
from sqlalchemy import func, select

from hall.applicants import retracing
from hall.applicants.vault import Vault
from hall.database import db
from hall.helpers.models import Booking
from hall.queueing.models import Claim
from hall.unit_of_work import units
from tests import applications
from tests.booking_at_work import PHONE, Front, tomorrow
from tests.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session

    from tests.conftest import StartHall
    from tests.servers import Engine, LiveHall

MANY, PEOPLE = 400, 4
ROTATE = ("hall", "keys", "rotate", "--settle", "1")


@contextmanager
def within(hall: LiveHall) -> Iterator[Flask]:
    with applications.beside(hall) as app, app.app_context():
        yield app


def many(session: Session, vault: Vault) -> None:
    """Bookings of before, each of somebody else."""
    row = session.scalars(select(Booking)).one()
    kept = {column.name: getattr(row, column.name) for column in Booking.__table__.c if column.name != "id"}
    for number in range(MANY):
        phone = f"139{number:08d}"
        own = {
            "phone_trace": vault.phone_trace(phone),
            "phone_sealed": vault.seal(phone),
            "state": "cancelled",
        }
        session.add(Booking(**kept | own | {"nonce": secrets.token_bytes(9)}))


class People:
    """The same few people draw and book again and again, several at a time."""

    def __init__(self, hall: LiveHall) -> None:
        self.hall, self.said = hall, Counter[tuple[str, str]]()
        self.over, self.problems = threading.Event(), list[BaseException]()
        self.keys = itertools.count()
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(3)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        assert not self.problems, self.problems

    def _run(self, number: int) -> None:
        try:
            while not self.over.wait(0.1):
                for person in range(PEOPLE):
                    self.draw(f"1370000000{person}")
                if number == 0:
                    self.book(PHONE)
        except BaseException as problem:  # noqa: BLE001 - told by the one who waits
            self.problems.append(problem)

    def draw(self, phone: str) -> None:
        body = {"line": "xixian-a", "person": {"phone": phone}}
        self._tell("draws", phone, self._post("/tickets", body, str(self.hall.demo["kiosk"]["token"])))

    def book(self, phone: str) -> None:
        desk = next(row["token"] for row in self.hall.demo["staff"] if row["role"] == "reception")
        wish = {"kind": "assist", "starts_at": tomorrow(15).isoformat(), "bundle": "xixian-company-start"}
        held = self._post("/sites/xixian/bookings", wish, desk)
        if held.status_code == 201:
            path = f"/bookings/{held.json()['token']}"
            self._tell(
                "books", phone, self._post(f"{path}/confirm", {"name": "王小明", "phone": phone}, desk)
            )
            self._post(f"{path}/cancel", {}, desk)

    def _tell(self, what: str, who: str, answer: requests.Response) -> None:
        assert answer.status_code < 500, answer.text
        if answer.ok:
            self.said[what, who] += 1

    def _post(self, path: str, body: object, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"people-{next(self.keys)}"}
        return requests.post(f"{self.hall.url}/api/v1{path}", json=body, headers=headers, timeout=60)


def cut_short(hall: LiveHall) -> None:
    """Kill the rotation as soon as it has hashed something anew."""
    words = (sys.executable, "-m", "flask", "--app", "wsgi", *ROTATE)
    (column,) = (one for one in retracing.retraced_columns() if str(one) == "booking.phone_trace")
    begun = select(Booking.id).where(retracing.hashed_by(column, 2)).limit(1)
    with (
        within(hall),
        subprocess.Popen(
            words, cwd=ROOT, env=hall.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        while not db.session.scalar(begun):
            db.session.rollback()
            time.sleep(0.05)
            assert process.poll() is None, f"It was over before it could be killed: {process.communicate()}"
        process.kill()
        process.communicate()


def test_I10_the_search_key_changes_under_a_hall_at_work_and_nobody_has_two_places(
    start_hall: StartHall, engine: Engine
) -> None:
    hall = start_hall(engine=engine)
    with within(hall) as app:
        Front(app.test_client(), hall.demo).staffed("B01", "B02", "B03").booked(tomorrow(10))
        units().run(lambda session: many(session, Vault(app.config["HALL"].keys)))
    with People(hall) as people:
        cut_short(hall)
        said = hall.flask(*ROTATE, timeout=280)
        assert "it went on with key 2" in said, said
    with within(hall):
        still = units().run(lambda session: retracing.left(session, 1))
        waiting = units().run(lambda session: session.scalar(select(func.count()).select_from(Claim)))
        live = units().run(
            lambda session: session.scalar(select(func.count()).where(Booking.state == "confirmed"))
        )
    assert not any(column.startswith("booking.") for column in still), f"Not hashed anew: {still}"
    assert {who: people.said["draws", who] for who in (f"1370000000{one}" for one in range(PEOPLE))} == {
        f"1370000000{one}": 1 for one in range(PEOPLE)
    }, "Q8 broke: while the key changed somebody drew twice in one line, or not at all."
    assert waiting == PEOPLE
    assert people.said["books", PHONE] == 0 and live == 1, "H3 broke: a second booking for one person."
