"""Texts planted in every Monday table, and everything of it that the public can reach, for a test that finds none."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, String, cast, literal, select, update

from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC
from hall.actor import PUBLIC_ACTOR
from hall.applicants.vault import Vault
from hall.database import Base, db
from hall.live.channel import room_of
from hall.rota.models import RotaPerson
from hall.unit_of_work import units
from tests.api.test_permissions import declared, rules
from tests.planting import check_again, let_write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

MARK = "leak0"
TOPIC = "site:xixian:monday"
STARTS = (
    "/",
    "/receptions",
    "/receptions/xixian",
    "/screen/mondays/xixian",
    "/mondays/book",
    "/receptions/bulletins",
)
OURS = ("/receptions", "/screen/mondays", "/mondays", "/calendars", "/api/v1/sites/xixian/receptions")
"""Where receptions are told; the rest of the house has tests of its own."""

TOLD = {
    "rota": {"code", "name", "name_en"},
    "rota_body": {"name", "name_en"},
    "rota_person": {"name", "title"},  # heads; who has no seat is planted below
    "rota_person_was": {"name", "title"},  # as they were called on held days
    "duty": {"matters"},
    "finding": {"title"},  # may stand in a bulletin, and the form says so
    "rota_session": {"cancelled_because"},
    "bulletin": {"title", "text", "figures", "sheet", "digest"},
}
"""What the public may read of a table; everything else that is text is planted, columns of tomorrow too."""

CLOSED = {
    "state", "part", "basis", "because", "quarter", "why", "post", "how", "left_how", "kind", "source", "reached",
    "what", "shows", "sort", "said_as", "reason", "holiday_rule", "am_starts", "am_ends", "pm_starts", "pm_ends",
    "nonce", "phone_trace", "digest",
}  # fmt: skip
"""Words of closed lists, times and keys: nobody writes in them."""


def monday_tables() -> list[Any]:
    """The tables of receptions."""
    ours = [one.class_ for one in Base.registry.mappers if one.class_.__module__.startswith("hall.rota")]
    return sorted((one.__table__ for one in ours), key=lambda table: str(table.name))


def planted(table: Any) -> list[Any]:
    """The columns of a table in which the public may read nothing."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, (String, LargeBinary))
        and column.name not in CLOSED | TOLD.get(str(table.name), set())
    ]


def plant(app: Flask) -> dict[str, str]:
    """Write a mark of its own into each of them, sealed where it is sealed; answers the columns by their mark."""
    with app.app_context():
        vault = Vault(app.config["HALL"].keys)
        marks: dict[str, str] = units().run(lambda session: _plant(session, vault))
    return marks


def _plant(session: Any, vault: Vault) -> dict[str, str]:
    let_write(session)
    marks: dict[str, str] = {}
    for table in monday_tables():
        columns = planted(table)
        assert not columns or session.execute(select(table)).first(), f"nothing is planted in {table.name}"
        for column in columns:
            mark = f"{MARK}{len(marks):03d}"
            marks[mark] = f"{table.name}.{column.name}"
            value = vault.seal(mark) if isinstance(column.type, LargeBinary) else mark
            session.execute(update(table).values({column.name: value}))
    for owner, whose in ((RotaPerson, RotaPerson.post == "liaison"), (Staff, Staff.role == "director")):
        mark = f"{MARK}{len(marks):03d}"  # who signs up for others is on no list, an account's name nobody's business
        marks[mark] = f"{owner.__tablename__}.name"
        session.execute(update(owner).where(whose).values(name=literal(mark) + cast(owner.id, String)))
    check_again(session)
    return marks


def reached(client: FlaskClient) -> dict[str, str]:
    """Everything a stranger reads: pages by their links, the interface, feeds, files, what the live channel tells."""
    seen: dict[str, str] = {}
    waiting = [*STARTS, *_interface(client.application)]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 400:
            continue
        said = client.get(path)
        seen[path] = _read(said)
        if said.content_type.startswith("text/html"):
            waiting += _links(said.get_data(as_text=True))
    with client.application.app_context():
        publisher = client.application.extensions["hall_publisher"]
        room = room_of(TOPIC, PUBLIC_ACTOR, client.application.config["HALL"].keys.tokens)
        seen[TOPIC] = str(publisher.state(db.session(), room, 1))
    return seen


def _interface(app: Flask) -> Iterator[str]:
    """Public addresses of the interface that need no token."""
    given = {"site": "xixian", "code": "directors", "year": "2026", "number": "1"}
    for method, _endpoint, rule in rules(app):
        if method == "GET" and declared(app, rule) == str(PUBLIC) and set(rule.arguments) <= set(given):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], rule.rule)


def _links(page: str) -> Iterator[str]:
    for path in re.findall(r'(?:href|data-address)="(/[^"#]*)"', page):
        if path.startswith(OURS):
            yield unescape(path)
            if path.startswith(("/receptions", "/screen/mondays")) and "?" not in path:
                yield f"{path}?part=1"


def _read(said: Any) -> str:
    if "wordprocessing" in said.content_type:
        with zipfile.ZipFile(io.BytesIO(said.data)) as parts:
            return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    whole: str = said.data.decode(errors="replace")
    return whole.replace("\r\n ", "") if said.content_type.startswith("text/calendar") else whole
