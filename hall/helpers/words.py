"""What happened to a booking and why, in plain words: one vocabulary for pages and answers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SKILLS = {
    "sign": _l("Sign language"),
    "dialect": _l("Local dialect"),
    "english": _l("English"),
}
STATES = {
    "held": _l("Held, not yet confirmed"),
    "confirmed": _l("Booked"),
    "arrived": _l("Checked in"),
    "started": _l("Being helped"),
    "done": _l("Finished"),
    "cancelled": _l("Cancelled"),
    "no_show": _l("Nobody came"),
    "expired": _l("Not confirmed in time"),
}
BECAUSE = {
    "wished": _l("You chose this helper."),
    "only": _l("The only helper free at this time."),
    "skills": _l("Knows best what you need, of {among} free at this time."),
    "least_loaded": _l("Has least to do that day ({minutes} min so far), of {among} free at this time."),
    "longest_idle": _l("Has waited longest for work, of {among} free at this time."),
    "in_turn": _l("In turn, of {among} free at this time."),
    "handed_over": _l("Handed over by a colleague."),
}


def because(reason: str, among: int, minutes: int) -> str:
    """Why this helper (H6), as a sentence in the caller's language: the figures are those kept with the choice."""
    said = str(BECAUSE.get(reason, reason))
    return said.replace("{among}", str(among)).replace("{minutes}", str(minutes))


def skill(name: str) -> str:
    """A skill in words; a bundle by its code."""
    return str(SKILLS.get(name, name.removeprefix("bundle:")))
