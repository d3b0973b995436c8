"""A kiosk's agent that prints alone, as the interface sees it, and what must be true of its papers afterwards (Q9)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hall.cutoff.models import HandedTicket
from hall.queueing.models import Ticket
from tests.printers import API

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.printers import TestPrinter

SHORT = 40
spare = itertools.count()


def paper(row: dict[str, Any], position: int, at: datetime, **more: Any) -> dict[str, Any]:
    """A paper of a range, printed at that time."""
    return {
        "key": str(uuid4()),
        "range": row["id"],
        "position": position,
        "printed_at": at.isoformat(),
        "paper": "printed",
        **more,
    }


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


class Alone:
    """The agent of one printer, with one memory."""

    def __init__(self, client: FlaskClient, printer: TestPrinter, memory: str = "") -> None:
        self.client, self.printer, self.memory = client, printer, memory or uuid4().hex
        self.kit: dict[str, Any] = {}

    def post(self, path: str, body: dict[str, Any]) -> TestResponse:
        headers = {**self.printer.headers, "Idempotency-Key": f"alone-{next(spare)}"}
        return self.client.post(
            f"{API}/devices/{self.printer.id}/{path}", json={"memory": self.memory, **body}, headers=headers
        )

    def take_kit(self, *, settled: bool = True) -> dict[str, Any]:
        answer = self.post("kit", {"settled": settled})
        assert answer.status_code == 200, answer.text
        self.kit = answer.get_json()
        return self.kit

    def ranges(self, line: str = "xixian-a", day: str | None = None) -> list[dict[str, Any]]:
        """Those of a line, of today unless another day is named."""
        days = sorted({row["day"] for row in self.kit["ranges"]})
        wanted = day or days[0]
        return [row for row in self.kit["ranges"] if (row["line"], row["day"]) == (line, wanted)]

    def hand_in(self, *papers: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.post("printed-tickets", {"papers": list(papers)})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.get_json()["papers"]
        return found


def tickets(database_url: str, *numbers: str) -> list[Ticket]:
    """The tickets with these numbers, whatever their day; all where none is named."""
    engine = create_engine(database_url)
    wanted = select(Ticket).order_by(Ticket.place, Ticket.id)
    with Session(engine) as session:
        found = list(session.scalars(wanted.where(Ticket.number.in_(numbers)) if numbers else wanted))
        session.expunge_all()
    engine.dispose()
    return found


def papers_kept(database_url: str) -> list[HandedTicket]:
    """What the hall keeps of papers, in the order of handing in."""
    engine = create_engine(database_url)
    with Session(engine) as session:
        found = list(session.scalars(select(HandedTicket).order_by(HandedTicket.id)))
        session.expunge_all()
    engine.dispose()
    return found
