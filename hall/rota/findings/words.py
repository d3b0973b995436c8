"""Words of the ledger of findings, by the words that it keeps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = {
    "found": _l("Found"),
    "assigned": _l("Being put right"),
    "rectified": _l("To be verified"),
    "verified": _l("Verified"),
    "closed": _l("Closed out"),
}
MARKS = {"found": "wait", "assigned": "busy", "rectified": "pause", "verified": "done", "closed": "off"}
FILTERS = {"open": _l("Not closed out"), "overdue": _l("Overdue"), **STATES}
SOURCES = {
    "sit": _l("Sitting at the window"),
    "walk": _l("Walking a process"),
    "do": _l("Doing a hard matter"),
    "other": _l("Otherwise"),
}
STEPS = {
    "found": _l("Found"),
    "assigned": _l("Assigned"),
    "extended": _l("Deadline extended"),
    "rectified": _l("Put right"),
    "sent_back": _l("Sent back"),
    "verified": _l("Verified"),
    "called_back": _l("Citizen called back"),
    "closed": _l("Closed out"),
}
REACHED = {
    "content": _l("Content"),
    "not_content": _l("Not content"),
    "not_reached": _l("Not reached"),
}
ENDS = {"jpeg": "jpg", "png": "png", "pdf": "pdf", "docx": "docx"}
