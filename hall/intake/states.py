"""The state tables of filings and cases (I1–I7). Pure.

A filing is one form with one receipt; receiving it makes one case for each item, in `waiting_turn` where a bundle's
order names an earlier one. Receiving, accepting, deciding and issuing are four acts (I1).
"""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class FilingState(StrEnum):
    """Where a form stands. Drafts are not received (I4)."""

    DRAFT = "draft"
    RECEIVED = "received"
    DISCARDED = "discarded"


class CaseState(StrEnum):
    """Where a case stands."""

    WAITING_TURN = "waiting_turn"  # a bundle in order: an earlier case decides first (I6)
    RECEIVED = "received"  # with the department, neither accepted nor noticed
    CORRECTION = "correction"  # the one-time notice is out (I4)
    ACCEPTED = "accepted"  # the clock runs
    STOPPED = "stopped"  # a special procedure, the clock stands (I5)
    PROPOSED = "proposed"  # decided by one, a second pair of eyes is due
    DECIDED = "decided"  # granted or refused; the result is being made
    READY = "ready"  # the result lies at the issue window
    DELIVERED = "delivered"  # handed over or posted: concluded
    NOT_ACCEPTED = "not_accepted"
    TERMINATED = "terminated"  # a deferred paper did not come (I7)
    WITHDRAWN = "withdrawn"  # by the applicant, or given up after a correction notice


FILING_MOVES = {
    "save": move("draft", to="draft"),
    "receive": move("draft", to="received"),
    "discard": move("draft", to="discarded"),
}

CASE_MOVES = {
    "arrive": move("waiting_turn", to="received"),
    "accept": move("received", to="accepted"),
    "lapse": move("received", to="accepted"),
    "correct": move("received", to="correction"),
    "supplement": move("correction", to="received"),
    "turn_back": move("received", to="correction"),  # what came in is not what the notice asked for
    "decline": move("received", to="not_accepted"),
    "stop": move("accepted", to="stopped"),
    "resume": move("stopped", to="accepted"),
    "extend": move("accepted", to="accepted"),
    "propose": move("accepted", to="proposed"),
    "send_back": move("proposed", to="accepted"),
    "decide": move("accepted", to="decided"),
    "confirm": move("proposed", to="decided"),
    "make_ready": move("decided", to="ready"),
    "deliver": move("ready", to="delivered"),
    "bring_back": move("delivered", to="ready"),  # by the post
    "terminate": move("accepted", "stopped", "proposed", "decided", to="terminated"),
    "withdraw": move("waiting_turn", "received", "correction", "accepted", "stopped", to="withdrawn"),
}

OPEN = ("waiting_turn", "received", "correction", "accepted", "stopped", "proposed", "decided", "ready")
"""States of cases that are not over."""

WITH_DEPARTMENT = ("received", "correction", "accepted", "stopped", "proposed", "decided")
"""States in which the department has something to do, or to wait for."""

OVER = ("delivered", "not_accepted", "terminated", "withdrawn")


class Mode(StrEnum):
    """How receiving and reviewing are kept apart (I1)."""

    SAME_DESK = "same_desk"  # 受办一体
    SEPARATED = "separated"  # 受审分离
    TOWNSHIP = "township"  # received there, decided at the county


class PaperState(StrEnum):
    """What the checklist says of one paper (I2). `unchecked` only in drafts."""

    UNCHECKED = "unchecked"
    PRESENT = "present"
    REUSED = "reused"  # from an earlier case or an e-licence of the same applicant (一证通办)
    CORRECTED = "corrected"  # put right on the spot (当场更正)
    DEFERRED = "deferred"  # to be handed in later (容缺)
    MISSING = "missing"
    FROM_BUNDLE = "from_bundle"  # an earlier case of the same bundle makes it (I6)
    NOT_NEEDED = "not_needed"  # its condition does not hold here


AT_HAND = frozenset({PaperState.PRESENT, PaperState.REUSED, PaperState.CORRECTED})
