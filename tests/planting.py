"""Words of people planted wherever a hall keeps any: names, numbers, telephones, addresses, what they wrote (E2, Q11).

`plant` overwrites every sealed column and every plain one that can hold such words, in all rows of a hall. What is
masked by design (`…_shown`) stays as the product made it of what was typed. Nothing that the public reaches may hold
any of `WORDS`; `found_in` says which a text does.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import CheckConstraint, Column, String, UniqueConstraint, text, update

from hall.applicants.resealing import sealed_columns
from hall.applicants.vault import Vault
from hall.database import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.keyring import Keys

NAME, PHONE, NUMBER = "欧阳植入", "13977776666", "440308199901101512"
ADDRESS, TEXT, STAFF = "植入镇深埋街九十九号", "植入的家事细节", "诸葛植入"
WORDS = (NAME, PHONE, NUMBER, ADDRESS, TEXT, STAFF)
SEALED = {
    "name_sealed": NAME, "citizen_sealed": NAME, "phone_sealed": PHONE, "number_sealed": NUMBER,
    "agent_number_sealed": NUMBER, "address_sealed": ADDRESS,
}  # fmt: skip
"""By column; every other sealed column holds what somebody wrote."""
ANSWERED = {"hard_matter.promise_sealed", "hard_matter.outcome_sealed"}
"""What a head promised is read by whoever holds the matter's code: it is said to them."""
NAMES = {
    "applicant.name", "delivery.taker", "filing.agent_name", "filing.name", "registered_agent.name", "signing.taker",
}  # fmt: skip
OWN = {"licence.name": NAME, "licence.number": NUMBER, "staff.name": STAFF} | dict.fromkeys(NAMES, NAME)
"""Plain columns that hold something else than what somebody wrote."""

OPEN = {
    "what the hall offers and where, for everybody to read": {
        "bundle", "calendar_day", "calendar_year", "department", "former_content", "line", "material", "notice",
        "service_item", "service_window", "site", "situation", "special_opening", "special_procedure", "help_exclusion",
    },
    "who receives when, and bulletins: tests/leaks.py looks through these, column by column": {
        "bulletin", "duty", "rota", "rota_body", "rota_person", "rota_person_was", "rota_session",
    },
    "the chain of the journal, which nobody may write in; a test of its own looks through it": {"journal"},
    "answers kept for a day, sealed, and figures that only the hall works out": {"idempotent_answer", "line_pace"},
}  # fmt: skip
"""Whole tables, and why what stands in them is no secret of anybody, or is looked through elsewhere."""
TOLD = {
    "its holder reads it with the code of the case": {
        "notice_line.copies", "notice_line.material", "notice_line.problem", "notice_line.still_wrong",
        "notice_line.wanted", "notice_line.where_to_get", "one_time_notice.basis", "one_time_notice.consequence",
        "service_case.number", "service_case.reasons", "service_case.result_name", "service_case.result_number",
        "filing_paper.condition", "filing_paper.condition_en", "filing_paper.name", "filing_paper.name_en",
        "filing_paper.source", "filing.subject", "clock_stop.basis", "clock_stop.procedure",
        "service_case.extension_reason", "delivery.tracking",
    },
    "its title may stand in a bulletin, and the form says so": {"finding.title"},
    "what the hall is fitted with: names of machines, where help is wanted": {
        "device.cover", "device.name", "device.paper", "help_call.place",
    },
    "tokens and digests of files, which are looked up and not written": {
        "delivery.signature", "help_record.mandate_file", "number_range.memory", "signing.signature",
        "staff.password_hash", "staffing.seat",
    },
}  # fmt: skip
WORDS_OF_LISTS = {
    "accepted_basis", "agent_number_kind", "arrived_by", "basis", "because", "call_reason", "channel", "decision",
    "delivered_by_way", "ended_by", "hold_reason", "kind", "lane_reason", "needs", "number_kind", "outcome", "party",
    "problem", "reason", "result", "role", "topic",
}  # fmt: skip
"""Columns of at most `LIST_WORD` signs (`needs`: more) with words of lists that the product holds."""
LIST_WORD = 40


