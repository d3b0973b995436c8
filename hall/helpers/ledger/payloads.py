"""What is said of a line of the ledger: everything masked (H7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hall import tokens
from hall.queueing.payloads import local

if TYPE_CHECKING:
    from datetime import date

    from hall.helpers.ledger.queries import RecordView

RECORD = "help_record"
"""What the tokens of lines are made for."""


def token_of(key: bytes, nonce: bytes) -> str:
    """The token of a line."""
    return tokens.token_of(key, RECORD, nonce)


def record_state(record: RecordView, key: bytes) -> dict[str, Any]:
    """One line of the ledger."""
    zone = ZoneInfo(record.zone)
    return {
        "token": token_of(key, record.nonce),
        "number": record.number,
        "date": record.business_date.isoformat(),
        "state": record.state,
        "kind": record.kind,
        "helper": {"name": record.helper, "badge": record.badge},
        "matter": record.matter,
        "matter_en": record.matter_en,
        "ticket": record.ticket,
        "ticket_state": record.ticket_state,
        "applicant": record.applicant,
        "phone": record.phone,
        "id_number": record.id_number,
        "has_address": record.has_address,
        "mandate": {
            "scope": record.mandate_scope,
            "until": _day(record.mandate_until),
            "signed_at": local(record.mandate_signed_at, zone),
            "drawn": record.mandate_drawn,
        },
        "papers": [
            {
                "id": paper.id,
                "name": paper.name,
                "count": paper.count,
                "original": paper.original,
                "taken_at": local(paper.taken_at, zone),
                "returned_at": local(paper.returned_at, zone),
            }
            for paper in record.papers
        ],
        "papers_out": record.papers_out,
        "progress": record.progress,
        "case_number": record.case_number,
        "case_state": record.case_state,
        "result": record.result,
        "call_back_on": _day(record.call_back_on),
        "called_back_at": local(record.called_back_at, zone),
        "handed_over": record.handed_over,
        "opened_at": local(record.opened_at, zone),
        "closed_at": local(record.closed_at, zone),
        "revision": record.revision,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
