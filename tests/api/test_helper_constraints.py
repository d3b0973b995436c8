"""What the database itself keeps from being double: a helper's five minutes, a person's booking of a matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall import tokens
from hall.catalog.models import Line
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.slots import cell_at
from hall.unit_of_work import units

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.orm import Session

NINE = datetime(2026, 12, 1, 1, tzinfo=UTC)


def booking(session: Session, **more: Any) -> Booking:
    """A confirmed booking of the demo's first helper, straight in the table."""
    helper = session.scalars(select(Helper).order_by(Helper.id)).first()
    line = session.scalars(select(Line).order_by(Line.id)).first()
    assert helper is not None and line is not None
    row = {
        "site_id": helper.site_id,
        "nonce": tokens.new_nonce(),
        "state": "confirmed",
        "kind": "assist",
        "channel": "phone",
        "helper_id": helper.id,
        "line_id": line.id,
        "matter": f"line:{line.id}",
        "starts_at": NINE,
        "ends_at": NINE + timedelta(minutes=30),
        "cell_from": cell_at(NINE),
        "cell_until": cell_at(NINE) + 6,
        "because": "only",
        "made_at": NINE,
        "phone_trace": b"p" * 32,
        **more,
    }
    made = Booking(**row)
    session.add(made)
    session.flush()
    return made


def refused(app: Flask, body: Callable[[Session], Any], constraint: str) -> None:
    """The database refuses this by the constraint; SQLite names the columns instead of an index."""
    with app.app_context(), pytest.raises(IntegrityError) as told:
        units().run(body)
    assert any(word in str(told.value.orig) for word in constraint.split("|")), told.value.orig


def test_H2_the_database_gives_a_helper_s_five_minutes_away_once(app: Flask, demo: dict[str, Any]) -> None:
    def twice(session: Session) -> None:
        for trace in (b"a" * 32, b"b" * 32):
            made = booking(session, phone_trace=trace)
            session.add(BookingCell(helper_id=made.helper_id, cell=made.cell_from, booking_id=made.id))
            session.flush()

    refused(app, twice, "pk_booking_cell|booking_cell.helper_id, booking_cell.cell")


@pytest.mark.parametrize("whose", ["phone", "number"])
def test_H3_the_database_keeps_one_live_booking_a_person_and_matter(
    app: Flask, demo: dict[str, Any], whose: str
) -> None:
    traces = {"phone_trace": None, f"{whose}_trace": b"x" * 32}

    def twice(session: Session) -> None:
        booking(session, **traces)
        booking(session, state="arrived", **traces)

    refused(app, twice, f"uq_booking_{whose}|booking.{whose}_trace")

    def after_the_first(session: Session) -> None:
        booking(session, state="cancelled", **traces)
        booking(session, **traces)
        booking(session, **traces | {"matter": "line:0"})
        booking(session, phone_trace=None), booking(session, phone_trace=None)

    with app.app_context():
        units().run(after_the_first)


def test_H3_a_hold_has_its_end_and_nothing_else_has(app: Flask, demo: dict[str, Any]) -> None:
    refused(app, lambda session: booking(session, state="held"), "ck_booking_held_until")
    refused(app, lambda session: booking(session, held_until=NINE), "ck_booking_held_until")
