"""Words of people planted wherever a hall keeps any: names, numbers, telephones, addresses, what they wrote (E2, Q11).

`plant` overwrites every sealed column and every plain one that can hold such words, in all rows of a hall. What is
masked by design (`…_shown`) stays as the product made it of what was typed. Nothing that the public reaches may hold
any of `WORDS`; `found_in` says which a text does.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import update

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
PLAIN = {
    "absence": {"said": TEXT},
    "applicant": {"name": NAME},
    "booking_pardon": {"reason": TEXT},
    "case_note": {"text": TEXT},
    "checklist_tick": {"note": TEXT},
    "delivery": {"taker": NAME, "note": TEXT},
    "duty_swap": {"note": TEXT},
    "duty_wish": {"note": TEXT},
    "filing": {"name": NAME, "agent_name": NAME, "remarks": TEXT},
    "finding": {"detail": TEXT, "cure": TEXT},
    "help_record": {"mandate_scope": TEXT, "progress": TEXT},
    "licence": {"name": NAME, "number": NUMBER},
    "registered_agent": {"name": NAME},
    "signing": {"taker": NAME},
    "staff": {"name": STAFF},
    "ticket_note": {"text": TEXT},
    "walk": {"conclusion": TEXT},
    "walk_step": {"remark": TEXT},
}


def plant(session: Session, keys: Keys) -> set[str]:
    """Overwrite; answers the columns (`table.column`) of which at least one row now holds a planted word."""
    vault, done = Vault(keys), set()
    for column in sealed_columns():
        if str(column) in ANSWERED:
            continue
        sealed = vault.seal(SEALED.get(column.name, TEXT))
        changed: Any = session.execute(update(column.table).values({column: sealed}))
        done |= {str(column)} if changed.rowcount else set()
    for name, columns in PLAIN.items():
        table = Base.metadata.tables[name]
        for column_name, word in columns.items():
            changed = session.execute(update(table).values({column_name: word}))
            done |= {f"{name}.{column_name}"} if changed.rowcount else set()
    return done


def found_in(text: str, words: tuple[str, ...] = WORDS) -> list[str]:
    """What was planted and stands in this text, also as JSON, an address, hexadecimal or base64 would write it."""
    folded = text.replace("\r\n ", "").replace("\n ", "")  # calendars fold their lines
    return [word for word in words if any(sign in text or sign in folded for sign in _written(word))]


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
