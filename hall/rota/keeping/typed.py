"""What the forms of a reception hold, read into commands."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from hall.rota.keeping.frame import clean, number, said
from hall.rota.setting import Person, SetBody, SetRota

KINDS: dict[str, dict[str, Any]] = {
    "directors": {"code": "monday", "name": "局长周一见", "name_en": "Director Mondays", "weekday": 0},
    "banks": {"code": "banks", "name": "行长周一见", "name_en": "Bank manager Mondays", "weekday": 0},
    "leaders": {
        "code": "leaders",
        "name": "县领导接待日",
        "name_en": "County leaders' reception day",
        "weekday": 2,
    },
    "township": {"code": "township", "name": "乡镇书记周一见", "name_en": "Township Mondays", "weekday": 0},
}
"""What a new reception of a kind begins with; everything can be changed."""
KIND_WORDS = {
    "directors": _l("Directors of departments"),
    "banks": _l("Bank managers"),
    "leaders": _l("County leaders"),
    "township": _l("A township's own"),
}
USUAL: dict[str, Any] = {
    "holiday_rule": "next_working_day",
    "signup_days": 6,
    "publish_days": 3,
    "leaves": 2,
    "am_starts": "09:00",
    "am_ends": "11:30",
    "pm_starts": "",
    "pm_ends": "",
}
HOURS = ("am_starts", "am_ends", "pm_starts", "pm_ends")
TEXTS = (
    "code",
    "name",
    "name_en",
    "weekday",
    "holiday_rule",
    "signup_days",
    "publish_days",
    "leaves",
    *HOURS,
)
MOST_PEOPLE = 60


def rota_form() -> dict[str, Any]:
    """As it was typed, to be shown again."""
    return {**{name: said(name) for name in TEXTS}, "places": set(_places())}


def _places() -> list[tuple[str, str]]:
    found = []
    for place in request.form.getlist("places")[:120]:
        window, _colon, part = clean(place, 60).rpartition(":")
        found.append((window, part))
    return found


def set_rota(site_id: int, code: str) -> SetRota:
    """The reception as typed; `code` is a present one's, or the form's."""
    return SetRota(
        site_id=site_id,
        code=code or said("code", 40),
        name=said("name", 60),
        name_en=said("name_en"),
        weekday=number("weekday"),
        holiday_rule=said("holiday_rule", 20),
        signup_days=number("signup_days"),
        publish_days=number("publish_days"),
        am=(said("am_starts", 5), said("am_ends", 5)),
        pm=(said("pm_starts", 5), said("pm_ends", 5)),
        places=tuple(_places()),
        leaves=number("leaves"),
    )


def people() -> list[dict[str, str]]:
    """The rows of people as typed; rows without a name are left out."""
    columns = {
        name: [clean(text, 60) for text in request.form.getlist(name)[:MOST_PEOPLE]]
        for name in ("person", "post", "title", "user")
    }
    keys = [clean(text, 18) for text in request.form.getlist("key")[:MOST_PEOPLE]]
    columns["key"] = keys if len(keys) == len(columns["person"]) else [""] * len(columns["person"])
    rows = zip(*columns.values(), strict=False)
    found = [dict(zip(("name", "post", "title", "user", "key"), row, strict=True)) for row in rows]
    return [row for row in found if row["name"]]


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def body_form() -> dict[str, Any]:
    """As it was typed, to be shown again."""
    return {
        **{name: said(name) for name in ("name", "name_en", "department")},
        "listed": said("listed"),
        "people": people(),
    }


def set_body(rota_id: int, body_id: int | None) -> SetBody:
    """The body as typed."""
    return SetBody(
        rota_id=rota_id,
        name=said("name", 60),
        name_en=said("name_en"),
        department=said("department", 40),
        listed=said("listed") == "1",
        people=tuple(
            Person(row["name"], row["post"], row["title"], row["user"], _key(row["key"])) for row in people()
        ),
        body_id=body_id,
    )
