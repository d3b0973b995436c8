"""What the journal's facts are called, for people; in the order in which a reader may choose them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hall.queueing.words import PRIORITY, REASONS

FACTS: dict[str, object] = {
    "ticket_issued": _l("Ticket drawn"),
    "ticket_called": _l("Called"),
    "ticket_recalled": _l("Called again"),
    "serving_started": _l("Service begun"),
    "ticket_held": _l("Put on hold"),
    "ticket_resumed": _l("Taken up again"),
    "ticket_transferred": _l("Transferred"),
    "ticket_passed": _l("Passed over"),
    "pass_undone": _l("Pass taken back"),
    "ticket_rejoined": _l("Rejoined"),
    "ticket_let_others_first": _l("Let others go first"),
    "ticket_abandoned": _l("Abandoned"),
    "ticket_finished": _l("Service finished"),
    "ticket_unserved": _l("Unserved"),
    "priority_given": _l("Priority given"),
    "ticket_returned": _l("Came back with papers"),
    "ticket_address_shown": _l("Ticket's page shown"),
    "slip_printed": _l("Slip printed"),
    "call_why_asked": _l("Order looked into"),
    "window_opened": _l("Window opened"),
    "window_paused": _l("Window paused"),
    "window_closed": _l("Window closed"),
    "window_changed": _l("Window changed"),
    "window_lent": _l("Window lent"),
    "loan_ended": _l("Loan ended by hand"),
    "held_handed_over": _l("Held tickets handed over"),
    "line_stopped": _l("Line stopped"),
    "line_reopened": _l("Line reopened"),
    "notice_posted": _l("Notice posted"),
    "notice_withdrawn": _l("Notice withdrawn"),
    "day_ended": _l("Day ended"),
    "checklist_ticked": _l("Checklist point"),
    "question_counted": _l("Question counted"),
    "question_taken_back": _l("Question taken back"),
    "site_changed": _l("Hall's settings changed"),
    "catalogue_changed": _l("Catalogue changed"),
    "signed_in": _l("Signed in"),
    "sign_in_failed": _l("Wrong password"),
    "locked_out": _l("Account locked"),
    "signed_out": _l("Signed out"),
    "password_changed": _l("Password changed"),
    "staff_changed": _l("Account changed"),
    "token_made": _l("Token made"),
    "device_changed": _l("Device changed"),
    "device_reported": _l("Device reported"),
    "print_queued": _l("Print queued"),
    "print_delayed": _l("Print delayed"),
    "print_ended": _l("Print ended"),
    "filing_opened": _l("Form begun"),
    "filing_discarded": _l("Form discarded"),
    "filing_received": _l("Form received"),
    "case_received": _l("Case received"),
    "case_arrived": _l("Case's turn has come"),
    "case_claimed": _l("Case taken up"),
    "case_accepted": _l("Case accepted"),
    "case_noticed": _l("One-time notice sent"),
    "case_supplemented": _l("Papers supplemented"),
    "case_turned_back": _l("Papers turned back"),
    "case_declined": _l("Case not accepted"),
    "case_clock_stopped": _l("Clock stopped"),
    "case_clock_resumed": _l("Clock resumed"),
    "case_extended": _l("Deadline extended"),
    "case_proposed": _l("Decision proposed"),
    "case_sent_back": _l("Decision sent back"),
    "case_decided": _l("Case decided"),
    "case_ready": _l("Result ready"),
    "case_signed": _l("Signed for on the tablet"),
    "case_delivered": _l("Result delivered"),
    "case_not_taken": _l("Result not taken"),
    "case_deferral_ended": _l("Deferred paper settled"),
    "case_terminated": _l("Case terminated"),
    "case_withdrawn": _l("Case withdrawn"),
    "case_owner_changed": _l("First contact changed"),
    "case_overdue": _l("Case overdue"),
    "case_reminded": _l("Reminder given"),
    "case_due_known": _l("Deadline's date known"),
    "case_sampled": _l("Same-desk case sampled"),
    "case_platform_numbered": _l("Platform number entered"),
    "document_printed": _l("Document printed"),
    "authority_granted": _l("Authority granted"),
    "authority_revoked": _l("Authority revoked"),
    "helper_changed": _l("Helper changed"),
    "booking_held": _l("Time held"),
    "booking_expired": _l("Held time free again"),
    "booking_confirmed": _l("Helper booked"),
    "booking_changed": _l("Booking moved"),
    "booking_cancelled": _l("Booking cancelled"),
    "booking_arrived": _l("Checked in for a booking"),
    "booking_started": _l("Booked help begun"),
    "booking_done": _l("Booked help finished"),
    "booking_missed": _l("Did not come to a booking"),
    "booking_orphaned": _l("Booking without a shift"),
    "booking_reminded": _l("Reminded of a booking"),
    "lockout_lifted": _l("Online booking opened again"),
    "rota_changed": _l("Reception changed"),
    "term_generated": _l("Reception days made"),
    "session_dated": _l("Reception day set"),
    "session_published": _l("Reception published"),
    "session_dropped": _l("Reception dropped"),
    "session_restored": _l("Reception taken up again"),
    "duty_signed": _l("Signed up for a reception"),
    "duty_proposed": _l("Proposed for a reception"),
    "duty_withdrawn": _l("Turn given back"),
    "duty_confirmed": _l("Turn confirmed"),
    "swap_asked": _l("Swap asked"),
    "swap_answered": _l("Swap accepted"),
    "swap_done": _l("Swap carried out"),
    "swap_ended": _l("Swap came to nothing"),
    "stand_in_asked": _l("Stand-in asked"),
    "stand_in_decided": _l("Stand-in decided"),
    "leave_asked": _l("Leave asked"),
    "leave_decided": _l("Leave decided"),
    "booking_unsealed": _l("Sealed data of a booking opened"),
    "help_called": _l("Help called"),
    "help_answered": _l("Helper on the way"),
    "help_handed_back": _l("Call for help handed back"),
    "help_met": _l("Helper is there"),
    "help_escalated": _l("Call for help went to the manager"),
    "help_cancelled": _l("Call for help cancelled"),
    "help_ended": _l("Call for help ended"),
    "helper_present": _l("Helper here or away"),
    "help_recorded": _l("Help entered in the ledger"),
    "help_record_changed": _l("Ledger of help changed"),
    "help_record_handed_over": _l("Help handed over"),
    "help_record_closed": _l("Help closed"),
    "help_called_back": _l("Called back after help"),
    "help_record_unsealed": _l("Sealed data of help opened"),
    "ledger_exported": _l("Ledger of help exported"),
}

ACTORS: dict[str, object] = {
    "staff": _l("Staff {id}"),
    "device": _l("Device {id}"),
    "public": _l("Visitor"),
    "system": _l("System"),
}


NAMELESS = frozenset({"sign_in_failed", "locked_out"})
"""Done by somebody at a sign-in page whom nobody knows: neither a visitor nor the account's owner."""

