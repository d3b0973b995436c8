"""The one-time notice: everything missing, once (I4). What it brings in is `supplements`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.roles import Can
from hall.calendar.rules import add_working_days
from hall.errors import Conflict, Invalid, Refused
from hall.intake import facts
from hall.intake.review import papers as checklist
from hall.intake.review.at_hand import Which, for_acceptance, for_staff, said
from hall.intake.review.models import NoticeLine, OneTimeNotice
from hall.intake.rules import notice_last_day
from hall.intake.states import PaperState

if TYPE_CHECKING:
    from datetime import datetime

    from hall.intake.models import Case, FilingPaper
    from hall.intake.review.at_hand import AtHand
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a notice asks for; `paper` is a paper of the checklist, None for anything else."""

    material: str
    problem: str
    wanted: str
    paper: int | None = None
    copies: str = ""
    where_to_get: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Send the one-time notice. `breach_reason`: a manager's words why a second one is needed."""

    which: Which
    lines: tuple[Asked, ...]
    term_days: int
    basis: str = ""
    consequence: str = ""
    breach_reason: str = ""


def reference(at_hand: AtHand) -> datetime:
    """From when the five days of I4 run: the receipt, a bundle's turn, or when what was asked came in."""
    case = at_hand.case
    answered = at_hand.work.session.scalar(
        select(OneTimeNotice.answered_at)
        .where(OneTimeNotice.case_id == case.id, OneTimeNotice.answered_at.is_not(None))
        .order_by(OneTimeNotice.serial.desc())
        .limit(1)
    )
    return answered or case.arrived_at or case.received_at


def notice(work: Work, command: Notice) -> Case:
    """Ask for everything missing, once, within five working days and before acceptance (I4).

    Raises Invalid (`notice_incomplete`), Conflict (`too_late`, `second_notice`), Refused as for acceptance.
    """
    earlier = _earlier(work, command.which)
    at_hand = _for_notice(work, command, earlier)
    papers = checklist.papers_of(work.session, at_hand.case)
    lines = _lines(command, papers)
    row = _row(at_hand, command, earlier + 1)
    work.session.add(row)
    work.session.flush()
    for sort, line in enumerate(lines):
        line.notice_id, line.sort = row.id, sort
        work.session.add(line)
    for paper in papers:
        if paper.id in {line.paper_id for line in lines}:
            paper.state = PaperState.MISSING.value
    at_hand.move("correct", **({"notice_breach": True} if earlier else {}))
    at_hand.record(facts.CaseNoticed, what="breach" if earlier else None)
    return at_hand.case


def _earlier(work: Work, which: Which) -> int:
    found = for_staff(work, which)
    if found.case.state != "received":
        raise Conflict(
            _l("A notice goes out only before acceptance, from a case that is with the department."),
            code="conflict",
        )
    sent = work.session.scalars(select(OneTimeNotice.id).where(OneTimeNotice.case_id == found.case.id))
    return len(sent.all())


def _for_notice(work: Work, command: Notice, earlier: int) -> AtHand:
    """The case, for who may send this notice: the department the first, a manager the second."""
    if earlier > 1:
        raise Conflict(_l("Two notices went out already. Accept or decline the case."), code="second_notice")
    if earlier:
        if Can.INTAKE_SUPERVISE not in work.actor.can:
            said_ = _l("Everything is asked for once. A second notice needs a manager, who records why.")
            raise Refused(said_, code="second_notice")
        said(command.breach_reason, "breach_reason")
        return for_staff(work, command.which)
    at_hand, _authority = for_acceptance(work, command.which)
    require_in_time(at_hand)
    return at_hand


def require_in_time(at_hand: AtHand) -> None:
    """Raises Conflict (`too_late`) when the five working days for asking are over (I4)."""
    begun = clock.business_date(at_hand.site.zone, reference(at_hand))
    last = notice_last_day(at_hand.calendar(), begun)
    if last is not None and at_hand.today > last:
        raise Conflict(
            _l("The five working days for a notice are over. Accept or decline the case."), code="too_late"
        )


def _lines(command: Notice, papers: list[FilingPaper]) -> list[NoticeLine]:
    known = {paper.id for paper in papers}
    named = {line.paper for line in command.lines}
    forgotten = [
        paper.name for paper in papers if paper.state == PaperState.MISSING and paper.id not in named
    ]
    if not command.lines or forgotten:
        message = _l("A notice lists everything that is missing: %(papers)s", papers="、".join(forgotten))
        if not forgotten:
            message = _l("A notice asks for at least one thing.")
        raise Invalid(message, code="notice_incomplete", errors={"lines": [message]})
    if named - known - {None}:
        raise Invalid(_l("This paper does not belong to this case."), code="unknown_paper")
    return [
        NoticeLine(
            paper_id=line.paper,
            material=said(line.material, "material", 200),
            problem=said(line.problem, "problem"),
            wanted=said(line.wanted, "wanted"),
            copies=line.copies,
            where_to_get=line.where_to_get,
        )
        for line in command.lines
    ]


def _row(at_hand: AtHand, command: Notice, serial: int) -> OneTimeNotice:
    actor = at_hand.work.actor
    breach = serial > 1
    return OneTimeNotice(
        case_id=at_hand.case.id,
        serial=serial,
        nonce=tokens.new_nonce(),
        basis=command.basis,
        consequence=command.consequence,
        term_days=command.term_days,
        answer_by=add_working_days(at_hand.calendar(), at_hand.today, command.term_days),
        sent_by=actor.id,
        sent_at=at_hand.work.now,
        breach_by=actor.id if breach else None,
        breach_reason=said(command.breach_reason, "breach_reason") if breach else None,
    )
