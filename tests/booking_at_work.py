"""A demo hall in which helpers can be booked at any hour: for tests of bookings."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.helpers.models import Booking, Helper, HelperDay, HelperWeek
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

API = "/api/v1"
ZONE = ZoneInfo("Asia/Shanghai")
keys = itertools.count()
PHONE = "13800138000"
BUNDLE = "xixian-company-start"


def all_day(work: Work, badges: tuple[str, ...]) -> None:
    """These helpers are there round the clock, nobody else is."""
    work.session.execute(delete(HelperWeek))
    work.session.execute(delete(HelperDay))
    for helper in work.session.scalars(select(Helper).where(Helper.badge.in_(badges))):
        work.session.add_all(
            HelperWeek(helper_id=helper.id, weekday=weekday, starts="00:00", ends="24:00")
            for weekday in range(7)
        )


@dataclass(frozen=True, slots=True)
class Front:
    """The public, the kiosk and the desk of a demo hall, through the interface."""

    client: FlaskClient
    demo: dict[str, Any]

    def staffed(self, *badges: str) -> Front:
        """Only these helpers are there, round the clock."""
        with self.client.application.app_context():
            perform(SYSTEM_ACTOR, all_day, badges)
        return self

    @property
    def site(self) -> str:
        """Its code."""
        return str(self.demo["site"])

    def token(self, role: str) -> str:
        """A personal token of somebody with this role."""
        return str(next(row["token"] for row in self.demo["staff"] if row["role"] == role))

    def ask(
        self, method: str, path: str, body: object = None, *, who: str = "", lang: str = "en"
    ) -> TestResponse:
        """One request, by a stranger if no token is given."""
        headers = {"Accept-Language": lang}
        if who:
            headers["Authorization"] = f"Bearer {who}"
        if method == "POST":
            headers["Idempotency-Key"] = f"front-{next(keys)}"
        return self.client.open(f"{API}{path}", method=method, json=body, headers=headers)

    def hold(self, at: datetime, *, who: str = "", **more: Any) -> TestResponse:
        """Ask for a time."""
        body = {"kind": "assist", "starts_at": at.isoformat(), **more}
        if not {"item", "bundle", "line"} & set(more):
            body["bundle"] = BUNDLE
        return self.ask("POST", f"/sites/{self.site}/bookings", body, who=who)

    def held(self, at: datetime, **more: Any) -> dict[str, Any]:
        """A time that is held."""
        answer = self.hold(at, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def confirm(self, token: str, *, who: str = "", **more: Any) -> TestResponse:
        """Book what is held."""
        body = {"name": "王小明", "phone": PHONE, **more}
        return self.ask("POST", f"/bookings/{token}/confirm", body, who=who)

    def booked(
        self, at: datetime, *, who: str = "", phone: str = PHONE, id_number: str = "", **more: Any
    ) -> dict[str, Any]:
        """A confirmed booking."""
        held = self.held(at, who=who, **more)
        answer = self.confirm(held["token"], who=who, phone=phone, id_number=id_number)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def alter(self, token: str, **values: Any) -> None:
        """Change a booking's row: what only time does."""
        from hall.helpers.api import nonce_of  # noqa: PLC0415 - needs an application

        def body(work: Work, nonce: bytes | None) -> None:
            row = work.session.scalars(select(Booking).where(Booking.nonce == nonce)).one()
            for name, value in values.items():
                setattr(row, name, value)

        with self.client.application.app_context():
            perform(SYSTEM_ACTOR, body, nonce_of(token))


def tomorrow(hour: int = 10, minute: int = 0, *, days: int = 1) -> datetime:
    """A local time on a day to come."""
    local = clock.now().astimezone(ZONE) + timedelta(days=days)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0)
