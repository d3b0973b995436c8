"""Whether a result may leave, and what a signature may be (I1, I6, I7). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall.intake.states import OVER, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNATURE_BYTES = 200 * 1024
SIDE = 4000
PNG = b"\x89PNG\r\n\x1a\n"
END = b"IEND\xaeB`\x82"


def may_issue(mode: Mode, decider: int | None, issuer: int | None) -> bool:
    """Whether this person may hand over what the other decided (I1)."""
    return mode is Mode.SAME_DESK or decider is None or decider != issuer


def way_of(mode: Mode, decider: int | None, issuer: int | None) -> str:
    """How a result leaves: at the desk that decided it, where the item says so, else through the issue window."""
    return "same_desk" if mode is Mode.SAME_DESK and decider == issuer else "issue_window"


def all_here(states: Iterable[str]) -> bool:
    """Whether nothing of a form is still with a department: what is collected together can go together (I6)."""
    return all(state == "ready" or state in OVER for state in states)


def is_signature(data: bytes) -> bool:
    """Whether this is a whole PNG picture of a bearable size."""
    if not (data.startswith(PNG) and data.endswith(END) and data[12:16] == b"IHDR"):
        return False
    if len(data) > SIGNATURE_BYTES:
        return False
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return 0 < width <= SIDE and 0 < height <= SIDE
