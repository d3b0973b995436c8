"""What was promised and what was met with: compared line by line, never guessed (M6). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How what was met with stands to the promise; UNKNOWN where one of the two was not said."""

    KEPT = "kept"
    BETTER = "better"
    WORSE = "worse"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """Working days until the result, visits, papers, and the fee in words; None or "" is not said."""

    days: int | None
    visits: int | None
    papers: int | None
    fee: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison."""

    what: str
    promised: str
    found: str
    verdict: Verdict


def compare(promised: Told, found: Told) -> tuple[Line, ...]:
    """Days, visits and papers by their count; the fee by its words."""
    counted = tuple(
        Line(what, _said(given), _said(met), _counted(given, met))
        for what, given, met in (
            ("days", promised.days, found.days),
            ("visits", promised.visits, found.visits),
            ("papers", promised.papers, found.papers),
        )
    )
    return (*counted, Line("fee", promised.fee, found.fee, _worded(promised.fee, found.fee)))


def _said(count: int | None) -> str:
    return "" if count is None else str(count)


def _counted(given: int | None, met: int | None) -> Verdict:
    if given is None or met is None:
        return Verdict.UNKNOWN
    if met == given:
        return Verdict.KEPT
    return Verdict.BETTER if met < given else Verdict.WORSE


def _worded(given: str, met: str) -> Verdict:
    if not given or not met:
        return Verdict.UNKNOWN
    return Verdict.KEPT if given == met else Verdict.WORSE


def seconds_said(seconds: int) -> str:
    """A length of time as the stopwatch shows it: 4:05, or 1:04:05 from an hour on."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
