"""Special procedures of a case: those that its item named in the revision with which the form began (I2, I5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.models import FormerContent, ServiceItem, SpecialProcedure
from hall.intake.review.shapes import Procedure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.intake.models import Case


def procedures_begun(session: Session, case: Case) -> tuple[Procedure, ...]:
    """What may stop its clock, whatever was edited since; what is not kept is as the item says now."""
    former = None
    if session.get_one(ServiceItem, case.item_id).revision != case.item_revision:
        former = session.scalar(
            select(FormerContent.content).where(
                FormerContent.kind == "item",
                FormerContent.owner_id == case.item_id,
                FormerContent.revision == case.item_revision,
            )
        )
    named = json.loads(former).get("procedures") if former else None
    if named is not None:
        return tuple(Procedure(one["name"], one["basis"], one["planned_days"]) for one in named)
    rows = session.scalars(select(SpecialProcedure).where(SpecialProcedure.item_id == case.item_id))
    return tuple(Procedure(row.name, row.basis, row.planned_days) for row in rows)
