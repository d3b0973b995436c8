"""The reasons for an order, and what happened to a ticket, in plain words: one vocabulary for pages and answers.

Blanks are in braces, so that the same sentence serves a script and the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from hall.queueing.rules import Why

WHY = {
    "issued": _l("time of issue"),
    "priority": _l("priority lane: {minutes} minutes ahead"),
    "booked": _l("booked and checked in: {minutes} minutes ahead"),
    "returned": _l("back with missing papers"),
    "transferred": _l("transferred: place and number kept"),
    "rejoined": _l("rejoined after being passed"),
    "later": _l("let others go first"),
    "preferred": _l("next of this window's own lines"),
    "overdue": _l("waited over target: {minutes} min"),
    "other": _l("only while your own lines are empty"),
    "reserved": _l("reserved for this window"),
    "frozen": _l("frozen: being served at window {window}"),
    "frozen_on_hold": _l("frozen: another matter of this visit comes first"),
    "chosen": _l("called out of order"),
}
PRIORITY = {
    "elder": _l("60 and over"),
    "disabled": _l("Disabled"),
    "pregnant": _l("Pregnant"),
    "ill": _l("Seriously ill"),
    "military": _l("Serving or retired military"),
    "martyr_family": _l("Martyr's family"),
    "firefighter": _l("Firefighter"),
}
REASONS = {
    "break": _l("Break"),
    "meeting": _l("Meeting"),
    "fault": _l("Fault"),
    "form": _l("Filling in a form"),
    "copy": _l("Making copies"),
    "payment": _l("Paying"),
    "colleague": _l("Asking a colleague"),
    "other": _l("Other reason"),
    "priority": _l("Priority shown late"),
    "papers": _l("Back with papers"),
    "transferred": _l("Was transferred"),
    "health": _l("Health"),
    "holder": _l("by the holder"),
    "desk": _l("by the desk"),
    "day_ended": _l("the day ended"),
    "handed_over": _l("handed over to a colleague"),
}
OUTCOMES = {
    "done": _l("Done"),
    "received": _l("Papers received"),
    "collected": _l("Result collected"),
    "consulted": _l("Advice given"),
    "incomplete": _l("Papers incomplete"),
    "wrong_line": _l("Wrong line"),
}
EVENTS = {
    "ticket_issued": _l("Drawn"),
    "ticket_called": _l("Called to window {window}"),
    "ticket_recalled": _l("Called again to window {window}"),
    "serving_started": _l("Service started at window {window}"),
    "ticket_held": _l("Put on hold at window {window}"),
    "ticket_resumed": _l("Taken up again at window {window}"),
    "ticket_transferred": _l("Transferred by window {window}"),
    "ticket_passed": _l("Passed at window {window}: nobody came"),
    "pass_undone": _l("Pass taken back at window {window}"),
    "ticket_rejoined": _l("Back in line after being passed"),
    "ticket_let_others_first": _l("Let others go first"),
    "ticket_abandoned": _l("Left the queue"),
    "ticket_finished": _l("Finished at window {window}"),
    "ticket_unserved": _l("Not served when the day ended"),
    "priority_given": _l("Priority lane given"),
    "slip_printed": _l("Slip printed"),
    "ticket_returned": _l("Back with missing papers, at its old place"),
    "ticket_address_shown": _l("The address of its page was handed out"),
    "call_why_asked": _l("Its history was read to answer a question"),
    "ticket_handed_in": _l("Printed by a kiosk without a server, handed in later"),
    "ticket_served_by_hand": _l("Called by hand and served at window {window}"),
}
CHANNELS = {"kiosk": _l("at the kiosk"), "desk": _l("at the desk"), "phone": _l("by phone")}


def why(reason: Why) -> str:
    """One reason for a place as a sentence's part, in the caller's language."""
    key = reason.key
    if key == "frozen" and reason.window is None:
        key = "frozen_on_hold"
    said = str(WHY.get(key, key))
    return said.format(minutes=reason.minutes or 0, window=reason.window or "")


def reason(key: str | None) -> str:
    """A reason, outcome or ground from any of the lists; one that a site added stands for itself."""
    if not key:
        return ""
    for known in (REASONS, OUTCOMES, PRIORITY):
        if key in known:
            return str(known[key])
    return key


def event(fact: str, window: int | None) -> str:
    """What happened, in words; an unknown fact stands for itself."""
    said = str(EVENTS.get(fact, fact))
    return said.format(window="—" if window is None else window)
