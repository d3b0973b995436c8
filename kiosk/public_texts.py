"""Which texts of slip, kiosk and screens a hall may put in its own words, and the words that then stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import force_locale
from flask_babel import gettext as _

from hall.premises.texts import LANGUAGES, PublicText
from hall.queueing.closing import SAID as SCREEN
from hall.sites import Site
from kiosk.kiosk_words import words
from kiosk.slip_words import TEXTS, Lang, SlipTexts

SLIP = ("watch", "free", "phone", "several", "scan")
KIOSK = ("question", "how", "desk", "free", "passed", "closed_desk", "stopped_desk", "away")


def public_texts() -> tuple[PublicText, ...]:
    """The product's own words of all texts that a hall may change."""
    own = {language: _kiosk_words(language) for language in LANGUAGES}
    labels = _labels()
    slip = [
        PublicText(
            f"slip.{name}",
            labels[f"slip.{name}"],
            {"zh": getattr(TEXTS["zh"], name), "en": getattr(TEXTS["en"], name)},
        )
        for name in SLIP
    ]
    kiosk = [
        PublicText(
            f"kiosk.{name}",
            labels[f"kiosk.{name}"],
            {language: own[language][name] for language in LANGUAGES},
        )
        for name in KIOSK
    ]
    screen = [PublicText(f"screen.{name}", labels[f"screen.{name}"], said) for name, said in SCREEN.items()]
    return (*slip, *kiosk, *screen)


def slip_texts(site: Site, lang: Lang) -> SlipTexts:
    """The words of a slip, those of the hall where it has its own."""
    return replace(TEXTS[lang], **_changed(site, "slip", lang, SLIP))


def kiosk_words(site: Site, lang: str) -> dict[str, str]:
    """The words of the kiosk in the language that is on, those of the hall where it has its own."""
    return {**{key: str(text) for key, text in words().items()}, **_changed(site, "kiosk", lang, KIOSK)}


def _changed(site: Site, surface: str, lang: str, names: tuple[str, ...]) -> dict[str, str]:
    texts: Mapping[str, str] = site.texts
    return {name: texts[key] for name in names if (key := f"{surface}.{name}.{lang}") in texts}


def _kiosk_words(language: str) -> dict[str, str]:
    with force_locale(language):
        return {key: str(text) for key, text in words().items()}


def _labels() -> dict[str, str]:
    return {
        "slip.watch": _("Slip: what to do now, and what if the call is missed"),
        "slip.free": _("Slip: that it is free of charge"),
        "slip.phone": _("Slip: supervision telephone"),
        "slip.several": _("Slip with several numbers: how they are called"),
        "slip.scan": _("Slip: beside the code for phones"),
        "kiosk.question": _("Kiosk: question on the first page"),
        "kiosk.how": _("Kiosk: line below the question"),
        "kiosk.desk": _("Kiosk: foot, what the reception desk does"),
        "kiosk.free": _("Kiosk: foot, that it is free of charge"),
        "kiosk.passed": _("Kiosk: with the number, what if the call is missed"),
        "kiosk.closed_desk": _("Kiosk: a line is closed, what to do instead"),
        "kiosk.stopped_desk": _("Kiosk: a line was stopped, what to do instead"),
        "kiosk.away": _("Kiosk: the server cannot be reached"),
        "screen.closing": _("Screens: all lines soon close"),
        "screen.closing_lines": _("Screens: some lines soon close"),
    }
