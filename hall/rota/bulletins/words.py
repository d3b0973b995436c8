"""Words of bulletins on pages, in the reader's language; what a bulletin itself says is official Chinese."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

PARTS = {"am": _l("morning"), "pm": _l("afternoon")}
KINDS = {
    "present": _l("present"),
    "late": _l("late"),
    "left_early": _l("left early"),
    "stand_in": _l("stand-in"),
    "on_leave": _l("on leave"),
    "absent": _l("absent"),
    "explained": _l("absence excused"),
    "checking": _l("being checked"),
    "expected": _l("not over yet"),
}
MARKS = {
    "present": "done",
    "late": "pause",
    "left_early": "pause",
    "stand_in": "wait",
    "on_leave": "off",
    "absent": "late",
    "explained": "off",
    "checking": "wait",
    "expected": "plain",
}
WAITS_FOR = {
    "asking": _l("the department is to be asked"),
    "department": _l("the department can answer until %(day)s"),
    "decision": _l("you are to decide"),
}
