"""What is done with forms at a window: open, save, discard, receive. One verb a function."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall import tokens
from hall.catalog.models import Bundle, ServiceItem, Window
from hall.errors import Conflict, NotFound, Refused
from hall.intake import facts
from hall.intake.filing import queries
from hall.intake.filing.checklist import Matter, begin_checklist, find_matter
from hall.intake.filing.entries import keep_entries
from hall.intake.filing.receiving import make_cases, require_complete
from hall.intake.filing.reuse import reusable
from hall.intake.models import Filing
from hall.intake.states import FILING_MOVES
from hall.queueing.agents.limits import case_limit
from hall.queueing.staffing import own_window, staffed, window_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hall.applicants.vault import Vault
    from hall.intake.filing.entries import Seen
    from hall.intake.filing.queries import FormView
    from hall.intake.filing.reuse import Reusable
    from hall.queueing.models import Ticket
    from hall.queueing.staffing import Desk
    from hall.unit_of_work import Work

NEXT_REVISION = Filing.revision + 1


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Begin a form at a window: for a matter, else for what the ticket at hand was drawn for."""

    window: str
    vault: Vault
    item: str | None = None
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class SaveForm:
    """What was typed since: `entries` by field, `papers` by key. Saved as it is, checked later."""

    nonce: bytes | None
    revision: int
    vault: Vault
    entries: Mapping[str, str | date | None] = field(default_factory=dict)
    papers: Mapping[int, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThisForm:
    """This form, as the caller last saw it; `without` names items that the caller knows to be withdrawn."""

    nonce: bytes | None
    revision: int
    vault: Vault
    without: frozenset[str] = frozenset()


def open_form(work: Work, command: OpenForm) -> FormView:
    """The draft of the ticket at hand, begun where there is none: a second click finds the first one's.

    Raises as `window_for`; Invalid (`unknown_matter`), Conflict (`draft_open`: another matter is half filled in).
    """
    desk = window_for(work, command.window)
    if desk.staffing is None:
        raise Conflict(_l("Open the window first."), code="window_closed")
    draft = queries.draft_of(work.session, desk.ticket)
    if draft is not None and not (command.item or command.bundle):
        return queries.form_view(work.session, draft, command.vault)
    matter = _matter(work, desk, command)
    if draft is None:
        draft = _begin(work, desk, matter)
    elif (draft.item_id, draft.bundle_id) != _keys(matter):
        raise Conflict(
            _l("Another form is half filled in for this ticket. Receive it or discard it first."),
            code="draft_open",
        )
    return queries.form_view(work.session, draft, command.vault)


def _matter(work: Work, desk: Desk, command: OpenForm) -> Matter:
    item, bundle = command.item, command.bundle
    if not (item or bundle) and desk.ticket is not None:
        chosen = desk.ticket
        item = work.session.get_one(ServiceItem, chosen.item_id).code if chosen.item_id else None
        bundle = work.session.get_one(Bundle, chosen.bundle_id).code if chosen.bundle_id else None
    return find_matter(work.session, desk.site.id, item, bundle)


def _keys(matter: Matter) -> tuple[int | None, int | None]:
    return (None, matter.bundle.id) if matter.bundle else (matter.items[0].id, None)


def _begin(work: Work, desk: Desk, matter: Matter) -> Filing:
    ticket, bundle = desk.ticket, matter.bundle
    _within_limit(work, ticket)
    item_id, bundle_id = _keys(matter)
    draft = Filing(
        site_id=desk.site.id,
        nonce=tokens.new_nonce(),
        item_id=item_id,
        bundle_id=bundle_id,
        bundle_revision=bundle.revision if bundle else None,
        in_turn=bool(bundle and bundle.in_turn),
        ticket_id=ticket.id if ticket else None,
        window_id=desk.window.id,
        opened_by=work.actor.id,
        opened_at=work.now,
        lang=ticket.lang if ticket else "zh",
    )
    work.session.add(draft)
    work.session.flush()
    begin_checklist(work.session, draft, matter)
    work.record(_fact(facts.FilingOpened, desk, draft, matter.code))
    return draft


def _within_limit(work: Work, ticket: Ticket | None) -> None:
    """A registered agent brings so many matters to one number, no more (Q8)."""
    limit = case_limit(work.session, ticket.id) if ticket else None
    if ticket is None or limit is None:
        return
    forms = select(func.count()).where(Filing.ticket_id == ticket.id, Filing.state == "received")
    if (work.session.scalar(forms) or 0) >= limit:
        raise Conflict(
            _l(
                "This agent has brought as many matters as fit on one number. The next ones need another number."
            ),
            code="agent_limit",
        )


def _fact(kind: type[facts.FilingFact], desk: Desk, draft: Filing, matter: str) -> facts.FilingFact:
    return kind(
        site_id=desk.site.id, site=desk.site.code, filing_id=draft.id, matter=matter, window=desk.window.code
    )


def save_form(work: Work, command: SaveForm) -> FormView:
    """Keep what was typed, complete or not. Raises Conflict (`stale_form`) where another browser saved since."""
    draft = _own_draft(work, command.nonce, command.revision)
    site = queries.site_of(work.session, draft)

    def offered() -> tuple[Reusable, ...]:
        return reusable(work.session, draft, command.vault, site.zone, work.now)

    keep_entries(work.session, draft, command.entries, command.papers, command.vault, offered=offered)
    work.session.flush()
    work.move(FILING_MOVES, draft, "save", revision=NEXT_REVISION)
    return queries.form_view(work.session, draft, command.vault)


def discard_form(work: Work, command: ThisForm) -> FormView:
    """Give a draft up: nothing was received, and no number is used."""
    draft = _own_draft(work, command.nonce, command.revision)
    work.move(FILING_MOVES, draft, "discard", revision=NEXT_REVISION, closed_at=work.now)
    site = queries.site_of(work.session, draft)
    matter = queries.matter_code(work.session, draft)
    work.record(facts.FilingDiscarded(site_id=site.id, site=site.code, filing_id=draft.id, matter=matter))
    return queries.form_view(work.session, draft, command.vault)


def receive_form(work: Work, command: ThisForm) -> FormView:
    """Receive it (收件): numbers are given, cases made, and each department has its own (I1, I6).

    Raises Invalid with messages by field; Conflict (`stale_form`, `item_withdrawn`, and `window_closed` where the
    clerk does not hold the window open), Refused (`undertaking_broken`, I7).
    """
    draft = _own_draft(work, command.nonce, command.revision)
    window = work.session.get(Window, draft.window_id) if draft.window_id else None
    if window is not None:
        staffed(window_for(work, window.code))
    require_complete(work, draft, command.vault)
    made = make_cases(work, draft, command.vault, command.without)
    work.move(
        FILING_MOVES,
        draft,
        "receive",
        revision=NEXT_REVISION,
        received_by=work.actor.id,
        received_at=work.now,
    )
    site = queries.site_of(work.session, draft)
    work.record(
        facts.FilingReceived(
            site_id=site.id,
            site=site.code,
            filing_id=draft.id,
            matter=queries.matter_code(work.session, draft),
            window=window.code if window else None,
            cases=tuple(case.number for case in made),
        )
    )
    return queries.form_view(work.session, draft, command.vault)


def _own_draft(work: Work, nonce: bytes | None, revision: int) -> Filing:
    """The draft, if this clerk works on it, and as the caller saw it. Raises NotFound, Refused, Conflict."""
    draft = queries.filing_by_nonce(work.session, nonce, lock=True)
    if draft is None:
        raise NotFound(_l("There is no such form."), code="unknown_form")
    window = work.session.get(Window, draft.window_id) if draft.window_id else None
    if window is not None:
        own_window(work.actor, window)
    elif draft.opened_by != work.actor.id:
        raise Refused(_l("A colleague is filling in this form."), code="other_clerk")
    if draft.state != "draft":
        raise Conflict(_l("This form is not a draft any more."), code="not_a_draft")
    if draft.revision != revision:
        raise Conflict(
            _l("This form was changed in another window. Please look at it again."), code="stale_form"
        )
    return draft
