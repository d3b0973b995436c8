"""Handing results over, posting them, and what happens when nobody takes them. One verb a function (I1, I6, I7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from hall.accounts.access import of_site
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.intake import facts
from hall.intake.documents.queries import case_by_nonce
from hall.intake.issuing import queries, rules
from hall.intake.issuing.models import Delivery
from hall.intake.models import Case, Filing, Licence
from hall.intake.review.at_hand import AtHand
from hall.intake.signing.actions import use
from hall.intake.states import Mode
from hall.intake.visits import count_visit
from hall.sites import Site

if TYPE_CHECKING:
    from hall.applicants.vault import Vault
    from hall.unit_of_work import Work

NOTE, TRACKING, ADDRESS = 300, 40, 200


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give a result to its holder: `receipt` is what they showed, `signature` a kept file or None for paper.

    `also`: other results of the same form that go with it; `signing`: what was signed on the tablet, under all of them.
    """

    nonce: bytes | None
    key: bytes
    receipt: str
    taker: Literal["applicant", "agent"] = "applicant"
    signature: str | None = None
    partly: bool = False
    also: tuple[bytes | None, ...] = ()
    signing: bytes | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Send a result, and `also` others of its form: to the form's address, or to another that its holder gave."""

    nonce: bytes | None
    vault: Vault
    tracking: str
    address: str = ""
    also: tuple[bytes | None, ...] = ()


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The holder refused it, or the post brought it back: why."""

    nonce: bytes | None
    note: str


def hand_over(work: Work, command: HandOver) -> Delivery:
    """Hand it over, with what goes with it, against the receipt and a signature: concluded, all or nothing.

    Raises Refused (`decided_it`, I1), Conflict (`deferral_open`, I7; `not_all_ready`, I6), Invalid (`wrong_receipt`).
    """
    taken, filing = _results(work, (command.nonce, *command.also))
    if not any(queries.shows(command.key, filing, one.case, command.receipt) for one in taken):
        said = _l("This is not the receipt of this case. Please compare code and number.")
        raise Invalid(said, code="wrong_receipt", errors={"receipt": [said]})
    if command.taker == "agent" and not filing.agent_name:
        said = _l("Nobody was named as agent on this form.")
        raise Invalid(said, code="no_agent", errors={"taker": [said]})
    if filing.collect == "together" and not command.partly and not queries.all_here(work.session, filing.id):
        said = _l("Not all results of this form are here. Hand over a part only if its holder wishes so.")
        raise Conflict(said, code="not_all_ready", errors={"partly": [said]})
    count_visit(work, filing)
    signature, ticket = command.signature, _ticket_at_hand(work)
    if command.signing is not None:
        signature = use(work, command.signing, [one.case.id for one in taken])
    rows = [
        _conclude(
            one,
            way=rules.way_of(Mode(one.case.mode), one.case.decided_by, work.actor.id),
            outcome="taken",
            ticket_id=ticket,
            taker=command.taker,
            signature=signature,
        )
        for one in taken
    ]
    return rows[0]


def post(work: Work, command: Post) -> Delivery:
    """Post it: concluded with the tracking number. Raises as `hand_over`, Invalid without number or address."""
    sent, filing = _results(work, (command.nonce, *command.also))
    tracking = "".join(command.tracking.split())
    if not 0 < len(tracking) <= TRACKING or not tracking.isascii() or not tracking.isalnum():
        said = _l("Enter the tracking number: letters and digits, at most 40.")
        raise Invalid(said, code="no_tracking", errors={"tracking": [said]})
    address = " ".join(command.address.split())
    sealed = command.vault.seal(address[:ADDRESS]) if address else filing.address_sealed
    if sealed is None:
        said = _l("The form has no address. Please enter where it is sent.")
        raise Invalid(said, code="no_address", errors={"address": [said]})
    rows = [
        _conclude(one, way="post", outcome="posted", address_sealed=sealed, tracking=tracking) for one in sent
    ]
    return rows[0]


def refuse(work: Work, command: NotTaken) -> Delivery:
    """Its holder will not take it: noted; it stays at the issue window."""
    (at_hand,), filing = _results(work, (command.nonce,))
    count_visit(work, filing)
    row = Delivery(
        case_id=at_hand.case.id,
        way="issue_window",
        outcome="refused",
        staff_id=work.actor.id,
        ticket_id=_ticket_at_hand(work),
        at=work.now,
        note=_note(command.note),
    )
    work.session.add(row)
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseNotTaken, what="refused")
    return row


def returned(work: Work, command: NotTaken) -> Delivery:
    """The post brought it back: it lies at the issue window again. Raises Conflict unless it was posted."""
    case = case_by_nonce(work.session, command.nonce, lock=True)
    of_site(work.actor, case.site_id)
    row = work.session.scalar(
        select(Delivery).where(Delivery.case_id == case.id, Delivery.outcome == "posted")
    )
    if row is None:
        raise Conflict(_l("This result is not under way by post."), code="not_posted")
    note = _note(command.note)
    at_hand = AtHand(work, case, work.session.get_one(Site, case.site_id))
    row.outcome, row.note = "returned", note
    at_hand.move("bring_back", delivered_at=None, ended_at=None, delivered_by=None, delivered_by_way=None)
    at_hand.record(facts.CaseNotTaken, what="returned")
    return row


def _note(text: str) -> str:
    note = " ".join(text.split())
    if not 0 < len(note) <= NOTE:
        said = _l("Say why, in at most 300 signs.")
        raise Invalid(said, errors={"note": [said]})
    return note


def _results(work: Work, nonces: tuple[bytes | None, ...]) -> tuple[list[AtHand], Filing]:
    """The cases with their form, if their results may leave at all, through this person; the first asked for first.

    They are locked in the order of their keys: two clerks with parts of one form do not wait for each other in a ring.
    """
    wanted = list(dict.fromkeys(nonces))
    rows = work.session.scalars(
        select(Case).where(Case.nonce.in_(wanted)).order_by(Case.id).with_for_update()
    ).all()
    if len(rows) != len(wanted):
        raise NotFound(_l("There is no such case."), code="unknown_case")
    if len({case.filing_id for case in rows}) > 1:
        raise Conflict(_l("Only results of one form go together."), code="other_form")
    for case in rows:
        _may_leave(work, case)
    site = work.session.get_one(Site, rows[0].site_id)
    at_hand = [AtHand(work, case, site) for case in sorted(rows, key=lambda case: wanted.index(case.nonce))]
    return at_hand, work.session.get_one(Filing, rows[0].filing_id)


def _may_leave(work: Work, case: Case) -> None:
    of_site(work.actor, case.site_id)
    if case.open_deferrals:
        raise Conflict(_l("A deferred paper is not in yet. The result waits for it."), code="deferral_open")
    if case.state == "delivered":
        raise Conflict(_l("This result has left already: a colleague was faster."), code="not_ready")
    if case.state != "ready":
        raise Conflict(_l("No result of this case lies here now."), code="not_ready")
    if not rules.may_issue(Mode(case.mode), case.decided_by, work.actor.id):
        raise Refused(_l("You decided this case. A colleague hands its result over."), code="decided_it")


def _conclude(at_hand: AtHand, **how: Any) -> Delivery:  # noqa: ANN401
    work = at_hand.work
    row = Delivery(case_id=at_hand.case.id, staff_id=work.actor.id, at=work.now, **how)
    work.session.add(row)
    at_hand.move(
        "deliver",
        delivered_by=work.actor.id,
        delivered_at=work.now,
        delivered_by_way=row.way,
        ended_at=work.now,
    )
    _keep_licence(at_hand)
    at_hand.record(facts.CaseDelivered, what=row.way)
    return row


def _keep_licence(at_hand: AtHand) -> None:
    """What was granted can be used by later cases instead of paper; once a case, however often it was sent."""
    work, case = at_hand.work, at_hand.case
    known = exists().where(Licence.case_id == case.id)
    if case.decision != "granted" or not case.result_name or work.session.scalar(select(known)):
        return
    work.session.add(
        Licence(
            applicant_id=case.applicant_id,
            name=case.result_name,
            number=case.result_number,
            issued_on=at_hand.today,
            valid_until=case.result_until,
            case_id=case.id,
        )
    )
    work.session.flush()


def _ticket_at_hand(work: Work) -> int | None:
    ticket = queries.ticket_at_hand(work.session, work.actor.id)
    return ticket.id if ticket else None
