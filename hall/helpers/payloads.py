"""Bookings and free times as the interface says them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hall import tokens
from hall.helpers import words
from hall.helpers.states import Booked

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from hall.helpers.free import Free, Member
    from hall.helpers.queries import BookingView
    from hall.sites import Site

BOOKING = "booking"


def token_of(key: bytes, nonce: bytes) -> str:
    """What opens a booking's addresses."""
    return tokens.token_of(key, BOOKING, nonce)


def code_of(key: bytes, nonce: bytes) -> str:
    """What is typed at the kiosk or the desk."""
    return tokens.short_code(key, BOOKING, nonce)


def scanned(key: bytes, nonce: bytes, public_url: str | None) -> str:
    """What a booking's QR code holds: its page with the code, or the code alone where phones cannot reach us (E2)."""
    code = code_of(key, nonce)
    return f"{public_url}/book/{token_of(key, nonce)}?booked={code}" if public_url else code


def booking(view: BookingView, key: bytes) -> dict[str, Any]:
    """A booking as its holder and the desk read it."""
    token = token_of(key, view.nonce)
    return {
        "token": token,
        "code": code_of(key, view.nonce),
        "site": view.site.code,
        "state": view.state,
        "state_words": str(words.STATES.get(view.state, view.state)),
        "kind": view.kind,
        "matter": {"kind": view.matter_kind, **asdict(view.matter)},
        "line": asdict(view.line),
        "starts_at": _local(view.starts_at, view.zone),
        "ends_at": _local(view.ends_at, view.zone),
        "helper": {
            "badge": view.badge,
            "name": view.helper_name,
            "because": view.because,
            "why": words.because(view.because, view.because_among, view.because_load_min),
        },
        "needs": list(view.needs),
        "name": view.name_shown,
        "phone": view.phone_shown,
        "companions": view.companions,
        "channel": view.channel,
        "held_until": _local(view.held_until, view.zone),
        "arrived_at": _local(view.arrived_at, view.zone),
        "ticket": view.ticket,
        "orphaned": view.orphaned,
        "may": {
            "confirm": view.may_confirm,
            "change": view.may_change and view.state == Booked.CONFIRMED,
            "cancel": view.may_change or view.may_confirm,
        },
        "revision": view.revision,
        "qr": f"/api/v1/bookings/{token}/qr.svg",
    }


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None


def days(found: dict[date, list[Free]], site: Site) -> list[dict[str, Any]]:
    """Free times by date."""
    return [
        {
            "date": day.isoformat(),
            "times": [
                {"starts_at": one.starts_at.astimezone(site.zone).isoformat(), "helpers": one.helpers}
                for one in times
            ],
        }
        for day, times in found.items()
    ]


def helper(one: Member) -> dict[str, Any]:
    """A helper as the public sees one: the badge, never the name."""
    return {"badge": one.badge, "kinds": sorted(one.kinds), "skills": sorted(one.skills)}
