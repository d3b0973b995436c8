"""The kit of a kiosk: what it needs to draw and print with the server away."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import clock
from hall.catalog.models import Line
from hall.cutoff.reserving import RangeView
from hall.cutoff.rules import dates_to_reserve
from hall.hours.queries import hours_of
from hall.hours.rules import Hours, spans_of
from hall.queueing.queries import today
from hall.sites import Site
from kiosk.away.page import PAGE, assets
from kiosk.places import place, stands_of_lines
from kiosk.public_texts import slip_texts
from kiosk.slip_words import LANGS


def kit(session: Session, site: Site, ranges: tuple[RangeView, ...], now: datetime) -> dict[str, Any]:
    """Lines with hours and places, ranges, words of the slip, and which files the small page is made of."""
    return {
        "now": now.isoformat(),
        "zone": site.zone_name,
        "site": {"code": site.code, "name": site.name, "name_en": site.name_en},
        "lines": _lines(session, site, now),
        "ranges": [{**asdict(row), "day": row.day.isoformat()} for row in ranges],
        "slip": {
            "rejoin_minutes": site.settings.rejoin_minutes,
            "supervision_phone": site.settings.supervision_phone,
            "texts": {lang: asdict(slip_texts(site, lang)) for lang in LANGS},
        },
        "page": PAGE,
        "assets": assets(),
    }


def _lines(session: Session, site: Site, now: datetime) -> list[dict[str, Any]]:
    day, hours, stands = today(site, now), hours_of(session, site), stands_of_lines(session, site)
    places = {}
    for lang in LANGS:
        with force_locale(lang):
            places[lang] = {code: place(rows, lang) for code, rows in stands.items()}
    rows = session.scalars(
        select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)).order_by(Line.sort, Line.id)
    )
    return [
        {
            "code": line.code,
            "prefix": line.prefix,
            "name": line.name,
            "name_en": line.name_en,
            "examples": line.examples,
            "examples_en": line.examples_en,
            "place": {lang: places[lang].get(line.code, "") for lang in LANGS},
            "stopped_on": line.stopped_on if line.stopped_on == day.isoformat() else None,
            "open": _open(hours, dates_to_reserve(day), lunch_open=line.lunch_open),
        }
        for line in rows
    ]


def _open(hours: Hours, days: list[date], *, lunch_open: bool) -> list[tuple[str, str]] | None:
    """From when until when it issues, on these dates; None where the hall keeps no hours."""
    if not hours.posted:
        return None
    last = clock.day_bounds(hours.zone, days[-1])[1]
    found = [
        span
        for ahead in range(len(days) + 1)
        for span in spans_of(hours, days[0] + timedelta(days=ahead), lunch_open=lunch_open)
    ]
    return [(opens.isoformat(), closes.isoformat()) for opens, closes in found if opens < last]