DETAILS: dict[str, object] = {
    "account": _l("Account"),
    "ahead_min": _l("Minutes in front"),
    "assigned": _l("Chosen because"),
    "badge": _l("Helper no."),
    "basis": _l("Place by"),
    "cases": _l("Cases"),
    "because": _l("Called because"),
    "channel": _l("Drawn at"),
    "count": _l("How many"),
    "department": _l("Department"),
    "device_id": _l("Device"),
    "job": _l("Print job"),
    "kind": _l("Kind"),
    "lane": _l("Lane"),
    "line": _l("Line"),
    "matter": _l("Matter"),
    "name": _l("Name"),
    "number": _l("Number"),
    "other_line": _l("Other line"),
    "reason": _l("Reason"),
    "seconds": _l("Seconds waited"),
    "starts_at": _l("Time booked"),
    "test": _l("Test"),
    "to_badge": _l("To helper no."),
    "to_window": _l("To window"),
    "unmasked": _l("Unmasked"),
    "until": _l("Until"),
    "waited_min": _l("Minutes waited"),
    "what": _l("What"),
    "window": _l("Window"),
}
VALUES: dict[tuple[str, str], object] = {
    ("because", "preferred"): _l("first of its own line"),
    ("because", "overdue"): _l("over the target"),
    ("because", "other"): _l("own lines were empty"),
    ("because", "reserved"): _l("kept for this window"),
    ("because", "chosen"): _l("chosen, with a reason"),
    ("assigned", "only"): _l("the only one free"),
    ("assigned", "skills"): _l("knows what is needed"),
    ("assigned", "least_loaded"): _l("least booked that day"),
    ("assigned", "longest_idle"): _l("longest without work"),
    ("assigned", "in_turn"): _l("in turn"),
    ("assigned", "wished"): _l("wished for"),
    ("assigned", "answered"): _l("the first to answer"),
    ("kind", "assist"): _l("help in the hall"),
    ("kind", "agency"): _l("agency"),
    ("kind", "home_visit"): _l("home visit"),
    ("basis", "authority"): _l("written authority"),
    ("basis", "issued"): _l("time drawn"),
    ("basis", "priority"): _l("priority"),
    ("basis", "booked"): _l("booking"),
    ("basis", "returned"): _l("return with papers"),
    ("basis", "transferred"): _l("transfer"),
    ("basis", "rejoined"): _l("rejoining"),
    ("basis", "later"): _l("letting others go first"),
    ("channel", "kiosk"): _l("kiosk"),
    ("channel", "desk"): _l("reception desk"),
    ("channel", "phone"): _l("phone page"),
    ("channel", "window"): _l("window"),
    ("lane", "ordinary"): _l("ordinary"),
    ("lane", "priority"): _l("priority"),
    ("test", "True"): _l("yes"),
    **{("reason", key): text for key, text in (PRIORITY | REASONS).items()},
}


def detail_word(name: str, value: object) -> str:
    """One detail of an entry in words; what is new here stays as it is."""
    if name == "account":
        return f"{DETAILS[name]} {actor_word(str(value))}"
    return f"{DETAILS.get(name, name)} {VALUES.get((name, str(value)), value)}"


def fact_word(name: str) -> str:
    """A fact in words; one that is new here by its own name."""
    return str(FACTS.get(name, name))


def doer_word(fact: str, actor: str, subject: str) -> str:
    """Who did it: whoever signs in is the account's owner once the password was right, and unknown until then."""
    if fact in NAMELESS:
        return str(_l("Unknown, not signed in"))
    if fact == "signed_in" and actor == "public":  # as older entries have it
        return actor_word(subject)
    return actor_word(actor)


def actor_word(key: str) -> str:
    """`staff:12` as it is shown: kind and number, never a name."""
    kind, _, number = key.partition(":")
    return str(ACTORS.get(kind, key)).replace("{id}", number)
