"""Reading who came: every turn of published days with what became of it (M5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from hall import clock
from hall.accounts.models import Staff
from hall.catalog.models import Window
from hall.rota.correcting import called, former
from hall.rota.hours import hours_on, part_hours
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.presence import rules
from hall.rota.presence.models import (
    Absence,
    Attendance,
    AttendanceNote,
    CodeUse,
    Leaving,
    LeavingObjection,
)
from hall.rota.presence.states import AS_HEAD, BEING_CHECKED, Presence
from hall.rota.rules import Hours
from hall.rota.states import Held, Turn
from hall.rota.wish_models import Wish
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

Head, Guest, Deputy = aliased(RotaPerson), aliased(RotaPerson), aliased(RotaPerson)
Leave, Instead = aliased(Wish), aliased(Wish)
Decider = aliased(Staff)
TOLD_FOR = timedelta(days=31)
"""So long a department reads what was decided on its statement."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A turn of a published day and what became of it (M5). Nothing of an absence is public.

    `stand_in` was approved to sit for the head, `came` is who sat ("" while nobody has); `agreed` is whether that was
    the head or that stand-in. `absence` is the state of its check, "" where none was found; the department has until
    `answer_by` to answer. `reason` is why of a leave, or what the department states, in its words `said`, which it
    wants `printed` or not. `decided_by` is who decided on that, `why` in their words. `note` holds the hall's notes,
    a line each.

    `left_how` is how one knows that they left: by `code`, as `clerk` or `manager` say (`said_by`, why, in their words),
    `unsigned` where nobody had said it by the end; "" while they are there. `objection` is the department's to that.
    """

    duty: int
    session: int
    day: date
    part: str
    starts: datetime
    ends: datetime
    window: str
    window_number: int
    window_name: str
    window_name_en: str
    body: int
    body_name: str
    body_name_en: str
    head: str
    head_title: str
    stand_in: str
    stand_in_title: str
    came: str
    came_title: str
    agreed: bool
    mark: Presence
    late_min: int
    early_min: int
    arrived_at: datetime | None
    left_at: datetime | None
    reason: str
    note: str
    absence: str
    answer_by: date | None
    said: str
    printed: bool
    decided_at: datetime | None
    decided_by: str
    why: str
    rota: str
    rota_name: str
    rota_name_en: str
    window_id: int
    left_how: str = ""
    left_reason: str = ""
    left_note: str = ""
    said_by: str = ""
    objection: str = ""

    @property
    def as_head(self) -> bool:
        """Whether it counts as the head's attendance; a stand-in's never does (M4)."""
        return self.mark in AS_HEAD


def marks(
    session: Session, rota_id: int, first: date, last: date, *, now: datetime | None = None
) -> tuple[Mark, ...]:
    """The turns of published days from `first` to `last`, by day, part and window: three statements."""
    return _marks(session, now, RotaSession.rota_id == rota_id, RotaSession.held_on.between(first, last))


def marks_of_day(
    session: Session, site_id: int, day: date, *, window_id: int | None = None
) -> tuple[Mark, ...]:
    """The turns of one day in a hall, of all its receptions, or at one window alone."""
    where = [Rota.site_id == site_id, Rota.retired_at.is_(None), RotaSession.held_on == day]
    if window_id is not None:
        where.append(Seat.window_id == window_id)
    return _marks(session, None, *where)


def unsettled(session: Session, site_id: int) -> tuple[Mark, ...]:
    """Turns for which nobody came and whose check is not over, the oldest first."""
    return _marks(session, None, Rota.site_id == site_id, Absence.state.in_(sorted(BEING_CHECKED)))


def decided(session: Session, site_id: int, bodies: Iterable[int]) -> tuple[Mark, ...]:
    """Absences of these departments that were decided on within a month."""
    lately = Absence.decided_at > clock.now() - TOLD_FOR
    return _marks(session, None, Rota.site_id == site_id, Duty.body_id.in_(bodies), lately)


def disputed(session: Session, site_id: int) -> tuple[Mark, ...]:
    """Turns of which the department objects to when somebody is said to have left: until a note or a later word."""
    noted = exists().where(AttendanceNote.duty_id == Duty.id, AttendanceNote.at >= LeavingObjection.at)
    return _marks(session, None, Rota.site_id == site_id, LeavingObjection.at.is_not(None), ~noted)


def said_of(session: Session, site_id: int, bodies: Iterable[int], since: date) -> tuple[Mark, ...]:
    """Turns of these departments of which the clerk or the manager says when somebody left, and no code does."""
    where = (Duty.body_id.in_(bodies), RotaSession.held_on >= since, Leaving.how == "said")
    return _marks(session, None, Rota.site_id == site_id, *where)


def used(session: Session, window_id: int, session_id: int, minute: int) -> bool:
    """Whether somebody has used the code of this minute."""
    return session.get(CodeUse, (session_id, window_id, minute)) is not None


def of_my_department(session: Session, staff_id: int | None) -> dict[int, list[RotaPerson]]:
    """The departments that an account acts for, with everybody in use, the account's own entry first."""
    mine = select(RotaPerson.body_id).where(RotaPerson.staff_id == staff_id, RotaPerson.retired_at.is_(None))
    wanted = select(RotaPerson).where(RotaPerson.body_id.in_(mine), RotaPerson.retired_at.is_(None))
    found: dict[int, list[RotaPerson]] = {}
    for person in session.scalars(wanted.order_by(RotaPerson.id)):
        at = 0 if person.staff_id == staff_id else len(found.get(person.body_id, []))
        found.setdefault(person.body_id, []).insert(at, person)
    return found


