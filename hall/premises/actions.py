"""Changing a site: what it is called, its zone, its settings, the texts that citizens read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import facts
from hall.accounts.access import of_site
from hall.errors import Conflict, Invalid, Refused
from hall.premises.usual import usual_hours
from hall.sites import Site, SiteSettings, new_stamp
from hall.unit_of_work import Work

CODE = re.compile(r"[a-z][a-z0-9-]{1,30}")
DIVISION = re.compile(r"(\d{6}(\d{3}(\d{3})?)?)?")
TEXT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class EditSite:
    """What a site is called, and where it is."""

    site_id: int
    name: str
    name_en: str
    zone_name: str
    division_code: str


@dataclass(frozen=True, slots=True)
class MakeSite:
    """A further hall of the county; `code` is part of public addresses and does not change."""

    code: str
    name: str
    name_en: str = ""
    zone_name: str = "Asia/Shanghai"
    division_code: str = ""


@dataclass(frozen=True, slots=True)
class EditSettings:
    """All settings of a site."""

    site_id: int
    settings: SiteSettings


@dataclass(frozen=True, slots=True)
class EditTexts:
    """Texts that differ from the product's own, as `name.language`; an empty one brings the own text back."""

    site_id: int
    texts: Mapping[str, str]


def edit_site(work: Work, command: EditSite) -> None:
    """Rename a site, correct its zone. Raises Invalid."""
    site = _site(work, command.site_id)
    _check(command)
    site.name, site.name_en = command.name, command.name_en
    site.zone_name, site.division_code = command.zone_name, command.division_code
    _changed(work, site, "site")


def make_site(work: Work, command: MakeSite) -> str:
    """Open a further hall with the usual hours; answers its code. Raises Refused, Invalid, Conflict."""
    if not work.actor.every_site:
        raise Refused(_l("Only a manager of all halls can add one."))
    if not CODE.fullmatch(command.code):
        said = _l("Small letters, digits and hyphens, beginning with a letter; 2 to 31 signs.")
        raise Invalid(said, code="bad_code", errors={"code": [said]})
    _check(command)
    if work.session.scalar(select(Site.id).where(Site.code == command.code)):
        said = _l("This code is already in use.")
        raise Conflict(said, code="code_taken", errors={"code": [said]})
    site = Site(**{item.name: getattr(command, item.name) for item in fields(command)})
    work.session.add(site)
    work.session.flush()
    work.session.add_all(usual_hours(site.id))
    _changed(work, site, "site made")
    return site.code


def edit_settings(work: Work, command: EditSettings) -> None:
    """Write all settings; the hours are read anew, since a hall may be open round the clock."""
    site = _site(work, command.site_id)
    before = site.settings
    site.settings_json = command.settings.dump()
    named = [
        item.name
        for item in fields(before)
        if getattr(before, item.name) != getattr(command.settings, item.name)
    ]
    if named:
        _changed(work, site, f"settings: {', '.join(named)}")


def edit_texts(work: Work, command: EditTexts) -> None:
    """Write the texts that differ. Raises Invalid for one that is too long."""
    site = _site(work, command.site_id)
    wrong = {
        name: [_l("This is too long.")] for name, text in command.texts.items() if len(text) > TEXT_LENGTH
    }
    if wrong:
        raise Invalid(_l("Some texts are too long."), code="text_too_long", errors=dict(wrong))
    kept = {name: text for name, text in {**site.texts, **command.texts}.items() if text}
    named = sorted(name for name in {*kept, *site.texts} if kept.get(name) != site.texts.get(name))
    if named:
        site.texts_json = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        _changed(work, site, f"texts: {', '.join(named)}"[:200])


def _site(work: Work, site_id: int) -> Site:
    of_site(work.actor, site_id)
    return work.session.get_one(Site, site_id)


def _check(command: EditSite | MakeSite) -> None:
    errors: dict[str, list[object]] = {}
    if not command.name:
        errors["name"] = [_l("This is needed.")]
    if not DIVISION.fullmatch(command.division_code):
        errors["division_code"] = [_l("Six, nine or twelve digits, or empty.")]
    try:
        ZoneInfo(command.zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        errors["zone_name"] = [_l("There is no such time zone.")]
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)


def _changed(work: Work, site: Site, what: str) -> None:
    site.hours_stamp = new_stamp()
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what=what))
