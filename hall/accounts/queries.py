"""Reading accounts: tokens of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.accounts.models import StaffToken


@dataclass(frozen=True, slots=True)
class TokenView:
    """A personal token as its owner sees it: never the secret itself."""

    id: int
    name: str
    made_at: datetime


def tokens_of(reading: Session, staff_id: int) -> list[TokenView]:
    """Tokens of an account that still count, newest first."""
    rows = reading.execute(
        select(StaffToken.id, StaffToken.name, StaffToken.made_at)
        .where(StaffToken.staff_id == staff_id, StaffToken.revoked_at.is_(None))
        .order_by(StaffToken.id.desc())
    )
    return [TokenView(*row) for row in rows]