def _marks(session: Session, now: datetime | None, *where: ColumnElement[bool]) -> tuple[Mark, ...]:
    rows = session.execute(_wanted(*where)).all()
    notes = _notes(session, [row[0].id for row in rows])
    before = former(session, {one.id for row in rows for one in (row[7], row[9], row[12]) if one})
    at = now or clock.now()
    return tuple(_mark(row, at, notes.get(row[0].id, ""), before) for row in rows)


def _wanted(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Duty, Rota, Site, Seat, RotaSession, Window, RotaBody, Head),
            *(Attendance, Guest, Absence, Leave.reason, Deputy, Decider.name),
            *(Leaving, Staff.name, LeavingObjection.text),
        )
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .join(Site, Site.id == Rota.site_id)
        .join(Seat, Seat.id == Duty.seat_id)
        .join(Window, Window.id == Seat.window_id)
        .join(RotaBody, RotaBody.id == Duty.body_id)
        .join(Head, Head.id == Duty.person_id)
        .outerjoin(Attendance, Attendance.duty_id == Duty.id)
        .outerjoin(Guest, Guest.id == Attendance.person_id)
        .outerjoin(Leaving, _counts())
        .outerjoin(Staff, Staff.id == Leaving.staff_id)
        .outerjoin(LeavingObjection, LeavingObjection.leaving_id == Leaving.id)
        .outerjoin(Absence, Absence.duty_id == Duty.id)
        .outerjoin(Decider, Decider.id == Absence.decided_by)
        .outerjoin(Leave, _approved(Leave, "leave"))
        .outerjoin(Instead, _approved(Instead, "stand_in"))
        .outerjoin(Deputy, Deputy.id == Instead.person_id)
        .where(
            *where,
            RotaSession.state == Held.PUBLISHED,
            Duty.state.in_((Turn.CONFIRMED, Turn.EXCUSED)),
        )
        .order_by(RotaSession.held_on, Seat.part, Window.number, Duty.id)
    )


def _counts() -> ColumnElement[bool]:
    """The last word of somebody's leaving; who left by code needs none."""
    last = aliased(Leaving)
    newest = select(func.max(last.id)).where(last.attendance_id == Attendance.id).scalar_subquery()
    return and_(Attendance.left_at.is_(None), Leaving.id == newest)


def _approved(wish: type[Wish], kind: str) -> ColumnElement[bool]:
    return and_(wish.duty_id == Duty.id, wish.kind == kind, wish.state == "approved")


def _notes(session: Session, duties: list[int]) -> dict[int, str]:
    wanted = select(AttendanceNote.duty_id, AttendanceNote.text).where(AttendanceNote.duty_id.in_(duties))
    found: dict[int, str] = {}
    for duty, text in session.execute(wanted.order_by(AttendanceNote.id)):
        found[duty] = f"{found[duty]}\n{text}" if duty in found else text
    return found


def _mark(row: Any, now: datetime, note: str, before: Mapping[int, Any]) -> Mark:  # noqa: ANN401 - a row of seventeen things
    duty, rota, site, seat, day, window, body, head, came, guest, absence, leave, deputy, decider, *gone = row
    part = _hours(site, day, seat, came)
    names = [called(one, part.ends, before) for one in (head, deputy, guest)]
    left_at, early_min, left = _left(came, *gone)
    who = rules.Came(came.post, came.late_min, early_min) if came else None
    return Mark(
        duty=duty.id,
        session=day.id,
        day=day.held_on,
        part=seat.part,
        starts=part.starts,
        ends=part.ends,
        window=window.code,
        window_number=window.number,
        window_name=window.name,
        window_name_en=window.name_en,
        body=body.id,
        body_name=body.name,
        body_name_en=body.name_en,
        head=names[0][0],
        head_title=names[0][1],
        stand_in=names[1][0],
        stand_in_title=names[1][1],
        came=names[2][0],
        came_title=names[2][1],
        agreed=came is None or came.agreed,
        mark=rules.presence(duty.state, part, now, who),
        late_min=who.late_min if who else 0,
        early_min=who.early_min if who else 0,
        arrived_at=came.arrived_at if came else None,
        left_at=left_at,
        reason=leave or (absence.reason if absence else ""),
        note=note,
        absence=absence.state if absence else "",
        answer_by=absence.answer_by if absence else None,
        said=absence.said if absence else "",
        printed=bool(absence and absence.printed),
        decided_at=absence.decided_at if absence else None,
        decided_by=decider or "",
        why=absence.why if absence else "",
        rota=rota.code,
        rota_name=rota.name,
        rota_name_en=rota.name_en,
        window_id=window.id,
        **left,
    )


def _left(
    came: Attendance | None, said: Leaving | None, by: str | None, objection: str | None
) -> tuple[datetime | None, int, dict[str, str]]:
    """When they left, how early, and how one knows."""
    if came is None:
        return None, 0, {}
    if came.left_at is not None:
        return came.left_at, came.early_min or 0, {"left_how": "code"}
    if said is None:
        return None, 0, {}
    told = {
        "left_how": said.said_as or said.how,
        "left_reason": said.reason,
        "left_note": said.note,
        "said_by": by or "",
        "objection": objection or "",
    }
    return said.left_at, said.early_min, told


def _hours(site: Site, day: RotaSession, seat: Seat, came: Attendance | None) -> Hours:
    """As they were kept with who came; else those of the session."""
    if came is not None:
        return Hours(came.starts_at, came.ends_at)
    return hours_on(day.held_on or day.due_on, part_hours(day, seat.part), site.zone)
