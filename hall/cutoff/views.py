"""The short list of numbers that windows called by hand, for staff of the hall (Q9)."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, g, redirect, render_template, request
from pydantic import ValidationError
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.models import Window
from hall.cutoff import aside, by_hand, queries, rules
from hall.cutoff.api import clock_of, note_of
from hall.cutoff.schemas import HandCallIn
from hall.database import db
from hall.errors import DomainError
from hall.queueing.queries import today
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

pages = Blueprint("cutoff_pages", __name__)
SEE_OTHER, UNUSABLE = 303, 422
LONGEST_KEY = 18


@pages.get("/by-hand")
@allow(Can.CUTOFF_ENTER)
def by_hand_list() -> str:
    """Today's list, or that of one of the last seven days."""
    return _page({})


@pages.post("/by-hand")
@allow(Can.CUTOFF_ENTER)
def enter() -> Response | tuple[str, int]:
    """A number, its window, and from when until when; without times it was only served."""
    form = {name: text.strip() for name, text in request.form.items()}
    site = _site()
    try:
        refuse_turning_signs(request.form)
        given = {name: form[name] for name in HandCallIn.model_fields if form.get(name)}
        note = note_of(site, HandCallIn.model_validate({"number": "", "window": "", **given}))
        state = perform(g.actor, by_hand.note, note)
    except ValidationError as problem:
        wrong = {str(error["loc"][0]) for error in problem.errors()}
        return _page(form, wrong=wrong), UNUSABLE
    except DomainError as problem:
        return _page(form, problem=problem), problem.status
    return redirect(f"/by-hand?day={note.day.isoformat()}&said={state}", SEE_OTHER)


@pages.post("/by-hand/<int:entry>/withdraw")
@allow(Can.CUTOFF_ENTER)
def withdraw(entry: int) -> Response | tuple[str, int]:
    """Take back an entry for which no ticket has come."""
    try:
        perform(g.actor, by_hand.withdraw, by_hand.Withdraw(_site().id, entry))
    except DomainError as problem:
        return _page({}, problem=problem), problem.status
    return redirect("/by-hand", SEE_OTHER)


@pages.post("/by-hand/aside")
@allow(Can.CUTOFF_ENTER)
def see_to_aside() -> Response | tuple[str, int]:
    """The holders of the papers that the page told of have been seen to; what was told since stays."""
    up_to = request.form.get("up_to", "")
    if not (up_to.isascii() and up_to.isdigit() and len(up_to) <= LONGEST_KEY):
        return _page({}), UNUSABLE
    perform(g.actor, aside.see_to, aside.SeeTo(_site().id, int(up_to)))
    return redirect("/by-hand?said=seen", SEE_OTHER)


def _site() -> Site:
    return db.session().get_one(Site, g.actor.site_id)


def _page(form: dict[str, str], problem: DomainError | None = None, wrong: set[str] | None = None) -> str:
    session, site = db.session(), _site()
    present = today(site, clock.now())
    windows = session.scalars(
        select(Window).where(Window.site_id == site.id, Window.retired_at.is_(None)).order_by(Window.number)
    ).all()
    own = next((window.code for window in windows if window.id == g.actor.window_id), "")
    not_taken = aside.still_aside(session, site, clock.now())
    day = _day(form.get("day") or request.args.get("day", ""), present)
    return render_template(
        "console/by_hand.html",
        form={"window": own, **form},
        problem=problem,
        wrong=wrong or set(),
        said=request.args.get("said", ""),
        day=day,
        days=[present - timedelta(days=back) for back in range(rules.NOTED_BACK.days + 1)],
        windows=windows,
        found=queries.short_list(session, site, day),
        not_taken=not_taken,
        more_not_taken=aside.may_be_more(not_taken),
        at=lambda instant: clock_of(site, instant),
    )


def _day(text: str, present: date) -> date:
    try:
        day = clock.day_said(text)
    except ValueError:
        return present
    return day if rules.may_be_noted(day, present) else present
