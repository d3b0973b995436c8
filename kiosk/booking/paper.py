"""What a kiosk's page follows the slip of a booking with."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from hall import clock
from hall.database import db
from hall.printing import bookings
from hall.printing.queries import kiosk_state
from kiosk.kiosk_words import words

if TYPE_CHECKING:
    from hall.helpers.queries import BookingView

SAID = (
    "printing",
    "take_slip",
    "doubtful",
    "paper_out",
    "cover_open",
    "no_printing",
    "print_again",
    "drawing",
)


def on_paper(device: int, view: BookingView, token: str) -> dict[str, Any] | None:
    """The newest slip with the words about it; None where this kiosk printed none."""
    session, now = db.session(), clock.now()
    found = bookings.latest(session, view.id, now)
    if found is None:
        return None
    slip, asked_at = found
    known = words()
    return {
        "device": device,
        "paper": kiosk_state(session, device),
        "slip": asdict(slip),
        "age_ms": max(0, round((now - asked_at).total_seconds() * 1000)),
        "print_at": url_for("printing_api.print_booking", token=token),
        "words": {name: str(known[name]) for name in SAID}
        | {
            "still_valid": _(
                "Your booking stands all the same: note the code or take a photo. "
                "The reception desk prints slips too."
            )
        },
    }
