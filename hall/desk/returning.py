"""The return code on a one-time notice: the old place in the queue, once a notice (Q3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from hall import tokens
from hall.accounts.access import of_site
from hall.desk import actions
from hall.errors import Conflict, NotFound
from hall.intake.models import Case, Filing
from hall.intake.review.models import OneTimeNotice
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from hall.desk.queries import Found
    from hall.unit_of_work import Work

RETURN = "return"


@dataclass(frozen=True, slots=True)
class ComeBack:
    """What was scanned or typed from a notice; `channel` is kiosk or desk."""

    site_id: int
    key: bytes
    code: str
    channel: str


def code_in(given: str) -> str:
    """The code in a scanned address (`…?back=CODE`), or what was typed."""
    return given.strip().rpartition("back=")[2]


def come_back(work: Work, command: ComeBack) -> Found:
    """A new number at the old place for a notice's holder.

    Raises NotFound (`unknown_code`), Conflict (`returned_before`, `no_ticket`).
    """
    notice, case = _notice(work, command)
    of_site(work.actor, case.site_id)
    if notice.return_ticket_id is not None:
        raise Conflict(
            _l("This notice has been used once already. Please draw a new ticket."), code="returned_before"
        )
    filing = work.session.get_one(Filing, case.filing_id)
    ticket = work.session.get(Ticket, filing.ticket_id) if filing.ticket_id else None
    if ticket is None:
        raise Conflict(_l("This form began without a ticket. Please draw a new one."), code="no_ticket")
    site = work.session.get_one(Site, case.site_id)
    found = actions.at_old_place(work, ticket, site, command.channel)
    taken = work.session.execute(
        update(OneTimeNotice)
        .where(OneTimeNotice.id == notice.id, OneTimeNotice.return_ticket_id.is_(None))
        .values(return_ticket_id=found.standing.id)
        .returning(OneTimeNotice.id)
    ).first()
    if taken is None:
        raise Conflict(
            _l("This notice has been used once already. Please draw a new ticket."), code="returned_before"
        )
    return found


def _notice(work: Work, command: ComeBack) -> tuple[OneTimeNotice, Case]:
    code = code_in(command.code)
    span = tokens.code_span(code)
    rows = (
        work.session.execute(
            select(OneTimeNotice, Case)
            .join(Case, Case.id == OneTimeNotice.case_id)
            .where(OneTimeNotice.nonce.between(*span), Case.site_id == command.site_id)
        ).all()
        if span
        else ()
    )
    for notice, case in rows:
        if tokens.is_short_code(command.key, RETURN, notice.nonce, code):
            return notice, case
    raise NotFound(_l("We know no such return code. Please compare it with the notice."), code="unknown_code")
