"""Whether a result may leave, and through whom (I1, I6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall.intake.states import OVER, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable


def may_issue(mode: Mode, decider: int | None, issuer: int | None) -> bool:
    """Whether this person may hand over what the other decided (I1)."""
    return mode is Mode.SAME_DESK or decider is None or decider != issuer


def way_of(mode: Mode, decider: int | None, issuer: int | None) -> str:
    """How a result leaves: at the desk that decided it, where the item says so, else through the issue window."""
    return "same_desk" if mode is Mode.SAME_DESK and decider == issuer else "issue_window"


def all_here(states: Iterable[str]) -> bool:
    """Whether nothing of a form is still with a department: what is collected together can go together (I6)."""
    return all(state == "ready" or state in OVER for state in states)
