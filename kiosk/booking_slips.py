"""A booking's slip with what the hall knows of it: the picture's words, filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import gettext as _

from hall import clock
from hall.helpers import payloads, queries
from hall.helpers.models import Booking
from hall.sites import Site
from kiosk.booking import words
from kiosk.booking.choosing import papers_for
from kiosk.booking_picture import BookingSlip
from kiosk.public_texts import slip_texts
from kiosk.slip_words import Lang, fill, minute_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.helpers.queries import BookingView, Named
    from kiosk.slips import Press

MOST_PAPERS = 12
"""Paper is not endless: the rest stands on the booking's page and at the desk."""


def booking_slip_of(
    session: Session, booking_id: int, press: Press, asked_at: datetime, *, reprint: bool
) -> BookingSlip:
    """The slip of a booking, in the language in which was booked; never who booked it."""
    booking = session.get_one(Booking, booking_id)
    view = queries.view_of(session, booking, clock.now(), desk=False)
    site = session.get_one(Site, booking.site_id)
    lang: Lang = "en" if booking.lang == "en" else "zh"
    with force_locale(lang):
        slip = _worded(site, view, press, lang)
    printed = minute_of(asked_at.astimezone(site.zone), lang)
    return replace(slip, printed=printed, reprint=slip_texts(site, lang).reprint if reprint else "")


def _worded(site: Site, view: BookingView, press: Press, lang: Lang) -> BookingSlip:
    texts, starts = slip_texts(site, lang), view.starts_at.astimezone(site.zone)
    papers = [_name(paper, lang) for paper in papers_for(site, view.matter_kind, view.matter.code)]
    more = (
        [_("… and %(n)s more: ask at the desk", n=len(papers) - MOST_PAPERS)] if papers[MOST_PAPERS:] else []
    )
    phone = site.settings.supervision_phone
    complaints = fill(texts.phone, phone=phone) if phone else ""
    return BookingSlip(
        site_name=site.name_en or site.name if lang == "en" else site.name,
        title=_("Booking of a helper"),
        day=words.day_word(starts.date()),
        time=f"{starts:%H:%M}",
        names=(words.kind(view.kind), *_names(view.matter, lang)),
        helper=_("Helper no. %(badge)s", badge=view.badge),
        code_label=_("Your code"),
        code=payloads.code_of(press.token_key, view.nonce),
        bring=_("Please bring:"),
        papers=(*papers[:MOST_PAPERS], *more),
        advice=_advice(view, site),
        printed="",
        foot=" ".join(part for part in (texts.free, complaints) if part),
        qr=payloads.scanned(press.token_key, view.nonce, press.public_url) if press.public_url else "",
        scan=_("The booking for your phone"),
    )


def _advice(view: BookingView, site: Site) -> str:
    if view.kind == "home_visit":
        return str(_("Stay at home: the helper comes to you."))
    minutes = site.settings.booking_cancel_min
    return str(
        _(
            "At the kiosk touch “I have a booking”, or come to the desk. "
            "Change or cancel up to %(minutes)s minutes before.",
            minutes=minutes,
        )
    )


def _name(named: object, lang: Lang) -> str:
    english = getattr(named, "name_en", "") if lang == "en" else ""
    return str(english or getattr(named, "name", ""))


def _names(matter: Named, lang: Lang) -> tuple[str, ...]:
    """On English slips the Chinese name follows, so that staff can help."""
    own = _name(matter, lang)
    return (own,) if own == matter.name else (own, matter.name)
