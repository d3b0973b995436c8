"""Pages of departments: the inbox, and a case with everything known of it and what may be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow
from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.catalog.models import Department
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.intake.documents import queries as documents
from hall.intake.documents.rules import Kind
from hall.intake.filing.api import form_token
from hall.intake.models import Case, Filing
from hall.intake.review import inbox, queries, words
from hall.intake.review.api import asked, case_token, which
from hall.intake.review.at_hand import reaches
from hall.intake.review.forms import ACTS, EXTRA, Typed, at_fields
from hall.intake.states import WITH_DEPARTMENT
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from hall.intake.filing.queries import CaseLine
    from hall.intake.review.shapes import PaperOfCase, Procedure

pages = Blueprint("review", __name__)


@pages.get("/inbox")
@allow(Can.INTAKE_CASES)
def inbox_page() -> str:
    """The department's open cases, the most urgent first; a manager chooses the department."""
    session, wish = db.session(), asked()
    departments = _departments()
    code = request.args.get("department", "")
    if not code and departments:
        code = departments[0].code
    if not code:
        raise NotFound(_("Your account belongs to no department. The manager of the hall can set it."))
    department = inbox.department_of(session, g.actor, code)
    site = session.get_one(Site, department.site_id)  # held here, and so read once
    found = inbox.inbox(session, g.actor, department, wish, clock.now())
    kept = {
        "department": code if Can.INTAKE_SUPERVISE in g.actor.can else "",
        "state": wish.state,
        "light": wish.light,
        "mine": "1" if wish.mine else "",
    }
    return render_template(
        "cases/inbox.html",
        inbox=found,
        asked=wish,
        choices=[(one.code, _named(one)) for one in departments],
        words=words,
        states=WITH_DEPARTMENT,
        token=case_token,
        link=lambda **change: _link({**kept, **change}),
        zone=site.zone,
    )


def _named(department: Department) -> str:
    """Its name in the reader's language."""
    english = str(get_locale()) == "en" and department.name_en
    return english or department.name


def _link(wanted: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"/inbox?{query}" if query else "/inbox"


def _departments() -> list[Department]:
    """Those whose inbox the caller may open: the own, for managers all of the hall."""
    wanted = select(Department).where(Department.retired_at.is_(None)).order_by(Department.name)
    if Can.INTAKE_SUPERVISE in g.actor.can:
        return list(db.session.scalars(wanted.where(Department.site_id == g.actor.site_id)))
    return list(db.session.scalars(wanted.where(Department.id == (g.actor.department_id or 0))))


@pages.get("/cases/<token>")
@allow(Can.INTAKE_CASES)
def case_page(token: str) -> str:
    """A case: where it stands, papers, notices, history, and the next step."""
    return _page(token, "", {}, {})


@pages.post("/cases/<token>/<verb>")
@allow(Can.INTAKE_CASES)
def act(token: str, verb: str) -> Response | tuple[str, int]:
    """Do one thing with it from its form; on a refusal the page says why and keeps what was typed."""
    refuse_turning_signs(request.form)
    if verb not in ACTS:
        raise NotFound(_("Not found"))
    action, command = ACTS[verb]
    typed = Typed(verb, request.form)
    try:
        seen = request.form.get("revision", "")
        meant = which(token, int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 9 else None)  # noqa: PLR2004
        perform(g.actor, action, command(meant, typed))
    except DomainError as problem:
        if problem.status in {403, 404} and not problem.errors:
            queries.case_by_nonce(
                db.session(), which(token).nonce, g.actor
            )  # whose it is not, sees nothing of it
        return _page(token, verb, request.form, at_fields(problem, verb)), problem.status
    flash(_("Done: %(what)s.", what=words.TITLES[verb]), "good")
    return redirect(f"/cases/{token}", 303)


def _page(token: str, verb: str, typed: Mapping[str, str], errors: Mapping[str, list[object]]) -> str:
    session = db.session()
    found = queries.case_by_nonce(session, which(token).nonce, g.actor)
    view = queries.case_view(session, found, g.actor, clock.now())
    offered = [name for name in words.TITLES if name in view.offers]
    colleagues = select(Staff.user, Staff.name).where(
        Staff.site_id == found.site_id, Staff.retired_at.is_(None), Staff.id != found.owner_id
    )
    return render_template(
        "cases/case.html",
        case=view,
        token=token,
        words=words,
        offered=offered,
        opened=verb or (offered[0] if offered else ""),
        typed=typed,
        errors=errors,
        colleagues=[(row.user, f"{row.name} ({row.user})") for row in session.execute(colleagues)],
        siblings=_siblings(session, found, view.siblings),
        documents=_documents(session, found, token),
        extra=EXTRA,
        paper_choices=_states_of,
        procedure_choices=[
            (
                row.name,
                ngettext(
                    "%(name)s (%(num)s working day)",
                    "%(name)s (%(num)s working days)",
                    row.planned_days,
                    name=row.name,
                ),
            )
            for row in view.procedures
        ],
        deferred_choices=[
            (paper.id, paper.name) for paper in view.papers if paper.deferral in {"open", "proposed"}
        ],
        zone=session.get_one(Site, found.site_id).zone,
    )


def _procedure(row: Procedure) -> str:
    told = ngettext(
        "%(name)s (%(num)s working day)", "%(name)s (%(num)s working days)", row.planned_days, name=row.name
    )
    return str(told)


def _siblings(session: Session, case: Case, lines: tuple[CaseLine, ...]) -> list[tuple[CaseLine, str]]:
    """The other cases of the form, with their addresses where the reader works with them too (I6)."""
    wanted = select(Case).where(Case.filing_id == case.filing_id, Case.id != case.id)
    open_to = {row.nonce for row in session.scalars(wanted) if reaches(g.actor, row)}
    return [(line, f"/cases/{case_token(line.nonce)}" if line.nonce in open_to else "") for line in lines]


def _documents(session: Session, case: Case, token: str) -> list[tuple[str, str, int]]:
    """What can be printed of it, and at the windows of its form: address, kind, how often it was."""
    counted = documents.counted(session, case)
    found = [
        (f"/cases/{token}/documents/{kind}", kind.value, counted[kind])
        for kind in reversed(documents.documents_of(session, case))
    ]
    if {Can.INTAKE_RECEIVE, Can.INTAKE_ISSUE} & g.actor.can:
        form = form_token(session.get_one(Filing, case.filing_id).nonce)
        found.append((f"/forms/{form}/receipt", Kind.RECEIPT.value, counted[Kind.RECEIPT]))
    return found


def _states_of(paper: PaperOfCase) -> list[tuple[str, object]]:
    """What a paper may be when it comes in."""
    states = ["present", "corrected", "missing", "not_needed", *(["deferred"] if paper.deferrable else [])]
    return [(state, words.BROUGHT.get(state, words.PAPERS[state])) for state in states]
