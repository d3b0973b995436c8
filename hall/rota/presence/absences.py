"""Nobody came: found, asked of the department, which confirms it or says why. And notes to any record (M5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from hall.accounts.access import of_site
from hall.accounts.roles import Can
from hall.calendar.queries import working_calendar
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.rota.at_hand import acts_for, duty_of, record, seat_of, today_of
from hall.rota.models import Duty, Rota, RotaBody, RotaSession
from hall.rota.presence import facts, rules
from hall.rota.presence.models import Absence, Attendance, AttendanceNote
from hall.rota.presence.showing import part_of
from hall.rota.presence.states import ABSENCE_MOVES, Checked
from hall.rota.states import Held, Turn

if TYPE_CHECKING:
    from hall.unit_of_work import Work

LOOK_BACK = timedelta(days=92)
"""A quarter: what the server slept through blocks no bulletin for ever."""
REASONS = ("leadership", "flood", "illness", "not_told", "other")
SAID = 300


@dataclass(frozen=True, slots=True)
class Check:
    """`verb`: ask (the manager), confirm, explain with a reason (the department, or the manager for it).

    `printed`: the department wants its words beside the absence, should it remain one.
    """

    duty_id: int
    verb: str
    reason: str = ""
    said: str = ""
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Annotate:
    """A note of the hall to a turn's record."""

    duty_id: int
    text: str


def find_absences(work: Work, _command: None) -> int:
    """Write down for which turns nobody came, as soon as they are over. Can run twice."""
    wanted = (
        select(Duty, Rota)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .where(
            RotaSession.state == Held.PUBLISHED,
            RotaSession.held_on.between((work.now - LOOK_BACK).date(), (work.now + timedelta(days=1)).date()),
            Duty.state == Turn.CONFIRMED,
            Rota.retired_at.is_(None),
            ~exists().where(Attendance.duty_id == Duty.id),
            ~exists().where(Absence.duty_id == Duty.id),
        )
        .order_by(Duty.id)
    )
    done = 0
    for duty, _rota in work.session.execute(wanted).all():
        sat = seat_of(work, duty.seat_id)
        if work.now < part_of(work, sat).ends:
            continue
        work.session.add(Absence(duty_id=duty.id, state="found", found_at=work.now))
        work.session.flush()
        record(work, facts.AbsenceFound, duty, sat)
        done += 1
    return done


def check(work: Work, command: Check) -> Absence:
    """Ask, confirm or explain. Raises Conflict, Invalid by field, NotFound (`unknown_absence`), Refused.

    An explanation is a statement: it takes nothing out of a bulletin before the manager has decided on it.
    """
    duty, sat = duty_of(work, command.duty_id)
    acts_for(work, work.session.get_one(RotaBody, duty.body_id))
    if command.verb == "ask" and Can.ROTA_MANAGE not in work.actor.can:
        raise Refused(_l("Only the hall manager can do this."))
    row = absence_of(work, duty)
    if command.verb == "confirm" and row.state == Checked.FOUND:
        raise Conflict(_l("Ask the department first."), code="not_asked")
    if command.verb == "ask":
        until = rules.answer_by(working_calendar(work.session), today_of(work, sat.rota))
        work.move(ABSENCE_MOVES, row, "ask", asked_at=work.now, asked_by=work.actor.id, answer_by=until)
        record(work, facts.AbsenceAsked, duty, sat)
        return row
    reason, said = _answer(command)
    given = {"answered_at": work.now, "answered_by": work.actor.id, "reason": reason, "said": said}
    printed = command.printed and bool(reason)
    work.move(ABSENCE_MOVES, row, command.verb, **given, printed=printed)
    record(work, facts.AbsenceAnswered, duty, sat, row.state)
    return row


def absence_of(work: Work, duty: Duty) -> Absence:
    """The absence of a turn, kept from others until the commit. Raises NotFound (`unknown_absence`)."""
    row = work.session.scalar(
        select(Absence)
        .where(Absence.duty_id == duty.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(_l("Nobody was found missing for this turn."), code="unknown_absence")
    return row


def _answer(command: Check) -> tuple[str, str]:
    said = " ".join(command.said.split())[:SAID]
    if command.verb == "confirm":
        return "", said
    if command.reason not in REASONS or (command.reason == "other" and not said):
        text = _l("Say why: choose a reason, and explain it where it is another one.")
        raise Invalid(text, errors={"reason": [text]})
    return command.reason, said


def annotate(work: Work, command: Annotate) -> AttendanceNote:
    """Add a note to a turn's record. Raises Conflict (`not_yet`), Invalid, NotFound, Refused."""
    if Can.ROTA_MANAGE not in work.actor.can:
        raise Refused(_l("Only the hall manager can do this."))
    duty, sat = duty_of(work, command.duty_id)
    of_site(work.actor, sat.rota.site_id)
    if sat.session.held_on is None or sat.session.held_on > today_of(work, sat.rota):
        raise Conflict(_l("This day is still to come."), code="not_yet")
    text = " ".join(command.text.split())[:SAID]
    if not text:
        said = _l("Write what is to be added to the record.")
        raise Invalid(said, errors={"text": [said]})
    row = AttendanceNote(duty_id=duty.id, at=work.now, staff_id=work.actor.id, text=text)
    work.session.add(row)
    work.session.flush()
    record(work, facts.PresenceAnnotated, duty, sat)
    return row
