"""The manager's word on an absence: the department's statement is accepted, or the absence stays one (M5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.accounts.access import of_site
from hall.errors import Conflict
from hall.rota.at_hand import duty_of, manages, record, today_of
from hall.rota.presence import facts
from hall.rota.presence.absences import SAID, absence_of
from hall.rota.presence.states import ABSENCE_MOVES, Checked

if TYPE_CHECKING:
    from hall.rota.presence.models import Absence
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Decide:
    """`verb`: accept, which excuses; uphold, by which it stays an absence. `why` are words for the department."""

    duty_id: int
    verb: str
    why: str = ""


def decide(work: Work, command: Decide) -> Absence:
    """Decide on what the department said; without its word only when its time is over.

    Raises Conflict (`still_time`, `conflict`), NotFound (`unknown_absence`), Refused.
    """
    manages(work)
    duty, sat = duty_of(work, command.duty_id)
    of_site(work.actor, sat.rota.site_id)
    row = absence_of(work, duty)
    until = row.answer_by
    if (
        command.verb == "uphold"
        and row.state == Checked.ASKED
        and until
        and today_of(work, sat.rota) <= until
    ):
        raise Conflict(
            _l(
                "The department has until %(day)s to answer. Decide after that day, or write down what it said.",
                day=until,
            ),
            code="still_time",
        )
    why = " ".join(command.why.split())[:SAID]
    work.move(ABSENCE_MOVES, row, command.verb, decided_at=work.now, decided_by=work.actor.id, why=why)
    record(work, facts.AbsenceDecided, duty, sat, row.state)
    return row
