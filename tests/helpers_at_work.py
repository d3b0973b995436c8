"""The demo hall with its helpers at work, for tests of help now, of the helper's day and of the ledger."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from hall import clock
from hall.catalog.models import Line
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.records import HelpCall
from hall.helpers.slots import cell_at
from hall.sites import Site
from hall.unit_of_work import units

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

API = "/api/v1"
keys = itertools.count()


@dataclass(frozen=True, slots=True)
class Help:
    """Kiosk, phones, desk, windows, helpers and manager of a demo hall, through the interface."""

    client: FlaskClient
    demo: dict[str, Any]

    def token(self, who: str) -> str:
        """A personal token: of a user (`helper01`), else of the first with this role; the kiosk's."""
        if who == "kiosk":
            return str(self.demo["kiosk"]["token"])
        return str(next(row["token"] for row in self.demo["staff"] if who in {row["user"], row["role"]}))

    def ask(self, method: str, path: str, body: object = None, *, who: str = "") -> TestResponse:
        """One request, by the public if nobody is named."""
        headers = {"Accept-Language": "en"}
        if who:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        if method == "POST":
            headers["Idempotency-Key"] = f"help-{next(keys)}"
        return self.client.open(f"{API}{path}", method=method, json=body, headers=headers)

    def done(self, method: str, path: str, body: object = None, *, who: str = "") -> Any:
        """The same; it must work. Answers the body."""
        answer = self.ask(method, path, body, who=who)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def here(self, *users: str) -> None:
        """These helpers say that they are here; all others that they are away."""
        for row in self.demo["staff"]:
            if row["role"] == "helper":
                self.done("POST", "/helper/here", {"here": row["user"] in users}, who=row["user"])

    def draw(self, line: str = "xixian-a", **more: Any) -> dict[str, Any]:
        """A ticket from the kiosk."""
        found: dict[str, Any] = self.done("POST", "/tickets", {"line": line, **more}, who="kiosk")
        return found

    def call(self, who: str = "kiosk", **body: Any) -> dict[str, Any]:
        """A call for help."""
        found: dict[str, Any] = self.done("POST", "/help-calls", body, who=who)
        return found

    def on(self, call: dict[str, Any], verb: str, who: str = "", **body: Any) -> TestResponse:
        """One press about a call."""
        return self.ask("POST", f"/help-calls/{call['token']}/{verb}", body or None, who=who)

    def read(self, call: dict[str, Any]) -> dict[str, Any]:
        """The call as whoever called reads it."""
        found: dict[str, Any] = self.done("GET", f"/help-calls/{call['token']}")
        return found

    def floor(self) -> dict[str, Any]:
        """The floor as the manager sees it."""
        found: dict[str, Any] = self.done("GET", "/sites/xixian/floor", who="manager")
        return found

    def change(self, change: Any) -> Any:
        """Change rows directly, as nobody can."""
        with self.client.application.app_context():
            return units().run(change)

    def turn_back(self, ago: timedelta) -> None:
        """All calls were made so much earlier."""

        def turn(session: Session) -> None:
            for row in session.query(HelpCall):
                at = row.called_at - ago
                session.execute(update(HelpCall).where(HelpCall.id == row.id).values(called_at=at))

        self.change(turn)


def _today_still(now: datetime, minutes: int) -> datetime:
    """So many minutes from now, or less where the business day turns before: the booking is one of today."""
    zone = ZoneInfo("Asia/Shanghai")
    _start, end = clock.day_bounds(zone, clock.business_date(zone, now))
    return min(now + timedelta(minutes=minutes), max(now, end - timedelta(minutes=1)))


def booked(hall: Help, kind: str = "assist", minutes: int = 20) -> int:
    """A booking of today with helper01, made by the desk; its key."""
    at = _today_still(clock.now(), minutes)

    def make(session: Any) -> int:

        helper = session.scalars(select(Helper).where(Helper.badge == "B01")).one()
        line = session.scalars(select(Line).where(Line.code == "xixian-a")).one()
        site = session.scalars(select(Site)).one()
        begins = cell_at(at)
        row = Booking(
            site_id=site.id,
            nonce=b"ninebytes",
            state="confirmed",
            kind=kind,
            channel="desk",
            helper_id=helper.id,
            line_id=line.id,
            matter=f"line:{line.id}",
            starts_at=at,
            ends_at=at + timedelta(minutes=30),
            cell_from=begins,
            cell_until=begins + 6,
            because="only",
            made_at=clock.now(),
            confirmed_at=clock.now(),
            name_shown="王**",
        )
        session.add(row)
        session.flush()
        session.add_all(
            BookingCell(helper_id=helper.id, cell=cell, booking_id=row.id)
            for cell in range(begins, begins + 6)
        )
        return int(row.id)

    key: int = hall.change(make)
    return key
