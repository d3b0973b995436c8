"""Words of a helper's pages: kinds, states, progress, results."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hall.intake.review.words import MARKS, STATES

__all__ = ["CASES", "CHANNELS", "KINDS", "MARKS", "NEEDS", "PROGRESS", "RESULTS"]

CASES = STATES
"""Where a case stands, as its department says it."""

KINDS = {
    "assist": _l("Help in the hall"),
    "agency": _l("Agency"),
    "home_visit": _l("Home visit"),
}
PROGRESS = {
    "begun": _l("Begun"),
    "papers": _l("Gathering papers"),
    "handed_in": _l("Handed in at the window"),
    "waiting": _l("Being decided"),
    "result_in": _l("The result is there"),
}
RESULTS = {
    "done": _l("Done"),
    "advised": _l("Advised, they go on alone"),
    "handed_in": _l("Papers are with the window"),
    "referred": _l("Sent to another office"),
    "withdrawn": _l("Given up by the applicant"),
}
NEEDS = {
    "sign": _l("Sign language"),
    "dialect": _l("Local dialect"),
    "english": _l("English"),
}
CHANNELS = {
    "kiosk": _l("Kiosk"),
    "phone": _l("Phone page"),
    "desk": _l("Reception desk"),
    "window": _l("Window"),
}
