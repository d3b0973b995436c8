"""A reception with free quarter hours of a head, for tests of what citizens bring."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.rota_at_work import FIRST, LAST, Mondays

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PHONE = "13800004321"
PUBLISHED = datetime(2026, 3, 21, 1, 0, tzinfo=UTC)  # the list of the 23rd is out
BEFORE = datetime(2026, 3, 23, 0, 30, tzinfo=UTC)  # 08:30 of the day itself; sessions run from 09:00 to 11:30
DAY = "2026-03-23"
keys = itertools.count()


@dataclass
class Reception:
    """Two departments receive on Monday 23 March; citizens book them."""

    client: FlaskClient
    demo: dict[str, Any]
    mondays: Mondays = field(init=False)
    session: int = 0
    bodies: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mondays = Mondays(self.client, self.demo)
        self.mondays.term(FIRST, LAST)
        for number, seat in enumerate(self.mondays.seats(DAY)):
            self.mondays.sign(seat, number)
        turns = self.mondays.published(DAY)
        self.bodies = {number: turns[DAY, number]["body"] for number in range(2)}
        (row,) = self.mondays.sessions(DAY, DAY)
        self.session = row["session"]

    def ask(self, method: str, path: str, body: object = None, who: str = "") -> TestResponse:
        """One request: of a citizen, or of somebody with an account."""
        headers = {"Idempotency-Key": f"matter-{next(keys)}"} if method == "POST" else {}
        if who:
            headers["Authorization"] = f"Bearer {self.mondays.tokens[who]}"
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    def must(self, method: str, path: str, body: object = None, who: str = "") -> dict[str, Any]:
        """The same, and it must go well."""
        said = self.ask(method, path, body, who)
        assert said.status_code in {200, 201}, said.text
        found: dict[str, Any] = said.get_json()
        return found

    def code(self, path: str, body: object = None, who: str = "") -> str:
        """Why it was refused."""
        said = self.ask("POST", path, body, who)
        assert said.status_code in {403, 404, 409, 422}, said.text
        return str(said.get_json()["code"])

    def wish(self, at: str = "09:00", number: int = 0, **values: Any) -> dict[str, Any]:
        """The body of a booking: a quarter hour of the first head."""
        return {
            "session": self.session,
            "body": self.bodies[number],
            "starts_at": f"{DAY}T{at}:00+08:00",
            "name": "欧阳小明",
            "phone": PHONE,
            "asked": "宅基地确权三年没有结果",
            **values,
        }

    def book(self, **values: Any) -> dict[str, Any]:
        """Book."""
        return self.must("POST", "/sites/xixian/receptions/bookings", self.wish(**values))

    def free(self, number: int = 0) -> list[str]:
        """Free times of a head."""
        found = self.must("GET", "/sites/xixian/receptions/times")["offers"]
        return next(
            ([at[11:16] for at in one["free"]] for one in found if one["body"] == self.bodies[number]), []
        )
