"""The decisions of the ledger (H7): numbers, words of lists, what may be closed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RESULTS = ("done", "advised", "handed_in", "referred", "withdrawn")
"""How help ends: the matter is done, advice was enough, papers are with the window, sent elsewhere, taken back."""
PROGRESS = ("begun", "papers", "handed_in", "waiting", "result_in")
"""How far a matter has come: begun, gathering papers, handed in, being decided, the result is there."""
CALL_BACK_DAYS = 3
"""When somebody is called back, unless the helper says otherwise."""


def record_number(year: int, serial: int) -> str:
    """The number of a line: the hall's own, by year."""
    return f"B{year}-{serial:05d}"


def may_close(kind: str, result: str, mandate_scope: str, papers_out: int) -> str | None:
    """Why a line cannot be closed: `no_mandate` or `papers_out`; None where it can (H1, H7).

    An agency needs a mandate with its scope, unless it was taken back; what was taken from somebody goes back first.
    """
    if kind == "agency" and not mandate_scope and result != "withdrawn":
        return "no_mandate"
    return "papers_out" if papers_out else None


def median(figures: Iterable[int]) -> int | None:
    """The middle one; None of nothing."""
    known = sorted(figures)
    if not known:
        return None
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) // 2
