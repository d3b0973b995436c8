"""Pages of the reception desk: the desk itself, the opening checklist, the closing sweep."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.desk import day, hints, queries, words
from hall.desk.page_words import page_words
from hall.printing.queries import printers_of_site
from hall.queueing import payloads
from hall.queueing.queries import today
from hall.queueing.rules import PRIORITY_REASONS
from hall.queueing.words import reason
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

pages = Blueprint("desk", __name__, url_prefix="/desk")


@pages.get("")
@allow(Can.DESK_WORK)
def desk() -> str:
    """Draw for people, find a number, explain the order, count questions."""
    session, site, now = db.session(), _here(), clock.now()
    business_date = today(site, now)
    settings = site.settings
    topics = words.topics()
    start = {
        "site": {"code": site.code, "name": site.name, "name_en": site.name_en},
        "lines": payloads.lines(session, site.code),
        "stands": queries.stands(session, site),
        "printers": [
            {"id": printer.id, "name": printer.name, "problem": printer.problem}
            for printer in printers_of_site(session, site.id, now)
        ],
        "matters": settings.matters_a_visit,
        "phone": settings.supervision_phone,
        "rejoin_minutes": settings.rejoin_minutes,
        "undo_s": settings.question_undo_s,
        "date": business_date.isoformat(),
        "reasons": [[code, reason(code)] for code in PRIORITY_REASONS],
        "topics": [[code, str(topics.get(code, code))] for code in settings.question_topics],
        "questions": queries.questions(session, site.id, business_date),
    }
    return render_template("desk/desk.html", start=start, words=page_words(), lists=lists_of(site), site=site)


@pages.get("/<any(opening, closing):kind>")
@allow(Can.DESK_WORK)
def checklist(kind: str) -> str:
    """The points of the day, what the data says about each, and who ticked it when (Q14)."""
    session, site, now = db.session(), _here(), clock.now()
    names, how = words.points(), words.hints_how()
    points = queries.points(session, site, today(site, now), kind)
    return render_template(
        "desk/checklist.html",
        kind=kind,
        lists=lists_of(site),
        site=site,
        points=[
            {
                "code": point.code,
                "name": names.get(f"{kind}:{point.code}", point.code),
                "how": how.get(f"{kind}:{point.code}", ""),
                "point": point,
                "at": point.at.astimezone(site.zone).strftime("%H:%M") if point.at else "",
            }
            for point in points
        ],
        hints=hints.hints(session, site, now, kind),
    )


@pages.post("/<any(opening, closing):kind>/<point>")
@allow(Can.DESK_WORK)
def tick(kind: str, point: str) -> Response:
    """Tick a point from the form, or open it again."""
    refuse_turning_signs(request.form)
    done = request.form.get("done") == "1"
    note = " ".join(request.form.get("note", "").split())[:200]
    perform(g.actor, day.tick, day.Tick(g.actor.site_id, kind, point, done, note))
    flash(_("Noted.") if done else _("The point is open again."), "good")
    return redirect(f"/desk/{kind}#point-{point}", 303)


def _here() -> Site:
    return db.session.get_one(Site, g.actor.site_id)


def lists_of(site: Site) -> dict[str, tuple[int, int]]:
    """How many points of each list are done, and how many there are."""
    business_date = today(site, clock.now())
    counted = {}
    for kind in ("opening", "closing"):
        found = queries.points(db.session(), site, business_date, kind)
        counted[kind] = (sum(point.done for point in found), len(found))
    return counted
