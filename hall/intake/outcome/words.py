"""Why a case is not decided at the window, in words, and the words of the closing screen."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall.intake.outcome.rules import Why

WHY: dict[Why, object] = {
    Why.NOT_RECEIVER: _l("Who received the case decides it at the window, nobody else."),
    Why.WAITS: _l("It waits for the case before it, then its department goes on."),
    Why.PAST: _l("This case has gone on already: nothing is decided at the window any more."),
    Why.NO_AUTHORITY: _l("You hold no written authority for this item. The department goes on."),
    Why.REVOKED: _l("Your authority for this item was revoked. The department goes on."),
    Why.MODE: _l("This item is received here and decided by its department."),
    Why.SECOND: _l("This item needs a second pair of eyes. The department decides it."),
}


def why_word(why: str) -> str:
    """The sentence; empty where nothing stands in the way."""
    return str(WHY[Why(why)]) if why else ""


def page_words() -> dict[str, Any]:
    """The words of the closing screen's script."""
    return {
        "outcome_decide": _("You may decide this one now, under {document}."),
        "outcome_accept": _("You may accept it now, under {document}; the department decides."),
        "outcome_needed": _("Papers are missing that cannot come later: send the one-time notice."),
        "outcome_deferrable": _("A paper comes later: the result waits for it at the department."),
        "outcome_grant": _("Grant"),
        "outcome_refuse": _("Refuse"),
        "outcome_accept_now": _("Accept"),
        "outcome_accept_deferred": _("Accept with deferral"),
        "outcome_case": _("Notice, or not accepted"),
        "outcome_number": _("Number of the result (optional)"),
        "outcome_until": _("Result good until (optional)"),
        "outcome_reasons": _("Why it is refused: this stands on the decision"),
        "outcome_do_grant": _("Grant, result to the issue window"),
        "outcome_do_refuse": _("Refuse with these reasons"),
        "outcome_cancel": _("Cancel"),
        "outcome_granted": _("Granted: {number}"),
        "outcome_refused": _("Refused: {number}"),
        "outcome_accepted": _("Accepted: {number}"),
        "outcome_print_acceptance": _("Print the acceptance"),
        "outcome_print_decision": _("Print the decision"),
        "outcome_unread": _(
            "Whether you may decide here could not be read. The cases are with their departments."
        ),
        "outcome_again": _("Try again"),
        "case_to_decide": _("To be decided here"),
        "case_to_accept": _("To be accepted here"),
        "case_ready": _("At the issue window"),
        "case_decided": _("Decided, waits for a paper"),
    }
