"""A reception in the demo hall, for tests: departments with heads, deputies and liaisons, through the interface."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff, StaffToken
from hall.catalog.models import Window
from hall.clock import now
from hall.rota.demo import CODE as DEMO_CODE
from hall.rota.hours import all_hours, set_part
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaPlace, RotaSession, Seat
from hall.rota.rules import quarter
from hall.sites import Site
from hall.unit_of_work import units
from tests.cases_at_work import at

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

API, CODE = "/api/v1", "directors"
EARLY = datetime(
    2026, 2, 27, 1, 0, tzinfo=UTC
)  # a Friday morning in the hall; Mondays in March are working days
FIRST, LAST = "2026-03-09", "2026-03-31"
WINDOWS = ("xixian-05", "xixian-06")
keys = itertools.count()


@dataclass(frozen=True)
class Today:
    """The demo's session of today: its turns by window and part (`xixian-05`, `am`), and the rota's code."""

    session: int
    day: date
    duties: dict[tuple[str, str], int]
    code: str = DEMO_CODE


def published_today(app: Flask, *, all_day: bool = True) -> Today:
    """Make a published session for today in the demo's Mondays: director01 at window 5, director02 at window 6, both in
    the morning, a third department at window 5 in the afternoon.

    `all_day`: the morning lasts from 00:00 to 23:59, so that a test can be on time whenever it runs.
    """
    with app.app_context():
        made: Today = units().run(lambda session: _today(session, all_day=all_day))
    return made


def _today(session: Any, *, all_day: bool) -> Today:
    site = session.scalar(select(Site).where(Site.code == "xixian"))
    rota = session.scalar(select(Rota).where(Rota.site_id == site.id, Rota.code == DEMO_CODE))
    day = clock.business_date(site.zone, now())
    mine = select(RotaSession).where(RotaSession.rota_id == rota.id)
    row = session.scalar(mine.where(RotaSession.held_on == day)) or session.scalar(
        mine.where(RotaSession.due_on == day)
    )
    if row is None:
        row = RotaSession(rota_id=rota.id, due_on=day, state="draft", **all_hours(rota))
        session.add(row)
    hours = {"am": ("00:00", "23:59"), "pm": ("00:00", "23:59")} if all_day else {}
    publish_again(session, row, day, hours)
    return Today(row.id, day, _turns_of(session, rota, row))


def publish_again(session: Any, row: RotaSession, day: date, hours: dict[str, tuple[str, str]]) -> None:
    """Publish a session for a day, with hours that a test needs; what is public stays, so it is not at first."""
    row.state, row.published_at = "draft", None
    session.flush()
    for part, times in hours.items():
        set_part(row, part, times)
    row.state, row.held_on, row.published_at = "published", day, now()
    row.signup_until = row.publish_on = day - timedelta(days=4)
    session.flush()


def _turns_of(session: Any, rota: Rota, row: RotaSession) -> dict[tuple[str, str], int]:
    heads = session.scalars(
        select(RotaPerson)
        .join(RotaBody, RotaBody.id == RotaPerson.body_id)
        .where(RotaBody.rota_id == rota.id, RotaPerson.post == "head")
        .order_by(RotaPerson.id)
    ).all()
    places = session.execute(
        select(RotaPlace.part, Window.id, Window.code)
        .join(Window, Window.id == RotaPlace.window_id)
        .where(RotaPlace.rota_id == rota.id)
        .order_by(RotaPlace.part, Window.number)
    ).all()
    found = {}
    for head, (part, window_id, window) in zip(heads, places, strict=False):
        seat = session.scalar(
            select(Seat).where(Seat.session_id == row.id, Seat.window_id == window_id, Seat.part == part)
        ) or Seat(session_id=row.id, window_id=window_id, part=part)
        session.add(seat)
        session.flush()
        duty = session.scalar(select(Duty).where(Duty.seat_id == seat.id, Duty.state == "confirmed"))
        if duty is None:
            duty = Duty(
                seat_id=seat.id,
                session_id=row.id,
                body_id=head.body_id,
                person_id=head.id,
                state="confirmed",
                basis="signed",
                quarter=quarter(row.held_on or row.due_on),
                matters="企业登记",
                made_at=now(),
            )
            session.add(duty)
            session.flush()
        found[(window, part)] = duty.id
    return found


@dataclass
class Mondays:
    """Directors' Mondays with `count` departments, each with a head (who has an account), a deputy and a liaison."""

    client: FlaskClient
    demo: dict[str, Any]
    count: int = 4
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens["manager"] = next(row["token"] for row in self.demo["staff"] if row["role"] == "manager")
        self._accounts()
        self.must("PUT", f"/sites/xixian/rotas/{CODE}", self.rota())
        for number in range(self.count):
            self.must("POST", f"/sites/xixian/rotas/{CODE}/bodies", self.body(number))

    def _accounts(self) -> None:
        def add(session: Any) -> None:
            site = session.scalar(select(Site).where(Site.code == "xixian"))
            for number in range(self.count):
                for post in ("head", "liaison"):
                    user, token = f"{post}{number}", secrets.token_urlsafe(24)
                    person = Staff(
                        site_id=site.id,
                        user=user,
                        name=f"{post} {number}",
                        role="director",
                        password_hash="none",
                        session_nonce=tokens.new_nonce(),
                    )
                    session.add(person)
                    session.flush()
                    session.add(
                        StaffToken(staff_id=person.id, name="", digest=tokens.digest(token), made_at=now())
                    )
                    self.tokens[user] = token

        with self.client.application.app_context():
            units().run(add)

    def rota(self, **values: Any) -> dict[str, Any]:
        """The reception as it is set up; `values` change it."""
        places = [{"window": window, "part": "am"} for window in WINDOWS]
        return {"name": "局长周一见", "name_en": "Director Mondays", "places": places, **values}

    def body(self, number: int) -> dict[str, Any]:
        """A department with its people."""
        return {
            "name": f"第{number}局",
            "people": [
                {"name": f"局长{number}", "post": "head", "title": "局长", "user": f"head{number}"},
                {"name": f"副局长{number}", "post": "deputy", "title": "副局长"},
                {"name": f"联络员{number}", "post": "liaison", "user": f"liaison{number}"},
            ],
        }

    def ask(self, method: str, path: str, body: object = None, who: str = "manager") -> TestResponse:
        """One request of somebody."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        if method == "POST":
            headers["Idempotency-Key"] = f"rota-{next(keys)}"
        return self.client.open(f"{API}{path}", method=method, json=body, headers=headers)

    def must(self, method: str, path: str, body: object = None, who: str = "manager") -> Any:
        """The same, and it must go well."""
        said = self.ask(method, path, body, who)
        assert said.status_code == 200, said.text
        return said.get_json()

    def code(self, path: str, body: object = None, who: str = "manager") -> str:
        """Why it was refused."""
        said = self.ask("POST", path, body, who)
        assert said.status_code in {403, 404, 409, 422}, said.text
        return str(said.get_json()["code"])

    def term(self, first: str, last: str) -> dict[str, Any]:
        """Generate."""
        made: dict[str, Any] = self.must(
            "POST", f"/sites/xixian/rotas/{CODE}/term", {"first": first, "last": last}
        )
        return made

    def sessions(self, first: str, last: str, who: str = "manager") -> list[dict[str, Any]]:
        """The sessions of these days."""
        path = f"/sites/xixian/rotas/{CODE}/sessions?from={first}&to={last}"
        found: list[dict[str, Any]] = self.must("GET", path, who=who)["sessions"]
        return found

    def people(self) -> dict[str, int]:
        """Keys of everybody on the list, by name."""
        path = f"/sites/xixian/rotas/{CODE}/people"
        return {row["name"]: row["person"] for row in self.must("GET", path)["people"]}

    def sign(self, seat: int, number: int, who: str = "") -> dict[str, Any]:
        """A head signs up for a seat."""
        body = {"person": self.people()[f"局长{number}"]}
        done: dict[str, Any] = self.must("POST", f"/seats/{seat}/sign-up", body, who or f"head{number}")
        return done

    def seats(self, day: str) -> list[int]:
        """Keys of the seats of one day."""
        (session,) = self.sessions(day, day)
        return [seat["seat"] for seat in session["seats"]]

    def published(self, *days: str) -> dict[tuple[str, int], dict[str, Any]]:
        """Publish these days of March; answers turns by day and order of the seat."""
        for day in days:
            (session,) = self.sessions(day, day)
            with at(datetime(2026, 3, 21, 1, 0, tzinfo=UTC)):
                self.must("POST", f"/rota-sessions/{session['session']}/publish")
        return {
            (day, number): seat["sitting"]
            for day in days
            for number, seat in enumerate(self.sessions(day, day)[0]["seats"])
            if seat["sitting"]
        }

    def standing(self, quarter: str) -> dict[str, dict[str, Any]]:
        """How each department stands."""
        found = self.must("GET", f"/sites/xixian/rotas/{CODE}/standings?quarter={quarter}")
        return {row["name"]: row for row in found["standings"]}
