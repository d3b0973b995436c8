"""A clerk who takes cases in, for tests of intake: opens a window, serves a ticket, fills forms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

NUMBER = "11010519491231002X"


class Said:
    """An answer with its JSON."""

    def __init__(self, response: TestResponse) -> None:
        self.status_code, self.text = response.status_code, response.text
        self.json: Any = response.get_json(silent=True)


@dataclass
class Clerk:
    """The clerk of the demo hall's n-th window."""

    client: FlaskClient
    demo: dict[str, Any]
    place: int = 0
    window: str = field(init=False)
    token: str = field(init=False)

    def __post_init__(self) -> None:
        bound = [one for one in self.demo["staff"] if one["role"] == "window" and one["window"]]
        self.window, self.token = bound[self.place]["window"], bound[self.place]["token"]

    def ask(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Said:
        """POST a command as this clerk."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or uuid.uuid4().hex}
        return Said(self.client.post(f"/api/v1{path}", json=body or {}, headers=headers))

    def look(self, path: str) -> Said:
        """GET as this clerk."""
        return Said(self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"}))

    def serve(self, **matter: str) -> dict[str, Any]:
        """Open the window and serve a fresh ticket for the matter."""
        kiosk = {
            "Authorization": f"Bearer {self.demo['kiosk']['token']}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        drawn = Said(self.client.post("/api/v1/tickets", json=matter, headers=kiosk))
        assert drawn.status_code == 201, drawn.text
        assert self.ask(f"/windows/{self.window}/open").status_code == 200
        called = self.ask(
            f"/windows/{self.window}/call", {"ticket": drawn.json["number"], "reason": "other", "note": "t"}
        )
        assert called.status_code == 200, called.text
        assert self.ask(f"/windows/{self.window}/start").status_code == 200
        return dict(drawn.json)

    def open(self, **matter: str) -> dict[str, Any]:
        """Begin a form at the window."""
        opened = self.ask(f"/windows/{self.window}/forms", matter)
        assert opened.status_code == 200, opened.text
        return dict(opened.json)

    def save(self, form: dict[str, Any], **entries: Any) -> dict[str, Any]:
        """Save entries; answers the form as it is then."""
        saved = self.ask(f"/forms/{form['token']}/save", {"revision": form["revision"], **entries})
        assert saved.status_code == 200, saved.text
        return dict(saved.json)

    def filled(self, form: dict[str, Any], *, papers: str = "present", **entries: Any) -> dict[str, Any]:
        """Everything that a receipt needs: a person, and every paper in the same state."""
        said = {"name": "测试甲", "number": NUMBER, "phone": "13800000000", **entries}
        return self.save(form, papers=[{"id": row["id"], "state": papers} for row in form["papers"]], **said)

    def receive(self, form: dict[str, Any]) -> dict[str, Any]:
        """Receive the form."""
        received = self.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]})
        assert received.status_code == 200, received.text
        return dict(received.json)
