"""The desk's machine interface: look up, explain, put right, count, tick. Drawing is `/tickets` and `/visits`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Response, current_app, g, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.models import Line
from hall.database import db
from hall.desk import actions, day, queries, rules, words
from hall.desk.queries import Found, Point
from hall.desk.schemas import (
    ChecklistOut,
    CompareBody,
    ConfirmedBody,
    ExplainedOut,
    FoundOut,
    HandedOut,
    PriorityBody,
    QuestionsOut,
    ReprintBody,
    ReturnBody,
    TickBody,
    TopicBody,
)
from hall.errors import Invalid
from hall.http import command
from hall.queueing import payloads
from hall.queueing.payloads import local
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import Answer

api = APIBlueprint("desk_api", __name__, url_prefix="/api/v1/desk", tag="Desk")


def here() -> Site:
    """The site of whoever is at the desk."""
    return db.session.get_one(Site, g.actor.site_id)


@api.get("/tickets/<number>")
@api.output(FoundOut)
@allow(Can.DESK_WORK)
def read_ticket(number: str) -> Response:
    """A ticket by its number, of today or of `?date=`; with its story and what may be done with it. No token."""
    session, site, now = db.session(), here(), clock.now()
    ticket = queries.ticket_at_desk(session, site, number, _day(request.args.get("date")), now)
    said = [{"at": local(step.at, site.zone), "text": step.text} for step in queries.story(session, ticket)]
    return _respond({**shown(queries.found(session, ticket, site, now)), "story": said})


@api.post("/compare")
@api.input(CompareBody, arg_name="body")
@api.output(ExplainedOut)
@allow(Can.DESK_WORK)
def compare(body: CompareBody) -> Response:
    """Why was that one first? For the one who asks, and for the desk (Q7); the journal keeps the question."""
    given = actions.Compare(here().id, body.asked, body.other)
    return command(actions.explain, given, _explained(_line_names()))


@api.post("/tickets/<number>/priority")
@api.input(PriorityBody, arg_name="body")
@api.output(FoundOut)
@allow(Can.QUEUEING_PRIORITY)
def give_priority(number: str, body: PriorityBody) -> Response:
    """Priority lane, given after the number was drawn (Q4)."""
    return command(actions.give_priority, _by(number, reason=body.reason), _found)


@api.post("/tickets/<number>/rejoin")
@api.output(FoundOut)
@allow(Can.DESK_WORK)
def rejoin(number: str) -> Response:
    """Back in line after having been passed (Q6)."""
    return command(actions.rejoin, _by(number), _found)


@api.post("/tickets/<number>/leave")
@api.output(FoundOut)
@allow(Can.DESK_WORK)
def leave(number: str) -> Response:
    """Give the number up for its holder."""
    return command(actions.leave, _by(number), _found)


@api.post("/tickets/<number>/return")
@api.input(ReturnBody, arg_name="body")
@api.output(HandedOut, 201)
@allow(Can.DESK_WORK)
def come_back(number: str, body: ReturnBody) -> Response:
    """Back with missing papers (Q3): a new number at the old place, once a notice."""
    return command(actions.come_back, _by(number, _day(body.date)), _slip(201))


@api.post("/tickets/<number>/reprint")
@api.input(ReprintBody, arg_name="body")
@api.output(HandedOut)
@allow(Can.DESK_WORK)
def reprint(number: str, body: ReprintBody) -> Response:
    """A further slip; it is counted."""
    return command(actions.reprint, _by(number, printer=body.printer), _slip())


@api.post("/tickets/<number>/address")
@api.input(ConfirmedBody, arg_name="body")
@api.output(HandedOut)
@allow(Can.DESK_WORK)
def address(number: str, body: ConfirmedBody) -> Response:  # noqa: ARG001 - its one value is its being there
    """The page of a lost ticket, after staff made sure of its holder; the journal keeps it."""
    return command(actions.show_address, _by(number), _slip())


@api.get("/questions")
@api.output(QuestionsOut)
@allow(Can.DESK_WORK)
def read_questions() -> Response:
    """Today's questions that needed no ticket, by topic."""
    site = here()
    counts = queries.questions(db.session(), site.id, today(site, clock.now()))
    return _respond(_counted(counts))


@api.post("/questions")
@api.input(TopicBody, arg_name="body")
@api.output(QuestionsOut)
@allow(Can.DESK_WORK)
def count_question(body: TopicBody) -> Response:
    """Count one question."""
    given = day.Question(here().id, body.topic)
    return command(day.count_question, given, lambda counts: Answer(200, _json(_counted(counts))))


