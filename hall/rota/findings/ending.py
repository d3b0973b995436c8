"""The end of a finding: the citizen concerned is called back, or was often enough, then it is closed out (M7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.errors import Conflict, Invalid
from hall.rota.findings import facts
from hall.rota.findings.at_hand import (
    NOTE,
    finding_of,
    must_manage,
    record,
    step,
    today_at,
    tries_of,
    worded,
)
from hall.rota.findings.rules import TRIES, TRY_DAYS, after_call, is_called_back
from hall.rota.findings.states import FINDING_MOVES, Reached

if TYPE_CHECKING:
    from hall.rota.findings.actions import Tell
    from hall.rota.findings.models import Finding
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class CallBack:
    """The citizen was called: `reached` is content, not_content or not_reached."""

    finding_id: int
    reached: str
    note: str
    revision: int | None = None


def call_back(work: Work, command: CallBack) -> Finding:
    """Write down that the citizen concerned was called. Raises Conflict, Invalid, NotFound, Refused."""
    row = finding_of(work, command.finding_id, command.revision)
    must_manage(work, row)
    if command.reached not in {*Reached}:
        wrong = _l("Choose how the call ended.")
        raise Invalid(wrong, errors={"reached": [wrong]})
    note = (
        worded(command.note, "note")
        if command.reached == Reached.NOT_CONTENT
        else command.note.strip()[:NOTE]
    )
    if row.phone_sealed is None:
        raise Conflict(_l("No citizen is named in this finding."), code="no_citizen")
    if row.state not in {"rectified", "verified"}:
        raise Conflict(_l("The citizen is called back when it is put right."), code="conflict")
    row.reached = after_call(row.reached, command.reached)
    row.revision += 1
    step(work, row, "called_back", note, command.reached)
    record(work, facts.FindingCitizenCalled, row, command.reached)
    return row


def close(work: Work, command: Tell) -> Finding:
    """Close it out. Raises Conflict (`not_called_back`), NotFound, Refused."""
    row = finding_of(work, command.finding_id, command.revision)
    must_manage(work, row)
    if row.phone_sealed is not None:
        _is_called_back(work, row)
    today = today_at(work, row.site_id)
    work.move(FINDING_MOVES, row, "close", closed_on=today, revision=row.revision + 1)
    step(work, row, "closed", command.note.strip()[:NOTE])
    record(work, facts.FindingClosed, row)
    return row


def _is_called_back(work: Work, row: Finding) -> None:
    tries = tries_of(work.session, row)
    if is_called_back(row.reached, tries):
        return
    told = (
        _l("Call the citizen back first, and write down how it ended.")
        if row.reached is None
        else _l(
            "Nobody was reached so far: %(count)s of %(tries)s tries, on %(days)s of %(needed)s working days. Call "
            "again before it is closed.",
            count=tries.count,
            tries=TRIES,
            days=tries.days,
            needed=TRY_DAYS,
        )
    )
    raise Conflict(told, code="not_called_back")


def show_citizen(work: Work, finding_id: int) -> tuple[bytes | None, bytes | None]:
    """Name and telephone as they are sealed, to call back; that they were shown is written down."""
    row = finding_of(work, finding_id)
    must_manage(work, row)
    record(work, facts.FindingCitizenShown, row)
    return row.citizen_sealed, row.phone_sealed
