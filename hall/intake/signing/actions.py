"""Joining a tablet to a window, asking for a signature, signing. One verb a function (I1, I7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from hall import tokens
from hall.accounts.access import of_site
from hall.errors import Conflict, Invalid
from hall.intake import facts
from hall.intake.models import Case
from hall.intake.review.at_hand import AtHand
from hall.intake.signing import queries
from hall.intake.signing.models import Signing, SigningCase, SigningPad
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Collection

    from hall.unit_of_work import Work

Taker = Literal["applicant", "agent"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Let the tablet of the caller's window ask for one signature under these results of one form."""

    nonces: tuple[bytes | None, ...]
    taker: Taker = "applicant"


@dataclass(frozen=True, slots=True)
class OnPad:
    """The tablet shows what is to be signed for; with `signature`, the kept file's name, it was signed."""

    pad: bytes | None
    signing: bytes | None
    signature: str = ""


def join(work: Work, _command: None) -> bytes:
    """Give the tablet of the caller's window a new address; the one before shows nothing any more."""
    window = queries.window_of(work.session, work.actor)
    if window is None:
        raise Conflict(_l("Open your window first: the tablet belongs to it."), code="no_window")
    nonce = tokens.new_nonce()
    fresh = {"nonce": nonce, "joined_by": work.actor.id, "joined_at": work.now}
    of_window = SigningPad.window_id == window.id
    known = work.session.scalar(select(SigningPad.id).where(of_window).with_for_update())
    if known is None:
        work.session.add(SigningPad(site_id=window.site_id, window_id=window.id, **fresh))
    else:
        work.session.execute(update(SigningPad).where(of_window).values(**fresh))
    work.session.flush()
    return nonce


def ask(work: Work, command: Ask) -> Signing:
    """Show it on the tablet, in place of whatever stood there. Raises Conflict without tablet or result."""
    pad = queries.pad_of(work.session, work.actor)
    if pad is None:
        raise Conflict(_l("No tablet is joined to your window."), code="no_pad")
    cases = work.session.scalars(select(Case).where(Case.nonce.in_(command.nonces)).order_by(Case.id)).all()
    if not cases or len(cases) != len(set(command.nonces)) or len({case.filing_id for case in cases}) != 1:
        raise Invalid(_l("These are not results of one form."), code="unknown_case")
    for case in cases:
        of_site(work.actor, case.site_id)
        if case.state != "ready" or case.open_deferrals:
            raise Conflict(_l("No result of this case lies here now."), code="not_ready")
    work.session.execute(
        update(Signing)
        .where(Signing.pad_id == pad.id, Signing.state.in_(("asked", "signed")))
        .values(state="withdrawn")
    )
    row = Signing(
        pad_id=pad.id,
        nonce=tokens.new_nonce(),
        taker=command.taker,
        asked_by=work.actor.id,
        asked_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add_all(SigningCase(signing_id=row.id, case_id=case.id) for case in cases)
    work.session.flush()
    return row


def show(work: Work, command: OnPad) -> Signing:
    """The tablet has it on its screen. Safe to say twice."""
    row = _on_pad(work, command)
    row.shown_at = row.shown_at or work.now
    return row


def sign(work: Work, command: OnPad) -> Signing:
    """It was signed. Raises Conflict where the clerk has taken it back."""
    row = _on_pad(work, command)
    if row.state != "asked":
        raise Conflict(_l("This is no longer to be signed. Please ask the clerk."), code="not_asked")
    row.state, row.signed_at, row.signature = "signed", work.now, command.signature
    work.session.flush()
    for case in queries.cases_of(work.session, row.id):
        AtHand(work, case, work.session.get_one(Site, case.site_id)).record(facts.CaseSigned)
    return row


def withdraw(work: Work, nonce: bytes | None) -> Signing:
    """The clerk takes it back from the tablet: it is signed anew, on paper, or not at all."""
    row = queries.signing_by_nonce(work.session, nonce, lock=True)
    of_site(work.actor, work.session.get_one(SigningPad, row.pad_id).site_id)
    if row.state in {"asked", "signed"}:
        row.state = "withdrawn"
    return row


def use(work: Work, nonce: bytes, cases: Collection[int]) -> str:
    """The signature under exactly these results, spent with it. Raises Invalid (`not_signed`)."""
    row = queries.signing_by_nonce(work.session, nonce, lock=True)
    signed = {case.id for case in queries.cases_of(work.session, row.id)}
    if row.state != "signed" or row.asked_by != work.actor.id or signed != set(cases):
        said = _l("The tablet’s signature does not belong to this handover. Please let it be signed again.")
        raise Invalid(said, code="not_signed", errors={"signature": [said]})
    row.state = "used"
    return str(row.signature)


def _on_pad(work: Work, command: OnPad) -> Signing:
    pad = queries.pad_by_nonce(work.session, command.pad)
    row = queries.signing_by_nonce(work.session, command.signing, lock=True)
    if row.pad_id != pad.id:
        raise Conflict(_l("This is no longer to be signed. Please ask the clerk."), code="not_asked")
    return row
