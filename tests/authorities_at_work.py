"""Written authorities, for tests: granted by the manager over the interface, or put straight into the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall import clock
from hall.accounts.models import Staff
from hall.catalog.models import ServiceItem
from hall.intake.models import AcceptanceAuthority

if TYPE_CHECKING:
    from tests.cases_at_work import Behind
    from tests.intake_at_work import Said

DOCUMENT = "息市监授〔2026〕1号"


def account(hall: Behind) -> str:
    """The account of the clerk who receives."""
    return str(next(row["user"] for row in hall.demo["staff"] if row["token"] == hall.clerk.token))


def grant(hall: Behind, user: str, *items: str, by: str = "manager", **said: Any) -> Said:
    """Ask for authorities, as the manager."""
    body = {"staff": user, "items": list(items), "document": DOCUMENT, "dated": "2026-01-05", **said}
    return hall.ask(by, "/authorities", body)


def granted(hall: Behind, user: str, *items: str) -> int:
    """Grant them; answers the first one's key."""
    said = grant(hall, user, *items)
    assert said.status_code == 200, said.text
    return int(said.json["granted"][0])


def revoke(hall: Behind, key: int, by: str = "manager", reason: str = "岗位调整") -> Said:
    """Ask for its end."""
    return hall.ask(by, f"/authorities/{key}/revoke", {"reason": reason})


def put(hall: Behind, user: str, item: str) -> int:
    """An authority past all rules; answers its key."""

    def write(session: Any) -> int:
        row = AcceptanceAuthority(
            staff_id=session.scalar(select(Staff.id).where(Staff.user == user)),
            item_id=session.scalar(select(ServiceItem.id).where(ServiceItem.code == item)),
            document=DOCUMENT,
            granted_at=clock.now(),
        )
        session.add(row)
        session.flush()
        return int(row.id)

    return int(hall.write(write))
