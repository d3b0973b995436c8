"""State tables of bookings and of calls for help. Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class Kind(StrEnum):
    """How help is given (H1): advice and company in the hall, acting under a mandate, at somebody's home."""

    ASSIST = "assist"
    AGENCY = "agency"
    HOME_VISIT = "home_visit"


class Booked(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"


TAKES_TIME = (Booked.HELD, Booked.CONFIRMED, Booked.ARRIVED, Booked.STARTED)
"""In these states a booking keeps its helper's cells."""
LIVE = (Booked.CONFIRMED, Booked.ARRIVED, Booked.STARTED)
"""In these states it is somebody's: one a person and matter (H3)."""

BOOKING_MOVES = {
    "confirm": move("held", to="confirmed"),
    "expire": move("held", to="expired"),
    "give_up": move("held", to="cancelled"),
    "change": move("confirmed", to="confirmed"),
    "cancel": move("confirmed", "arrived", to="cancelled"),
    "arrive": move("confirmed", to="arrived"),
    "start": move("confirmed", "arrived", to="started"),
    "finish": move("started", to="done"),
    "miss": move("confirmed", to="no_show"),
}


class Called(StrEnum):
    """Where a call for help stands (H5)."""

    RINGING = "ringing"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    WITH = "with"
    ENDED = "ended"
    CANCELLED = "cancelled"


CALL_MOVES = {
    "accept": move("ringing", "escalated", to="accepted"),
    "escalate": move("ringing", to="escalated"),
    "hand_back": move("accepted", to="ringing"),
    "meet": move("accepted", to="with"),
    "cancel": move("ringing", "escalated", "accepted", to="cancelled"),
    "end": move("accepted", "with", to="ended"),
    "settle": move("ringing", "escalated", to="ended"),
}
