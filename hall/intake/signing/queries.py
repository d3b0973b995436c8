"""Which tablet stands at a window, and what is to be signed for on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import tokens
from hall.catalog.models import ServiceItem, Window
from hall.errors import NotFound
from hall.intake.models import Case, Filing
from hall.intake.signing.models import Signing, SigningCase, SigningPad
from hall.queueing.models import Staffing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.actor import Actor


@dataclass(frozen=True, slots=True)
class SignedFor:
    """One result as it stands on the tablet."""

    result: str
    result_number: str
    item: str
    item_en: str
    number: str


@dataclass(frozen=True, slots=True)
class ToSign:
    """What whoever takes it signs for: all of it together, with one signature."""

    nonce: bytes
    signer: str
    as_agent: bool
    holder: str
    results: tuple[SignedFor, ...]


def window_of(session: Session, actor: Actor) -> Window | None:
    """The window where this person works now, else the one it is bound to."""
    staffed = session.scalar(
        select(Staffing.window_id).where(Staffing.staff_id == actor.id, Staffing.closed_at.is_(None)).limit(1)
    )
    key = staffed or actor.window_id
    return session.get(Window, key) if key else None


def pad_of(session: Session, actor: Actor) -> SigningPad | None:
    """The tablet of this person's window."""
    window = window_of(session, actor)
    if window is None:
        return None
    return session.scalar(select(SigningPad).where(SigningPad.window_id == window.id))


def pad_by_nonce(session: Session, nonce: bytes | None) -> SigningPad:
    """Raises NotFound for a forged address, and for that of a tablet whose place another has taken."""
    found = session.scalar(select(SigningPad).where(SigningPad.nonce == nonce)) if nonce else None
    if found is None:
        raise NotFound(_l("This tablet is not joined to a window, or no longer."), code="unknown_pad")
    return found


def pad_by_code(session: Session, key: bytes, code: str) -> SigningPad:
    """The tablet of a typed code. Raises NotFound."""
    span = tokens.code_span(code)
    rows = session.scalars(select(SigningPad).where(SigningPad.nonce.between(*span))) if span else ()
    for row in rows:
        if tokens.is_short_code(key, "pad", row.nonce, code):
            return row
    raise NotFound(
        _l("We do not know this code. Please compare it with the clerk’s page."), code="unknown_code"
    )


def signing_by_nonce(session: Session, nonce: bytes | None, *, lock: bool = False) -> Signing:
    """Raises NotFound."""
    wanted = select(Signing).where(Signing.nonce == nonce)
    found = session.scalar(wanted.with_for_update() if lock else wanted) if nonce else None
    if found is None:
        raise NotFound(_l("There is no such signature."), code="unknown_signing")
    return found


def cases_of(session: Session, signing_id: int) -> tuple[Case, ...]:
    """The cases whose results are signed for."""
    wanted = select(Case).join(SigningCase, SigningCase.case_id == Case.id)
    return tuple(session.scalars(wanted.where(SigningCase.signing_id == signing_id).order_by(Case.sort)))


def open_for(session: Session, case_id: int, staff_id: int) -> Signing | None:
    """The signature that this person has asked for, with this case in it, and not used yet."""
    return session.scalar(
        select(Signing)
        .join(SigningCase, SigningCase.signing_id == Signing.id)
        .where(
            SigningCase.case_id == case_id,
            Signing.asked_by == staff_id,
            Signing.state.in_(("asked", "signed")),
        )
        .order_by(Signing.id.desc())
        .limit(1)
    )


def to_sign(session: Session, pad: SigningPad) -> ToSign | None:
    """What this tablet shows now; None while nothing is to be signed."""
    row = session.scalar(select(Signing).where(Signing.pad_id == pad.id, Signing.state == "asked"))
    if row is None:
        return None
    rows = session.execute(
        select(Case, ServiceItem, Filing)
        .join(SigningCase, SigningCase.case_id == Case.id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Filing, Filing.id == Case.filing_id)
        .where(SigningCase.signing_id == row.id)
        .order_by(Case.sort)
    ).all()
    filing = rows[0][2]
    as_agent = row.taker == "agent"
    return ToSign(
        nonce=row.nonce,
        signer=filing.agent_name if as_agent else filing.name,
        as_agent=as_agent,
        holder=filing.name,
        results=tuple(
            SignedFor(case.result_name or item.name, case.result_number, item.name, item.name_en, case.number)
            for case, item, _filing in rows
        ),
    )
