"""The machine interface of the desk's day: questions counted, lists ticked (Q14)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.desk import day, queries
from hall.desk.presenting import here
from hall.desk.queries import Point
from hall.desk.schemas import ChecklistOut, QuestionsOut, TickBody, TopicBody
from hall.http import command, respond
from hall.queueing.payloads import local
from hall.queueing.queries import today
from hall.unit_of_work import Answer

api = APIBlueprint("desk_day_api", __name__, url_prefix="/api/v1/desk", tag="Desk")


@api.get("/questions")
@api.output(QuestionsOut)
@allow(Can.DESK_WORK)
def read_questions() -> Response:
    """Today's questions that needed no ticket, by topic."""
    site = here()
    counts = queries.questions(db.session(), site.id, today(site, clock.now()))
    return respond(_counted(counts))


@api.post("/questions")
@api.input(TopicBody, arg_name="body")
@api.output(QuestionsOut)
@allow(Can.DESK_WORK)
def count_question(body: TopicBody) -> Response:
    """Count one question."""
    given = day.Question(here().id, body.topic)
    return command(day.count_question, given, _counted)


@api.post("/questions/take-back")
@api.output(QuestionsOut)
@allow(Can.DESK_WORK)
def take_back_question() -> Response:
    """Take back one's own last tap within a minute."""
    given = day.Question(here().id)
    return command(day.take_back_question, given, _counted)


@api.get("/checklists/<any(opening, closing):kind>")
@api.output(ChecklistOut)
@allow(Can.DESK_WORK)
def read_checklist(kind: str) -> Response:
    """Today's opening checklist or closing sweep (Q14)."""
    site = here()
    found = queries.points(db.session(), site, today(site, clock.now()), kind)
    return respond(_listed(site.zone, kind, found))


@api.post("/checklists/<any(opening, closing):kind>/<point>")
@api.input(TickBody, arg_name="body")
@api.output(ChecklistOut)
@allow(Can.DESK_WORK)
def tick(kind: str, point: str, body: TickBody) -> Response:
    """Tick a point, or open it again; doing it twice changes nothing."""
    site = here()
    zone = site.zone
    given = day.Tick(site.id, kind, point, body.done, body.note.strip())
    return command(day.tick, given, lambda found: _listed(zone, kind, found))


def _counted(counts: dict[str, int]) -> Answer:
    return Answer.of({"counts": counts, "total": sum(counts.values())})


def _listed(zone: ZoneInfo, kind: str, found: list[Point]) -> Answer:
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
    return Answer.of({"kind": kind, "points": listed})
