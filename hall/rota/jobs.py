"""What time alone does to receptions: drafts get their day, wishes that nobody answered come to nothing (M1, M4)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.jobs import Job
from hall.rota.exchanging import lapse_swaps
from hall.rota.generating import make_term
from hall.rota.models import Rota, RotaSession
from hall.rota.presence.absences import find_absences
from hall.rota.presence.leaving import close_unsigned
from hall.rota.wishing import lapse_wishes

if TYPE_CHECKING:
    from hall.unit_of_work import Work


def date_drafts(work: Work, _command: None) -> int:
    """Sessions that waited for their calendar have a day as soon as it is confirmed. Can run twice."""
    waiting = (
        select(Rota, RotaSession.due_on)
        .join(RotaSession, RotaSession.rota_id == Rota.id)
        .where(RotaSession.state == "draft", RotaSession.why == "unconfirmed", Rota.retired_at.is_(None))
        .order_by(Rota.id, RotaSession.due_on)
    )
    done = 0
    for (rota, _year), rows in groupby(work.session.execute(waiting).all(), _rota_and_year):
        days = [due_on for _rota, due_on in rows]
        done += make_term(work, rota, days[0], days[-1]).dated
    return done


def _rota_and_year(row: tuple[Rota, date]) -> tuple[Rota, int]:
    return row[0], row[1].year


JOBS = (
    Job("lapse_swaps", timedelta(minutes=10), lapse_swaps),
    Job("lapse_turn_wishes", timedelta(minutes=10), lapse_wishes),
    Job("find_absences", timedelta(minutes=5), find_absences),
    Job("close_unsigned", timedelta(minutes=5), close_unsigned),
)
