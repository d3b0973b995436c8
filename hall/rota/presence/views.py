"""`/mondays/here` on the director's or liaison's phone, and the manager's live room of the day (M5, M6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g, redirect, render_template, request

from hall import clock, topics
from hall.accounts.access import allow
from hall.accounts.limits import presence_by_caller
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError
from hall.rota.presence import absences, at_window, leaving, queries, room, showing, words
from hall.rota.states import STAND_INS, Post
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from hall.rota.models import RotaPerson
    from hall.rota.presence.queries import Mark

pages = Blueprint("presence", __name__)
SITS = (Post.HEAD, *STAND_INS)
SEE_OTHER, KEY_DIGITS = 303, 18
SAID_SHOWN = timedelta(weeks=4)
"""So long what the hall says of one's leaving stands on the phone, to be objected to."""


@pages.get("/mondays/here")
@allow(Can.ROTA_SIGN)
def here() -> str:
    """Today's turns of one's department, each with what can be done now; with `?part=1` only what changes."""
    return _page()


@pages.post("/mondays/here/<int:key>")
@presence_by_caller
@allow(Can.ROTA_SIGN)
def show(key: int) -> Response | tuple[str, int]:
    """The code as it was typed or scanned: somebody came, or left."""
    form = request.form
    person = form.get("person", "")
    command = showing.Show(
        key,
        "".join(sign for sign in form.get("code", "") if sign.isdigit() and sign.isascii()),
        current_app.config["HALL"].keys.tokens,
        int(person) if person.isascii() and person.isdigit() and len(person) <= KEY_DIGITS else None,
        "scanned" if form.get("how") == "scanned" else "typed",
    )
    try:
        perform(g.actor, showing.leave if form.get("leave") else showing.come, command)
    except DomainError as problem:
        return _page(key, problem), problem.status
    return redirect("/mondays/here", SEE_OTHER)


@pages.post("/mondays/here/<int:key>/answer")
@allow(Can.ROTA_SIGN)
def answer(key: int) -> Response | tuple[str, int]:
    """The department's answer about a turn for which nobody came."""
    form = request.form
    verb = "confirm" if form.get("verb") == "confirm" else "explain"
    command = absences.Check(
        key, verb, form.get("reason", ""), form.get("said", ""), printed=bool(form.get("printed"))
    )
    try:
        refuse_turning_signs(form)
        perform(g.actor, absences.check, command)
    except DomainError as problem:
        return _page(key, problem), problem.status
    return redirect("/mondays/here", SEE_OTHER)


@pages.post("/mondays/here/<int:key>/objection")
@allow(Can.ROTA_SIGN)
def object_to(key: int) -> Response | tuple[str, int]:
    """It was not as the hall says of when they left."""
    form = request.form
    try:
        refuse_turning_signs(form)
        perform(g.actor, leaving.object_to, leaving.ObjectTo(key, form.get("text", "")))
    except DomainError as problem:
        return _page(key, problem, objection=True), problem.status
    return redirect("/mondays/here", SEE_OTHER)


@pages.get("/receptions/today")
@allow(Can.ROTA_MANAGE)
def today() -> str:
    """The manager's room: who has come to which window, live; with `?part=1` only what changes."""
    site = db.session.get_one(Site, g.actor.site_id)
    return render_template(
        "rota/_today.html" if request.args.get("part") == "1" else "rota/today.html",
        room=room.room(db.session(), site),
        zone=site.zone,
        words=words,
        topic=topics.receptions(site.code),
    )


def _page(key: int | None = None, problem: DomainError | None = None, *, objection: bool = False) -> str:
    session, now = db.session(), clock.now()
    mine = queries.of_my_department(session, g.actor.id)
    site = session.get(Site, g.actor.site_id)
    today = clock.business_date(site.zone, now) if site else None
    marks = queries.marks_of_day(session, site.id, today) if site and today else ()
    turns = [mark for mark in marks if mark.body in mine]
    missed = [mark for mark in queries.unsettled(session, site.id) if mark.body in mine] if site else []
    said = queries.said_of(session, site.id, mine, today - SAID_SHOWN) if site and today and mine else ()
    return render_template(
        "rota/_here.html" if request.args.get("part") == "1" else "rota/here.html",
        turns=[_turn(mark, now, mine[mark.body]) for mark in turns],
        zone=site.zone if site else None,
        words=words,
        missed=missed,
        decided=queries.decided(session, site.id, mine) if site and mine else (),
        typed=request.form,
        said=said,
        shown={mark.duty for mark in (*turns, *missed, *said)},
        topic=topics.monday(site.code) if site else "",
        wrong=problem,
        wrong_objection=objection,
        wrong_at=key,
        today=today,
    )


def _turn(
    mark: Mark, now: datetime, people: list[RotaPerson]
) -> tuple[Mark, str, list[tuple[int, str]], int]:
    """A turn, its stage, whom a liaison can say has come, and who is expected; nobody to choose for others."""
    sits = [one for one in people if one.post in SITS] if people[0].post == Post.LIAISON else []
    expected = mark.stand_in or mark.head
    named = [(one.id, f"{one.name} {one.title}".strip()) for one in sits]
    chosen = next((one.id for one in sits if one.name == expected), 0)
    return mark, at_window.stage_of(mark, now), named, chosen