def planted_columns() -> dict[str, str]:
    """Every plain column of text that can hold people's words, by `table.column`, and what is planted there.

    Of a column that the metadata gains tomorrow nothing is said here: it is planted, unless it is a key, a code or a
    word of a list by its constraints. Whatever then shows is a hole, or a row of `OPEN` or `TOLD` with its reason.
    """
    open_tables, told = set().union(*OPEN.values()), set().union(*TOLD.values())
    return {
        str(column): OWN.get(str(column), TEXT)
        for table in Base.metadata.sorted_tables
        if table.name not in open_tables
        for column in table.columns
        if isinstance(column.type, String) and str(column) not in told and not _is_code(column)
    }


def _is_code(column: Column[Any]) -> bool:
    """Keys, what must be unique, words of a list, what is too short for any, and what is masked by design."""
    table: Any = column.table
    if str(column) in OWN:
        return False
    length = column.type.length or 1_000  # type: ignore[attr-defined] # of a String
    if column.primary_key or column.name.endswith("_shown") or length < len(TEXT):
        return True
    if column.name in WORDS_OF_LISTS and (length <= LIST_WORD or column.name == "needs"):
        return True
    rules = [one for one in (*table.constraints, *table.indexes) if _is_unique(one)]
    unique = {part.name for one in rules for part in one.columns}
    checks = " ".join(str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    return column.name in unique or bool(re.search(rf"\b{column.name} IN \(", checks))


def _is_unique(one: Any) -> bool:
    return isinstance(one, UniqueConstraint) or bool(getattr(one, "unique", False))


def plant(session: Session, keys: Keys) -> set[str]:
    """Overwrite; answers the columns (`table.column`) of which at least one row now holds a planted word."""
    vault, done = Vault(keys), set()
    for column in sealed_columns():
        if str(column) in ANSWERED:
            continue
        sealed = vault.seal(SEALED.get(column.name, TEXT))
        changed: Any = session.execute(update(column.table).values({column: sealed}))
        done |= {str(column)} if changed.rowcount else set()
    let_write(session)
    for name, word in planted_columns().items():
        table_name, column_name = name.split(".")
        changed = session.execute(update(Base.metadata.tables[table_name]).values({column_name: word}))
        done |= {name} if changed.rowcount else set()
    check_again(session)
    return done


def let_write(session: Session) -> None:
    """Records that are only added to have triggers that keep them as they are, and this writes in them.

    Checks of which text goes with which state stand aside, too.
    """
    if session.get_bind().dialect.name == "sqlite":
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        return
    for table in Base.metadata.sorted_tables:
        session.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
        for one in table.constraints:
            if isinstance(one, CheckConstraint) and one.name:
                name = f"ck_{table.name}_{str(one.name).removeprefix(f'ck_{table.name}_')}"
                session.execute(text(f'ALTER TABLE "{table.name}" DROP CONSTRAINT IF EXISTS "{name}"'))


def check_again(session: Session) -> None:
    """What is written from here on is checked again, where that can be told."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA ignore_check_constraints = OFF"))


def found_in(said: str, words: tuple[str, ...] = WORDS) -> list[str]:
    """What was planted and stands in this text, also as JSON, an address, hexadecimal or base64 would write it."""
    folded = said.replace("\r\n ", "").replace("\n ", "")  # calendars fold their lines
    return [word for word in words if any(sign in said or sign in folded for sign in _written(word))]


def _written(word: str) -> tuple[str, ...]:
    raw = word.encode()
    return (
        word,
        json.dumps(word)[1:-1],
        quote(word),
        quote(word).lower(),
        raw.hex(),
        base64.b64encode(raw).decode()[:-4],
    )
