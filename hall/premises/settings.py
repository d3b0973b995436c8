"""What a hall may configure, told to people: names, units, ranges, and the rule behind each."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from hall.catalog.problems import N_
from hall.sites import SiteSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTES, SECONDS, TIMES, PERCENT, DAYS = N_("minutes"), N_("seconds"), N_("times"), N_("percent"), N_("days")
LINES_OF_OWN = 20
OWN_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `kind` number, yes, time, text or list; a number's range includes both ends."""

    name: str
    label: str
    hint: str = ""
    kind: str = "number"
    unit: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together, with the rule in plain words."""

    code: str
    title: str
    rule: str
    settings: tuple[Setting, ...]


def _count(name: str, label: str, unit: str, low: int, high: int, hint: str = "") -> Setting:  # noqa: PLR0917
    return Setting(name, label, hint, "number", unit, low, high)


SECTIONS = (
    Section(
        "order",
        N_("Order of calling"),
        N_(
            "Everybody has one place, the time of drawing. A head start moves it earlier, so nobody waits without end."
        ),
        (
            _count("priority_head_start_min", N_("Head start of the priority lane"), MINUTES, 0, 120),
            _count("booked_head_start_min", N_("Head start of a booking"), MINUTES, 0, 120),
            _count(
                "booked_grace_min",
                N_("A booking counts until so long after its time"),
                *(MINUTES, 0, 120),
                N_("Who checks in later waits from the time of checking in."),
            ),
            _count(
                "returned_head_start_min",
                N_("Head start of those back with missing papers"),
                *(MINUTES, 0, 120),
                N_("On the same day they keep their old place."),
            ),
            _count(
                "target_min",
                N_("Target: the longest wait that is right"),
                *(MINUTES, 1, 240),
                N_(
                    "Beyond it a line is preferred at every window that can serve it. A line may have its own target."
                ),
            ),
        ),
    ),
    Section(
        "calling",
        N_("Calling and missed calls"),
        N_(
            "A ticket is passed only after several calls. Its holder can rejoin once, behind the next few waiting."
        ),
        (
            _count("max_calls", N_("Calls before a ticket may be passed"), TIMES, 1, 10),
            _count("recall_gap_s", N_("Time between two calls, at least"), SECONDS, 5, 300),
            _count("rejoin_minutes", N_("Rejoining is possible for"), MINUTES, 0, 240),
            _count("rejoin_behind", N_("Rejoins behind so many waiting"), N_("people"), 0, 20),
            _count("undo_pass_s", N_("The clerk can take a pass back for"), SECONDS, 0, 600),
            _count("later_times", N_("A holder can let others go first"), TIMES, 0, 10),
        ),
    ),
    Section(
        "drawing",
        N_("Drawing tickets"),
        N_(
            "A line issues tickets until its posted closing time. Near closing the kiosk warns, it does not refuse."
        ),
        (
            _count("matters_a_visit", N_("Matters on one slip, at most"), N_("matters"), 1, 5),
            _count("warn_before_close_min", N_("Warn so long before closing"), MINUTES, 0, 240),
            Setting(
                "browser_print",
                N_("Kiosks without a printer of their own print through their browser"),
                "",
                "yes",
            ),
            Setting(
                "always_open",
                N_("Open round the clock"),
                N_("For demonstrations and tests: hours and calendar are not kept."),
                "yes",
            ),
        ),
    ),
    Section(
        "voice",
        N_("Announcements"),
        N_(
            "Every call is said in Chinese, then in English where switched on. In the mute hours screens only show it."
        ),
        (
            Setting("voice_english", N_("Also announce in English"), "", "yes"),
            _count("voice_volume", N_("Volume"), PERCENT, 0, 100),
            Setting("mute_from", N_("Mute from"), "", "time"),
            Setting("mute_until", N_("Mute until"), "", "time"),
        ),
    ),
    Section(
        "contact",
        N_("Supervision"),
        N_("Printed on each slip and shown on public pages."),
        (Setting("supervision_phone", N_("Supervision telephone"), "", "text", high=30),),
    ),
    Section(
        "reasons",
        N_("Reasons to choose from"),
        N_("Out of order, pausing and holding need a reason from these lists. The journal keeps it."),
        (
            Setting("call_reasons", N_("Calling out of order"), "", "list"),
            Setting("pause_reasons", N_("Pausing a window"), "", "list"),
            Setting("hold_reasons", N_("Putting a ticket on hold"), "", "list"),
        ),
    ),
    Section(
        "desk",
        N_("Reception desk"),
        N_("Questions that need no ticket are counted by topic. Both lists are gone through every day."),
        (
            Setting("question_topics", N_("Topics of questions"), "", "list"),
            Setting("opening_points", N_("Opening checklist"), "", "list"),
            Setting("closing_points", N_("Closing sweep"), "", "list"),
            _count("question_undo_s", N_("A counted question can be taken back for"), SECONDS, 0, 600),
        ),
    ),
    Section(
        "helpers",
        N_("Booking helpers"),
        N_(
            "Free times come from shifts. New days open when the hall does. A held time is free again by itself."
        ),
        (
            _count("assist_min", N_("Help in the hall takes"), MINUTES, 5, 240),
            _count("agency_min", N_("Taking on an agency takes"), MINUTES, 5, 240),
            _count("home_visit_min", N_("A home visit takes"), MINUTES, 5, 240),
            _count("travel_min", N_("Way to a home visit, and back"), MINUTES, 0, 240),
            _count("booking_step_min", N_("Bookings begin every"), MINUTES, 5, 240),
            _count("booking_ahead_days", N_("Bookable so many days ahead"), DAYS, 1, 90),
            _count("booking_notice_min", N_("Online at least so long before"), MINUTES, 0, 1440),
            _count("booking_hold_min", N_("A time is held for"), MINUTES, 2, 60),
            _count("booking_cancel_min", N_("Cancelled online at least so long before"), MINUTES, 0, 2880),
            _count("check_in_early_min", N_("Checking in is possible so long before"), MINUTES, 0, 720),
            _count("no_shows_to_lock", N_("Online booking is locked after not coming"), TIMES, 1, 10),
            _count("lockout_days", N_("It is locked for"), DAYS, 1, 365),
            _count("remind_before_hours", N_("Reminded so long before"), N_("hours"), 1, 72),
            _count(
                "help_answer_s",
                N_("A call for help goes to the manager after"),
                *(SECONDS, 20, 900),
            ),
        ),
    ),
)

KNOWN_WORDS: dict[str, str] = {
    "priority": N_("Priority shown late"),
    "papers": N_("Back with papers"),
    "transferred": N_("Transferred"),
    "health": N_("Health"),
    "break": N_("Break"),
    "meeting": N_("Meeting"),
    "fault": N_("System fault"),
    "form": N_("Filling in a form"),
    "copy": N_("Making copies"),
    "payment": N_("Paying"),
    "colleague": N_("Asking a colleague"),
    "other": N_("Other"),
}


def settings_told() -> dict[str, Setting]:
    """Every setting by its name."""
    return {setting.name: setting for section in SECTIONS for setting in section.settings}


def known_choices(name: str) -> tuple[str, ...]:
    """The product's own words of a list setting; a hall adds its own."""
    default: tuple[str, ...] = getattr(SiteSettings(), name)
    return default


