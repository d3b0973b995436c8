"""The ranking of departments with its formula, and how figures are frozen (M8). Pure.

A share is what was kept of what was due. Where a department had nothing due of a kind, that kind does not count for it:
its weight falls to the others. Who had nothing due at all is not ranked. Equal scores share a place.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hall.rota.presence.states import SETTLED, Checked

if TYPE_CHECKING:
    from collections.abc import Iterable

WEIGHTS = {"attendance": 50, "findings": 30, "promises": 20, "promise_late": 50}
"""Points for each share; of a hundred, what a promise kept late counts. Frozen with each bulletin."""
WHOLE, HALF = Fraction(1), Fraction(1, 2)
CREDIT = {"present": WHOLE, "late": HALF, "left_early": HALF, "stand_in": Fraction(0), "absent": Fraction(0)}
"""What a turn counts as the head's attendance; leave, agreed stand-ins and excused absences are not due."""
NOT_DUE = frozenset({"on_leave", "explained", "checking", "expected"})


@dataclass(frozen=True, slots=True)
class Attended:
    """A turn: its mark, whether who came was agreed on, and where the check of an absence stands."""

    mark: str
    agreed: bool = True
    absence: str = ""

    @property
    def kind(self) -> str:
        """Its column: the mark; of absences `explained` for one that the hall excused, `checking` until then."""
        if self.mark != "absent":
            return self.mark
        if self.absence not in SETTLED:
            return "checking"
        return "explained" if self.absence == Checked.EXCUSED else "absent"

    @property
    def due(self) -> bool:
        """Whether the head was to be there."""
        agreed_stand_in = self.mark == "stand_in" and self.agreed
        return self.kind not in NOT_DUE and not agreed_stand_in


@dataclass(frozen=True, slots=True)
class Account:
    """What a department had due, and what it kept: turns, findings in time, promises in time and late."""

    body: int
    turns: tuple[Attended, ...] = ()
    findings_due: int = 0
    findings_in_time: int = 0
    promises_due: int = 0
    promises_kept: int = 0
    promises_late: int = 0

    @property
    def promises_broken(self) -> int:
        """Not kept, or past their day and still open."""
        return self.promises_due - self.promises_kept - self.promises_late


def score(account: Account) -> Fraction | None:
    """From 0 to 100, exactly; None where nothing was due."""
    turns = [turn for turn in account.turns if turn.due]
    attended = sum((CREDIT[turn.mark] for turn in turns), Fraction(0))
    parts = {
        "attendance": (attended, len(turns)),
        "findings": (Fraction(account.findings_in_time), account.findings_due),
        "promises": (_kept(account), account.promises_due),
    }
    weight = sum(WEIGHTS[name] for name, (_kept, due) in parts.items() if due)
    if not weight:
        return None
    return (
        sum((100 * WEIGHTS[name] * kept / due for name, (kept, due) in parts.items() if due), Fraction(0))
        / weight
    )


def _kept(account: Account) -> Fraction:
    return account.promises_kept + account.promises_late * Fraction(WEIGHTS["promise_late"], 100)


def ranked(accounts: Iterable[Account]) -> dict[int, tuple[int, Fraction]]:
    """Place and score by department; equal scores share a place, and the next place is left out."""
    scores = [(value, account.body) for account in accounts if (value := score(account)) is not None]
    return {body: (1 + sum(other > value for other, _body in scores), value) for value, body in scores}


def tenth(value: Fraction) -> str:
    """To one decimal, halves upwards: 87.5."""
    tenths = (value * 20 + 1) // 2 if value >= 0 else 0
    return f"{tenths // 10}.{tenths % 10}"


def canonical(figures: dict[str, Any]) -> str:
    """The one way in which these figures are written: the same figures, the same text, the same hash."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: Any, after: Any, path: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """Where two figures differ, as paths: `bodies.2.absent`. The first twenty."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        found = [
            step for key in keys for step in differences(before.get(key), after.get(key), f"{path}.{key}")
        ]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        found = [step for at, (old, new) in pairs for step in differences(old, new, f"{path}.{at}")]
    else:
        found = [] if before == after else [path.removeprefix(".")]
    return found[:20]


def parsed(text: str) -> dict[str, Any]:
    """Figures as they were written."""
    found: dict[str, Any] = json.loads(text)
    return found
