"""A case as its department sees it: frozen values, numbers masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from hall.intake.filing.queries import CaseLine


@dataclass(frozen=True, slots=True)
class PaperOfCase:
    """One paper that its item asks for; `until` the day of a deferral, which `deferral` says where it stands."""

    id: int
    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str
    source: str
    deferrable: bool
    state: str
    note: str
    handed_in_at: datetime | None
    deferral: str
    until: date | None
    force_majeure: str


@dataclass(frozen=True, slots=True)
class LineOfNotice:
    """One thing that a notice asks for."""

    id: int
    paper: int | None
    material: str
    problem: str
    wanted: str
    copies: str
    where_to_get: str
    settled_at: datetime | None
    still_wrong: str


@dataclass(frozen=True, slots=True)
class NoticeOfCase:
    """A notice that went out; `nonce` is its return code's."""

    serial: int
    nonce: bytes
    sent_by: str
    sent_at: datetime
    term_days: int
    answer_by: date | None
    answered_at: datetime | None
    breach_by: str
    breach_reason: str
    lines: tuple[LineOfNotice, ...]


@dataclass(frozen=True, slots=True)
class StopOfCase:
    """A special procedure that stopped the clock."""

    procedure: str
    basis: str
    planned_days: int
    stopped_by: str
    stopped_on: date
    ends_on: date | None
    resumed_on: date | None


@dataclass(frozen=True, slots=True)
class NoteOfCase:
    """What a colleague wrote."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the journal about the case."""

    at: datetime
    by: str
    fact: str
    what: str
    basis: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure that the item names."""

    name: str
    basis: str
    planned_days: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that its department knows of a case. `until`: its deadline, or a notice's last day while received."""

    id: int
    nonce: bytes
    revision: int
    number: str
    platform_number: str
    state: str
    light: str
    until: date | None
    mode: str
    kind: str
    task_type: int
    site: str
    item: str
    item_name: str
    item_name_en: str
    department: str
    department_name: str
    department_name_en: str
    statutory_days: int | None
    committed_days: int | None
    due_days: int | None
    due_on: date | None
    clock_from: date | None
    extended_days: int
    extended_by: str
    extension_reason: str
    second_review: bool
    applicant: str
    party: str
    number_shown: str
    phone_shown: str
    agent_name: str
    agent_number_shown: str
    mandate_scope: str
    subject: str
    remarks: str
    collect: str
    delivery: str
    visits: int
    owner: str
    received_by: str
    received_at: datetime
    arrived_at: datetime | None
    claimed_by: str
    accepted_by: str
    accepted_at: datetime | None
    accepted_basis: str
    decided_by: str
    decided_at: datetime | None
    decision: str
    reasons: str
    confirmed_by: str
    result_name: str
    result_number: str
    result_until: date | None
    ready_at: datetime | None
    ended_at: datetime | None
    open_deferrals: int
    sampled: bool
    sampled_by: str
    overdue_since: date | None
    notice_breach: bool
    lacks: str
    papers: tuple[PaperOfCase, ...]
    notices: tuple[NoticeOfCase, ...]
    stops: tuple[StopOfCase, ...]
    notes: tuple[NoteOfCase, ...]
    history: tuple[Happened, ...]
    procedures: tuple[Procedure, ...]
    siblings: tuple[CaseLine, ...]
    offers: tuple[str, ...]
