"""Commands from a page's forms. Fields are named `verb-field`; what cannot be read is refused at its field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from hall.errors import DomainError, Invalid
from hall.intake.review import accepting, actions, clock_stops, deciding, deferrals, notices, supplements
from hall.intake.review.at_hand import Which

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIGITS = 3
KEY_DIGITS = 15
ASKED = ("material", "problem", "wanted")
EXTRA = ("x1", "x2")
"""Lines of a notice for what is no paper of the checklist."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form of one verb."""

    verb: str
    form: Mapping[str, str]

    def text(self, name: str, limit: int = 300) -> str:
        """A text, without blanks around it. Raises Invalid where it is too long."""
        found = self.form.get(f"{self.verb}-{name}", "").strip().replace("\r\n", "\n")
        if len(found) > limit:
            raise self.wrong(name, _l("This is too long."))
        return found

    def whole(self, name: str) -> int | None:
        """A small number, None for nothing."""
        found = self.text(name)
        if not found:
            return None
        if not (found.isascii() and found.isdigit() and len(found) <= DIGITS):
            raise self.wrong(name, _l("Enter a number."))
        return int(found)

    def key(self, name: str) -> int:
        """The key of something chosen from a list."""
        found = self.text(name)
        if not (found.isascii() and found.isdigit() and len(found) <= KEY_DIGITS):
            raise self.wrong(name, _l("Choose one of the values offered."))
        return int(found)

    def by_key(self, name: str) -> dict[int, str]:
        """What was said of rows of a list, by their keys."""
        prefix = f"{self.verb}-{name}-"
        keys = [
            (field.removeprefix(prefix), said)
            for field, said in self.form.items()
            if field.startswith(prefix)
        ]
        return {
            int(key): said for key, said in keys if key.isascii() and key.isdigit() and len(key) <= KEY_DIGITS
        }

    def day(self, name: str) -> date | None:
        """A date, None for nothing."""
        found = self.text(name)
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            raise self.wrong(name, _l("This date does not exist.")) from None

    def wrong(self, name: str, message: object) -> Invalid:
        """The refusal at a field."""
        return Invalid(_l("Some of this cannot be used. Please check it."), errors={name: [message]})


def at_fields(problem: DomainError, verb: str) -> dict[str, list[object]]:
    """Its messages by the page's field names; what belongs to no field stands under an empty name."""
    found = {f"{verb}-{name}": messages for name, messages in (problem.errors or {}).items()}
    return found or {"": [problem.message]}


def _asked(typed: Typed) -> tuple[notices.Asked, ...]:
    """What is ticked, and what else was written. Raises Invalid at every field that lacks its words."""
    ticked = [str(key) for key in sorted(typed.by_key("ask"))]
    named = [key for key in EXTRA if any(typed.text(f"{name}-{key}") for name in ASKED)]
    needed = dict.fromkeys(ticked, ASKED[1:]) | dict.fromkeys(named, ASKED)
    empty = [
        f"{name}-{key}" for key, names in needed.items() for name in names if not typed.text(f"{name}-{key}")
    ]
    if empty:
        said = _l("Say what is wrong, and what is wanted.")
        raise Invalid(said, errors={name: [_l("This is needed.")] for name in empty})
    return tuple(
        notices.Asked(
            material=typed.text(f"material-{key}", 200),
            problem=typed.text(f"problem-{key}"),
            wanted=typed.text(f"wanted-{key}"),
            paper=None if key in EXTRA else int(key),
            copies=typed.text(f"copies-{key}", 80),
            where_to_get=typed.text(f"get-{key}", 200),
        )
        for key in (*ticked, *named)
    )


def _notice(which: Which, typed: Typed) -> notices.Notice:
    days = typed.whole("term_days")
    if not days or days > 180:  # noqa: PLR2004 - half a year, as the interface says
        raise typed.wrong("term_days", _l("Enter a number of working days."))
    return notices.Notice(
        which,
        _asked(typed),
        days,
        typed.text("basis"),
        typed.text("consequence"),
        typed.text("breach_reason"),
    )


def _supplement(which: Which, typed: Typed) -> supplements.Supplement:
    found = typed.by_key("paper")
    notes = {key: typed.text(f"note-{key}", supplements.NOTE) for key in found}
    lines = {key: said == "present" for key, said in typed.by_key("line").items()}
    return supplements.Supplement(which, found, notes, lines)


def _turn_back(which: Which, typed: Typed) -> supplements.TurnBack:
    lines = {key: typed.text(f"note-{key}", supplements.NOTE) for key in typed.by_key("line")}
    return supplements.TurnBack(which, lines)


def _decide(which: Which, typed: Typed) -> deciding.Decide:
    chosen = typed.text("decision")
    if chosen == "granted":
        return deciding.Decide(which, "granted", typed.text("reasons", 2000))
    if chosen == "refused":
        return deciding.Decide(which, "refused", typed.text("reasons", 2000))
    raise typed.wrong("decision", _l("Choose one of the values offered."))


def _force(which: Which, typed: Typed) -> deferrals.ForceMajeure:
    return deferrals.ForceMajeure(which, typed.key("paper"), typed.whole("days") or 0, typed.text("reason"))


def _ready(which: Which, typed: Typed) -> deciding.MakeReady:
    return deciding.MakeReady(
        which, typed.text("name", 200), typed.text("number", 80), typed.day("valid_until")
    )


def _stop(which: Which, typed: Typed) -> clock_stops.StopClock:
    told = typed.text("told") == "1"
    return clock_stops.StopClock(which, typed.text("procedure", 120), told, typed.whole("planned_days"))


def _decline(which: Which, typed: Typed) -> accepting.Decline:
    return accepting.Decline(which, typed.text("reason"), typed.text("remedy"), typed.text("where_to_go"))


ACTS: Mapping[str, tuple[Callable[..., Any], Callable[[Which, Typed], Any]]] = {
    "accept": (accepting.accept, lambda which, typed: accepting.Accept(which, typed.whole("deferral_days"))),
    "notice": (notices.notice, _notice),
    "decline": (accepting.decline, _decline),
    "supplement": (supplements.supplement, _supplement),
    "turn-back": (supplements.turn_back, _turn_back),
    "confirm": (deciding.confirm, lambda which, _typed: which),
    "send-back": (
        deciding.send_back,
        lambda which, typed: deciding.SendBack(which, typed.text("reason")),
    ),
    "decide": (deciding.decide, _decide),
    "make-ready": (deciding.make_ready, _ready),
    "resume-clock": (clock_stops.resume_clock, lambda which, _typed: which),
    "terminate": (
        deferrals.terminate,
        lambda which, typed: deferrals.Terminate(which, typed.text("note")),
    ),
    "look": (deciding.look_at_sample, lambda which, _typed: which),
    "claim": (actions.claim, lambda which, typed: actions.Claim(which, typed.text("note", 2000))),
    "hand-in": (deferrals.hand_in, lambda which, typed: deferrals.HandIn(which, typed.key("paper"))),
    "stop-clock": (clock_stops.stop_clock, _stop),
    "extend": (clock_stops.extend, lambda which, typed: clock_stops.Extend(which, typed.text("reason"))),
    "force-majeure": (deferrals.force_majeure, _force),
    "note": (actions.add_note, lambda which, typed: actions.Note(which, typed.text("text", 2000))),
    "owner": (
        actions.change_owner,
        lambda which, typed: actions.ChangeOwner(which, typed.text("owner", 60), typed.text("note", 2000)),
    ),
    "withdraw": (actions.withdraw, lambda which, typed: actions.Withdraw(which, typed.text("reason"))),
}
"""Action and command of each verb that a page offers."""
