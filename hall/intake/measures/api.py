"""Cases by file, in and out, for the province's platform (I12)."""

from __future__ import annotations

import io
import json
from itertools import islice

from apiflask import APIBlueprint
from flask import Response, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.aside import aside
from hall.catalog.exports import neutral, write_workbook
from hall.catalog.problems import MESSAGES, Problem
from hall.database import db
from hall.errors import Invalid
from hall.http import respond
from hall.intake.measures import exchange, outgoing
from hall.sites import Site
from hall.unit_of_work import Answer, perform

api = APIBlueprint("exchange_api", __name__, url_prefix="/api/v1", tag="Intake")
MOST, USUAL, MOST_IN_SHEET = 5000, 1000, 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ChangesIn(BaseModel):
    """`after` is the cursor of the last line that was read."""

    after: str = ""


@api.get("/cases/changes.jsonl")
@api.input(ChangesIn, location="query", arg_name="wish")
@allow(Can.INTAKE_SUPERVISE)
def case_changes(wish: ChangesIn) -> Response:
    """Changed cases as JSON lines, oldest change first, at most 1,000; each line's `cursor` continues after it."""
    rows = outgoing.changes(db.session(), here(), wish.after, USUAL, clock.now())
    return Response("".join(map(outgoing.line, rows)), content_type="application/x-ndjson; charset=utf-8")


@api.get("/cases/changes.xlsx")
@api.input(ChangesIn, location="query", arg_name="wish")
@allow(Can.INTAKE_SUPERVISE)
def case_sheet(wish: ChangesIn) -> Response:
    """The same as a spreadsheet, at most 20,000 cases; the last column continues after each."""
    return sheet(wish.after)


def sheet(after: str) -> Response:
    """The changed cases after a cursor as a spreadsheet, at most `MOST_IN_SHEET`."""
    rows = islice(outgoing.stream(db.session(), here(), after, clock.now()), MOST_IN_SHEET)
    body = [[neutral(cell) for cell in outgoing.cells(row)] for row in rows]
    data = aside(write_workbook, [("cases", [list(outgoing.HEADS), *body])])
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": 'attachment; filename="cases.xlsx"'})


def here() -> Site:
    """The caller's hall."""
    return db.session.get_one(Site, g.actor.site_id)


@api.get("/cases/pre-registered")
@allow(Can.INTAKE_SUPERVISE)
def pre_registered() -> Response:
    """The newest cases that wait for their number of the platform, at most 5,000."""
    found = exchange.pre_registered(db.session(), g.actor.site_id, MOST)
    return respond(Answer(200, json.dumps([case.number for case in found])))


@api.post("/cases/platform-numbers")
@allow(Can.INTAKE_SUPERVISE)
def platform_numbers() -> Response:
    """Load a file with 办件编号 and 平台编号 (the body, .xlsx or CSV): all or nothing; known lines change nothing."""
    found = exchange.read_numbers(io.BytesIO(request.get_data()))
    if found.problems:
        raise _refused(list(found.problems))
    try:
        count = perform(g.actor, exchange.set_numbers, exchange.SetNumbers(g.actor.site_id, found.rows))
    except exchange.Unmatched as unmatched:
        raise _refused(unmatched.problems) from None
    return respond(Answer(200, json.dumps({"numbered": count})))


def _refused(problems: list[Problem]) -> Invalid:
    told: dict[str, list[object]] = {}
    for one in problems:
        told.setdefault(f"line {one.line}", []).append(_(MESSAGES[one.key]) % dict(one.params))
    return Invalid(_l("The file does not fit. Nothing was loaded."), code="unfit_numbers", errors=told)
