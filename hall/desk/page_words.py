"""What the desk's script says, in the language that is on; `{n}` and the like are filled in by the script."""

from __future__ import annotations

from flask_babel import gettext as _

Words = dict[str, str | dict[str, str]]


def page_words() -> Words:
    """Every sentence of the desk's script."""
    return {**_lines(), **_drawing(), **_drawn(), **_found(), **_doing(), **_states()}


def _lines() -> Words:
    return {
        "line_waiting": _("{n} waiting"),
        "line_nobody": _("No wait"),
        "windows_open": {"one": _("{n} window open"), "other": _("{n} windows open")},
        "windows_none": _("No window open"),
        "line_stopped": _("Stopped: {reason}"),
        "line_closed": _("Closed now"),
        "line_opens": _("Opens at {time}"),
        "line_closing": _("Until {time}"),
        "stale": _(
            "These figures are of {time}: the connection is away. Drawing will be tried all the same."
        ),
        "no_lines": _("No line is open in this hall yet. The hall manager makes lines in the settings."),
        "search_none": _("Nothing found. Try another word, or choose the line."),
        "search_found": {"one": _("{n} service found"), "other": _("{n} services found")},
        "papers_n": {"one": _("{n} paper"), "other": _("{n} papers")},
    }


def _drawing() -> Words:
    return {
        "draw": _("Draw"),
        "draw_n": _("Draw {n} numbers"),
        "chosen": _("Chosen"),
        "chosen_none": _("Choose up to {n} matters."),
        "too_many": _("At most {n} matters fit on one slip."),
        "same_line": _("Waits in the same line as {name}: one number is enough."),
        "remove": _("Remove {name}"),
        "priority_draw": _("With priority, drawn at once"),
        "priority_how": _("A word is enough. Never ask those whose age or pregnancy can be seen."),
        "more": _("Group, language, against double drawing"),
        "heads": _("People in the group"),
        "fewer": _("One fewer"),
        "one_more": _("One more"),
        "slip_language": _("Language of the slip"),
        "person": _("ID number or phone"),
        "person_how": _(
            "Only against a second number in the same line. Not kept as it is, gone when you draw."
        ),
        "person_wrong": _("This is neither an ID number nor a phone number."),
        "test": _("Test ticket"),
        "test_how": _("For trying kiosks and sound: marked, never counted."),
        "papers": _("Papers to bring"),
        "original": _("original"),
        "copies": _("{n} copies"),
        "closed_no_draw": _("This line gives out no numbers now."),
        "waiting_now": _("Waiting now"),
        "wait_now": _("Wait"),
        "wait_unknown": _("not known yet"),
        "where": _("Where"),
        "several_note": _("When one is called, the others keep their places."),
    }


def _drawn() -> Words:
    return {
        "drawn": _("Number drawn"),
        "drawn_n": _("Numbers drawn"),
        "is_test": _("Test ticket, not counted"),
        "ahead": {"one": _("{n} person ahead"), "other": _("{n} people ahead")},
        "ahead_none": _("Next in line"),
        "group": _("Group of {n}"),
        "with_priority": _("Priority lane"),
        "print": _("Print the slip"),
        "print_on": _("Print on"),
        "this_computer": _("This computer"),
        "sent_to": _("Sent to {name}."),
        "printer_trouble": _("{name} (see to it: no paper, open or away)"),
        "further_slip": _("A further slip of {number}"),
        "next_person": _("Next person"),
        "scan": _("The holder scans this to follow the number on the phone."),
        "slip_return": _("{number} comes back as {again}: the old place, a new number."),
    }


def _found() -> Words:
    return {
        "drawn_at": _("Drawn at {time}"),
        "of_day": _("Of {date}"),
        "called_to": _("Called to {window}"),
        "called_times": {"one": _("called once"), "other": _("called {n} times")},
        "reprinted": {"one": _("reprinted once"), "other": _("reprinted {n} times")},
        "rejoin_until": _("Can rejoin until {time}"),
        "story": _("What happened"),
        "story_none": _("Nothing yet."),
        "ask_why": _("Why was another one first?"),
        "other_number": _("The other number"),
        "explain": _("Explain"),
        "read_out": _("To be read out"),
        "staff_only": _("For staff only"),
        "not_aloud": _("Do not read this out or show it: it says whose and why."),
        "back": _("Back to {number}"),
        "passed_late": _(
            "The half hour is over, or the number was brought back once already. Please draw a new number."
        ),
        "new_number": _("New number in this line"),
        "over": _("This number is over. Nothing can be done with it any more."),
    }


def _doing() -> Words:
    return {
        "do_priority": _("Give priority"),
        "do_rejoin": _("Back in line"),
        "do_return": _("Back with papers: old place"),
        "do_reprint": _("Print again"),
        "do_address": _("Show the page's address"),
        "do_leave": _("Give the number up"),
        "sure_reprint": _("Have you made sure that this person holds the number?"),
        "sure_address": _(
            "Have you made sure that this person holds the number? The address opens its page to anybody."
        ),
        "sure_leave": _("Does the holder really want to leave the queue?"),
        "sure_return": _("Have you seen the notice, and are the papers complete?"),
        "yes": _("Yes"),
        "no": _("No"),
        "done_priority": _("{number} is in the priority lane now."),
        "done_rejoin": _("{number} is back in line."),
        "done_leave": _("{number} has been given up."),
        "address": _("Address of the page of {number}"),
        "address_none": _("Phones cannot reach this hall. On a computer in the hall:"),
        "counted": _("Counted: {topic}"),
        "taken_back": _("Taken back"),
        "undo": _("Undo"),
        "today_n": _("{n} today"),
        "earlier": _("Back with papers on a notice of an earlier day?"),
        "notice_number": _("Number on the notice"),
        "notice_day": _("Day"),
        "look_up": _("Look up"),
        "return_code": _("Back with papers: the notice's code"),
        "slip_code": _("The old place is back: {again} is the new number."),
        "idle_title": _("What do they need?"),
        "idle_text": _(
            "Touch a line on the left, then draw. Or enter a number, or a notice's return code, above."
        ),
    }


def _states() -> Words:
    return {
        "s_waiting": _("Waiting"),
        "s_called": _("Being called"),
        "s_serving": _("Being served"),
        "s_held": _("On hold"),
        "s_passed": _("Passed"),
        "s_finished": _("Finished"),
        "s_abandoned": _("Left"),
        "s_unserved": _("Not served today"),
        "s_frozen": _("Waiting for another matter"),
        "window_one": _("window {numbers}"),
        "window_other": _("windows {numbers}"),
    }
