"""Reading calls for help: one by its token, those that are open, and whose. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.models import Device, Staff
from hall.catalog.models import Window
from hall.errors import NotFound, Refused
from hall.helpers.calls import rules
from hall.helpers.calls.duty import OnDuty, on_duty
from hall.helpers.models import Helper
from hall.helpers.records import HelpCall
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from hall.actor import Actor

LOOK_BACK = timedelta(hours=20)
"""No call is open for longer: the turn of the day ends it."""


@dataclass(frozen=True, slots=True)
class CallView:
    """A call for help as it stands now; `state` is what time has made of it."""

    id: int
    nonce: bytes
    site: str
    zone: str
    state: str
    channel: str
    where: str
    where_en: str
    number: str | None
    needs: tuple[str, ...]
    lang: str
    called_at: datetime
    answer_by: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    helper_id: int | None
    helper_name: str | None
    badge: str | None
    because: str | None


def call_by_nonce(session: Session, nonce: bytes | None) -> HelpCall:
    """Raises NotFound for a forged or unknown token."""
    found = session.scalar(select(HelpCall).where(HelpCall.nonce == nonce)) if nonce else None
    if found is None:
        raise NotFound(_l("We do not know this call for help."), code="unknown_call")
    return found


def helper_of(session: Session, actor: Actor) -> Helper:
    """The helper that this member of staff is. Raises Refused."""
    found = session.scalar(select(Helper).where(Helper.staff_id == actor.id, Helper.retired_at.is_(None)))
    if found is None:
        raise Refused(_l("You are not among the helpers of this hall."), code="not_a_helper")
    return found


def views(session: Session, site: Site, calls: Iterable[HelpCall], now: datetime) -> list[CallView]:
    """These calls with what belongs to them, in their order; a set number of statements."""
    rows = list(calls)
    devices = select(Device.id, Device.name, Device.name).where(
        Device.id.in_({row.device_id for row in rows})
    )
    windows = select(Window.id, Window.name, Window.name_en).where(
        Window.id.in_({row.window_id for row in rows})
    )
    numbers = select(Ticket.id, Ticket.number, Ticket.number).where(
        Ticket.id.in_({row.ticket_id for row in rows})
    )
    from_device, at_window, held = (
        _by_id(session, devices),
        _by_id(session, windows),
        _by_id(session, numbers),
    )
    helpers = {
        row.id: (row.name, row.badge)
        for row in session.execute(
            select(Helper.id, Staff.name, Helper.badge)
            .join(Staff, Staff.id == Helper.staff_id)
            .where(Helper.id.in_({row.helper_id for row in rows if row.helper_id}))
        )
    }
    answer_s = site.settings.help_answer_s
    found = []
    for row in rows:
        place = from_device.get(row.device_id or 0) or at_window.get(row.window_id or 0) or ("", "")
        name, badge = helpers.get(row.helper_id or 0, (None, None))
        found.append(
            CallView(
                id=row.id,
                nonce=row.nonce,
                site=site.code,
                zone=site.zone_name,
                state=rules.shown_state(row.state, row.called_at, now, answer_s),
                channel=row.channel,
                where=place[0],
                where_en=place[1] or place[0],
                number=held[row.ticket_id][0] if row.ticket_id else None,
                needs=tuple(filter(None, row.needs.split(","))),
                lang=row.lang,
                called_at=row.called_at,
                answer_by=rules.answer_by(row.called_at, answer_s),
                accepted_at=row.accepted_at,
                ended_at=row.ended_at,
                helper_id=row.helper_id,
                helper_name=name,
                badge=badge,
                because=row.because,
            )
        )
    return found


def _by_id(session: Session, wanted: Select[int, str, str]) -> dict[int, tuple[str, str]]:
    return {key: (name, other) for key, name, other in session.execute(wanted)}


def view(session: Session, call: HelpCall, now: datetime) -> CallView:
    """One call as it stands now."""
    return views(session, session.get_one(Site, call.site_id), [call], now)[0]


def open_calls(session: Session, site: Site, now: datetime) -> list[CallView]:
    """The calls of a hall that are not over, oldest first."""
    rows = session.scalars(
        select(HelpCall)
        .where(
            HelpCall.site_id == site.id,
            HelpCall.called_at > now - LOOK_BACK,
            HelpCall.state.in_(sorted(rules.OPEN)),
        )
        .order_by(HelpCall.called_at, HelpCall.id)
    )
    return views(session, site, rows, now)


def ringing_for(team: list[OnDuty], me: int, calls: Iterable[CallView]) -> list[CallView]:
    """The calls that this helper hears: those who know what is needed first, all once it is the manager's (H5, H6)."""
    free = [one for one in team if one.state == "free"]
    if all(one.id != me for one in free):
        return []
    return [
        call
        for call in calls
        if call.state == "escalated"
        or (call.state == "ringing" and any(one.id == me for one in rules.hear(free, frozenset(call.needs))))
    ]


def team_ids(session: Session, site_id: int) -> tuple[int, ...]:
    """All helpers of a hall: what one does with a call, the pages of the others show."""
    wanted = select(Helper.id).where(Helper.site_id == site_id, Helper.retired_at.is_(None))
    return tuple(session.scalars(wanted.order_by(Helper.id)))


def free_now(session: Session, site: Site, now: datetime) -> list[OnDuty]:
    """Who could come at once."""
    return [one for one in on_duty(session, site, now) if one.state == "free"]
