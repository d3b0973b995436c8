"""A booking by the code on its slip or picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import tokens
from hall.helpers.models import Booking
from hall.helpers.payloads import BOOKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.sites import Site


def by_code(session: Session, site: Site, typed: str, key: bytes) -> Booking | None:
    """The booking of this hall with this code, as typed or scanned; None where there is none."""
    code = typed.rpartition("booked=")[2].strip()
    span = tokens.code_span(code)
    if span is None:
        return None
    rows = session.scalars(
        select(Booking).where(
            Booking.nonce.between(*span), Booking.site_id == site.id, Booking.confirmed_at.is_not(None)
        )
    )
    return next((one for one in rows if tokens.is_short_code(key, BOOKING, one.nonce, code)), None)
