"""Cases by what their applicant can show: receipt, notice, case number, own number (I10). Never by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.roles import Can
from hall.applicants.models import Applicant
from hall.applicants.rules import OF_PARTY, Fault, NumberKind, check
from hall.catalog.models import Department, ServiceItem
from hall.intake.models import Case, Filing
from hall.intake.review.models import OneTimeNotice
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.applicants.vault import Vault

AT_MOST = 50
SERIAL_SIGNS = 6


@dataclass(frozen=True, slots=True)
class Keys:
    """What codes and numbers are recognised with."""

    tokens: bytes
    vault: Vault


@dataclass(frozen=True, slots=True)
class Found:
    """One case in a line; its applicant's number is masked."""

    nonce: bytes
    number: str
    item: str
    item_en: str
    department: str
    department_en: str
    applicant: str
    number_shown: str
    state: str
    received_at: datetime
    open_deferrals: int


def find(session: Session, actor: Actor, keys: Keys, asked: str, now: datetime) -> list[Found]:
    """Cases in the caller's reach that go with what was scanned or typed, newest first.

    `asked`: the address behind a receipt's or notice's code, either code as typed, a case number (also only its
    running count of this year), or the applicant's number, which is looked for by its keyed hash.
    """
    site = session.get_one(Site, actor.site_id)
    today = clock.business_date(site.zone, now)
    found = _found(session, actor, _hits(session, keys, site, asked.strip(), today))
    rows = session.execute(
        select(Case, Filing, ServiceItem, Department)
        .join(Filing, Filing.id == Case.filing_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .where(Case.id.in_(found))
        .order_by(Case.id.desc())
    )
    return [
        Found(
            case.nonce,
            case.number,
            item.name,
            item.name_en,
            department.short_name or department.name,
            department.name_en,
            filing.name,
            filing.number_shown,
            case.state,
            case.received_at,
            case.open_deferrals,
        )
        for case, filing, item, department in rows
    ]


def _found(session: Session, actor: Actor, hits: Iterable[ColumnElement[bool]]) -> list[int]:
    """Keys of the newest hits in the caller's reach.

    A statement for each hit, and the reach looked at here: with an OR, or with the hall as a further condition, SQLite
    walks through all cases of the hall.
    """
    found: set[int] = set()
    for hit in hits:
        rows = session.execute(select(Case.id, Case.site_id, Case.department_id).where(hit))
        found.update(row.id for row in rows if _in_reach(actor, row.site_id, row.department_id))
    return sorted(found, reverse=True)[:AT_MOST]


def _in_reach(actor: Actor, site_id: int, department_id: int) -> bool:
    """Windows and managers: their hall; reviewers: their department."""
    if {Can.INTAKE_RECEIVE, Can.INTAKE_SUPERVISE} & actor.can:
        return site_id == actor.site_id
    return department_id == actor.department_id


def _hits(session: Session, keys: Keys, site: Site, text: str, today: date) -> Iterator[ColumnElement[bool]]:
    if not text:
        return
    yield (Case.site_id == site.id) & (Case.number == text.upper())
    if text.isascii() and text.isdigit() and len(text) <= SERIAL_SIGNS:
        yield (Case.site_id == site.id) & (Case.year == today.year) & (Case.serial == int(text))
    nonce = tokens.nonce_of(keys.tokens, "case", _last_part(text))
    if nonce is not None:
        yield Case.nonce == nonce
    filings = list(_by_code(session, keys, text))
    if filings:
        yield Case.filing_id.in_(filings)
    traces = list(_traces(keys.vault, text, today))
    if traces:
        known = select(Applicant.id).where(Applicant.site_id == site.id, Applicant.trace.in_(traces))
        yield Case.applicant_id.in_(session.scalars(known).all())


def _last_part(text: str) -> str:
    try:
        return urlsplit(text).path.rpartition("/")[2]
    except ValueError:
        return ""


def _by_code(session: Session, keys: Keys, text: str) -> Iterator[int]:
    """Forms whose receipt or notice carries this code."""
    code = text.rpartition("back=")[2]
    span = tokens.code_span(code)
    if span is None:
        return
    for key, nonce in session.execute(select(Filing.id, Filing.nonce).where(Filing.nonce.between(*span))):
        if tokens.is_short_code(keys.tokens, "receipt", nonce, code):
            yield key
    notices = (
        select(Case.filing_id, OneTimeNotice.nonce)
        .join(Case, Case.id == OneTimeNotice.case_id)
        .where(OneTimeNotice.nonce.between(*span))
    )
    for key, nonce in session.execute(notices):
        if tokens.is_short_code(keys.tokens, "return", nonce, code):
            yield key


def _traces(vault: Vault, text: str, today: date) -> Iterator[bytes]:
    """Keyed hashes of the number, for each kind of number that it can be."""
    for party, kinds in OF_PARTY.items():
        for kind in kinds:
            number = None if kind is NumberKind.NONE_YET else check(party, kind, text, today)
            if number is None or isinstance(number, Fault):
                continue
            trace = vault.trace(number)
            if trace is not None:
                yield from trace.every
