"""The words of the page on which a clerk takes a case in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall.applicants.rules import NumberKind

KINDS = {
    NumberKind.ID_CARD: _l("Resident identity card"),
    NumberKind.HOUSEHOLD_REGISTER: _l("Household register (children)"),
    NumberKind.HK_MACAO_PERMIT: _l("Mainland travel permit of Hong Kong and Macao residents"),
    NumberKind.TAIWAN_PERMIT: _l("Mainland travel permit of Taiwan residents"),
    NumberKind.FOREIGN_RESIDENCE: _l("Foreigner's permanent residence card"),
    NumberKind.PASSPORT: _l("Passport"),
    NumberKind.SOCIAL_CREDIT: _l("Unified social credit code"),
    NumberKind.NONE_YET: _l("None yet (being founded)"),
}
STATES = {
    "present": _l("Complete"),
    "corrected": _l("Corrected here"),
    "deferred": _l("Handed in later"),
    "missing": _l("Missing"),
    "not_needed": _l("Not needed"),
    "reused": _l("On file"),
    "from_bundle": _l("From this bundle"),
}
LATER = {
    "stopped": _l("Special procedure"),
    "proposed": _l("Second pair of eyes"),
    "decided": _l("Decided"),
    "ready": _l("Ready"),
    "delivered": _l("Handed over"),
    "terminated": _l("Terminated"),
    "withdrawn": _l("Withdrawn"),
}
"""States that a case has long after its receipt: seen when somebody comes back to the page."""
KEYS = (
    ("Enter", _l("The next field, from the last one to the papers, from the last paper to “Receive”")),
    ("F2", _l("Choose the matter")),
    ("F4", _l("Go to the applicant")),
    ("F8", _l("Go to the papers")),
    (
        "1 – 7",
        _l(
            "On a paper: complete, corrected here, handed in later, missing, not needed, on file, from this bundle"
        ),
    ),
    ("A", _l("On a paper: all that are open are complete")),
    ("R", _l("On a paper: reuse all that are on file")),
    ("↑ ↓", _l("The paper above, the paper below")),
    ("Ctrl Enter", _l("Receive")),
    ("G, R, A", _l("After receiving: grant, refuse or accept at once, where you may")),
)


def page_words() -> dict[str, Any]:
    """The words of the page's scripts."""
    kinds = {f"kind_{kind.value}": str(text) for kind, text in KINDS.items()}
    states = {f"state_{name}": str(text) for name, text in STATES.items()}
    return {**kinds, **states, **_saving(), **_papers(), **_ways(), **_done()}


def _saving() -> dict[str, Any]:
    return {
        "saved": _("Saved at {time}"),
        "saving": _("Saving …"),
        "unsaved": _("Not saved yet: the server does not answer. It is tried again."),
        "refused": _("Not saved: see above."),
        "fresh": _("Kept as you fill it in"),
        "stale": _("This form was changed in another window."),
        "take_saved": _("Show what is saved"),
        "keep_mine": _("Keep what I typed here"),
        "signed_out": _(
            "You are signed out. What you typed last is only on this page until you sign in again."
        ),
        "sign_in": _("Sign in again"),
        "colon": _(": "),
        "check_first": _("Please check the following"),
        "number_good": _("The number is well formed."),
        "number_hint": _("The number is well formed; first given in {hint}."),
    }


def _papers() -> dict[str, Any]:
    return {
        "originals": _("original {n}"),
        "copies": _("copy {n}"),
        "note_label": _("What about it? {name}"),
        "note_hint": _("What is wrong, or what was put right"),
        "open_papers": {"one": _("{n} paper to go through"), "other": _("{n} papers to go through")},
        "all_checked": _("All papers are gone through"),
        "on_file": _("On file: {number}, {on}"),
        "made_by": _("Made by an earlier case of this bundle: {name}. The applicant brings nothing."),
        "offers": {
            "one": _("{n} paper of this applicant is on file already."),
            "other": _("{n} papers of this applicant are on file already."),
        },
        "visits": _("Visits"),
        "papers": _("Papers"),
        "reused": _("Papers reused"),
        "from_to": _("{before} → {after}"),
        "withdrawn": _("withdrawn"),
        "no_papers": _("This matter asks for no papers."),
        "asked_by": _("Asked for by"),
        "in_turn": _("One after the other"),
        "side_by_side": _("Side by side"),
    }


def _ways() -> dict[str, Any]:
    return {
        "nothing_found": _("Nothing found."),
        "bundle": _("Bundle"),
        "other_matter": _("Give up what is filled in, and begin with “{name}”?"),
        "without": _("Receive without these"),
        "discard_and_begin": _("Give up and begin"),
        "give_up": _("Give up"),
        "go_on": _("Go on filling in"),
        "discard": _("Give this form up?"),
        "discarded": _("The form was given up. Nothing was received."),
        "of_ticket": _("for {number}"),
        "nobody_named": _("No name yet"),
        "no_ticket": _("Nobody is at the window"),
        "ticket_gone": _("{number} is not at the window any more. The form can still be received."),
    }


def _done() -> dict[str, Any]:
    return {
        "case_received": _("With the department"),
        "case_waiting_turn": _("Waits for its turn"),
        "case_accepted": _("Accepted"),
        "case_correction": _("Sent back for papers"),
        "case_not_accepted": _("Not accepted"),
        **{f"case_{state}": str(text) for state, text in LATER.items()},
        "received": _("Received"),
        "see_receipt": _("Look at it"),
        "print_receipt": _("Print the receipt"),
    }
