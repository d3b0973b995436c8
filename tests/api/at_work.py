"""The demo hall as its kiosk, clerks, reception and manager use it, and its clock turned back where a rule waits."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from hall.catalog.models import Line, Window, WindowLine
from hall.queueing.models import Ticket
from hall.unit_of_work import units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

API = "/api/v1"
W1, W2, B_WINDOW = "xixian-01", "xixian-02", "xixian-09"
keys = itertools.count()


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, with its JSON as a dictionary."""

    status: int
    json: dict[str, Any]
    text: str
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The problem's code, empty when there is none."""
        return str(self.json.get("code", ""))


def reply(response: TestResponse) -> Reply:
    return Reply(
        response.status_code, response.get_json(silent=True) or {}, response.text, dict(response.headers)
    )


class AtWork:
    """Presses and reads, by role."""

    def __init__(self, client: FlaskClient, demo: dict[str, Any]) -> None:
        self.client, self.demo = client, demo
        self.by_user = {row["user"]: row for row in demo["staff"]}
        self.by_window = {row["window"]: row for row in demo["staff"] if row["window"]}

    def draw(self, line: str = "xixian-a", **more: Any) -> dict[str, Any]:
        """A ticket from the kiosk."""
        return self._kiosk("tickets", {"line": line, **more})

    def visit(self, *lines: str) -> list[dict[str, Any]]:
        """Several matters on one slip."""
        found: list[dict[str, Any]] = self._kiosk("visits", {"matters": [{"line": line} for line in lines]})[
            "tickets"
        ]
        return found

    def _kiosk(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.demo['kiosk']['token']}",
            "Idempotency-Key": f"work-{next(keys)}",
        }
        answer = reply(self.client.post(f"{API}/{path}", json=body, headers=headers))
        assert answer.status == 201, answer.text
        return answer.json

    def at(self, window: str, verb: str, user: str = "", /, **body: Any) -> Reply:
        """One press at a window, by its own clerk or by `user`."""
        person = self.by_user[user] if user else self.by_window[window]
        headers = {"Authorization": f"Bearer {person['token']}", "Accept-Language": "en"}
        return reply(self.client.post(f"{API}/windows/{window}/{verb}", json=body or None, headers=headers))

    def look(self, window: str) -> dict[str, Any]:
        """The window as its clerk sees it."""
        headers = {"Authorization": f"Bearer {self.by_window[window]['token']}"}
        return reply(self.client.get(f"{API}/windows/{window}", headers=headers)).json

    def staff(self, user: str, method: str, path: str, body: dict[str, Any] | None = None) -> Reply:
        """Any request by one of the staff."""
        headers = {"Authorization": f"Bearer {self.by_user[user]['token']}", "Accept-Language": "en"}
        return reply(self.client.open(f"{API}/{path}", method=method, json=body, headers=headers))

    def holder(self, ticket: dict[str, Any], verb: str, **body: Any) -> Reply:
        """The holder's own wish."""
        return reply(self.client.post(f"{API}/tickets/{ticket['token']}/{verb}", json=body))

    def read(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """The ticket as its holder reads it."""
        return reply(self.client.get(f"{API}/tickets/{ticket['token']}")).json

    def served_in_turn(self, window: str) -> list[str]:
        """Call and finish until nobody waits; the numbers in order."""
        called = []
        while (answer := self.at(window, "call-next")).status == 200:
            called.append(answer.json["number"])
            self.at(window, "finish", outcome="done")
        assert answer.status == 204, answer.text
        return called

    def serve(self, window: str, preferred: str, others: str = "") -> None:
        """Let a window serve just these lines, by their prefixes."""

        def change(session: Session) -> None:
            row = session.scalars(select(Window).where(Window.code == window)).one()
            session.execute(delete(WindowLine).where(WindowLine.window_id == row.id))
            for line in session.scalars(select(Line).where(Line.prefix.in_([*preferred, *others]))):
                session.add(WindowLine(window_id=row.id, line_id=line.id, preferred=line.prefix in preferred))

        self.change(change)

    def change(self, change: Callable[[Session], object]) -> None:
        """Change rows directly, as no clerk can."""
        with self.client.application.app_context():
            units().run(change)

    def turn_back(self, number: str, **columns: timedelta) -> None:
        """Let times of a ticket lie further back: `issued_at=timedelta(minutes=40)`."""

        def turn(session: Session) -> None:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            for name, ago in columns.items():
                setattr(ticket, name, getattr(ticket, name) - ago)

        self.change(turn)
