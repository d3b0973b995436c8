"""A reception of its own in a served hall: days that do not depend on the date of the run, heads with accounts."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from hall import clock
from tests.browser.stored import change

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

ZONE = ZoneInfo("Asia/Shanghai")
CODE = "trial"
WINDOWS = ("xixian-05", "xixian-06")
AHEAD = (14, 21)
"""Days from today of its two sessions."""


@dataclass
class Receptions:
    """Two departments with a director's account each, the first with a liaison's; two days with two seats."""

    hall: LiveHall
    days: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        places = [{"window": window, "part": "am"} for window in WINDOWS]
        self.ask(
            "PUT", f"/sites/xixian/rotas/{CODE}", {"name": "试行接待", "name_en": "Trial", "places": places}
        )
        self._body("第一局", "director01", "liaison01")
        self._body("第二局", "director02", "")
        self._days()

    def _body(self, name: str, head: str, liaison: str) -> None:
        people = [
            {"name": f"{name}局长", "post": "head", "title": "局长", "user": head},
            {"name": f"{name}副局长", "post": "deputy", "title": "副局长"},
        ]
        if liaison:
            people.append({"name": f"{name}联络员", "post": "liaison", "user": liaison})
        self.ask("POST", f"/sites/xixian/rotas/{CODE}/bodies", {"name": name, "people": people})

    def _days(self) -> None:
        today = clock.business_date(ZONE, datetime.now(ZONE))
        self.days = [today + timedelta(days=days) for days in AHEAD]
        for day in self.days:
            told = {"day": day, "until": today + timedelta(days=2), "publish": today + timedelta(days=5)}
            self.sql(
                "INSERT INTO rota_session"
                " (rota_id, state, due_on, held_on, why, signup_until, publish_on, am_starts, am_ends, pm_starts,"
                " pm_ends, cancelled_because, revision)"
                " SELECT id, 'open', :day, :day, '', :until, :publish, am_starts, am_ends, pm_starts, pm_ends, '', 1"
                " FROM rota WHERE code = :code",
                **told,
            )
            self.sql(
                "INSERT INTO rota_seat (session_id, window_id, part)"
                " SELECT s.id, p.window_id, p.part FROM rota_session s JOIN rota_place p ON p.rota_id = s.rota_id"
                " JOIN rota r ON r.id = s.rota_id WHERE r.code = :code AND s.held_on = :day",
                day=day,
            )

    def sql(self, statement: str, **values: Any) -> None:
        """One statement beside the server."""
        change(self.hall, statement, **{"code": CODE, **values})

    def ask(self, method: str, path: str, body: object = None, user: str = "manager") -> Any:
        """One request of somebody, which must go well."""
        token = next(row["token"] for row in self.hall.demo["staff"] if row["user"] == user)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = Request(self.hall.url + "/api/v1" + path, data, headers, method=method)  # noqa: S310 - the loopback
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read() or b"{}")

    def sessions(self) -> list[dict[str, Any]]:
        """The two days as the interface tells them."""
        first, last = self.days[0], self.days[-1]
        path = f"/sites/xixian/rotas/{CODE}/sessions?from={first}&to={last}"
        found: list[dict[str, Any]] = self.ask("GET", path)["sessions"]
        return found

    def sign(self, day: int, seat: int, user: str) -> None:
        """A director takes a seat."""
        people = self.ask("GET", f"/sites/xixian/rotas/{CODE}/people", user=user)["people"]
        head = next(one["person"] for one in people if one["mine"] and one["post"] == "head")
        key = self.sessions()[day]["seats"][seat]["seat"]
        self.ask("POST", f"/seats/{key}/sign-up", {"person": head}, user)

    def publish(self) -> None:
        """Sign-up is over; both lists are public."""
        today = clock.business_date(ZONE, datetime.now(ZONE))
        self.sql(
            "UPDATE rota_session SET signup_until = :day"
            " WHERE rota_id = (SELECT id FROM rota WHERE code = :code)",
            day=today - timedelta(days=1),
        )
        for session in self.sessions():
            self.ask("POST", f"/rota-sessions/{session['session']}/publish")

    def page(self, open_page: OpenPage, user: str, surface: str = "phone", **options: Any) -> Page:
        """Somebody's page, signed in and live."""
        person = next(row for row in self.hall.demo["staff"] if row["user"] == user)
        page = open_page(surface, hall=self.hall, **options)
        page.goto("/sign-in")
        page.fill("[name=user]", person["user"])
        page.fill("[name=password]", person["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address)
        page.goto(f"/mondays?rota={CODE}")
        expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
        return page
