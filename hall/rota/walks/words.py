"""Walks in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = {"walking": _l("Under way"), "ended": _l("Gone through"), "given_up": _l("Given up")}
WHAT = {
    "days": _l("Working days until the result"),
    "visits": _l("Visits to the hall"),
    "papers": _l("Papers to bring"),
    "fee": _l("Fee"),
}
VERDICTS = {
    "kept": _l("as promised"),
    "better": _l("better than promised"),
    "worse": _l("not as promised"),
    "unknown": _l("nothing to compare"),
}
BADGES = {"kept": "done", "better": "done", "worse": "late", "unknown": "plain"}
USUAL = (
    _l("Ask what to bring"),
    _l("Draw a number"),
    _l("Wait"),
    _l("Fill in the form"),
    _l("Hand in the papers"),
    _l("Be asked for more"),
    _l("Pay"),
    _l("Get the receipt"),
    _l("Collect the result"),
)
"""Steps that most items have; anything else can be typed."""
