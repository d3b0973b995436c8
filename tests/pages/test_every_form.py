"""Every form and every answer, not samples: CSRF tokens, policy, nothing inline, cookies, limits, uploads."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask_limiter.util import get_qualified_name

from hall.accounts.access import may, staff_actor
from hall.accounts.limits import limiter
from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC
from hall.database import db
from tests.api.test_permissions import address, declared, rules
from tests.pages.premises import Manager
from wsgi import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ROOT = Path(__file__).resolve().parents[2]
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL | re.IGNORECASE)
MACRO = re.compile(r"{%-?\s*macro (\w+)\(.*?%}(.*?){%-?\s*endmacro", re.DOTALL)
INLINE = {
    "a script in the page": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "a style in the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style at a part": re.compile(r"<[a-z][^>]*\sstyle=", re.IGNORECASE),
    "a script at a part": re.compile(r"<[a-z][^>]*\son[a-z]+=", re.IGNORECASE),
    "a script as an address": re.compile(r"(?:href|src|action)=[\"']?\s*javascript:", re.IGNORECASE),
    "something of another server": re.compile(
        r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?(?:https?:)?//"
    ),
}
WITHOUT_LIMIT = {
    "/preferences": "changes language and size of text of this browser alone",
    "/sign-out": "ends the own session alone",
    "/first-run": "answers only before the first account, and its code has 59 random bits",
    "/api/v1/help-calls": "needs the token of a ticket of today, and a ticket has one open call",
    "/kiosk/book/hold": "only for an enrolled kiosk, by its cookie; who is none is led away",
    "/mondays/book/again": "shows a form anew and keeps nothing",
    "/book/matter": "looks through the hall's services and keeps nothing: read like any page (PUBLIC_READS)",
}
UPLOADS = {
    "hall/catalog/bundle_pages.py": ("/admin/bundles/import",),
    "hall/catalog/import_views.py": ("/admin/import",),
    "hall/helpers/keeping/views.py": ("/admin/helpers/import",),
    "hall/intake/measures/platform_pages.py": ("/platform/numbers",),
    "hall/people/views/staff_sheet.py": ("/admin/staff/import",),
    "hall/premises/frame.py": ("/admin/calendar/import", "/admin/lines/import", "/admin/windows/import"),
    "hall/rota/findings/file_pages.py": ("/receptions/findings/{key}/evidence",),
}
"""By the module that reads a file, the addresses that take one; tests/pages/test_bad_uploads.py sends them bad ones."""


@pytest.fixture
def manager(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    """A browser in which the manager has signed in."""
    Manager(app, client, demo)
    return client


def test_every_form_of_every_template_that_changes_something_brings_its_token() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").rglob("*.html"))}
    brings = {name for text in texts.values() for name, body in MACRO.findall(text) if "csrf" in body}
    token = re.compile("|".join(rf"\b{name}\(" for name in sorted({*brings, "csrf_token"})))
    bare = []
    for template, text in texts.items():
        for found in FORM.finditer(text):
            changes = re.search(r"method=[\"']?post", found[1], re.IGNORECASE)
            if changes and not token.search(found[2]):
                bare.append(f"{template.relative_to(ROOT)}: <form{found[1][:60]}>")
    assert not bare, "Put {{ csrf() }} or the token's field into:\n" + "\n".join(bare)


def test_every_address_that_changes_something_refuses_a_browser_without_the_token(
    app: Flask, manager: FlaskClient
) -> None:
    with app.app_context():
        actor = staff_actor(db.session.query(Staff).filter_by(user="manager").one())
    let_through, asked = [], 0
    for method, _endpoint, rule in rules(app):
        if method == "GET" or not may(actor, declared(app, rule)):
            continue
        answer = manager.open(address(app, rule), method=method)
        asked += 1
        if answer.status_code != 400:
            let_through.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not let_through, "\n".join(let_through)
    assert asked > 200, "the manager may do nearly everything"


def test_no_address_changes_anything_by_being_read(app: Flask) -> None:
    reads = [rule.rule for method, _endpoint, rule in rules(app) if method == "GET"]
    verbs = re.compile(
        r"/(delete|remove|revoke|confirm|cancel|retire|approve|publish|unlock|reset|sign-out)$"
    )
    assert [rule for rule in reads if verbs.search(rule)] == []


def answers(app: Flask, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """What every address answers to a browser, and what goes wrong."""
    for method, _endpoint, rule in rules(app):
        path = address(app, rule)
        if method == "GET":
            yield path, client.get(path)
    for path in ("/nothing", "/api/v1/nothing", "/static/nothing.js", "/t/%00", "/static/css/hall.css"):
        yield path, client.get(path)
    yield "DELETE /", client.delete("/")
    yield "POST /sign-in", client.post("/sign-in")


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_has_the_policy_and_no_page_holds_anything_inline(
    app: Flask, client: FlaskClient, demo: dict[str, Any], signed_in: bool
) -> None:
    if signed_in:
        Manager(app, client, demo)
    wrong, pages = [], 0
    for path, answer in answers(app, client):
        policy = answer.headers.get("Content-Security-Policy", "")
        if policy != POLICY and "sandbox" not in policy:
            wrong.append(f"{path}: policy {policy!r}")
        if answer.headers.get("X-Content-Type-Options") != "nosniff":
            wrong.append(f"{path}: may be taken for something else")
        wrong += [
            f"{path}: {cookie.partition('=')[0]} is open to scripts or other sites"
            for cookie in answer.headers.getlist("Set-Cookie")
            if "HttpOnly" not in cookie or "SameSite" not in cookie
        ]
        if answer.mimetype == "text/html":
            pages += 1
            text = answer.get_data(as_text=True)
            wrong += [f"{path}: {what}" for what, sign in INLINE.items() if sign.search(text)]
    assert not wrong, "\n".join(wrong)
    assert pages > 30


def test_the_policy_allows_nothing_but_our_own_files() -> None:
    said = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert said["default-src"] == "'self'"
    assert not set(POLICY.split()) & {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"}
    assert said["frame-ancestors"] == said["object-src"] == said["base-uri"] == "'none'"


def test_every_address_by_which_strangers_change_something_is_limited(app: Flask) -> None:
    free = []
    for method, endpoint, rule in rules(app):
        if method == "GET" or declared(app, rule) != PUBLIC or rule.rule in WITHOUT_LIMIT:
            continue
        view = app.view_functions[endpoint]
        own = limiter.limit_manager.decorated_limits(get_qualified_name(view))
        by_token = "token" in rule.arguments  # wrong ones are counted for each address (PUBLIC_GUESSES)
        if not own and not by_token:
            free.append(f"{method} {rule.rule}")
    assert not free, "Limit it (hall/accounts/limits.py), or say in WITHOUT_LIMIT why not:\n" + "\n".join(
        free
    )


def test_every_file_that_anybody_sends_is_checked_by_a_test_of_its_own(app: Flask) -> None:
    reads = {
        str(path.relative_to(ROOT))
        for folder in ("hall", "kiosk")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "files"
        and getattr(node.value, "id", "") == "request"
    }
    assert reads == set(UPLOADS), (
        "A new upload needs its addresses here: tests/pages/test_bad_uploads.py sends them what they must refuse."
    )
    takes = {
        rule.rule.replace("<int:", "{").replace(">", "}"): app.view_functions[endpoint]
        for method, endpoint, rule in rules(app)
        if method == "POST"
    }
    known = {address for addresses in UPLOADS.values() for address in addresses}
    assert known <= set(takes), "Gone: take them out of UPLOADS."
    upload = re.compile(r"\brequest\.files\b|\bupload\(\)")
    more = {
        address
        for address, view in takes.items()
        if upload.search(inspect.getsource(inspect.unwrap(view))) and address not in known
    }
    assert not more, "Send them what they must refuse: add them to UPLOADS."
