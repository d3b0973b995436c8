"""From a form to cases: what must be right, whose cases they are, and the cases themselves (I1, I2, I6, I10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from hall import clock, tokens
from hall.applicants.models import Applicant
from hall.applicants.rules import Fault, Number, NumberKind, Party, check, masked, phone, region_hint
from hall.applicants.traces import meet
from hall.catalog.models import Department
from hall.errors import Conflict, Invalid, Refused
from hall.intake import facts
from hall.intake.filing import queries
from hall.intake.filing.from_bundle import require_made, waits_for_paper
from hall.intake.filing.matters import terms_begun
from hall.intake.filing.numbers import next_number
from hall.intake.filing.reuse import known_applicant, reusable, source_of
from hall.intake.models import Case, FilingPaper
from hall.intake.review.models import Deferral
from hall.intake.states import CaseState, PaperState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hall.applicants.vault import Vault
    from hall.intake.filing.matters import Terms
    from hall.intake.models import Filing
    from hall.sites import Site
    from hall.unit_of_work import Work

SAID = {
    Fault.CHECKSUM: _l("A digit of this number must be wrong. Please compare it with the document."),
    Fault.DATE: _l("The date of birth in this number does not exist. Please compare it with the document."),
    Fault.KIND: _l("This kind of number does not belong to this kind of applicant."),
    Fault.LENGTH: _l("This number has too many or too few signs."),
    Fault.SIGNS: _l("This number holds signs that such numbers do not have."),
}


def number_said(party: str, kind: str, text: str, today: date, *, english: bool = False) -> dict[str, str]:
    """What is wrong with a number in words, "" for nothing; and the province it was first given in, a hint (I10)."""
    if party not in set(Party) or kind not in set(NumberKind):
        return {"fault": str(SAID[Fault.KIND]), "hint": ""}
    found = check(Party(party), NumberKind(kind), text, today)
    if isinstance(found, Fault):
        return {"fault": str(SAID[found]), "hint": ""}
    return {"fault": "", "hint": region_hint(found, english=english) or ""}


def require_complete(work: Work, draft: Filing, vault: Vault) -> None:
    """Raises Invalid with messages by field until the form can be received; Refused (`undertaking_broken`, I7)."""
    today = _today(queries.site_of(work.session, draft), work)
    problems: dict[str, list[object]] = {}
    if not draft.name:
        problems["name"] = [_l("This is needed.")]
    _check_number(problems, "number", check(
        Party(draft.party), NumberKind(draft.number_kind), vault.open(draft.number_sealed), today
    ))  # fmt: skip
    _check_agent(problems, draft, vault, today)
    typed = vault.open(draft.phone_sealed)
    if typed and phone(typed) is None:
        problems["phone"] = [_l("This is no phone number: 11 digits, or area code and number.")]
    if draft.delivery == "post" and not (vault.open(draft.address_sealed) and typed):
        problems["address"] = [_l("Posting needs an address and a phone number.")]
    papers = work.session.scalars(select(FilingPaper).where(FilingPaper.filing_id == draft.id)).all()
    if any(paper.state == PaperState.UNCHECKED for paper in papers):
        problems["papers"] = [_l("Go through all papers of the checklist first.")]
    _check_reused(work, draft, vault, papers, problems)
    if problems:
        raise Invalid(_l("The form is not complete yet."), code="incomplete_form", errors=problems)
    if any(paper.state == PaperState.DEFERRED for paper in papers):
        _require_kept_promises(work, draft, vault, today)


def _check_reused(
    work: Work,
    draft: Filing,
    vault: Vault,
    papers: Sequence[FilingPaper],
    problems: dict[str, list[object]],
) -> None:
    """What stands for a paper must be this very applicant's still: the number may have changed meanwhile (I2)."""
    reused = [paper for paper in papers if paper.state == PaperState.REUSED]
    if not reused or "number" in problems:
        return
    site = queries.site_of(work.session, draft)
    offered = reusable(work.session, draft, vault, site.zone, work.now)
    good = {(one.paper_id, one.source) for one in offered}
    gone = [paper.name for paper in reused if (paper.id, source_of(paper)) not in good]
    if gone:
        said = _l("These cannot be reused for this applicant (any more): %(papers)s", papers="、".join(gone))
        problems.setdefault("papers", []).append(said)


def _check_number(problems: dict[str, list[object]], name: str, found: Number | Fault) -> None:
    if isinstance(found, Fault):
        problems[name] = [SAID[found]]


def _check_agent(problems: dict[str, list[object]], draft: Filing, vault: Vault, today: date) -> None:
    """An agent needs a name, a number and a mandate that says what for and is still good (I2)."""
    if not draft.agent_name and not draft.agent_number_shown:
        return
    if not draft.agent_name:
        problems["agent_name"] = [_l("This is needed.")]
    kind = NumberKind(draft.agent_number_kind)
    _check_number(
        problems, "agent_number", check(Party.PERSON, kind, vault.open(draft.agent_number_sealed), today)
    )
    if not draft.mandate_scope:
        problems["mandate_scope"] = [_l("Enter what the mandate allows the agent to do.")]
    if draft.mandate_until is not None and draft.mandate_until < today:
        problems["mandate_until"] = [_l("This mandate has run out.")]


