"""What pages of cases call things: states, lights, modes, papers, what happened."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hall.intake.documents import rules

STATES = {
    "waiting_turn": _l("Waits for the case before"),
    "received": _l("To be accepted"),
    "correction": _l("Papers asked for"),
    "accepted": _l("In review"),
    "stopped": _l("Special procedure"),
    "proposed": _l("Second pair of eyes"),
    "decided": _l("Result to be made"),
    "ready": _l("At the issue window"),
    "delivered": _l("Concluded"),
    "not_accepted": _l("Not accepted"),
    "terminated": _l("Terminated"),
    "withdrawn": _l("Withdrawn"),
}
MARKS = {
    "received": "wait",
    "correction": "pause",
    "accepted": "busy",
    "stopped": "pause",
    "proposed": "wait",
    "decided": "done",
    "ready": "done",
    "delivered": "done",
}
LIGHTS = {
    "overdue": _l("Overdue"),
    "red": _l("Due now"),
    "yellow": _l("Half time over"),
    "green": _l("In time"),
    "stopped": _l("Clock stands"),
    "pending": _l("Date pending"),
    "none": _l("No deadline"),
}
LIGHT_MARKS = {
    "overdue": "now",
    "red": "late",
    "yellow": "pause",
    "green": "done",
    "stopped": "off",
    "pending": "off",
}
MODES = {
    "separated": _l("Received and reviewed by different people"),
    "same_desk": _l("Received and reviewed at one desk"),
    "township": _l("Received in the township, decided at the county"),
}
PAPERS = {
    "unchecked": _l("Not checked"),
    "present": _l("At hand"),
    "reused": _l("Reused"),
    "corrected": _l("Corrected on the spot"),
    "deferred": _l("Comes later"),
    "missing": _l("Missing"),
    "not_needed": _l("Not needed"),
    "from_bundle": _l("From this bundle"),
}
BROUGHT = {"missing": _l("Not brought, or not what was asked for")}
"""What a paper is called when it comes in after a notice, where the word differs."""
PAPER_MARKS = {
    "present": "done",
    "reused": "done",
    "corrected": "done",
    "deferred": "pause",
    "from_bundle": "wait",
    "missing": "late",
}
DEFERRALS = {
    "open": _l("Awaited"),
    "proposed": _l("Not in by its day: termination proposed"),
    "in": _l("Handed in"),
    "broken": _l("Undertaking not kept"),
    "withdrawn": _l("Not awaited any more"),
}
DECISIONS = {"granted": _l("Granted"), "refused": _l("Refused")}
LACKS = {
    "nothing": _l("Every paper is here."),
    "deferrable": _l("Only papers are missing that may come later."),
    "needed": _l("Papers are missing: send the one-time notice."),
    "unchecked": _l("The papers were not checked yet."),
}
HAPPENED = {
    "case_received": _l("Received"),
    "case_arrived": _l("Its turn has come"),
    "case_claimed": _l("Taken up"),
    "case_accepted": _l("Accepted"),
    "case_noticed": _l("One-time notice sent"),
    "case_supplemented": _l("Papers came in"),
    "case_turned_back": _l("Papers turned back"),
    "case_declined": _l("Not accepted"),
    "case_clock_stopped": _l("Clock stopped"),
    "case_clock_resumed": _l("Clock runs again"),
    "case_extended": _l("Extended"),
    "case_proposed": _l("Decision proposed"),
    "case_sent_back": _l("Sent back"),
    "case_decided": _l("Decided"),
    "case_ready": _l("Result made"),
    "case_delivered": _l("Handed over"),
    "case_not_taken": _l("Not collected"),
    "case_deferral_ended": _l("Deferred paper"),
    "case_terminated": _l("Terminated"),
    "case_withdrawn": _l("Withdrawn"),
    "case_owner_changed": _l("First contact moved"),
    "case_overdue": _l("Overdue"),
    "case_reminded": _l("Reminder"),
    "case_due_known": _l("Deadline worked out"),
    "case_sampled": _l("Looked at as a sample"),
    "case_platform_numbered": _l("Has its platform number"),
    "document_printed": _l("Document printed"),
}
DETAILS = {
    **DECISIONS,
    "authority": _l("At the window, under a written authority"),
    "decision": _l("By decision"),
    "deferral": _l("With deferred papers"),
    "lapse": _l("By five working days of silence"),
    "breach": _l("A second time: breach"),
    "in_part": _l("In part"),
    "by_itself": _l("By itself"),
    "by_hand": _l("By hand"),
    "half_time": _l("Half of the time is over"),
    "day_before": _l("Due on the next working day"),
    "termination_proposed": _l("Deferred paper not in: termination proposed"),
    "uncollected": _l("Result not collected"),
    "unanswered": _l("One-time notice not answered in time"),
    "in": _l("Handed in"),
    "made_good": _l("Made good"),
    "extended": _l("More time"),
}
REMEDY = rules.REMEDY % "决定"
NOT_HANDED_IN = "未提交"
"""What a form proposes for an official document, in the document's language."""
DOCUMENTS = {
    "receipt": _l("Receipt of the papers"),
    "notice": _l("One-time notice"),
    "acceptance": _l("Notice of acceptance"),
    "undertaking": _l("Undertaking for deferred papers"),
    "non_acceptance": _l("Notice of non-acceptance"),
    "decision": _l("Notice of the result"),
    "extension": _l("Notice of the extension"),
    "procedure": _l("Notice of the special procedure"),
    "termination": _l("Notice of termination"),
    "handover": _l("Acknowledgement of receipt"),
}
TITLES = {
    "accept": _l("Accept"),
    "notice": _l("One-time notice"),
    "turn-back": _l("Turn papers back"),
    "decline": _l("Do not accept"),
    "supplement": _l("Papers came in"),
    "confirm": _l("Confirm the decision"),
    "send-back": _l("Send back"),
    "decide": _l("Decide"),
    "make-ready": _l("Send the result to the issue window"),
    "resume-clock": _l("Let the clock run again"),
    "terminate": _l("Sign the termination"),
    "look": _l("Looked at: in order"),
    "claim": _l("Take up"),
    "hand-in": _l("A deferred paper arrived"),
    "stop-clock": _l("Stop the clock"),
    "extend": _l("Extend by ten working days"),
    "force-majeure": _l("More time for a deferred paper"),
    "note": _l("Add a note"),
    "owner": _l("Move the first contact"),
    "withdraw": _l("The applicant withdraws"),
}
"""Titles of commands, in the order in which a page offers them: the first is the next step."""
