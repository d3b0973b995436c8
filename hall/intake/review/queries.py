"""Reading one case with everything its department knows, and what its reader may do with it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.roles import Can
from hall.calendar.queries import working_calendar
from hall.catalog.models import Department, ServiceItem
from hall.errors import NotFound
from hall.intake.authorities.held import authority_of
from hall.intake.filing.queries import cases_of_filing
from hall.intake.models import Case, Filing
from hall.intake.review import parts
from hall.intake.review.at_hand import require_reach, reviews
from hall.intake.review.procedures import procedures_begun
from hall.intake.review.rules import Standing, offers
from hall.intake.review.shapes import CaseView
from hall.intake.rules import NOTICE_DAYS, Checked, Due, Lacking, Light, lacking, light, notice_last_day
from hall.intake.states import PaperState
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.intake.review.shapes import NoticeOfCase


OF_CASE = (
    *("id", "nonce", "revision", "number", "state", "mode", "kind", "task_type"),
    *(
        "statutory_days",
        "committed_days",
        "due_days",
        "due_on",
        "clock_from",
        "extended_days",
        "second_review",
    ),
    *("received_at", "arrived_at", "accepted_at", "decided_at", "ready_at", "ended_at"),
    *("result_name", "result_number", "result_until", "open_deferrals", "sampled", "overdue_since"),
    "notice_breach",
)
WORDS = ("platform_number", "extension_reason", "accepted_basis", "decision", "reasons")
PEOPLE = (
    *("owner_id", "received_by", "claimed_by", "accepted_by", "decided_by", "confirmed_by", "extended_by"),
    "sampled_by",
)
OF_FORM = (
    *("party", "number_shown", "phone_shown", "agent_name", "agent_number_shown", "mandate_scope"),
    *("subject", "remarks", "collect", "delivery", "visits"),
)
"""Fields that a view takes over as they are: of the case, words that may be absent, colleagues, of the form."""


def case_by_nonce(session: Session, nonce: bytes | None, actor: Actor) -> Case:
    """The case, if the caller works with it. Raises NotFound, Refused."""
    found = None if nonce is None else session.scalar(select(Case).where(Case.nonce == nonce))
    if found is None:
        raise NotFound(_l("There is no such case."), code="unknown_case")
    require_reach(actor, found)
    return found


def case_view(session: Session, case: Case, actor: Actor, now: datetime) -> CaseView:
    """Everything known of it, in about fifteen statements."""
    filing = session.get_one(Filing, case.filing_id)
    site, item = session.get_one(Site, case.site_id), session.get_one(ServiceItem, case.item_id)
    department = session.get_one(Department, case.department_id)
    names = parts.Names(session, site.id)
    names.read(getattr(case, name) for name in PEOPLE)
    papers, notices = parts.papers(session, case), parts.notices(session, case, names)
    shade, until = _light(session, case, notices, site, now)
    lacks = lacking(Checked(paper.name, PaperState(paper.state), paper.deferrable) for paper in papers)
    procedures = procedures_begun(session, case)
    known = (lacks, len(notices), bool(procedures), sum(paper.deferral == "proposed" for paper in papers))
    standing = _standing(session, case, actor, known)
    return CaseView(
        light=str(shade),
        until=until,
        site=site.code,
        item=item.code,
        item_name=item.name,
        item_name_en=item.name_en,
        department=department.code,
        department_name=department.name,
        department_name_en=department.name_en,
        **_taken_over(case, filing, names),
        lacks=str(lacks),
        papers=papers,
        notices=notices,
        stops=parts.stops(session, case, names),
        notes=parts.notes(session, case, names),
        history=parts.happened(session, case, names),
        procedures=procedures,
        siblings=tuple(line for line in cases_of_filing(session, case.filing_id) if line.nonce != case.nonce),
        offers=tuple(sorted(offers(standing))),
    )


def _taken_over(case: Case, filing: Filing, names: parts.Names) -> dict[str, Any]:
    """Fields as they are stored, and people by their names."""
    return {
        **{name: getattr(case, name) for name in OF_CASE},
        **{name: getattr(case, name) or "" for name in WORDS},
        **{name.removesuffix("_id"): names.of(getattr(case, name)) for name in PEOPLE},
        **{name: getattr(filing, name) for name in OF_FORM},
        "applicant": filing.name,
    }


def _light(
    session: Session, case: Case, notices: tuple[NoticeOfCase, ...], site: Site, now: datetime
) -> tuple[Light, date | None]:
    """How urgent it is, and the day that this is about."""
    today, calendar = clock.business_date(site.zone, now), working_calendar(session)
    if case.state == "received":
        answered = [notice.answered_at for notice in notices if notice.answered_at]
        since = answered[-1] if answered else case.arrived_at or case.received_at
        begun = clock.business_date(site.zone, since)
        last = notice_last_day(calendar, begun)
        return light(calendar, today, begun, Due(last, NOTICE_DAYS)), last
    if case.state == "correction" and notices:
        by = notices[-1].answer_by
        return Light.RED if by is not None and today > by else Light.NONE, by
    if case.state not in {"accepted", "proposed", "stopped"} or case.clock_from is None:
        return Light.NONE, case.due_on
    days = None if case.due_days is None else case.due_days + case.extended_days
    shade = light(calendar, today, case.clock_from, Due(case.due_on, days), stopped=case.state == "stopped")
    return shade, case.due_on


def _standing(session: Session, case: Case, actor: Actor, known: tuple[Lacking, int, bool, int]) -> Standing:
    """`known`: what papers lack, how many notices went out, whether there are procedures, proposed terminations."""
    lacks, notices, procedures, proposed = known
    return Standing(
        state=case.state,
        mode=case.mode,
        actor=actor.id,
        reviews=reviews(actor, case),
        works_here=bool({Can.INTAKE_RECEIVE, Can.INTAKE_SUPERVISE} & actor.can),
        supervises=Can.INTAKE_SUPERVISE in actor.can,
        authorised=case.received_by == actor.id and authority_of(session, actor.id, case.item_id) is not None,
        received_by=case.received_by,
        owner=case.owner_id,
        claimed_by=case.claimed_by,
        decided_by=case.decided_by,
        lacks=str(lacks),
        notices=notices,
        extended=bool(case.extended_days),
        limited=case.due_days is not None,
        procedures=procedures,
        open_deferrals=case.open_deferrals,
        proposed_deferrals=proposed,
        sampled=case.sampled and case.sampled_by is None,
    )