@api.post("/questions/take-back")
@api.output(QuestionsOut)
@allow(Can.DESK_WORK)
def take_back_question() -> Response:
    """Take back one's own last tap within a minute."""
    given = day.Question(here().id)
    return command(day.take_back_question, given, lambda counts: Answer(200, _json(_counted(counts))))


@api.get("/checklists/<any(opening, closing):kind>")
@api.output(ChecklistOut)
@allow(Can.DESK_WORK)
def read_checklist(kind: str) -> Response:
    """Today's opening checklist or closing sweep (Q14)."""
    site = here()
    found = queries.points(db.session(), site, today(site, clock.now()), kind)
    return _respond(_listed(site.zone, kind, found))


@api.post("/checklists/<any(opening, closing):kind>/<point>")
@api.input(TickBody, arg_name="body")
@api.output(ChecklistOut)
@allow(Can.DESK_WORK)
def tick(kind: str, point: str, body: TickBody) -> Response:
    """Tick a point, or open it again; doing it twice changes nothing."""
    site = here()
    zone = site.zone
    given = day.Tick(site.id, kind, point, body.done, body.note.strip())
    return command(day.tick, given, lambda found: Answer(200, _json(_listed(zone, kind, found))))


def shown(found: Found) -> dict[str, Any]:
    """A ticket as the desk sees it, without its token."""
    view = found.view
    state = payloads.ticket_state(view, _key())
    zone = ZoneInfo(view.zone)
    public = {"priority": _("Priority by rule"), "returned": _("Back with missing papers")}
    left_out = {"token", "follow_url", "site", "window", "started_at"}
    return {
        **{name: value for name, value in state.items() if name not in left_out},
        "why_waiting": public.get(view.why or ""),
        "line_name": view.line_name,
        "line_name_en": view.line_name_en,
        "lane_reason": found.lane_reason,
        "basis": found.standing.basis,
        "window_name": view.window_name,
        "window_name_en": view.window_name_en,
        "heads": view.heads,
        "lang": view.lang,
        "frozen": view.frozen,
        "reprints": view.reprints,
        "rejoin_until": local(view.rejoin_until, zone),
        "can": list(found.can),
        "story": None,
    }


def _slip(status: int = 200) -> Callable[[Found], Answer]:
    def present(found: Found) -> Answer:
        token = tokens.token_of(_key(), "ticket", found.view.nonce)
        public_url = current_app.config["HALL"].public_url
        path = f"/t/{token}"
        said = {
            "ticket": shown(found),
            "token": token,
            "path": path,
            "follow_url": f"{public_url}{path}" if public_url else None,
        }
        return Answer(status, _json(said))

    return present


def _found(found: Found) -> Answer:
    return Answer(200, _json(shown(found)))


def _explained(line_names: dict[str, str]) -> Callable[[tuple[rules.Order, Found, Found]], Answer]:
    def present(result: tuple[rules.Order, Found, Found]) -> Answer:
        order, asked, other = result
        ground = next(found.lane_reason for found in (asked, other) if found.standing is order.first)
        zone = ZoneInfo(asked.view.zone)
        said = {
            "first": order.first.number,
            "second": order.second.number,
            "verdict": words.verdict(order),
            "public": words.read_out(order),
            "staff": words.for_staff(order, zone, line_names, ground),
            "tickets": [shown(asked), shown(other)],
        }
        return Answer(200, _json(said))

    return present


def _line_names() -> dict[str, str]:
    """Lines by code, in the caller's language."""
    english = str(get_locale() or "zh") == "en"
    rows = db.session.scalars(select(Line).where(Line.site_id == here().id))
    return {line.code: line.name_en if english and line.name_en else line.name for line in rows}


def _counted(counts: dict[str, int]) -> dict[str, Any]:
    return {"counts": counts, "total": sum(counts.values())}


def _listed(zone: ZoneInfo, kind: str, found: list[Point]) -> dict[str, Any]:
    listed = [
        {
            "code": point.code,
            "done": point.done,
            "by": point.by,
            "at": local(point.at, zone),
            "note": point.note,
        }
        for point in found
    ]
    return {"kind": kind, "points": listed}


def _by(
    number: str, of: date | None = None, *, reason: str = "", printer: int | None = None
) -> actions.ByNumber:
    return actions.ByNumber(here().id, number, of, reason, printer)


def _day(given: str | None) -> date | None:
    """A day as YYYY-MM-DD. Raises Invalid."""
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        said = _l("This is not a date.")
        raise Invalid(said, code="bad_date", errors={"date": [said]}) from None


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def _json(state: object) -> str:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def _respond(state: object) -> Response:
    return Response(_json(state), content_type="application/json")
