"""Cases behind the window, for tests of review: received ones, and the people of their department."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, text

from hall import clock
from hall.accounts.access import actor_of_token
from hall.catalog.models import ServiceItem, SpecialProcedure
from hall.database import db
from hall.intake.models import Case
from hall.unit_of_work import perform, units
from tests.intake_at_work import Clerk, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

ITEM = "411528-SCJG-001"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in the hall; no holiday for four weeks


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The hall's clock shows this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: moment)
        yield


@dataclass
class Behind:
    """A demo hall whose clerk receives cases of one item, and the three people of its department."""

    client: FlaskClient
    demo: dict[str, Any]
    clerk: Clerk = field(init=False)
    serving: bool = False

    def __post_init__(self) -> None:
        self.clerk = Clerk(self.client, self.demo)
        self.tokens = {row["user"]: row["token"] for row in self.demo["staff"]}

    def set_item(self, **values: Any) -> None:
        """Change the item that cases are received of."""

        def change(session: Any) -> None:
            item = session.scalar(select(ServiceItem).where(ServiceItem.code == ITEM))
            for name, value in values.items():
                setattr(item, name, value)

        self.write(change)

    def add_procedure(self, name: str = "听证", days: int = 10) -> None:
        """Let the item name this special procedure, and no other."""

        def add(session: Any) -> None:
            item = session.scalar(select(ServiceItem).where(ServiceItem.code == ITEM))
            session.execute(delete(SpecialProcedure).where(SpecialProcedure.item_id == item.id))
            session.add(
                SpecialProcedure(item_id=item.id, name=name, basis="《行政许可法》", planned_days=days)
            )

        self.write(add)

    def received(self, papers: dict[str, str] | None = None, **matter: str) -> dict[str, Any]:
        """A case as its form shows it. `papers`: what to say of papers, `deferrable` or `firm`; the rest is present."""
        matter = matter or {"item": ITEM}
        if not self.serving:
            self.clerk.serve(**matter)
            self.serving = True
        form = self.clerk.open(**matter)
        states, said = [], dict(papers or {})
        for row in form["papers"]:
            kind = "deferrable" if row["deferrable"] else "firm"
            states.append({"id": row["id"], "state": said.pop(kind, "present")})
        form = self.clerk.filled(form)
        form = self.clerk.receive(self.clerk.save(form, papers=states))
        return {
            **form["cases"][0],
            "form": form["token"],
            "papers": form["papers"],
            "cases": form["cases"],
        }

    def act(self, user: str, action: Callable[..., Any], command: Any) -> Any:
        """Perform an action as this account."""
        with self.client.application.app_context():
            actor = actor_of_token(db.session(), self.tokens[user])
            assert actor is not None
            return perform(actor, action, command)

    def ask(
        self, user: str, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> Said:
        """POST to the interface as this account."""
        headers = {
            "Authorization": f"Bearer {self.tokens[user]}",
            "Idempotency-Key": key or uuid.uuid4().hex,
        }
        return Said(self.client.post(f"/api/v1{path}", json=body or {}, headers=headers))

    def look(self, user: str, path: str) -> Said:
        """GET from the interface as this account."""
        return Said(
            self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.tokens[user]}"})
        )

    def write(self, body: Callable[[Any], Any]) -> Any:
        """Run something in a write transaction, past all rules."""
        with self.client.application.app_context():
            return units().run(body)

    def case(self, number: str) -> Case:
        """The case with this number, as it is stored."""
        found: Case = self.write(lambda session: session.scalar(select(Case).where(Case.number == number)))
        return found

    def run(self, job: Callable[..., Any]) -> Any:
        """Run a job once, as the server does."""
        from hall.actor import SYSTEM_ACTOR  # noqa: PLC0415

        with self.client.application.app_context():
            return perform(SYSTEM_ACTOR, job, None)

    def sql(self, statement: str, **values: Any) -> None:
        """Say something to the database itself."""
        self.write(lambda session: session.execute(text(statement), values))
