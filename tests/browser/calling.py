"""Tickets and calls over the interface of a served hall, for tests that look at its screens and phones."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from tests.servers import LiveHall


@dataclass(frozen=True, slots=True)
class Staffed:
    """A served demo hall with its kiosk and its clerks at work."""

    hall: LiveHall

    def draw(self, line: str = "xixian-a", **more: Any) -> dict[str, Any]:
        """A ticket from the kiosk."""
        return self._post("/api/v1/tickets", self.hall.demo["kiosk"]["token"], {"line": line, **more})

    def at(self, window: str, verb: str, **body: Any) -> dict[str, Any]:
        """One press at a window."""
        clerk = next(row for row in self.hall.demo["staff"] if row["window"] == window)
        return self._post(f"/api/v1/windows/{window}/{verb}", clerk["token"], body)

    def call(self, window: str) -> str:
        """Open the window and call its next; the number called."""
        self.at(window, "open")
        return str(self.at(window, "call-next")["number"])

    def here(self, *users: str) -> None:
        """These helpers say that they are here, all others that they are away."""
        for row in self.hall.demo["staff"]:
            if row["role"] == "helper":
                self._post("/api/v1/helper/here", row["token"], {"here": row["user"] in users})

    def as_helper(
        self, user: str, verb: str, token: str, of: str = "help-calls", **body: Any
    ) -> dict[str, Any]:
        """One press of a helper about a call for help, or a line of the ledger."""
        return self._post(f"/api/v1/{of}/{token}/{verb}", self._token(user), body)

    def ringing(self, user: str) -> str:
        """The token of the call that this helper hears."""
        headers = {"Authorization": f"Bearer {self._token(user)}"}
        with urlopen(Request(self.hall.url + "/api/v1/helper", headers=headers), timeout=30) as answer:  # noqa: S310
            return str(json.loads(answer.read())["calls"][0]["token"])

    def _token(self, user: str) -> str:
        return str(next(row["token"] for row in self.hall.demo["staff"] if row["user"] == user))

    def _post(self, path: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        request = Request(self.hall.url + path, json.dumps(body).encode(), headers)  # noqa: S310 - the loopback
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found
