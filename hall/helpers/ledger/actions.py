"""Writing the ledger (H6, H7): notes, papers, mandate, handing over, closing. One verb a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.applicants.traces import meet
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.helpers import cells, free, matters
from hall.helpers.calls.actions import end_call
from hall.helpers.calls.queries import helper_of
from hall.helpers.facts import BookingDone
from hall.helpers.ledger import facts, queries, rules
from hall.helpers.ledger.opening import Matter, open_record, record_fact
from hall.helpers.models import Booking, Helper
from hall.helpers.records import HelpCall, HelpHandOver, HelpPaper, HelpRecord
from hall.helpers.slots import cell_at
from hall.helpers.states import BOOKING_MOVES, Booked
from hall.queueing import drawing
from hall.queueing import queries as tickets
from hall.queueing.models import Ticket
from hall.queueing.queries import today
from hall.queueing.states import State
from hall.sites import Site

if TYPE_CHECKING:
    from hall.helpers.ledger.commands import Begin, Close, Draw, HandOver, ReturnPaper, TakePaper, Write
    from hall.helpers.ledger.queries import RecordView
    from hall.unit_of_work import Work


def begin(work: Work, command: Begin) -> RecordView:
    """Help begins without a call or a booking. Raises Invalid, NotFound, Conflict."""
    helper = helper_of(work.session, work.actor)
    site = work.session.get_one(Site, helper.site_id)
    about, ticket_id = Matter(), None
    if command.matter is not None:
        wanted = matters.find(work.session, site.id, command.matter)
        matters.require_kind(work.session, wanted, command.kind)
        about = Matter(
            wanted.line.id,
            wanted.item.id if wanted.item else None,
            wanted.bundle.id if wanted.bundle else None,
        )
    if command.number:
        ticket = tickets.ticket_by_number(work.session, site, today(site, work.now), command.number)
        ticket_id = ticket.id
        if command.matter is None:
            matters.require_kind(work.session, matters.of_ticket(work.session, ticket), command.kind)
            about = Matter(ticket.line_id, ticket.item_id, ticket.bundle_id)
    row = open_record(work, helper, command.kind, matter=about)
    row.ticket_id = ticket_id
    return queries.view(work.session, row)


def write(work: Work, command: Write) -> RecordView:
    """Write something down in one's own open line. Raises Refused, Conflict."""
    row, helper = mine(work, command.nonce)
    meet(work, command.values.get("trace"))
    for name, value in command.values.items():
        setattr(row, name, value)
    changed(work, row, helper, command.what)
    return queries.view(work.session, row)


def take_paper(work: Work, command: TakePaper) -> RecordView:
    """A paper is taken from somebody: it stands in the list until it goes back."""
    row, helper = mine(work, command.nonce)
    work.session.add(
        HelpPaper(
            record_id=row.id,
            name=command.name,
            count=command.count,
            original=command.original,
            taken_at=work.now,
            taken_by=work.actor.id,
        )
    )
    changed(work, row, helper, "paper_taken")
    return queries.view(work.session, row)


def return_paper(work: Work, command: ReturnPaper) -> RecordView:
    """A paper goes back. Doing it twice changes nothing."""
    row, helper = mine(work, command.nonce)
    paper = work.session.get(HelpPaper, command.paper)
    if paper is None or paper.record_id != row.id:
        raise NotFound(_l("This paper is not in this line."), code="unknown_paper")
    if paper.returned_at is None:
        paper.returned_at, paper.returned_by = work.now, work.actor.id
        changed(work, row, helper, "paper_returned")
    return queries.view(work.session, row)


def hand_over(work: Work, command: HandOver) -> RecordView:
    """Another helper goes on, with a note (H6). Raises Invalid for a badge that nobody has."""
    row, helper = mine(work, command.nonce)
    to = another(work, helper, command.to, row.kind)
    work.session.add(
        HelpHandOver(
            record_id=row.id,
            from_helper_id=helper.id,
            to_helper_id=to.id,
            note_sealed=command.note,
            at=work.now,
            by=work.actor.id,
        )
    )
    row.helper_id = to.id
    row.revision += 1
    site = work.session.get_one(Site, row.site_id)
    call = work.session.get(HelpCall, row.call_id) if row.call_id else None
    if call is not None and call.state == "with":
        end_call(work, call, helper.badge)  # the one who answered is free again
    booking = work.session.get(Booking, row.booking_id) if row.booking_id else None
    if booking is not None and booking.state == Booked.STARTED:
        cells.hand_on(work, booking, to)
    fact = record_fact(facts.HelpRecordHandedOver, site, row, helper, to_badge=to.badge)
    work.record(fact)
    work.record(record_fact(facts.HelpRecordChanged, site, row, to, what="handed_over"))
    return queries.view(work.session, row)


def another(work: Work, helper: Helper, badge: str, kind: str) -> Helper:
    """Another helper of the hall who does this kind of help, by badge. Raises Invalid."""
    found = work.session.scalar(
        select(Helper).where(
            Helper.site_id == helper.site_id, Helper.badge == badge, Helper.retired_at.is_(None)
        )
    )
    if found is None or found.id == helper.id:
        said = _l("Choose another helper of this hall.")
        raise Invalid(said, code="unknown_helper", errors={"to": [said]})
    if kind not in free.kinds_of(found.does_agency, found.does_home_visits):
        said = _l("This helper does not give this kind of help. Choose another.")
        raise Invalid(said, code="helper_cannot", errors={"to": [said]})
    return found


