"""Which documents a case has, what they are called, and how a day is written on them (I3, I5). Pure."""

from __future__ import annotations

from dataclasses import dataclass
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
    EXTENSION = "extension"
    PROCEDURE = "procedure"
    TERMINATION = "termination"
    HANDOVER = "handover"


TITLES = {
    Kind.RECEIPT: "收件凭证",
    Kind.NOTICE: "申请材料补正一次性告知书",
    Kind.ACCEPTANCE: "受理通知书",
    Kind.UNDERTAKING: "容缺受理承诺书",
    Kind.NON_ACCEPTANCE: "不予受理通知书",
    Kind.DECISION: "办理结果告知书",
    Kind.EXTENSION: "延长办理期限告知书",
    Kind.PROCEDURE: "特别程序告知书",
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
    Kind.EXTENSION: "延",
    Kind.PROCEDURE: "特",
    Kind.TERMINATION: "终",
    Kind.HANDOVER: "送",
}
"""The word in a document's own number."""

ACCEPTED = frozenset({"accepted", "stopped", "proposed", "decided", "ready", "delivered", "terminated"})
DECIDED = frozenset({"decided", "ready", "delivered"})
REMEDY = (
    "如不服本%s，可以自收到本文书之日起六十日内依法申请行政复议，"
    "或者自收到本文书之日起六个月内依法向人民法院提起行政诉讼。"
)


@dataclass(frozen=True, slots=True)
class Had:
    """What happened to a case: which documents there are follows."""

    state: str
    accepted: bool = False
    noticed: bool = False
    deferred: bool = False
    extended: bool = False
    stopped: bool = False
    delivered: bool = False


def document_number(kind: Kind, year: int, serial: int, again: int = 1) -> str:
    """The document's number (文号): series, year, running count of the case without zeros before it.

    `again`: the how manieth of its kind in this case.
    """
    return f"{SERIES[kind]}〔{year}〕{serial}{f'-{again}' if again > 1 else ''}号"


def documents_of(had: Had) -> tuple[Kind, ...]:
    """What can be printed of a case; the receipt belongs to its form."""
    holds = {
        Kind.NOTICE: had.noticed,
        Kind.ACCEPTANCE: had.accepted and had.state in ACCEPTED,
        Kind.UNDERTAKING: had.deferred,
        Kind.NON_ACCEPTANCE: had.state == "not_accepted",
        Kind.PROCEDURE: had.stopped,
        Kind.EXTENSION: had.extended,
        Kind.DECISION: had.state in DECIDED,
        Kind.TERMINATION: had.state == "terminated",
        Kind.HANDOVER: had.delivered or had.state == "ready",
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
