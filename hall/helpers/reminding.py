"""Reminders of bookings through the hall's channel: each once, some hours before; screens need none."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.applicants.vault import Vault
from hall.database import db, stop_reading
from hall.helpers import cells, payloads, queries
from hall.helpers.facts import BookingReminded
from hall.helpers.models import Booking
from hall.helpers.states import Booked
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.sending import Channel
    from hall.unit_of_work import Work

SETTLED = timedelta(hours=1)
"""Who has just booked needs no reminder."""
EVERY = timedelta(minutes=10)
LONGEST_S = EVERY.total_seconds() * 0.8
"""What a slow gateway leaves over has its turn at the next run, or two runs would send the same one."""
log = structlog.get_logger(__name__)


STANDS = (
    Booking.state == Booked.CONFIRMED.value,
    Booking.reminded_at.is_(None),
    Booking.orphaned_at.is_(None),  # nobody would come; a person calls them
    Booking.phone_sealed.is_not(None),
)


def due(session: Session, now: datetime) -> list[tuple[int, datetime]]:
    """Who is to be reminded now: bookings, and of which time."""
    found: list[tuple[int, datetime]] = []
    for site in session.scalars(select(Site).where(Site.retired_at.is_(None))):
        wanted = select(Booking.id, Booking.starts_at).where(
            *STANDS,
            Booking.site_id == site.id,
            Booking.starts_at > now,
            Booking.starts_at <= now + timedelta(hours=site.settings.remind_before_hours),
            Booking.confirmed_at <= now - SETTLED,
        )
        found += [(row.id, row.starts_at) for row in session.execute(wanted.order_by(Booking.starts_at))]
    return found


def _still(session: Session, booking_id: int, starts_at: datetime) -> Booking | None:
    """The booking as it is now: others were sent before it, and it may have been changed or cancelled meanwhile."""
    wanted = select(Booking).where(*STANDS, Booking.id == booking_id, Booking.starts_at == starts_at)
    return session.scalar(wanted, execution_options={"populate_existing": True})


def nothing_to_change(_work: Work, _command: None) -> None:
    """The lease of the job is all that its transaction holds: sending takes time, and follows outside."""


def remind() -> int:
    """Send what is due and remember it, one by one; answers how many. What fails has its turn at the next run."""
    channel: Channel = current_app.extensions["hall_channel"]
    hall, now, session = current_app.config["HALL"], clock.now(), db.session()
    vault, sent, until = Vault(hall.keys), 0, time.monotonic() + LONGEST_S
    for booking_id, starts_at in due(session, now):
        if time.monotonic() > until:
            log.warning("reminders_left_over", sent=sent)
            break
        booking = _still(session, booking_id, starts_at)
        if booking is None:
            continue
        with force_locale(booking.lang):
            text = _text(session, booking, hall.keys.tokens, now)
        stop_reading()  # a gateway may take its time
        try:
            channel.send(vault.open(booking.phone_sealed), text)
        except Exception as problem:  # noqa: BLE001 - one number that a gateway chokes on keeps no other from its turn
            log.warning(
                "reminder_failed", booking=booking.id, kind=type(problem).__name__
            )  # its words may hold it
            continue
        perform(SYSTEM_ACTOR, _remember, (booking_id, starts_at, channel.name))
        sent += 1
    return sent


def _text(session: Session, booking: Booking, key: bytes, now: datetime) -> str:
    view = queries.view_of(session, booking, now, desk=True)
    english = booking.lang == "en"
    local = view.starts_at.astimezone(view.zone)
    return str(
        _(
            "%(hall)s: your helper is booked for %(day)s at %(time)s (%(matter)s), code %(code)s. "
            "If you cannot come, please cancel in time.",
            hall=(english and view.site.name_en) or view.site.name,
            matter=(english and view.matter.name_en) or view.matter.name,
            day=f"{local:%Y-%m-%d}",
            time=f"{local:%H:%M}",
            code=payloads.code_of(key, view.nonce),
        )
    )


def _remember(work: Work, command: tuple[int, datetime, str]) -> None:
    booking_id, starts_at, by = command
    booking = work.session.get_one(Booking, booking_id, with_for_update=True)
    if booking.reminded_at is None and booking.starts_at == starts_at:  # of another time one is still to come
        booking.reminded_at = work.now
        work.session.flush()
        cells.record(work, BookingReminded, booking, reason=by)