WHY_OPEN = {
    "no_mandate": _l("Write down the scope of the mandate and let it be signed first (H1)."),
    "papers_out": _l("Papers are still with you. Give them back first, and tick them off."),
}


def close(work: Work, command: Close) -> RecordView:
    """Help is over (H7): call and booking end with it. Raises Conflict while a mandate or papers are missing."""
    row, helper = mine(work, command.nonce)
    out = select(func.count()).where(HelpPaper.record_id == row.id, HelpPaper.returned_at.is_(None))
    signed = row.mandate_scope if row.mandate_signed_at else ""
    why = rules.may_close(row.kind, command.result, signed, work.session.scalar(out) or 0)
    if why:
        raise Conflict(WHY_OPEN[why], code=why)
    row.state, row.result, row.closed_at = "closed", command.result, work.now
    row.call_back_on = command.call_back_on
    if command.note is not None:
        row.note_sealed = command.note
    row.revision += 1
    site = work.session.get_one(Site, row.site_id)
    work.record(record_fact(facts.HelpRecordClosed, site, row, helper, what=command.result))
    call = work.session.get(HelpCall, row.call_id) if row.call_id else None
    if call is not None and call.state == "with":
        end_call(work, call, helper.badge)
    booking = work.session.get(Booking, row.booking_id) if row.booking_id else None
    if booking is not None and booking.state == Booked.STARTED:
        work.move(
            BOOKING_MOVES,
            booking,
            "finish",
            ended_at=work.now,
            ended_by="helper",
            revision=cells.NEXT_REVISION,
        )
        cells.give_back(work, booking.id, after=cell_at(work.now) + 1)
        cells.record(work, BookingDone, booking)
    return queries.view(work.session, row)


def called_back(work: Work, nonce: bytes | None) -> RecordView:
    """Somebody was called back as promised. Doing it twice changes nothing."""
    row, helper = queries.record_by_nonce(work.session, nonce), helper_of(work.session, work.actor)
    if row.site_id != helper.site_id:
        raise NotFound(_l("We do not know this line of the ledger."), code="unknown_record")
    if row.call_back_on is None:
        raise Conflict(_l("No call back was promised."), code="no_call_back")
    if row.called_back_at is None:
        row.called_back_at, row.called_back_by = work.now, work.actor.id
        work.record(record_fact(facts.HelpCalledBack, work.session.get_one(Site, row.site_id), row, helper))
    return queries.view(work.session, row)


def reveal(work: Work, nonce: bytes | None) -> RecordView:
    """The helper opens what is sealed of the person they help; the journal keeps that they did (E2)."""
    row, helper = queries.record_by_nonce(work.session, nonce), helper_of(work.session, work.actor)
    if row.helper_id != helper.id:
        raise Refused(_l("Only the helper of this line may see this."), code="not_yours")
    site = work.session.get_one(Site, row.site_id)
    work.record(record_fact(facts.HelpRecordUnsealed, site, row, helper, what="person"))
    return queries.view(work.session, row)


def draw(work: Work, command: Draw) -> RecordView:
    """Draw a number for the person whom one helps, and follow it (Q8). Raises Conflict where they wait already."""
    row, helper = mine(work, command.nonce)
    wanted = matters.find(work.session, row.site_id, command.matter)
    matters.require_kind(work.session, wanted, row.kind)
    _not_in_line(work, row, wanted.line.id)
    view = drawing.issue(
        work,
        drawing.Issue(
            site_id=row.site_id,
            matters=(command.matter,),
            channel="helper",
            person=command.person,
            heads=command.heads,
        ),
    )[0]
    row.ticket_id = view.id
    changed(work, row, helper, "ticket_drawn")
    return queries.view(work.session, row)


def _not_in_line(work: Work, row: HelpRecord, line_id: int) -> None:
    """Q8 also for whom nothing is known of: the number of this line of the ledger is theirs. Raises Conflict."""
    ticket = work.session.get(Ticket, row.ticket_id) if row.ticket_id else None
    if ticket is not None and ticket.line_id == line_id and ticket.state == State.WAITING:
        said = _l("They wait in this line already, with number %(number)s.", number=ticket.number)
        raise Conflict(said, code="already_waiting")


def changed(work: Work, row: HelpRecord, helper: Helper, what: str) -> None:
    """Say in the journal what was written, by a word of a list."""
    row.revision += 1
    site = work.session.get_one(Site, row.site_id)
    work.record(record_fact(facts.HelpRecordChanged, site, row, helper, what=what))


def mine(work: Work, nonce: bytes | None) -> tuple[HelpRecord, Helper]:
    """The caller's own open line, kept from others until this is done. Raises NotFound, Refused, Conflict."""
    helper = helper_of(work.session, work.actor)
    row = queries.record_by_nonce(work.session, nonce, lock=True)
    if row.site_id != helper.site_id:
        raise NotFound(_l("We do not know this line of the ledger."), code="unknown_record")
    if row.helper_id != helper.id:
        raise Refused(_l("Another helper goes on with this."), code="not_yours")
    if row.state != "open":
        raise Conflict(_l("This line is closed."), code="closed")
    return row, helper
