"""States of hard matters in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = {
    "booked": _l("Booked"),
    "arrived": _l("Here"),
    "taken_up": _l("Taken up by the head"),
    "promised": _l("Promised"),
    "kept": _l("Kept"),
    "not_kept": _l("Not kept"),
    "pointed": _l("Pointed to the petition office"),
    "withdrawn": _l("Given up"),
    "not_come": _l("Did not come"),
    "called_off": _l("Not received, called"),
}
BADGES = {
    "booked": "wait",
    "arrived": "now",
    "taken_up": "busy",
    "promised": "pause",
    "kept": "done",
    "not_kept": "late",
    "pointed": "off",
    "withdrawn": "off",
    "not_come": "off",
    "called_off": "off",
}
HEADLINES = {
    "booked": _l("Your time is booked"),
    "arrived": _l("You are here: you will be called in"),
    "taken_up": _l("Your matter is taken up"),
    "promised": _l("This is what was promised to you"),
    "kept": _l("What was promised is done"),
    "not_kept": _l("What was promised was not done"),
    "pointed": _l("Please turn to the petition office"),
    "withdrawn": _l("This booking is given up"),
    "not_come": _l("This booking was missed"),
    "called_off": _l("This time is called off"),
}
SOURCES = {"booked": _l("booked"), "floor": _l("from the floor"), "window": _l("from the window")}
