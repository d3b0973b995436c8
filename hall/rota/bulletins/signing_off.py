"""A draft is signed off by another person: numbered and frozen with its figures and their hash (M8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.errors import Conflict, Refused
from hall.rota.at_hand import today_of
from hall.rota.bulletins import facts, rules
from hall.rota.bulletins.actions import days_free, draft_of, gathered, record
from hall.rota.bulletins.models import Bulletin
from hall.rota.bulletins.states import BULLETIN_MOVES

if TYPE_CHECKING:
    from datetime import date

    from hall.rota.bulletins.actions import Revised
    from hall.rota.bulletins.gathering import Gathered
    from hall.unit_of_work import Work


def sign_off(work: Work, command: Revised) -> Bulletin:
    """Sign a draft off: another person, absences checked, figures as the records say; then it has a number and stays.

    Raises Conflict (`absence_unchecked`, `not_over`, `records_changed`, `days_taken`, `stale`, `frozen`), NotFound,
    Refused (`by_another`).
    """
    row, rota = draft_of(work, command.bulletin_id, command.revision, Can.ROTA_OVERSEE)
    if work.actor.id in {row.drafted_by, row.edited_by}:
        raise Refused(
            _l("Somebody else has to sign off: not who drafted or last edited it."), code="by_another"
        )
    if row.corrects_id is None:
        days_free(work, rota, row)
    _may_be_frozen(row, gathered(work, rota, row))
    today = today_of(work, rota)
    number = _next_number(work, rota.id, today.year)
    sheet = rules.canonical(_sheet(work, row, today, number))
    frozen = rules.digest(sheet)
    work.move(
        BULLETIN_MOVES,
        row,
        "sign",
        year=today.year,
        number=number,
        signed_on=today,
        signed_at=work.now,
        signed_by=work.actor.id,
        sheet=sheet,
        digest=frozen,
        revision=row.revision + 1,
    )
    record(work, facts.BulletinSigned, row, rota, year=today.year, number=number, digest=frozen)
    return row


def _may_be_frozen(row: Bulletin, now: Gathered) -> None:
    if now.unchecked:
        named = [
            {"day": one.day.isoformat(), "part": one.part, "body": one.body, "waits_for": one.waits_for}
            for one in now.unchecked
        ]
        raise Conflict(
            _l(
                "Absences that were not checked with their departments: %(count)s. Check them first.",
                count=len(named),
            ),
            code="absence_unchecked",
            more={"absences": named},
        )
    if now.expected:
        raise Conflict(_l("Sessions of these days are not over yet."), code="not_over")
    if now.text != row.figures:
        raise Conflict(
            _l(
                "The records have changed since the figures were taken. Take them again, and read it once more."
            ),
            code="records_changed",
        )


def _sheet(work: Work, row: Bulletin, today: date, number: int) -> dict[str, Any]:
    """All that it says, as it is frozen."""
    wrong = work.session.get(Bulletin, row.corrects_id) if row.corrects_id else None
    return {
        "year": today.year,
        "number": number,
        "signed_on": today.isoformat(),
        "signed_by": work.session.scalar(select(Staff.name).where(Staff.id == work.actor.id)),
        "title": row.title,
        "text": row.text,
        "figures": rules.parsed(row.figures),
        "corrects": {"year": wrong.year, "number": wrong.number, "title": wrong.title} if wrong else None,
    }


def _next_number(work: Work, rota_id: int, year: int) -> int:
    """The rota is kept from others until the commit: neither gaps nor doubles; triggers hold it, too."""
    last = select(func.max(Bulletin.number)).where(Bulletin.rota_id == rota_id, Bulletin.year == year)
    return (work.session.scalar(last) or 0) + 1
