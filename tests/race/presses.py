"""Several people press at the same moment, each in a browser of their own: what tests of such moments share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hall.database import db
from hall.queueing.models import Ticket
from tests.desk_at_work import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def together(*presses: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(presses)) as pool:
        return [future.result() for future in [pool.submit(press) for press in presses]]


def own(desk: Desk) -> Desk:
    """The same hall, asked by another browser."""
    return Desk(desk.client.application.test_client(), desk.demo)


def clerk_of(desk: Desk, window: str) -> str:
    return str(next(row["token"] for row in desk.demo["staff"] if row["window"] == window))


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        rows = db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
        return {row[0]: row[1] for row in rows}
