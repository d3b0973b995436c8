"""The small page of a kiosk that is cut off: kept by its agent, the same look, nothing that needs the server."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.models import Line
from hall.database import db
from hall.sites import Site
from kiosk.kiosk import HOME_AFTER_S, in_both
from kiosk.places import place, stands_of_lines
from kiosk.public_texts import kiosk_words

away_pages = Blueprint("away_pages", __name__)

PAGE = "/kiosk/away"
SHEETS = ("fonts", "tokens", "base", "notes", "elder", "kiosk", "kiosk-home", "kiosk-ticket", "kiosk-away")
SCRIPTS = ("kiosk-away", "kiosk-dom", "kiosk-watch")
SIGNS = ("icons/icons.svg", "icons/mark.svg")
TAKEN = (
    "question", "how", "priority", "priority_title", "priority_how", "priority_on", "priority_off", "elder", "disabled",
    "pregnant", "ill", "military", "martyr_family", "firefighter", "elder_on", "elder_off", "lower", "raise", "back",
    "home", "home_in", "draw", "drawing", "confirm", "where", "yours", "finished", "printing", "take_slip", "doubtful",
    "paper_out", "cover_open", "no_printing", "refused_title", "closed", "opens", "closed_desk", "more", "page_of",
    "no_lines", "desk", "free", "phone", "again",
)  # fmt: skip


def assets() -> list[str]:
    """Addresses of the page's files; each changes with its content."""
    names = [
        *(f"css/{name}.css" for name in SHEETS),
        *(f"js/{name}.js" for name in SCRIPTS),
        *SIGNS,
    ]
    return render_template("kiosk/_away_files.html", names=names).split()


@away_pages.get(PAGE)
@allow(Can.CUTOFF_PRINT)
def away() -> Response:
    """The page, for the agent of this hall's printer; it is shown by the agent alone."""
    session = db.session()
    site = session.get_one(Site, g.actor.site_id)
    with force_locale("zh"):
        return make_response(
            render_template("kiosk/away.html", site=site, page=_page(site), lang="zh", elder=0, sheets=SHEETS)
        )


def _page(site: Site) -> dict[str, Any]:
    session = db.session()
    stands = stands_of_lines(session, site)
    lines = session.scalars(
        select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)).order_by(Line.sort, Line.id)
    )
    return {
        "words": in_both(lambda lang: words(site, lang)),
        "places": in_both(lambda lang: {code: place(rows, lang) for code, rows in stands.items()}),
        "site": {"name": site.name, "name_en": site.name_en, "zone": site.zone_name},
        "phone": site.settings.supervision_phone,
        "home_after_s": HOME_AFTER_S,
        "lines": [
            {
                "code": line.code,
                "prefix": line.prefix,
                "name": line.name,
                "name_en": line.name_en,
                "examples": {"zh": line.examples, "en": line.examples_en},
            }
            for line in lines
        ],
    }


def words(site: Site, lang: str) -> dict[str, str]:
    """The kiosk's own words as far as they are true without a server, and what is said of that."""
    whole = kiosk_words(site, lang)
    return {**{name: whole[name] for name in TAKEN}, **_alone()}


def _alone() -> dict[str, str]:
    return {
        "cut_off": _("The hall's network is down. You can draw a number here all the same: it counts."),
        "cut_off_yours": _("The hall's network is down. Your number counts."),
        "cut_off_place": _("Your place is by the time printed on the slip."),
        "cut_off_called": _("Please stay near the windows: staff call by voice."),
        "cut_off_without": _(
            "Not possible until the network is back: booking, checking in, coming back with papers, missed numbers, "
            "several matters at once, following by phone. The reception desk helps."
        ),
        "cut_off_desk": _("Staff know the printed numbers. The reception desk helps with everything else."),
        "remember_alone": _("Please note the number or take a photo. It counts without a slip, too."),
        "spent": _("No more numbers"),
        "spent_title": _("{line}: this kiosk has no more numbers"),
        "spent_text": _("The reception desk gives you one at once."),
        "closed_title": _("{line}: no numbers at this time"),
        "failed_text": _("This kiosk cannot give numbers at the moment. Please go to the reception desk."),
        "printed_time": _("Printed {time}"),
    }
