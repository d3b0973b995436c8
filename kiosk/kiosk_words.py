"""What the kiosk says, in the language that is on: keys for its script, sentences for people."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Every sentence of the kiosk. `{n}` and the like are filled in by the script."""
    return {**_choosing(), **_priority(), **_ticket(), **_trouble()}


def _choosing() -> dict[str, str]:
    return {
        "title": _("Take a ticket"),
        "question": _("What would you like to do today?"),
        "how": _("Touch a service, then touch “Take a ticket”."),
        "how_several": _("Touch up to {n} services. They come on one slip."),
        "waiting": _("{n} waiting"),
        "nobody": _("No wait"),
        "stopped": _("Stopped"),
        "more": _("More services"),
        "page_of": _("Page {n} of {all}"),
        "several": _("Several matters"),
        "chosen": _("{n} chosen"),
        "cancel": _("Cancel"),
        "elder_on": _("Large text"),
        "elder_off": _("Normal text"),
        "lower": _("Lower the keys"),
        "raise": _("Raise the keys"),
        "back": _("Back"),
        "home": _("Back to the start"),
        "home_in": _("Back to the start in {n} s"),
        "draw": _("Take a ticket"),
        "draw_several": _("Take {n} tickets"),
        "drawing": _("One moment …"),
        "ahead_now": _("People waiting in this line"),
        "people": _("{n} people"),
        "windows_now": _("Windows open for it"),
        "windows": _("{n} windows"),
        "no_window": _("No window is open for this yet. You can take a ticket; you will be called."),
        "wait_now": _("Wait, roughly"),
        "free": _("Tickets and help are free of charge."),
        "desk": _("Staff at the reception desk gladly draw a ticket for you, with or without phone or card."),
        "phone": _("Supervision: {phone}"),
        "as_of": _("As of {time}"),
        "busy_now": _("{waiting} waiting · {open} services open"),
    }


def _priority() -> dict[str, str]:
    return {
        "priority": _("Priority"),
        "priority_title": _("Priority: which applies to you?"),
        "priority_how": _("Your word is enough. Staff may ask for a document at the window."),
        "priority_on": _("Priority: {reason}"),
        "priority_off": _("Without priority"),
        "elder": _("60 years or older"),
        "disabled": _("Disability"),
        "pregnant": _("Pregnancy"),
        "ill": _("Serious illness"),
        "military": _("Serving or retired military"),
        "martyr_family": _("Family of a martyr"),
        "firefighter": _("Firefighter"),
    }


def _ticket() -> dict[str, str]:
    return {
        "yours": _("Your number"),
        "yours_several": _("Your numbers"),
        "ahead": _("{n} people ahead of you"),
        "ahead_one": _("1 person ahead of you"),
        "ahead_none": _("You are next"),
        "wait": _("about {range} minutes (an estimate)"),
        "listen": _("Please watch the screens and listen for your number."),
        "passed": _("Missed your call? The reception desk puts you back in line once, within 30 minutes."),
        "follow": _("Scan to follow your place on your phone"),
        "remember": _("Please remember your number, or print it."),
        "print": _("Print"),
        "finished": _("Done"),
        "frozen": _("When one is called, the others keep their places."),
    }


def _trouble() -> dict[str, str]:
    return {
        "away": _("No connection to the server. Please take your ticket at the reception desk for now."),
        "away_title": _("The server cannot be reached"),
        "away_text": _(
            "We do not know yet whether your ticket was drawn. Trying again never draws a second one."
        ),
        "again": _("Try again"),
        "refused_title": _("That did not work"),
        "stopped_title": _("No more tickets for this service at the moment"),
        "stopped_desk": _("The reception desk can tell you when it goes on."),
        "unregistered": _(
            "This kiosk is no longer registered. Please take your ticket at the reception desk."
        ),
        "no_lines": _("No service is open here yet. Please ask at the reception desk."),
    }
