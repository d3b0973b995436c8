"""State tables of sessions, duties, and of what changes a duty after it was published. Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class HolidayRule(StrEnum):
    """What becomes of a session whose day is no working day (M1)."""

    NEXT_WORKING_DAY = "next_working_day"
    SKIP = "skip"
    MANUAL = "manual"


class Post(StrEnum):
    """What somebody is in their department; a liaison signs up for others and never sits (M2, M4)."""

    HEAD = "head"
    DEPUTY = "deputy"
    CHIEF_OFFICER = "chief_officer"
    LIAISON = "liaison"


STAND_INS = (Post.DEPUTY, Post.CHIEF_OFFICER)
"""Who may stand in for a head; it never counts as the head's attendance (M4)."""


class Held(StrEnum):
    """Where a session stands. A draft has no day yet: its calendar is not confirmed, or a person must choose it.

    What is dropped was never public and can be taken up again; what is cancelled was, and stays so.
    """

    DRAFT = "draft"
    OPEN = "open"
    PUBLISHED = "published"
    DROPPED = "dropped"
    CANCELLED = "cancelled"


SESSION_MOVES = {
    "date": move("draft", to="open"),
    "publish": move("open", to="published"),
    "drop": move("draft", "open", to="dropped"),
    "restore": move("dropped", to="draft"),
    "cancel": move("published", to="cancelled"),
}


class Turn(StrEnum):
    """Where a duty stands."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    EXCHANGED = "exchanged"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


LIVE = (Turn.PROPOSED, Turn.SIGNED, Turn.CONFIRMED)
"""In these states a duty holds its seat: one a seat, one a department and session."""

DUTY_MOVES = {
    "withdraw": move("proposed", "signed", to="withdrawn"),
    "confirm": move("proposed", "signed", to="confirmed"),
    "exchange": move("confirmed", to="exchanged"),
    "excuse": move("confirmed", to="excused"),
    "cancel": move("confirmed", to="cancelled"),
}
"""`cancel` goes with its whole session: nobody owes a turn for it."""


class Asked(StrEnum):
    """Where a wish to change a published duty stands: a swap, a stand-in, a leave (M4)."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"
    GIVEN_BACK = "given_back"


PENDING = (Asked.ASKED, Asked.ACCEPTED)

SWAP_MOVES = {
    "accept": move("asked", to="accepted"),
    "approve": move("accepted", to="approved"),
    "refuse": move("asked", "accepted", to="refused"),
    "take_back": move("asked", "accepted", to="taken_back"),
    "lapse": move("asked", "accepted", to="lapsed"),
}
"""A swap is asked, accepted by the other and approved by the manager."""

WISH_MOVES = {
    "approve": move("asked", to="approved"),
    "refuse": move("asked", to="refused"),
    "take_back": move("asked", to="taken_back"),
    "lapse": move("asked", to="lapsed"),
    "give_back": move("approved", to="given_back"),
}
"""A stand-in or a leave is asked and approved; with a session that is cancelled it is given back: it counts no more."""
