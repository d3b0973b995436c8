"""I10, E2: whatever people give at windows, desks, kiosks and phones, no table holds it as it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.database import Base, db
from tests import booking_at_work, matters_at_work
from tests.api.test_planted import Lively
from tests.booking_at_work import Front, tomorrow
from tests.intake_at_work import NUMBER

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

OTHER, DRAWN = "440524188001010014", "13700137001"
TYPED = {
    "the applicant's number": NUMBER,
    "the applicant's telephone": "13922223333",
    "a booking's number": OTHER,
    "a booking's telephone": booking_at_work.PHONE,
    "a hard matter's telephone": matters_at_work.PHONE,
    "a finding's telephone": "13812345678",
    "a ticket's telephone": DRAWN,
}
KEPT_IN = {"applicant", "booking", "claim", "filing", "finding", "hard_matter", "journal", "ticket"}


@pytest.fixture
def lively(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Lively:
    found = Lively(client, demo)
    front = Front(client, demo)
    front.booked(tomorrow(14), id_number=OTHER, bundle="xixian-restaurant")
    drawn = front.ask(
        "POST", "/tickets", {"line": "xixian-a", "person": {"phone": DRAWN}}, who=demo["kiosk"]["token"]
    )
    assert drawn.status_code == 201, drawn.text
    return found


def test_I10_no_table_holds_a_number_or_a_telephone_as_it_was_typed(app: Flask, lively: Lively) -> None:
    assert lively.tokens
    filled, plain = set(), []
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)).mappings():
                filled.add(table.name)
                plain += [
                    f"{whose} in {table.name}.{column}"
                    for column, value in row.items()
                    for whose, typed in TYPED.items()
                    if typed.casefold() in _written(value)
                ]
    assert filled >= KEPT_IN, f"Nothing was kept in {KEPT_IN - filled}: this proves too little."
    assert not plain, f"I10: kept as it was typed: {plain}"


def _written(value: Any) -> str:
    """Bytes as they would stand in a dump, and everything else in its words."""
    return (value.decode("latin-1") if isinstance(value, bytes) else str(value)).casefold()
