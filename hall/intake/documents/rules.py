"""Which documents a case has, what they are called, and how a day is written on them (I3, I5). Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Kind(StrEnum):
    """The official documents (wording of the Provincial samples: receipt to handover)."""

    RECEIPT = "receipt"
    NOTICE = "notice"
    ACCEPTANCE = "acceptance"
    UNDERTAKING = "undertaking"
    NON_ACCEPTANCE = "non_acceptance"
    DECISION = "decision"
    TERMINATION = "termination"
    HANDOVER = "handover"


TITLES = {
    Kind.RECEIPT: "收件凭证",
    Kind.NOTICE: "申请材料补正一次性告知书",
    Kind.ACCEPTANCE: "受理通知书",
    Kind.UNDERTAKING: "容缺受理承诺书",
    Kind.NON_ACCEPTANCE: "不予受理通知书",
    Kind.DECISION: "办理结果告知书",
    Kind.TERMINATION: "终止办理通知书",
    Kind.HANDOVER: "送达回证",
}
SERIES = {
    Kind.RECEIPT: "收",
    Kind.NOTICE: "补",
    Kind.ACCEPTANCE: "受",
    Kind.UNDERTAKING: "容",
    Kind.NON_ACCEPTANCE: "不受",
    Kind.DECISION: "结",
    Kind.TERMINATION: "终",
    Kind.HANDOVER: "送",
}
"""The word in a document's own number."""

ACCEPTED = frozenset({"accepted", "stopped", "proposed", "decided", "ready", "delivered", "terminated"})
DECIDED = frozenset({"decided", "ready", "delivered"})


def document_number(kind: Kind, year: int, serial: int) -> str:
    """The document's number (文号): series, year, running count of the case."""
    return f"{SERIES[kind]}〔{year}〕{serial:06d}号"


def documents_of(
    state: str, *, accepted: bool, noticed: bool, deferred: bool, delivered: bool
) -> tuple[Kind, ...]:
    """What can be printed of a case in this state; the receipt belongs to its form."""
    holds = {
        Kind.NOTICE: noticed,
        Kind.ACCEPTANCE: accepted and state in ACCEPTED,
        Kind.UNDERTAKING: deferred,
        Kind.NON_ACCEPTANCE: state == "not_accepted",
        Kind.DECISION: state in DECIDED,
        Kind.TERMINATION: state == "terminated",
        Kind.HANDOVER: delivered or state == "ready",
    }
    return tuple(kind for kind, has in holds.items() if has)


def day(when: date | None) -> str:
    """A day as documents write it; a blank to fill in by hand where there is none."""
    return f"{when.year}年{when.month}月{when.day}日" if when else "____年__月__日"


def limit(days: int | None) -> str:
    """A limit in working days."""
    return "无" if days is None else "当场办结" if days == 0 else f"{days} 个工作日"


def deadline(days: int | None, on: date | None) -> str:
    """The deadline, or the words for one that cannot be told yet: it is never guessed (I5)."""
    if days is None:
        return "无期限规定"
    if on is None:
        return f"自受理次日起 {days} 个工作日（具体日期待放假安排公布后确定）"
    return f"{day(on)}前"


def until(days: int, on: date | None) -> str:
    """Until when a deferred paper is to be in; its arrival counts (I7)."""
    return day(on) if on else f"自受理次日起 {days} 个工作日内（具体日期待放假安排公布后确定）"