def _today(site: Site, work: Work) -> date:
    return clock.business_date(site.zone, work.now)


def _number(draft: Filing, vault: Vault, today: date) -> Number:
    found = check(Party(draft.party), NumberKind(draft.number_kind), vault.open(draft.number_sealed), today)
    assert isinstance(found, Number)  # noqa: S101 - narrows the type; `require_complete` has refused all others
    return found


def _require_kept_promises(work: Work, draft: Filing, vault: Vault, today: date) -> None:
    """Who broke an undertaking cannot defer again until it is made good (I7). Raises Refused."""
    known = known_applicant(work.session, draft, vault, today)
    broken = exists().where(
        Deferral.case_id == Case.id,
        Case.applicant_id == (known.id if known else 0),
        Deferral.state == "broken",
        Deferral.made_good_at.is_(None),
    )
    if known is not None and work.session.scalar(select(broken)):
        raise Refused(
            _l("An earlier undertaking was not kept. Papers cannot be deferred until it is made good."),
            code="undertaking_broken",
        )


def make_cases(work: Work, draft: Filing, vault: Vault, without: frozenset[str]) -> list[Case]:
    """One case for each item, numbered in order; of an ordered bundle only the first reaches its department (I6)."""
    site = queries.site_of(work.session, draft)
    today = _today(site, work)
    applicant = _applicant(work, draft, _number(draft, vault, today), vault)
    draft.applicant_id = applicant.id
    made: list[Case] = []
    items = _items(work, draft, without)
    require_made(work.session, draft, [terms.item.id for terms in items])
    for sort, terms in enumerate(items):
        serial, number = next_number(work, site, today.year)
        waits = (draft.in_turn and sort > 0) or waits_for_paper(work.session, draft.id, terms.item.id)
        case = Case(
            site_id=site.id,
            filing_id=draft.id,
            sort=sort,
            item_id=terms.item.id,
            item_revision=terms.revision,
            department_id=terms.item.department_id,
            applicant_id=applicant.id,
            year=today.year,
            serial=serial,
            number=number,
            nonce=tokens.new_nonce(),
            state=CaseState.WAITING_TURN.value if waits else CaseState.RECEIVED.value,
            mode=terms.mode,
            kind=terms.kind,
            task_type=terms.task_type,
            statutory_days=terms.statutory_days,
            committed_days=terms.committed_days,
            second_review=terms.second_review,
            owner_id=work.actor.id,
            received_by=work.actor.id,
            received_at=work.now,
            arrived_at=None if waits else work.now,
            result_name=terms.result_name,
            changed_at=work.now,
        )
        work.session.add(case)
        work.session.flush()
        made.append(case)
        _record(work, site, case)
    return made


def _items(work: Work, draft: Filing, without: frozenset[str]) -> tuple[Terms, ...]:
    """The form's items as it began with them, but those that the clerk knows to be withdrawn.

    Raises Invalid where none is left, Conflict (`item_withdrawn`) where one was withdrawn unseen.
    """
    begun = terms_begun(work.session, draft)
    there = tuple(terms for terms in begun if terms.item.retired_at is None)
    if not there:
        raise Invalid(
            _l(
                "This matter was withdrawn meanwhile. What was filled in is kept: receive it if the matter comes back, "
                "or give the form up."
            ),
            code="unknown_matter",
        )
    gone = [terms.item for terms in begun if terms.item.retired_at is not None]
    unseen = [item.name for item in gone if item.code not in without]
    if unseen:
        raise Conflict(
            _l("Withdrawn meanwhile: %(items)s. Receive the form without?", items="、".join(unseen)),
            code="item_withdrawn",
        )
    return there


def _applicant(work: Work, draft: Filing, number: Number, vault: Vault) -> Applicant:
    """Who it is for, found by number or new; the name is the one on today's document."""
    meet(work, vault.trace(number))
    known = known_applicant(work.session, draft, vault, _today(queries.site_of(work.session, draft), work))
    if known is not None:
        known.name = draft.name
        return known
    fresh = Applicant(
        site_id=draft.site_id,
        party=draft.party,
        name=draft.name,
        number_kind=number.kind.value,
        number_sealed=vault.seal(number.text),
        number_shown=masked(number.text),
        trace=vault.trace(number),
        known_since=work.now,
    )
    work.session.add(fresh)
    work.session.flush()
    return fresh


def _record(work: Work, site: Site, case: Case) -> None:
    department = work.session.get_one(Department, case.department_id)
    work.record(
        facts.CaseReceived(
            site_id=site.id, site=site.code, case_id=case.id, number=case.number, department=department.code
        )
    )
