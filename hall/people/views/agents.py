"""The page of registered agents: who may draw for many, and how much (Q8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError
from hall.queueing.agents import actions, queries
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

agent_pages = Blueprint("agent_pages", __name__, url_prefix="/admin/agents")
DEFAULTS = {"tickets_a_day": "20", "cases_a_ticket": "5"}


@agent_pages.get("")
@allow(Can.SITE_EDIT)
def agents() -> str:
    """Agents in use, and the form of one more."""
    return _page(DEFAULTS)


@agent_pages.post("")
@allow(Can.SITE_EDIT)
def register() -> Response | tuple[str, int]:
    """Register one."""
    given = request.form
    command = actions.Register(
        g.actor.site_id,
        given.get("name", ""),
        given.get("id_number", ""),
        given.get("phone", ""),
        _number(given.get("tickets_a_day", "")),
        _number(given.get("cases_a_ticket", "")),
        current_app.config["HALL"].keys,
    )
    try:
        perform(g.actor, actions.register, command)
    except DomainError as problem:
        return _page(given, problem), problem.status
    flash(_("Saved."), "good")
    return redirect("/admin/agents")


@agent_pages.post("/<int:key>/retire")
@allow(Can.SITE_EDIT)
def retire(key: int) -> Response:
    """Take one off the list."""
    perform(g.actor, actions.retire, key)
    flash(_("Taken off the list."), "good")
    return redirect("/admin/agents")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0  # noqa: PLR2004 - four digits


def _page(given: Mapping[str, str], problem: DomainError | None = None) -> str:
    reading = db.session()
    site = reading.get_one(Site, g.actor.site_id)
    return render_template(
        "people/agents.html",
        agents=queries.agents(reading, site.id, clock.business_date(site.zone, clock.now())),
        given=given,
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
    )
