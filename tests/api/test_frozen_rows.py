"""What is frozen cannot be written over, on both databases, by whatever statement (M5, M7, M8, O3)."""

# ruff: noqa: S608 - the attacks are statements made here, of names that stand here
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hall import journal
from hall.unit_of_work import units
from tests.bulletins_at_work import Bulletins
from tests.findings_at_work import photo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

KEYS = {
    "attendance": (("id",), ("duty_id",)),
    "attendance_note": (("id",),),
    "bulletin": (("id",), ("rota_id", "year", "number")),
    "finding": (("id",), ("site_id", "year", "serial")),
    "finding_evidence": (("id",), ("finding_id", "shows", "digest")),
    "finding_step": (("id",),),
    "journal": (("id",), ("seq",)),
    "presence_code_use": (("session_id", "window_id", "minute"),),
    "presence_leaving": (("id",),),
    "presence_objection": (("leaving_id",),),
    "rota_person_was": (("id",),),
    "rota_session": (("id",), ("rota_id", "due_on"), ("rota_id", "held_on")),
    "sat_beside": (("attendance_id", "ticket_id"),),
}
"""Tables with frozen rows, and by which keys one could be written over."""
WHICH = {
    "bulletin": "state = 'frozen'",
    "finding": "state = 'closed'",
    "journal": "seq IS NOT NULL",
    "rota_session": "state = 'published'",
}
MAIN = {
    "attendance": "late_min",
    "attendance_note": "text",
    "bulletin": "sheet",
    "finding": "title",
    "finding_evidence": "name",
    "finding_step": "note",
    "journal": "data",
    "presence_code_use": "duty_id",
    "presence_leaving": "note",
    "presence_objection": "text",
    "rota_person_was": "name",
    "rota_session": "am_starts",
    "sat_beside": "clerk_id",
}
"""What somebody would like to change."""
FOREIGN = {"late_min": "{}.late_min + 1", "duty_id": "{}.duty_id + 1", "clerk_id": "{}.clerk_id + 1"}
"""Another value of it, as SQL; a text where nothing is said. Never reached: the row is refused before."""
AT = "1774842600000000"


@pytest.fixture
def app_with_records(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Iterator[Flask]:
    """Every one of these tables has a frozen row."""
    hall = Bulletins(client, demo)
    hall.held()
    hall.must("POST", f"/duties/{hall.duties[0]}/notes", {"text": "已约谈"})
    hall.work.draw()
    ledger = hall.findings
    key = ledger.rectified(title="灯坏了")
    ledger.add(key, photo(tint=10))
    ledger.step(key, "verify", "second", note="看过")
    ledger.step(key, "close")
    hall.step(hall.draft()["bulletin"], "sign-off", "second")
    with app.app_context():
        units().run(by_hand)
        yield app


def by_hand(session: Session) -> None:
    """Rows that need more of a day than this test has; every entry of the journal is sealed."""
    at = AT if session.get_bind().dialect.name == "sqlite" else "now()"
    sat = f"SELECT MAX(a.id), MAX(t.id), MAX(a.witnessed_by), {at} FROM attendance a, ticket t"
    left = f"SELECT MAX(id), 'unsigned', {at}, 0, {at}, '', '', '' FROM attendance"
    objected = f"SELECT MAX(l.id), {at}, MAX(s.id), '我在' FROM presence_leaving l, staff s"
    was = f"SELECT MAX(id), '张伟', '局长', {at} FROM rota_person"
    for statement in (
        f"INSERT INTO sat_beside (attendance_id, ticket_id, clerk_id, at) {sat}",
        f"INSERT INTO presence_leaving (attendance_id, how, left_at, early_min, at, said_as, reason, note) {left}",
        f"INSERT INTO rota_person_was (person_id, name, title, until) {was}",
        f"INSERT INTO presence_objection (leaving_id, at, staff_id, text) {objected}",
    ):
        session.execute(text(statement))
    while journal.seal(session):
        pass


def rows(session: Session, table: str) -> list[Any]:
    """Everything of it that is frozen."""
    where = f" WHERE {WHICH[table]}" if table in WHICH else ""
    return sorted(map(repr, session.execute(text(f"SELECT * FROM {table}{where}")).all()))


def columns(session: Session, table: str) -> list[str]:
    return list(session.execute(text(f"SELECT * FROM {table} WHERE 1 = 0")).keys())


def forgery(table: str) -> str:
    """What somebody would write into MAIN."""
    if table == "rota_session":
        return "'00:00'"
    return FOREIGN.get(MAIN[table], "'forged'").format(table)


def another(session: Session, table: str, own: tuple[str, ...] = ()) -> str:
    """SELECT of a frozen row with another content; `own`: with keys of its own except for these."""
    said = {MAIN[table]: forgery(table)}
    if own and own != ("id",) and "id" in columns(session, table):
        said["id"] = "id + 100000"
    named = [said.get(name, name) for name in columns(session, table)]
    where = f" WHERE {WHICH[table]}" if table in WHICH else ""
    return f"SELECT {', '.join(named)} FROM {table}{where} LIMIT 1"


def done(*statements: str) -> None:
    """In one transaction."""

    def act(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement))

    units().run(act)