def read_settings(now: SiteSettings, said: Mapping[str, Any]) -> tuple[SiteSettings, dict[str, str]]:
    """Settings as filled in (texts by name, lists as sequences), and what is wrong by field: a key of MESSAGES.

    What this page does not know stays as it is.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for setting in settings_told().values():
        value, problem = _read(setting, said.get(setting.name))
        if problem:
            wrong[setting.name] = problem
        else:
            values[setting.name] = value
    if bool(values.get("mute_from")) != bool(values.get("mute_until")):
        wrong["mute_until"] = "both_times"
    known = {item.name for item in fields(SiteSettings)}
    kept = {name: value for name, value in values.items() if name in known}
    return (now if wrong else replace(now, **kept)), wrong


MESSAGES = {
    "whole_number": N_("Enter a whole number."),
    "range": N_("Enter a number from %(low)s to %(high)s."),
    "time": N_("Enter a time like 08:30, or leave it empty."),
    "both_times": N_("Mute hours need a beginning and an end, or neither."),
    "too_long": N_("This is too long."),
    "signs": N_("This holds signs that cannot be written down."),
    "at_least_one": N_("Keep at least one reason."),
    "too_many": N_("At most 20 reasons, each of at most 40 signs."),
}


def _read(setting: Setting, given: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - text, list or nothing
    if setting.kind == "list":
        return _read_list(given or ())
    text = str(given or "").strip()
    if setting.kind == "yes":
        return bool(text), None
    if setting.kind == "number":
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
            return None, "whole_number"
        return int(text), None if setting.low <= int(text) <= setting.high else "range"
    if setting.kind == "time":
        return text, None if re.fullmatch(r"(([01]\d|2[0-3]):[0-5]\d)?", text, re.ASCII) else "time"
    if any(sign < " " for sign in text):
        return None, "signs"
    return text, None if len(text) <= setting.high else "too_long"


def _read_list(given: Any) -> tuple[tuple[str, ...], str | None]:  # noqa: ANN401 - whatever the form held
    words = tuple(dict.fromkeys(word.strip() for word in given if word.strip()))
    if not words:
        return (), "at_least_one"
    if len(words) > LINES_OF_OWN or any(len(word) > OWN_LENGTH for word in words):
        return (), "too_many"
    return words, "signs" if any(sign < " " for word in words for sign in word) else None
