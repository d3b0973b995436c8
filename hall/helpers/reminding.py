"""Reminders of bookings through the hall's channel: each once, some hours before; screens need none."""

from __future__ import annotations

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
log = structlog.get_logger(__name__)


def due(session: Session, now: datetime) -> list[Booking]:
    """Who is to be reminded now."""
    found: list[Booking] = []
    for site in session.scalars(select(Site).where(Site.retired_at.is_(None))):
        ahead = timedelta(hours=site.settings.remind_before_hours)
        found += session.scalars(
            select(Booking)
            .where(
                Booking.site_id == site.id,
                Booking.state == Booked.CONFIRMED.value,
                Booking.starts_at > now,
                Booking.starts_at <= now + ahead,
                Booking.confirmed_at <= now - SETTLED,
                Booking.reminded_at.is_(None),
                Booking.orphaned_at.is_(None),  # nobody would come; a person calls them
                Booking.phone_sealed.is_not(None),
            )
            .order_by(Booking.starts_at)
        ).all()
    return found


def nothing_to_change(_work: Work, _command: None) -> None:
    """The lease of the job is all that its transaction holds: sending takes time, and follows outside."""


def remind() -> int:
    """Send what is due and remember it, one by one; answers how many. What fails has its turn at the next run."""
    channel: Channel = current_app.extensions["hall_channel"]
    hall, now, session = current_app.config["HALL"], clock.now(), db.session()
    vault, sent = Vault(hall.keys), 0
    for booking in due(session, now):
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
        perform(SYSTEM_ACTOR, _remember, (booking.id, channel.name))
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


def _remember(work: Work, command: tuple[int, str]) -> None:
    booking_id, by = command
    booking = work.session.get_one(Booking, booking_id, with_for_update=True)
    if booking.reminded_at is None:
        booking.reminded_at = work.now
        work.session.flush()
        cells.record(work, BookingReminded, booking, reason=by)
