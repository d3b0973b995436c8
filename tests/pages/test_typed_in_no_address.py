"""What somebody types to look for something stands in no address, whoever looks and wherever it leads (E2, I10).

Addresses are kept by browsers, proxies and logs, and are read over shoulders: names, ID numbers and telephones go in
bodies alone. The kiosk, desk and console look services up by their words (`/catalogue?q=`, docs/security.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urljoin, urlsplit

import pytest
from sqlalchemy import select, update

from hall.accounts.access import may, staff_actor
from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC, STAFF_ROLES, Role
from hall.actor import PUBLIC_ACTOR
from hall.database import db
from hall.unit_of_work import units
from tests.api.test_permissions import declared, rules
from tests.intake_at_work import NUMBER, Clerk
from tests.pages.premises import Manager
from tests.pages.test_floor_page import become
from tests.planting import NAME, PHONE
from tests.results_at_work import ready, received

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
WORDS = (NAME, NUMBER, PHONE)
ADDRESS = re.compile(r'\b(?:href|action|formaction|src)="([^"]*)"|name="next" value="([^"]*)"')
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
TYPED = re.compile(r"""<textarea|<input(?![^>]*type="(?:hidden|date|month|number|checkbox|radio|submit)")|
                       ui\.(?:field|textarea)\((?![^\n]*type='(?:date|month|number)')""", re.VERBOSE)  # fmt: skip
FREE = frozenset({"text", "search", "tel", ""})
SEARCHES = {
    "manager": {"/admin/authorities", "/admin/items", "/admin/staff", "/cases", "/journal", "/mondays/walks"},
    "window": {"/cases", "/issuing"},
    "official": {"/cases", "/issuing"},
    "reviewer": {"/cases"},
    "reception": {"/desk/bookings/find"},
    "director": {"/mondays/walks"},
    "auditor": {"/journal"},
    PUBLIC: {"/book/matter"},
}
"""Forms by which each role looks for something, at least."""


@dataclass
class Form:
    """A form as a browser would send it."""

    path: str
    method: str
    search: bool
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page that look for something: those of role `search`, or with a field of that kind, or by GET."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.path, self.all, self.select = path, [Form(path, "", search=False)], ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, form = said.get("name", ""), self.all[-1]
        if tag == "form":
            method = said.get("method", "get").lower()
            search = method == "get" or said.get("role") == "search"
            self.all.append(Form(urljoin(self.path, said.get("action", "")), method, search))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in said or self.select not in form.fields):
            form.fields[self.select] = said.get("value", "")
        elif tag == "input" and name:
            self._input(form, name, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.all.append(Form(self.path, "", search=False))

    def _input(self, form: Form, name: str, said: dict[str, str]) -> None:
        kind = said.get("type", "")
        form.search |= kind == "search"
        if kind in FREE:
            form.typed.append(name)
        elif kind not in {"checkbox", "radio", "file", "submit"} or "checked" in said:
            form.fields[name] = said.get("value", "")

    @property
    def searches(self) -> list[Form]:
        return [one for one in self.all if one.search and one.typed and one.method in {"get", "post"}]


def told(address: str) -> list[str]:
    """Which planted words an address holds."""
    plain = unquote_plus(unescape(address))
    return [] if plain.startswith("tel:") else [word for word in WORDS if word.casefold() in plain.casefold()]


def addresses(page: str) -> Iterator[str]:
    """All addresses that stand in a page."""
    yield from (one or other for one, other in ADDRESS.findall(page))


def searches(app: Flask, client: FlaskClient, actor: Any) -> dict[tuple[str, str], Form]:
    """All forms by which this actor looks for something, by method and path."""
    found: dict[tuple[str, str], Form] = {}
    for method, _endpoint, rule in rules(app):
        if method != "GET" or rule.arguments or rule.rule.startswith("/api/") or "." in rule.rule:
            continue
        if declared(app, rule) == "undeclared" or not may(actor, declared(app, rule)):
            continue
        page = client.get(rule.rule)
        if page.status_code == 200 and page.mimetype == "text/html":
            for form in Forms(page.text, rule.rule).searches:
                found.setdefault((form.method, urlsplit(form.path).path), form)
    return found


def look(client: FlaskClient, form: Form, word: str) -> Iterator[str]:
    """Submit it with this word; all addresses that it leads to, and that stand where it ends."""
    fields = form.fields | dict.fromkeys(form.typed, word)
    by_address: dict[str, Any] = {"query_string": fields} if form.method == "get" else {"data": fields}
    answer = client.open(form.path, method=form.method.upper(), **by_address)
    yield answer.request.url
    for _step in range(3):
        if answer.status_code not in {301, 302, 303, 307, 308}:
            break
        yield answer.headers["Location"]
        answer = client.get(answer.headers["Location"])
        yield answer.request.url
    assert answer.status_code in {200, 404, 422}, f"{form.path}: {answer.status_code}"
    yield from addresses(answer.text)


@pytest.fixture
def known(client: FlaskClient, demo: dict[str, Any]) -> str:
    """Somebody whose result is ready, and of staff one of the same name: searches find them."""
    clerk = Clerk(client, demo)
    number = str(received(clerk, name=NAME, number=NUMBER, phone=PHONE)["cases"][0]["number"])
    ready(client.application, number)
    with client.application.app_context():
        named = update(Staff).where(Staff.user == "clerk02").values(name=NAME)
        units().run(lambda session: session.execute(named))
    return number


@pytest.mark.parametrize("role", [*STAFF_ROLES, PUBLIC])
def test_E2_I10_what_is_looked_for_stands_in_no_address_whoever_looks(
    app: Flask, demo: dict[str, Any], known: str, role: str
) -> None:
    assert known
    client, actor = app.test_client(), PUBLIC_ACTOR
    if role != PUBLIC:
        own = (row["user"] for row in demo["staff"] if row["role"] == role and row["user"] != "clerk02")
        user = next(own, "auditor")
        become(app, user, Role(role).value)
        Manager(app, client, demo, user)
        with app.app_context():
            actor = staff_actor(db.session.scalars(select(Staff).where(Staff.user == user)).one())
    found = searches(app, client, actor)
    seen = {path for _method, path in found}
    assert seen >= SEARCHES.get(role, set()), "This test no longer finds the forms that it is about."
    bad = [
        f"{form.method.upper()} {path}, looked for {word}: {address}"
        for (_method, path), form in found.items()
        for word in WORDS
        for address in look(client, form, word)
        if told(address)
    ]
    assert not bad, "E2: personal data in an address; send it in a body (POST):\n" + "\n".join(bad)


def test_E2_a_form_whose_words_would_stand_in_the_address_has_no_field_for_words() -> None:
    free = []
    for template in sorted(TEMPLATES.rglob("*.html")):
        for attributes, body in FORM.findall(template.read_text(encoding="utf-8")):
            sends = re.search(r'method="([^"]*)"', attributes)
            by_body = sends and (sends[1] in {"post", "dialog"} or "post" in sends[1])
            if not by_body and TYPED.search(body):
                free.append(f"{template.relative_to(TEMPLATES)}: <form{attributes[:70]}>")
    assert not free, 'E2: method="post", or "dialog" where a script sends it:\n' + "\n".join(free)


def test_E2_a_single_result_found_by_name_opens_without_the_name(
    client: FlaskClient, demo: dict[str, Any], known: str
) -> None:
    token = next(row["token"] for row in demo["staff"] if row["role"] == "window" and row["window"])
    headers = {"Authorization": f"Bearer {token}"}
    found = client.post("/issuing", data={"q": NAME}, headers=headers)
    assert found.status_code == 303 and re.fullmatch(r"/issuing/[\w-]+", found.headers["Location"])
    assert known in client.get(found.headers["Location"], headers=headers).text
