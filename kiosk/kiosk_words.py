"""What the kiosk says, in the language that is on: keys for its script, sentences for people."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Every sentence of the kiosk. `{n}` and the like are filled in by the script."""
    return {
        **_choosing(),
        **_finding(),
        **_papers(),
        **_missed(),
        **_returning(),
        **_booked(),
        **_priority(),
        **_ticket(),
        **_trouble(),
        **_help(),
    }


def _choosing() -> dict[str, str]:
    return {
        "question": _("What would you like to do today?"),
        "how": _("No phone and no card needed."),
        "how_several": _("Touch up to {n} services. They come on one slip."),
        "step_choose": _("Choose a service"),
        "step_draw": _("Take your ticket"),
        "step_wait": _("Wait until you are called"),
        "calling": _("Being called now"),
        "to_window": _("to {window}"),
        "waiting": _("{n} waiting"),
        "nobody": _("No wait"),
        "stopped": _("Stopped"),
        "closed": _("Closed now"),
        "closing": _("Until {time}"),
        "opens": _("Opens {time}"),
        "more": _("More services"),
        "page_of": _("{n} of {all}"),
        "several": _("Several matters"),
        "cancel": _("Cancel"),
        "elder_on": _("Large text"),
        "elder_off": _("Normal text"),
        "voice_on": _("Read aloud"),
        "voice_off": _("Be silent"),
        "lower": _("Keys lower"),
        "raise": _("Keys higher"),
        "back": _("Back"),
        "home": _("Back to the start"),
        "home_in": _("Back to the start in {n} s"),
        "draw": _("Take a ticket"),
        "draw_several": _("Take {n} tickets"),
        "drawing": _("One moment …"),
        "confirm": _("Is this right? Then take your ticket."),
        "ahead_now": _("Waiting now"),
        "people": _("{n} people"),
        "people_one": _("1 person"),
        "people_none": _("Nobody"),
        "where": _("Where"),
        "no_window": _("No window is open for this yet. You can take a ticket; you will be called."),
        "wait_now": _("Wait (an estimate)"),
        "late": _("This line takes tickets until {time} today. Everybody who holds one is served."),
        "minutes": _("about {range} min"),
        "free": _("Tickets and help are free of charge."),
        "desk": _("The reception desk also draws tickets for you: no phone needed, and cash is welcome."),
        "phone": _("Supervision: {phone}"),
        "as_of": _("As of {time}"),
    }


def _finding() -> dict[str, str]:
    return {
        "by_situation": _("By occasion"),
        "by_department": _("By department"),
        "by_letters": _("By letters"),
        "which_situation": _("What is it about?"),
        "which_department": _("Which department?"),
        "choose_matter": _("Touch your matter. You then see the papers to bring."),
        "nothing_here": _("Nothing is on offer here at the moment. Please ask at the reception desk."),
        "bundle_of": _("{n} matters at once"),
        "type_letters": _("First letters of your matter"),
        "type_how": _("For example YYZZ for business licence (营业执照)."),
        "found_so_far": _("{n} found. Touch yours, or type on."),
        "nothing_found": _("Nothing found. Take letters away, or ask at the reception desk."),
        "delete": _("Delete the last letter"),
        "clear": _("Clear"),
    }


def _papers() -> dict[str, str]:
    return {
        "which_papers": _("Which papers do I need?"),
        "bring": _("Please bring ({n})"),
        "more_papers": _("More papers"),
        "originals": _("original × {n}"),
        "copies": _("copy × {n}"),
        "e_licence": _("e-licence accepted"),
        "only_if": _("({condition})"),
        "at_once": _("Done while you wait"),
        "promised": _("Promised within {n} working days"),
        "promised_one": _("Promised within one working day"),
    }


def _missed() -> dict[str, str]:
    return {
        "missed": _("Missed my call"),
        "missed_title": _("Type the number on your slip"),
        "missed_how": _(
            "A number that was called and missed comes back in line once, within {minutes} minutes."
        ),
        "missed_go": _("Back in line"),
        "missed_done": _("{number} is back in line"),
    }


def _returning() -> dict[str, str]:
    return {
        "return": _("Back with papers"),
        "return_title": _("Enter the return code on your notice"),
        "return_how": _(
            "It stands at the foot of the notice; a kiosk with a scanner reads it as well. It counts once."
        ),
        "return_go": _("My old place"),
        "return_scan": _("That was no return code. It has ten signs and stands at the foot of the notice."),
        "yours_again": _("Your old place is back. Your number:"),
    }


def _booked() -> dict[str, str]:
    return {
        "booked": _("I have a booking"),
        "booked_title": _("Code of your booking, or the last four digits of your telephone"),
        "booked_how": _("Ten signs, as on your phone or slip; a kiosk with a scanner reads it as well."),
        "booked_go": _("Check in now"),
        "book": _("Book a helper"),
        "booked_here": _("You are checked in"),
        "booked_comes": _("Helper no. {badge} knows that you are here, and comes to you."),
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
        "passed": _("Missed your call? Come back once within {minutes} minutes, here or at the desk."),
        "follow": _("Scan to follow your place on your phone"),
        "remember": _("Please remember your number."),
        "remember_several": _("Please remember your numbers."),
        "print": _("Print"),
        "print_again": _("Print once more"),
        "printing": _("Your slip is being printed …"),
        "take_slip": _("Please take your slip."),
        "doubtful": _("Has your slip come out? If not, the reception desk prints it."),
        "paper_out": _("The printer is out of paper."),
        "cover_open": _("The printer's cover is open."),
        "no_printing": _("The printer cannot print at the moment."),
        "still_valid": _(
            "Your number counts all the same: note it or take a photo. The reception desk prints slips too."
        ),
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
        "stopped_title": _("{line}: no tickets at the moment"),
        "stopped_why": _("Reason: {reason}"),
        "stopped_desk": _("The reception desk knows when it goes on."),
        "closed_why": _("Tickets are drawn during opening hours."),
        "opens_why": _("Closed now. Tickets again from {time}."),
        "closed_desk": _("The reception desk tells you what you can do meanwhile."),
        "unregistered": _(
            "This kiosk is no longer registered. Please take your ticket at the reception desk."
        ),
        "no_lines": _("No service is open here yet. Please ask at the reception desk."),
    }


def _help() -> dict[str, str]:
    return {
        "help_button": _("I need help"),
        "help_what": _("A helper comes to you"),
        "help_waits_title": _("Help is being called"),
        "help_comes_title": _("Help is on the way"),
        "help_over_title": _("Call for help"),
        "help_refused": _("Help could not be called"),
        "help_away": _("The server cannot be reached. Please ask at the reception desk."),
        "help_stay": _("Please stay here. It is free of charge."),
        "help_since": _("Waiting for {time}"),
        "help_ringing": _("Calling a helper for you. Please wait here."),
        "help_coming": _("Helper {name} (no. {badge}) is on the way."),
        "help_with": _("Helper {name} (no. {badge}) is with you."),
        "help_manager": _("The manager on duty has been told. Please wait a moment."),
        "help_ended": _("This call has ended."),
        "help_cancelled": _("The call was cancelled."),
        "help_cancel": _("Cancel the call"),
    }
