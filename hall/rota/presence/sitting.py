"""*Sit*: the clerk serves in the clerk's own name, the director beside, both on the record (M6).

No director receives what they later decide: their accounts cannot call, take a case in or accept it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, func, select

from hall.queueing.models import Ticket
from hall.rota.at_hand import duty_of
from hall.rota.presence import facts
from hall.rota.presence.models import Attendance, Leaving, SatBeside
from hall.rota.presence.showing import record_presence
from hall.statements import Statement

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work

# Every start at every window runs it; almost always nobody sits there
_HERE = Statement(
    select(Attendance.id).where(
        Attendance.window_id == bindparam("window"),
        Attendance.left_at.is_(None),
        Attendance.ends_at > bindparam("now", type_=Attendance.ends_at.type),
        ~exists().where(Leaving.attendance_id == Attendance.id),
    )
)


def sit_beside(work: Work, ticket_id: int, window_id: int) -> None:
    """A service begins at this window: who sits beside is written down with the clerk. Once a person and number."""
    for (key,) in _HERE.rows(work.session, {"window": window_id, "now": work.now}):
        if work.session.get(SatBeside, (key, ticket_id)) is not None:
            continue
        row = work.session.get_one(Attendance, key)
        beside = SatBeside(attendance_id=key, ticket_id=ticket_id, clerk_id=work.actor.id, at=work.now)
        work.session.add(beside)
        work.session.flush()
        _duty, sat = duty_of(work, row.duty_id)
        number = work.session.get_one(Ticket, ticket_id).number
        record_presence(work, facts.ServiceSatBeside, sat, row, number=number)


def services(session: Session, duties: list[int]) -> dict[int, int]:
    """How many services were begun with somebody beside, by turn."""
    wanted = (
        select(Attendance.duty_id, func.count())
        .join(SatBeside, SatBeside.attendance_id == Attendance.id)
        .where(Attendance.duty_id.in_(duties))
        .group_by(Attendance.duty_id)
    )
    return {duty: int(count) for duty, count in session.execute(wanted)}
