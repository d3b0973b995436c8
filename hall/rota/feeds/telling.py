"""Turns as events: what a person's calendar says of them, and what everybody's does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import get_locale
from flask_babel import gettext as _

from hall.rota.feeds.rules import CONFIRMED, Entry, Seen, sequence, status, status_of_head
from hall.rota.hours import hours_on, part_hours
from hall.rota.states import Held, Post

if TYPE_CHECKING:
    from hall.catalog.models import Window
    from hall.rota.feeds.queries import Told
    from hall.rota.models import Rota, RotaBody, RotaPerson
    from hall.sites import Site


def for_person(told: list[Told], person: RotaPerson, site: Site) -> list[Entry]:
    """The events of somebody's own calendar: unpublished turns are tentative, what is off is cancelled (M3, M4)."""
    return [_own(one, person, site) for one in told]


def for_everybody(told: list[Told], site: Site) -> list[Entry]:
    """The events of the public calendar: who sits where; why a turn is off is never told (M5)."""
    found = []
    for one in told:
        who = one.instead or one.person
        title = f"{_name(one.rota)} · {_name(one.body)} {who.name}{who.title and ' ' + who.title}"
        said = "\n".join(filter(None, (_why_off(one), one.duty.matters)))
        found.append(_entry(one, site, title, status(_seen(one)), said))
    return found


def _own(one: Told, person: RotaPerson, site: Site) -> Entry:
    seen, instead = _seen(one), one.instead
    state = status_of_head(seen) if person.id == one.person.id else status(seen)
    who = instead or one.person
    title = f"{_name(one.rota)} · {_name(one.window)}"
    if person.post == Post.LIAISON:
        title += f" · {who.name}"
    if one.session.state == Held.CANCELLED:
        text = _why_off(one)
    elif instead is not None:
        text = _("%(name)s stands in.", name=f"{instead.name}{instead.title}")
    elif state == CONFIRMED:
        text = _("Please be at the window when it begins.")
    elif state == "TENTATIVE":
        text = _("Not published yet.")
    else:
        text = _("This turn is off.")
    said = "\n".join(filter(None, (text, one.duty.matters)))
    return _entry(one, site, title, state, said)


def _entry(one: Told, site: Site, title: str, state: str, text: str) -> Entry:
    day = one.session.held_on or one.session.due_on
    where = f"{_name(site)} {_name(one.window)}"
    hours = hours_on(day, part_hours(one.session, one.part), site.zone)
    return Entry(f"turn-{one.duty.id}@{site.code}", sequence(_seen(one)), state, hours, title, where, text)


def _why_off(one: Told) -> str:
    """Why a whole day is off; why a single turn is, is never told."""
    because = one.session.cancelled_because
    return _("The hall has cancelled this day: %(because)s", because=because) if because else ""


def _seen(one: Told) -> Seen:
    held = one.session.state in {Held.OPEN, Held.PUBLISHED}
    changes = one.duty.revision + one.session.revision
    return Seen(one.duty.state, held, one.instead is not None, changes)


def _name(thing: Rota | RotaBody | Site | Window) -> str:
    english = str(get_locale() or "zh").startswith("en")
    return thing.name_en if english and thing.name_en else thing.name
