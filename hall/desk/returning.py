"""The return code on a one-time notice: the old place in the queue, once a notice (Q3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import format_date, get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import tokens
from hall.desk import actions, rules
from hall.desk.models import PapersReturn
from hall.errors import Conflict, NotFound
from hall.intake.models import Case, Filing
from hall.intake.review.models import OneTimeNotice
from hall.intake.states import OVER, CaseState
from hall.intake.visits import count_visit
from hall.printing.actions import Drawn, first_slip
from hall.queueing.models import Ticket
from hall.queueing.queries import today
from hall.sites import Site

if TYPE_CHECKING:
    from hall.unit_of_work import Work

RETURN = "return"


@dataclass(frozen=True, slots=True)
class ComeBack:
    """What was scanned or typed from a notice; `channel` is kiosk or desk."""

    key: bytes
    code: str
    channel: str


def code_in(given: str) -> str:
    """The code in a scanned address (`…?back=CODE`), or what was typed."""
    return given.strip().rpartition("back=")[2]


def come_back(work: Work, command: ComeBack) -> Drawn:
    """A new number at the old place for a notice's holder; at a kiosk with a printer its slip as well.

    Raises NotFound (`unknown_code`), Conflict (`other_hall`, `returned_before`, `code_expired`, `case_over`,
    `papers_in`, `no_ticket`, `still_in_line`), and as drawing does where the line gives out no numbers.
    """
    notice, case = _notice(work, command)
    site = work.session.get_one(Site, case.site_id)
    _of_this_hall(work, site)
    # One after the other: whoever comes second sees the first one's number
    filing = work.session.scalars(select(Filing).where(Filing.id == case.filing_id).with_for_update()).one()
    work.session.refresh(notice)
    work.session.refresh(case)
    _still_good(work, notice, case, site)
    ticket = _last_ticket(work, filing, notice, site)
    found = actions.at_old_place(work, ticket, site, command.channel)
    notice.return_ticket_id = found.standing.id
    count_visit(work, filing, found.standing.id)
    work.session.flush()
    return Drawn((found.view,), first_slip(work, found.view))


def _notice(work: Work, command: ComeBack) -> tuple[OneTimeNotice, Case]:
    code = code_in(command.code)
    span = tokens.code_span(code)
    rows = (
        work.session.execute(
            select(OneTimeNotice, Case)
            .join(Case, Case.id == OneTimeNotice.case_id)
            .where(OneTimeNotice.nonce.between(*span))
        ).all()
        if span
        else ()
    )
    for notice, case in rows:
        if tokens.is_short_code(command.key, RETURN, notice.nonce, code):
            return notice, case
    raise NotFound(_l("We know no such return code. Please compare it with the notice."), code="unknown_code")


def _of_this_hall(work: Work, site: Site) -> None:
    if work.actor.every_site or work.actor.site_id == site.id:
        return
    english = str(get_locale() or "zh") == "en"
    raise Conflict(
        _l(
            "This notice is from another hall: %(hall)s. Its code counts there.",
            hall=(english and site.name_en) or site.name,
        ),
        code="other_hall",
    )


def _still_good(work: Work, notice: OneTimeNotice, case: Case, site: Site) -> None:
    if notice.return_ticket_id is not None:
        drawn = work.session.get_one(Ticket, notice.return_ticket_id)
        if _counts(work, drawn, site):
            raise Conflict(
                _l("This code has been used already. Your number is %(number)s.", number=drawn.number),
                code="returned_before",
            )
        raise _used()
    if case.state in OVER:
        raise Conflict(_l("This case is over. Please draw an ordinary ticket."), code="case_over")
    if case.state != CaseState.CORRECTION:
        raise Conflict(
            _l("The papers of this notice are in already. Please draw an ordinary ticket."), code="papers_in"
        )
    if notice.answer_by is not None and today(site, work.now) > notice.answer_by:
        raise Conflict(
            _l(
                "The time for these papers ended on %(day)s. Please draw an ordinary ticket.",
                day=format_date(notice.answer_by, "long"),
            ),
            code="code_expired",
        )


def _used() -> Conflict:
    return Conflict(
        _l("This notice has been used once already. Please draw a new ticket."), code="returned_before"
    )


def _counts(work: Work, ticket: Ticket, site: Site) -> bool:
    """Whether this number still stands in line or at a window."""
    return ticket.state not in rules.OVER and ticket.business_date == today(site, work.now)


def _last_ticket(work: Work, filing: Filing, notice: OneTimeNotice, site: Site) -> Ticket:
    """The number whose place is given back: the form's own, or that of an earlier return on another of its notices."""
    ticket = work.session.get(Ticket, filing.ticket_id) if filing.ticket_id else None
    if ticket is None:
        raise Conflict(_l("This form began without a ticket. Please draw a new one."), code="no_ticket")
    while (
        back := work.session.scalar(select(PapersReturn).where(PapersReturn.notice_ticket_id == ticket.id))
    ) is not None:
        by_code = select(OneTimeNotice.id).where(OneTimeNotice.return_ticket_id == back.ticket_id)
        if back.made_at > notice.sent_at and work.session.scalar(by_code) is None:
            raise _used()  # reception gave the place back by the number on the notice
        ticket = work.session.get_one(Ticket, back.ticket_id)
    if _counts(work, ticket, site):
        raise Conflict(
            _l("Your number %(number)s still counts: no new one is needed.", number=ticket.number),
            code="still_in_line",
        )
    return ticket
