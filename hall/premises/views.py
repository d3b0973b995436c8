"""Pages of the site itself: what it is called, its settings, the texts that citizens read, further halls."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.desk import words
from hall.errors import DomainError, Invalid
from hall.premises import calendar_pages, hours_pages, line_pages, notice_pages, settings, window_pages
from hall.premises.actions import (
    EditSettings,
    EditSite,
    EditTexts,
    MakeSite,
    edit_settings,
    edit_site,
    edit_texts,
    make_site,
)
from hall.premises.frame import Page, again, do, here, pages, said
from hall.premises.texts import LANGUAGES, public_texts
from hall.sites import Site, SiteSettings

__all__ = ["calendar_pages", "hours_pages", "line_pages", "notice_pages", "pages", "window_pages"]

LISTS = tuple(setting.name for setting in settings.settings_told().values() if setting.kind == "list")
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau")


@pages.get("/site")
@allow(Can.SITE_EDIT)
def site() -> str:
    """What the hall is called, and all its settings."""
    found = here()
    return render_template("premises/site.html", **_site_page(found, asdict(found.settings)))


def _site_page(found: Site, values: dict[str, Any], form: dict[str, str] | None = None) -> dict[str, Any]:
    names = ("name", "name_en", "zone_name", "division_code")
    return {
        "hall_site": found,
        "form": form or {name: getattr(found, name) for name in names},
        "chapters": settings.SECTIONS,
        "values": values,
        "defaults": asdict(SiteSettings()),
        "known": {name: settings.known_choices(name) for name in LISTS},
        "known_choices": _choices,
        "zones": [(zone, zone) for zone in dict.fromkeys((*ZONES, found.zone_name))],
        "sites": _sites() if g.actor.every_site else [],
    }


def _choices(name: str) -> list[tuple[str, str]]:
    """The product's own words of a list, as people read them."""
    if name == "question_topics":
        said_as = words.topics()
    elif name in {"opening_points", "closing_points"}:
        said_as = {
            code.partition(":")[2]: text for code, text in words.points().items() if code.startswith(name[:7])
        }
    else:
        said_as = {code: _(text) for code, text in settings.KNOWN_WORDS.items()}
    return [(word, said_as.get(word, word)) for word in settings.known_choices(name)]


def _sites() -> list[Site]:
    return list(db.session.scalars(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)))


@pages.post("/site")
@allow(Can.SITE_EDIT)
def save_site() -> Page:
    """Rename the hall, correct its zone."""
    found = here()
    form = {name: said(name, 120) for name in ("name", "name_en", "zone_name", "division_code")}
    form["name"] = form["name"][:80]
    try:
        return do(edit_site, EditSite(found.id, **form), "premises.site", _("Saved."))
    except DomainError as problem:
        return again("premises/site.html", problem, **_site_page(found, asdict(found.settings), form))


@pages.post("/site/settings")
@allow(Can.SITE_EDIT)
def save_settings() -> Page:
    """Write all settings."""
    found = here()
    values: dict[str, Any] = {}
    for setting in settings.settings_told().values():
        if setting.kind == "list":
            own = said(f"{setting.name}_own", 2000).splitlines()
            values[setting.name] = [word[:200] for word in [*request.form.getlist(setting.name), *own]]
        else:
            values[setting.name] = said(setting.name, 60)
    made, wrong = settings.read_settings(found.settings, values)
    if wrong:
        told = settings.settings_told()
        errors: dict[str, list[object]] = {
            name: [_(settings.MESSAGES[key], low=told[name].low, high=told[name].high)]
            for name, key in wrong.items()
        }
        problem = Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
        return again("premises/site.html", problem, **_site_page(found, values))
    return do(edit_settings, EditSettings(found.id, made), "premises.site", _("Saved."))


@pages.post("/site/choose")
@allow(Can.SITE_EDIT)
def choose_site() -> Page:
    """Which hall to set up, for those who work in all of them."""
    if g.actor.every_site:
        found = db.session.scalar(select(Site.id).where(Site.code == said("site"), Site.retired_at.is_(None)))
        session["hall_of_settings"] = found
    return redirect(url_for("premises.site"))


@pages.post("/site/new")
@allow(Can.SITE_EDIT)
def new_site() -> Page:
    """Open a further hall of the county."""
    found = here()
    command = MakeSite(
        said("code", 40), said("new_name", 80), said("new_name_en", 120), said("new_zone") or ZONES[0]
    )
    try:
        return do(
            make_site,
            command,
            "premises.site",
            _("The hall is open with the usual hours. Choose it to set it up."),
        )
    except DomainError as problem:
        renamed = {
            ("new_name" if name == "name" else name): texts for name, texts in (problem.errors or {}).items()
        }
        problem.errors = renamed or None
        made = {"code": command.code, "new_name": command.name, "new_name_en": command.name_en}
        return again("premises/site.html", problem, made=made, **_site_page(found, asdict(found.settings)))


@pages.get("/texts")
@allow(Can.SITE_EDIT)
def texts() -> str:
    """Texts that citizens read, with the product's own beside them."""
    return render_template(
        "premises/texts.html", texts=public_texts(), values=here().texts, languages=LANGUAGES
    )


@pages.post("/texts")
@allow(Can.SITE_EDIT)
def save_texts() -> Page:
    """Write the texts that differ; an empty field brings the product's own back."""
    found, offered = here(), public_texts()
    names = {f"{text.name}.{language}": text for text in offered for language in LANGUAGES}
    given = {name: said(name, 1000).replace("\n", " ") for name in names}
    own = {f"{text.name}.{language}": text.said[language] for text in offered for language in LANGUAGES}
    errors: dict[str, list[object]] = {
        name: [_("Nothing fills {%(blank)s} here.", blank=min(strange))]
        for name, text in names.items()
        if (strange := text.strange(given[name]))
    }
    try:
        if errors:
            raise Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
        changed = {name: "" if text == own[name] else text for name, text in given.items()}
        return do(edit_texts, EditTexts(found.id, changed), "premises.texts", _("Saved."))
    except DomainError as problem:
        return again("premises/texts.html", problem, texts=offered, values=given, languages=LANGUAGES)
