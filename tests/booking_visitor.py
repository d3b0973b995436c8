"""Booking helpers as people do it on the pages, without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BUNDLE = "xixian-company-start"
PHONE = "13800001234"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser without scripts: follows links, sends forms."""

    client: FlaskClient
    staff: bool = False

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html"})

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with the token that any page's form carries; not following where it leads."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/book/find").text)
        assert token
        return self.client.post(
            path, data={"csrf_token": token[1], **fields}, headers={"Accept": "text/html"}
        )

    def times(self, kind: str = "assist", **wish: str) -> list[str]:
        """The times that the page of days offers first."""
        asked = "&".join(f"{name}={value}" for name, value in ({"bundle": BUNDLE} | wish).items())
        page = self.get(f"/book/time?kind={kind}&{asked}").text
        return [unescape(at) for at in re.findall(r'name="starts_at" value="([^"]+)"', page)]

    def hold(self, at: str | None = None, kind: str = "assist", **wish: Any) -> str:
        """Keep a time; answers the booking's address."""
        given = {"kind": kind, "bundle": BUNDLE, "starts_at": at or self.times(kind)[0], **wish}
        held = self.post("/book/hold", **given)
        assert held.status_code == 303, held.text
        return held.headers["Location"]

    def book(self, at: str | None = None, kind: str = "assist", **form: Any) -> str:
        """Hold and confirm; answers the booking's address."""
        address = self.hold(at, kind)
        done = self.post(f"{address}/confirm", **({"name": "王小明", "phone": PHONE} | form))
        assert done.status_code == 303, done.text
        return address
