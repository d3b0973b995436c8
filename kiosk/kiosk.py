"""The kiosk's page: where citizens draw their tickets.

The page carries the words of both languages and the lines as they stand, so that switching language or losing the
server for a moment never leaves an empty screen. Drawing itself goes through the machine interface.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import facts, tokens
from hall.accounts import sessions
from hall.accounts.access import DEVICE_COOKIE, allow, remember_device
from hall.accounts.models import Device
from hall.accounts.roles import PUBLIC, Role
from hall.actor import SYSTEM_ACTOR
from hall.catalog import queries
from hall.database import db
from hall.helpers.keeping.queries import helps
from hall.printing.queries import kiosk_state
from hall.queueing import payloads
from hall.sites import Site, SiteSettings, site_by_code
from hall.unit_of_work import Work, perform
from hall.voice.fragments import PROMPTS
from kiosk.offer import behind, departments, examples, situations, with_items
from kiosk.places import place, stands_of_lines, window_names
from kiosk.public_texts import kiosk_words

kiosk_pages = Blueprint("kiosk_pages", __name__)

HOME_AFTER_S = 30
DEMO_KIOSK = "演示取号机（浏览器）"


@kiosk_pages.get("/kiosk")
@allow(PUBLIC)
def kiosk() -> Response:
    """The kiosk, for an enrolled device; a demo hall enrols the browser that asks; others learn what to do."""
    token = request.cookies.get(DEVICE_COOKIE, "")
    session = db.session()
    site = kiosk_site(session, token)
    if site is None and current_app.config["HALL"].demo:
        token = demo_kiosk(session)
        site = kiosk_site(session, token)
    if site is None:
        return make_response(render_template("kiosk/unregistered.html"), 200)
    with force_locale("zh"):
        page = render_template(
            "kiosk/kiosk.html", site=site, page=_page(session, site, token), lang="zh", elder=0
        )
    response = make_response(page)
    remember_device(response, token)  # each visit renews it
    return response


@kiosk_pages.get("/kiosk/<site>/<any(situation, department, line):kind>/<code>")
@allow(PUBLIC)
def shelf(site: str, kind: str, code: str) -> Response:
    """The bundles and items behind one tile, with the papers that each asks for."""
    session = db.session()
    found = behind(session, site_by_code(session, site), kind, code)
    return jsonify([asdict(offer) for offer in queries.offers(session, found)])


def kiosk_site(session: Session, token: str) -> Site | None:
    """The site of the enrolled kiosk with this token, or None where there is none."""
    if not token:
        return None
    device = session.scalar(
        select(Device).where(Device.token_digest == tokens.digest(token), Device.role == Role.KIOSK.value)
    )
    if device is None or not sessions.counts(device):
        return None
    return session.scalar(select(Site).where(Site.id == device.site_id, Site.retired_at.is_(None)))


def demo_kiosk(session: Session) -> str:
    """The token of the kiosk that all browsers of a demo hall share ("" while there is no hall).

    It follows from the hall's secret, so that visitors without cookies find it instead of making more.
    """
    of_demo = select(Device.token_digest, Device.revoked_at).where(
        Device.name == DEMO_KIOSK, Device.demo.is_(True)
    )
    rows = {digest: at for digest, at in session.execute(of_demo)}  # noqa: C416 - rows are not pairs to mypy
    key: bytes = current_app.config["HALL"].keys.tokens
    revoked = sum(at is not None for at in rows.values())
    token = hmac.new(key, f"demo kiosk {revoked}".encode(), "sha256").hexdigest()
    if tokens.digest(token) in rows:
        return token
    made = perform(SYSTEM_ACTOR, enrol_demo_kiosk, token)
    session.rollback()  # whoever is signed in has read before: end that view, or the new kiosk is not in it
    return made or ""


def enrol_demo_kiosk(work: Work, token: str) -> str | None:
    """The kiosk of a demo hall's browsers, with this token; answers it, or None while there is no hall."""
    site = work.session.scalar(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id).limit(1))
    if site is None:
        return None
    known = select(Device.id).where(Device.token_digest == tokens.digest(token))
    if work.session.scalar(known) is not None:
        return token  # another browser was faster
    device = Device(
        site_id=site.id,
        role=Role.KIOSK.value,
        name=DEMO_KIOSK,
        demo=True,
        token_digest=tokens.digest(token),
        enrolled_at=work.now,
    )
    work.session.add(device)
    work.session.flush()
    work.record(
        facts.DeviceChanged(
            site_id=site.id,
            site=site.code,
            account=f"device:{device.id}",
            device_id=device.id,
            what="enrolled",
        )
    )
    return token


def _page(session: Session, site: Site, token: str) -> dict[str, Any]:
    """What the page's script starts from: both languages, and the hall as it stands."""
    settings = site.settings
    stands = stands_of_lines(session, site)
    return {
        "words": in_both(lambda lang: kiosk_words(site, lang)),
        "places": in_both(lambda lang: {code: place(rows, lang) for code, rows in stands.items()}),
        "windows": in_both(lambda lang: window_names(session, site, lang)),
        "site": {"code": site.code, "name": site.name, "name_en": site.name_en, "zone": site.zone_name},
        "phone": settings.supervision_phone,
        "matters": settings.matters_a_visit,
        "rejoin_minutes": settings.rejoin_minutes,
        "warn_before_close_min": settings.warn_before_close_min,
        "home_after_s": HOME_AFTER_S,
        "shelves": {
            "situation": [asdict(tile) for tile in situations(session, site)],
            "department": [asdict(tile) for tile in departments(session, site)],
        },
        "examples": examples(session, site),
        "bookable": helps(session, site.id),
        "with_items": with_items(session, site),
        **_paper_and_voice(session, settings, token),
        "lines": payloads.lines(session, site.code),
        "board": payloads.board(session, site.code),
    }


def _paper_and_voice(session: Session, settings: SiteSettings, token: str) -> dict[str, Any]:
    """Which device this is, how its printer is, and what is read aloud to those who wish it."""
    device = session.scalar(select(Device.id).where(Device.token_digest == tokens.digest(token))) or 0
    return {
        "device": device,
        "paper": kiosk_state(session, device),
        "browser_print": settings.browser_print,
        "volume": settings.voice_volume / 100,
        "prompts": {
            lang: {step: said[at] for step, said in PROMPTS.items()} for at, lang in enumerate(("zh", "en"))
        },
    }


def in_both(said: Callable[[str], dict[str, str]]) -> dict[str, dict[str, str]]:
    """The same in Chinese and in English."""
    both = {}
    for language in ("zh", "en"):
        with force_locale(language):
            both[language] = said(language)
    return both
