"""Who can look after what others did: managers of a hall and its business-environment office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from hall.accounts.models import Staff
from hall.accounts.roles import ROLES, STAFF_ROLES, Can

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OVERSEEING = tuple(str(role) for role in STAFF_ROLES if Can.ROTA_OVERSEE in ROLES[role])


def overseers(session: Session, site_id: int) -> frozenset[int]:
    """Their keys; whoever has left is not among them."""
    here = or_(Staff.site_id == site_id, Staff.every_site)
    wanted = select(Staff.id).where(here, Staff.role.in_(OVERSEEING), Staff.retired_at.is_(None))
    return frozenset(session.scalars(wanted))
