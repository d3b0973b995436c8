"""Citizens sent home with a one-time notice, for tests of their coming back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from hall import tokens
from hall.intake.models import Filing
from hall.intake.review.models import OneTimeNotice
from hall.queueing.models import Ticket
from hall.unit_of_work import units
from tests.intake_at_work import Clerk, Said
from tests.results_at_work import noticed, received

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient


@dataclass
class Homecoming:
    """A demo hall with a form whose notice is out and whose ticket is finished; `code` stands on the paper."""

    client: FlaskClient
    demo: dict[str, Any]
    clerk: Clerk = field(init=False)
    number: str = field(init=False)
    code: str = field(init=False)
    first: str = field(init=False)

    def __post_init__(self) -> None:
        self.clerk = Clerk(self.client, self.demo)
        form = received(self.clerk)
        self.number = form["cases"][0]["number"]
        self.code = self.code_of(noticed(self.client.application, self.number))
        self.set_notice(answer_by=None)
        done = self.clerk.ask(f"/windows/{self.clerk.window}/finish", {"outcome": "received"})
        assert done.status_code == 200, done.text
        self.first = done.json["number"]

    def code_of(self, nonce: bytes) -> str:
        """What stands on the paper."""
        return tokens.short_code(self.client.application.config["HALL"].keys.tokens, "return", nonce)

    def come(
        self,
        code: str = "",
        *,
        who: str = "",
        lang: str = "zh",
        address: str = "127.0.0.1",
        client: FlaskClient | None = None,
    ) -> Said:
        """Enter a code at the kiosk, or as the account `who`; from a browser of its own with `client`."""
        token = self.token(who) if who else self.demo["kiosk"]["token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": uuid.uuid4().hex,
            "Accept-Language": lang,
        }
        return Said(
            (client or self.client).post(
                "/api/v1/returns",
                json={"code": code or self.code},
                headers=headers,
                environ_base={"REMOTE_ADDR": address},
            )
        )

    def token(self, user: str) -> str:
        """The token of an account."""
        return str(next(row["token"] for row in self.demo["staff"] if row["user"] == user))

    def write(self, body: Callable[[Any], Any]) -> Any:
        """Run something in a write transaction, past all rules."""
        with self.client.application.app_context():
            return units().run(body)

    def ticket(self, number: str) -> Ticket:
        """The newest ticket with this number."""
        wanted = select(Ticket).where(Ticket.number == number).order_by(Ticket.id.desc()).limit(1)
        found: Ticket = self.write(lambda session: session.scalars(wanted).one())
        return found

    def waiting(self) -> int:
        """How many wait."""
        return int(
            self.write(
                lambda s: s.scalar(select(func.count()).select_from(Ticket).where(Ticket.state == "waiting"))
            )
        )

    def visits(self) -> int:
        """The visits that the form has had."""
        return int(self.write(lambda session: session.scalars(select(Filing.visits)).one()))

    def set_notice(self, **values: Any) -> None:
        """Change the notice past all rules."""
        self.write(lambda session: session.execute(update(OneTimeNotice).values(**values)))
