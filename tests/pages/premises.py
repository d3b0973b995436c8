"""A manager in front of the pages where a hall is set up."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@dataclass(frozen=True, slots=True)
class Shown:
    """The page that a press led to, and the status of the press itself."""

    status: int
    text: str


class Manager:
    """Signs in, opens pages, fills in forms as a browser without scripts does."""

    def __init__(self, app: Flask, client: FlaskClient, demo: dict[str, Any], user: str = "manager") -> None:
        self.app, self.client, self.demo, self.user = app, client, demo, user
        self.sign_in()

    def sign_in(self) -> None:
        """At first, and again where the clock was moved on: a session of long before is over."""
        row = next(row for row in self.demo["staff"] if row["user"] == self.user)
        page = self.client.get("/sign-in").text
        form = {"user": row["user"], "password": row["password"], "csrf_token": self.token(page)}
        assert self.client.post("/sign-in", data=form).status_code == 302

    @staticmethod
    def token(page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, "The page has no CSRF token in its forms."
        return found[1]

    def get(self, page: str) -> TestResponse:
        return self.client.get(f"/admin/{page}")

    def speak(self, lang: str) -> None:
        page = self.get("site").text
        self.client.post("/preferences", data={"lang": lang, "next": "/", "csrf_token": self.token(page)})

    def post(self, address: str, /, seen: str = "", **fields: Any) -> Shown:
        """Send a form of the page `seen` (by default the address itself); follow where it leads."""
        page = self.get(seen or address).text
        data = {
            "csrf_token": self.token(page),
            **{name.replace("__", "-"): text for name, text in fields.items()},
        }
        answer = self.client.post(f"/admin/{address}", data=data)
        if answer.status_code in {302, 303}:
            return Shown(answer.status_code, self.client.get(answer.headers["Location"]).text)
        return Shown(answer.status_code, answer.text)

    def send(self, address: str, seen: str, file: bytes, name: str = "file.xlsx") -> Shown:
        """Send a file."""
        return self.post(address, seen, file=(io.BytesIO(file), name))

    def key(self, page: str, text: str) -> int:
        """The number in the address of the link that holds this text, or stands in its row."""
        for row in re.findall(r"<tr>.*?</tr>", self.get(page).text, re.DOTALL):
            if text in row:
                found = re.search(rf"/admin/{page}/(\d+)", row)
                assert found, row
                return int(found[1])
        raise AssertionError(f"No row of {page} holds {text}.")
