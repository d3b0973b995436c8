"""The demo hall with somebody at its reception desk, for tests of the desk."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from hall.actor import SYSTEM_ACTOR
from hall.queueing.models import Ticket
from hall.sites import Site
from hall.unit_of_work import Work, perform, units

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

API = "/api/v1"
keys = itertools.count()


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk, the kiosk and the clerks of a demo hall, through the interface."""

    client: FlaskClient
    demo: dict[str, Any]

    def token(self, role: str, window: str | None = None) -> str:
        """A personal token of somebody with this role."""
        people = self.demo["staff"]
        return str(
            next(row for row in people if row["role"] == role and window in {None, row["window"]})["token"]
        )

    def ask(
        self, method: str, path: str, body: object = None, *, who: str = "", key: str = ""
    ) -> TestResponse:
        """One request, by the desk if no other token is given."""
        headers = {"Authorization": f"Bearer {who or self.token('reception')}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or f"desk-{next(keys)}"
        return self.client.open(f"{API}{path}", method=method, json=body, headers=headers)

    def draw(self, line: str = "xixian-a", **more: Any) -> dict[str, Any]:
        """A ticket drawn at the desk."""
        answer = self.ask("POST", "/tickets", {"line": line, **more})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def find(self, number: str) -> dict[str, Any]:
        """A ticket as the desk sees it."""
        answer = self.ask("GET", f"/desk/tickets/{number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def do(self, number: str, verb: str, **body: Any) -> TestResponse:
        """One press at the desk."""
        return self.ask("POST", f"/desk/tickets/{number}/{verb}", body or None)

    def why(self, asked: str, other: str) -> dict[str, Any]:
        """Why was `other` first?"""
        answer = self.ask("POST", "/desk/compare", {"asked": asked, "other": other})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def at(self, window: str, verb: str, **body: Any) -> dict[str, Any]:
        """One press at a window."""
        clerk = next(row for row in self.demo["staff"] if row["window"] == window)
        answer = self.ask("POST", f"/windows/{window}/{verb}", body or None, who=clerk["token"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def settle(self, **settings: Any) -> None:
        """Change settings of the site."""

        def change(work: Work, _command: None) -> None:
            site = work.session.scalars(select(Site)).one()
            site.settings_json = replace(site.settings, **settings).dump()

        with self.client.application.app_context():
            perform(SYSTEM_ACTOR, change, None)

    def alter(self, which: str, **values: Any) -> None:
        """What time would have done to a ticket."""
        with self.client.application.app_context():
            units().run(
                lambda session: session.execute(update(Ticket).where(Ticket.number == which).values(**values))
            )

    def ticket(self, number: str) -> Ticket:
        """The row of a ticket."""
        with self.client.application.app_context():
            found: Ticket = units().run(
                lambda session: session.scalars(select(Ticket).where(Ticket.number == number)).one()
            )
        return found

    def passed(self, number: str, window: str = "xixian-01") -> None:
        """The first in line is called, and nobody comes."""
        self.settle(max_calls=1)
        assert self.at(window, "call-next")["number"] == number
        self.at(window, "pass")

    def incomplete(self, number: str, window: str = "xixian-01") -> None:
        """The first in line is sent away because papers are missing."""
        assert self.at(window, "call-next")["number"] == number
        self.at(window, "start")
        self.at(window, "finish", outcome="incomplete")
