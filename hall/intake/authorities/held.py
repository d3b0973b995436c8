"""Whether somebody holds an authority for an item: read by every act at a window that needs one (I1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from hall.intake.models import AcceptanceAuthority

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def authority_of(
    session: Session, staff_id: int | None, item_id: int, *, lock: bool = False
) -> AcceptanceAuthority | None:
    """The one in force; `lock` holds it until the commit, so that it is not revoked meanwhile."""
    wanted = select(AcceptanceAuthority).where(
        AcceptanceAuthority.staff_id == staff_id,
        AcceptanceAuthority.item_id == item_id,
        AcceptanceAuthority.revoked_at.is_(None),
    )
    return session.scalar(wanted.with_for_update() if lock else wanted)


def was_revoked(session: Session, staff_id: int | None, item_id: int) -> bool:
    """Whether there was one that was revoked since."""
    there = exists().where(
        AcceptanceAuthority.staff_id == staff_id,
        AcceptanceAuthority.item_id == item_id,
        AcceptanceAuthority.revoked_at.is_not(None),
    )
    return bool(session.scalar(select(there)))
