"""The public list of receptions, as topic `site:{site}:monday` tells it: who sits where, when, for which matters (M3).

Published sessions alone, and never who is absent, late or on leave (M5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from hall import clock
from hall.queueing.payloads import local
from hall.rota.hours import hours_on, part_hours
from hall.rota.models import Rota, RotaSession
from hall.rota.presence.models import Attendance, Leaving
from hall.rota.queries import seats_of
from hall.rota.rules import shown_as
from hall.rota.states import Held
from hall.sites import site_by_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from hall.rota.queries import SeatView

WEEKDAYS = 7


@dataclass(frozen=True, slots=True)
class _Moment:
    """When a list is told, and who of which turn is at the window then, by post."""

    now: datetime
    zone: ZoneInfo
    here: Mapping[int, str]


def monday(session: Session, code: str) -> dict[str, Any]:
    """Today's sessions of a hall and the next published one of each reception. Raises NotFound.

    `{day, sessions: [Session], next: [Session], cancelled: [Cancelled], as_of}`. `Cancelled`, a day to come that was
    public and is not held: `{session, rota, name, name_en, day, weekday, because}`. `Session`: the same without why,
    and `{published_at, seats}`. Each seat has a turn: `{duty, seat, window, window_name, window_name_en, part, starts,
    ends, starts_at, ends_at, body, body_name, body_name_en, person_name, title, matters, stand_in, stand_in_title,
    now}`; `now` is `later`, `waiting`, `receiving`, `stand_in` or `over`.
    """
    site, now = site_by_code(session, code), clock.now()
    today = clock.business_date(site.zone, now)
    found = _published(session, site.id, today)
    off = [_named(row, rota) | {"because": row.cancelled_because} for row, rota in found if _is_off(row)]
    found = [(row, rota) for row, rota in found if not _is_off(row)]
    seats = seats_of(session, [row.id for row, _rota in found])
    here = coming(session, [one.sitting.duty for each in seats.values() for one in each if one.sitting])
    moment = _Moment(now, site.zone, here)
    told = [_session(row, rota, seats.get(row.id, []), moment) for row, rota in found]
    return {
        "day": today.isoformat(),
        "sessions": [one for one in told if one["day"] == today.isoformat()],
        "next": [one for one in told if one["day"] != today.isoformat()],
        "cancelled": off,
        "as_of": local(now, site.zone),
    }


def coming(session: Session, duties: list[int]) -> Mapping[int, str]:
    """Who sits at the window now, by turn and post; who forgot to say that they left is gone at the end."""
    here = select(Attendance.duty_id, Attendance.post).where(
        Attendance.duty_id.in_(duties),
        Attendance.left_at.is_(None),
        Attendance.ends_at > clock.now(),
        ~exists().where(Leaving.attendance_id == Attendance.id),
    )
    return {row.duty_id: row.post for row in session.execute(here)}


def _published(session: Session, site_id: int, today: date) -> list[tuple[RotaSession, Rota]]:
    """Today's and the next of each reception, and all that was cancelled, by day."""
    wanted = (
        select(RotaSession, Rota)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .where(
            Rota.site_id == site_id,
            Rota.retired_at.is_(None),
            RotaSession.state.in_((Held.PUBLISHED, Held.CANCELLED)),
            RotaSession.held_on >= today,
        )
        .order_by(RotaSession.held_on, Rota.code)
    )
    found, next_of = [], set()
    for row, rota in session.execute(wanted):
        if row.held_on == today or _is_off(row):
            found.append((row, rota))
        elif rota.id not in next_of:
            next_of.add(rota.id)
            found.append((row, rota))
    return found


def _is_off(row: RotaSession) -> bool:
    return row.state == Held.CANCELLED


def _named(row: RotaSession, rota: Rota) -> dict[str, Any]:
    day = row.held_on or row.due_on
    return {
        "session": row.id,
        "rota": rota.code,
        "name": rota.name,
        "name_en": rota.name_en or rota.name,
        "day": day.isoformat(),
        "weekday": day.weekday(),
    }


def _session(row: RotaSession, rota: Rota, seats: list[SeatView], moment: _Moment) -> dict[str, Any]:
    return {
        **_named(row, rota),
        "published_at": local(row.published_at, moment.zone),
        "seats": [told for seat in seats if (told := _seat(seat, row, moment))],
    }


def _seat(seat: SeatView, row: RotaSession, moment: _Moment) -> dict[str, Any] | None:
    """A seat that somebody has; a free one is not shown."""
    who = seat.sitting
    if who is None:
        return None
    day = row.held_on or row.due_on
    starts, ends = part_hours(row, seat.part)
    hours = hours_on(day, (starts, ends), moment.zone)
    today = clock.business_date(moment.zone, moment.now) == day
    return {
        "duty": who.duty,
        "seat": seat.seat,
        "window": seat.window,
        "window_name": seat.window_name,
        "window_name_en": seat.window_name_en or seat.window_name,
        "part": seat.part,
        "starts": starts,
        "ends": ends,
        "starts_at": local(hours.starts, moment.zone),
        "ends_at": local(hours.ends, moment.zone),
        "body": who.body,
        "body_name": who.body_name,
        "body_name_en": who.body_name_en or who.body_name,
        "person_name": who.person_name,
        "title": who.title,
        "matters": who.matters,
        "stand_in": who.stand_in,
        "stand_in_title": who.stand_in_title,
        "now": shown_as(
            moment.now,
            hours,
            today=today,
            here=moment.here.get(who.duty, ""),
            stand_in=bool(who.stand_in),
        ),
    }
