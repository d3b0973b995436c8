"""The front door, and the description of the machine interface as a page that needs no internet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template
from sqlalchemy import select

from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.forecast import WaitRange
from hall.forecast.wait_words import wait_words
from hall.helpers.keeping.queries import helps
from hall.queueing import payloads
from hall.rota.halls import choices
from hall.sites import Site

front = Blueprint("front", __name__)
METHODS = ("get", "post", "put", "patch", "delete")


@front.get("/")
@allow(PUBLIC)
def door() -> str:
    """Lines of the hall with how many wait; the way in for staff."""
    site = db.session.scalar(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id).limit(1))
    state: dict[str, Any] = payloads.lines(db.session(), site.code) if site else {"lines": [], "as_of": ""}
    rows = [
        {**line, "said": wait_words(WaitRange(**line["wait"])) if line["wait"] else ""}
        for line in state["lines"]
    ]
    bookable = site is not None and helps(db.session(), site.id)
    return render_template(
        "front/door.html",
        lines=rows,
        as_of=state["as_of"][11:16],
        bookable=bookable,
        receives=any(one.rotas for one in choices(db.session())),
    )


@front.get("/api/docs")
@allow(PUBLIC)
def interface() -> str:
    """Every call of `/api/v1/openapi.json`, with its bodies and answers."""
    spec: dict[str, Any] = current_app.spec  # type: ignore[attr-defined]
    calls = [
        (method.upper(), path, operation)
        for path, operations in sorted(spec["paths"].items())
        for method, operation in operations.items()
        if method in METHODS
    ]
    schemas = sorted(spec.get("components", {}).get("schemas", {}).items())
    return render_template("front/interface.html", calls=calls, schemas=schemas)
