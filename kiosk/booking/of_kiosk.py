"""Which kiosk asks, and how its pages of booking are shown: language, large text, lowered controls, voice (E1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import force_locale

from hall.accounts.access import DEVICE_COOKIE, actor_of_token
from hall.actor import Actor
from hall.database import db
from hall.sites import Site
from hall.voice.fragments import BOOKING_PROMPTS, PROMPTS
from kiosk.booking import words
from kiosk.kiosk import HOME_AFTER_S, kiosk_site


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The kiosk that asks, and how its page is shown."""

    site: Site
    actor: Actor
    lang: str
    elder: bool
    low: bool
    voice: bool

    def args(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever an address holds
        """The values of an address that keep language, text size, lowered controls and the voice."""
        kept = {
            "lang": self.lang,
            "elder": int(self.elder),
            "low": int(self.low),
            "voice": int(self.voice),
        } | more
        return {name: value for name, value in kept.items() if value not in (0, "", None, "zh")}


def this_kiosk() -> Kiosk:
    """The enrolled kiosk that asks; everybody else is led to the kiosk's first page."""
    session, token = db.session(), request.cookies.get(DEVICE_COOKIE, "")
    site = kiosk_site(session, token)
    actor = actor_of_token(session, token) if site else None
    if site is None or actor is None:
        abort(redirect(url_for("kiosk_pages.kiosk")))
    said = request.args
    lang = "en" if said.get("lang") == "en" else "zh"
    elder, low, voice = (said.get(name) == "1" for name in ("elder", "low", "voice"))
    return Kiosk(site, actor, lang, elder, low, voice)


def shown(kiosk: Kiosk, page: str, **values: Any) -> str:  # noqa: ANN401 - the page's own
    """A page in the language that is on."""
    with force_locale(kiosk.lang):
        given: dict[str, Any] = {
            "kiosk": kiosk,
            "site": kiosk.site,
            "lang": kiosk.lang,
            "elder": int(kiosk.elder),
            "kinds": words.kinds(),
            "say": words,
            "home_after": HOME_AFTER_S,
            "prompts": _prompts(kiosk) if kiosk.voice else None,
        }
        return render_template(f"kiosk/book/{page}.html", **(values | given))


def _prompts(kiosk: Kiosk) -> dict[str, Any]:
    """What is read aloud to those who wish it (E1)."""
    texts = BOOKING_PROMPTS | {name: PROMPTS[name] for name in ("choose", "offline", "help")}
    said = {step: both[kiosk.lang == "en"] for step, both in texts.items()}
    return {"lang": kiosk.lang, "volume": kiosk.site.settings.voice_volume / 100, "prompts": said}
