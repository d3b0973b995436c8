"""Two more halls beside the demo's: a township's without receptions, and a bank's with two of them on one day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hall import clock
from hall.catalog.models import Window
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.rules import quarter
from hall.sites import Site
from hall.unit_of_work import units

if TYPE_CHECKING:
    from flask import Flask

NONE, TWO = "tangshi", "baoxin"
NAMES = {NONE: "汤实镇便民服务中心", TWO: "包信镇便民服务中心"}
RECEPTIONS = (
    ("directors", "镇长接待日", "包信镇政府", "邢镇长"),
    ("banks", "行长周一见", "包信农商行", "雷行长"),
)


def add_halls(app: Flask, day: date) -> dict[str, int]:
    """Make them, with both lists of `day` published; answers the key of each reception's session."""
    with app.app_context():
        made: dict[str, int] = units().run(lambda session: _add(session, day))
    return made


def _add(session: Any, day: date) -> dict[str, int]:
    halls = {code: Site(code=code, name=name) for code, name in NAMES.items()}
    session.add_all(halls.values())
    session.flush()
    return {
        code: _reception(session, halls[TWO], number, day, RECEPTIONS[number - 1])
        for number, (code, *_names) in enumerate(RECEPTIONS, 1)
    }


def _reception(session: Any, site: Site, number: int, day: date, names: tuple[str, str, str, str]) -> int:
    code, name, body_name, head = names
    window = Window(
        site_id=site.id, code=f"{site.code}-{number:02d}", number=number, name=f"镇{number}号窗口"
    )
    rota = Rota(site_id=site.id, code=code, name=name)
    session.add_all([window, rota])
    session.flush()
    body = RotaBody(rota_id=rota.id, name=body_name)
    row = RotaSession(
        rota_id=rota.id,
        state="published",
        due_on=day,
        held_on=day,
        signup_until=day - timedelta(days=8),
        publish_on=day - timedelta(days=3),
        published_at=clock.now(),
        am_starts="09:00",
        am_ends="11:30",
        pm_starts="",
        pm_ends="",
    )
    session.add_all([body, row])
    session.flush()
    person = RotaPerson(body_id=body.id, name=head, title="负责人", post="head")
    seat = Seat(session_id=row.id, window_id=window.id, part="am")
    session.add_all([person, seat])
    session.flush()
    duty = Duty(
        seat_id=seat.id,
        session_id=row.id,
        body_id=body.id,
        person_id=person.id,
        state="confirmed",
        basis="signed",
        quarter=quarter(day),
        matters=f"{body_name}的事项",
        made_at=clock.now(),
    )
    session.add(duty)
    session.flush()
    key: int = row.id
    return key