def refused(table: str, *statements: str) -> None:
    """These statements are refused, and the frozen rows are what they were."""
    before = units().run(lambda session: rows(session, table))
    assert before, f"Nothing of {table} is frozen: the attack would prove nothing."
    with pytest.raises(IntegrityError, match=r"_stays|kept_as_written|bulletin_number"):
        done(*statements)
    assert units().run(lambda session: rows(session, table)) == before


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("table", KEYS)
def test_M5_M7_M8_O3_replace_writes_over_nothing_that_is_frozen(app_with_records: Flask, table: str) -> None:
    for key in KEYS[table]:
        forged = units().run(partial(another, table=table, own=key))
        refused(table, f"INSERT OR REPLACE INTO {table} {forged}")
        refused(table, f"REPLACE INTO {table} {forged}")


@pytest.mark.parametrize("table", KEYS)
def test_M5_M7_M8_O3_no_conflict_clause_changes_what_is_frozen(app_with_records: Flask, table: str) -> None:
    for key in KEYS[table]:
        forged = units().run(partial(another, table=table, own=key))
        column = MAIN[table]
        told = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {column} = {forgery(table)}"
        if forged.endswith(" FROM " + table + " LIMIT 1"):
            forged = forged.replace(" LIMIT 1", " WHERE 1 = 1 LIMIT 1")  # or SQLite takes ON for a join's
        refused(table, f"INSERT INTO {table} {forged} {told}")


@pytest.mark.parametrize("table", KEYS)
def test_M5_M7_M8_O3_frozen_rows_are_neither_deleted_and_written_again_nor_given_another_key(
    app_with_records: Flask, table: str
) -> None:
    where = f" WHERE {WHICH[table]}" if table in WHICH else ""
    first = KEYS[table][0][-1]
    again = units().run(lambda session: another(session, table))
    refused(table, f"DELETE FROM {table}{where}", f"INSERT INTO {table} {again}")
    if table != "rota_session":  # other rows refer to its key
        refused(table, f"UPDATE {table} SET {first} = {first} + 100000{where}")


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("table", "free"), [("bulletin", "draft"), ("finding", "assigned")])
def test_M7_M8_no_other_row_takes_the_key_of_a_frozen_one(
    app_with_records: Flask, table: str, free: str
) -> None:
    if table == "bulletin":
        done(_DRAFT)
    key = f"(SELECT id FROM {table} WHERE {WHICH[table]} LIMIT 1)"
    refused(table, f"UPDATE OR REPLACE {table} SET id = {key} WHERE state = '{free}'")


_DRAFT = (
    "INSERT INTO bulletin (site_id, rota_id, state, first, last, title, text, figures, figures_at, drafted_at, "
    "drafted_by, edited_at, edited_by, revision) SELECT site_id, rota_id, 'draft', first, last, title, text, figures, "
    "figures_at, drafted_at, drafted_by, edited_at, edited_by, 1 FROM bulletin LIMIT 1"
)


@pytest.mark.engines("sqlite")
def test_O3_sealing_takes_no_key_of_a_sealed_entry(app_with_records: Flask) -> None:
    forged = "INSERT INTO journal (at, actor, fact, subject, data) VALUES (1, 'staff:1', 'x', 'x', '{}')"
    refused("journal", forged, "UPDATE OR REPLACE journal SET seq = 1 WHERE seq IS NULL")


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("table", KEYS)
def test_M5_M7_M8_O3_truncate_takes_nothing_away(app_with_records: Flask, table: str) -> None:
    refused(table, f"TRUNCATE {table} CASCADE")


def test_O3_an_entry_that_is_not_sealed_yet_is_not_rewritten_either(app_with_records: Flask) -> None:
    at = "1" if units().run(lambda session: session.get_bind().dialect.name) == "sqlite" else "now()"
    forged = (
        f"INSERT INTO journal (at, actor, fact, subject, data) VALUES ({at}, 'staff:1', 'x', 'x', '{{}}')"
    )
    refused("journal", forged, "UPDATE journal SET actor = 'staff:2' WHERE seq IS NULL")


def test_M7_E2_of_a_closed_finding_the_citizen_is_forgotten_and_nothing_else_changes(
    app_with_records: Flask,
) -> None:
    for change in (
        "reached = 'content'",
        "cure = ''",
        "state = 'verified', closed_on = NULL",
        "citizen_shown = '王*'",
    ):
        refused("finding", f"UPDATE finding SET {change} WHERE state = 'closed'")
    forgotten = "UPDATE finding SET citizen_sealed = NULL, phone_sealed = NULL, citizen_shown = ''"
    done(f"{forgotten} WHERE state = 'closed'")


@pytest.mark.engines("sqlite")
def test_every_table_that_refuses_to_lose_rows_refuses_to_have_them_written_over(
    app: Flask, demo: Any
) -> None:
    """A table with a new trigger of this kind belongs into KEYS above, and into a migration as 0054."""
    wanted = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    with app.app_context():
        found = units().run(lambda session: session.execute(text(wanted)).all())
    losing = {row.tbl_name for row in found if "BEFORE DELETE" in row.sql.upper()}
    over = {
        row.tbl_name for row in found if "EXISTS (SELECT 1 FROM" in row.sql and "BEFORE INSERT" in row.sql
    }
    assert losing - over == set()
    assert losing == set(KEYS)
