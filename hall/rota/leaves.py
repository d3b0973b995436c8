"""How many leaves a body has had in a quarter, and whether one more is within the limit (M4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.errors import Conflict, Invalid
from hall.rota.models import RotaBody
from hall.rota.wish_models import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from hall.rota.models import Rota
    from hall.unit_of_work import Work

BEYOND = ("leadership", "flood")
"""What the manager may approve beyond the limit, with a reason: neither is of the department's own choice."""
MOST = 13
WORDS = 200


def used(session: Session, bodies: Iterable[int]) -> dict[tuple[int, str], int]:
    """Leaves of these bodies that count, by body and quarter; those approved beyond the limit are not among them."""
    wanted = (
        select(Wish.body_id, Wish.quarter, func.count())
        .where(Wish.body_id.in_(bodies), Wish.place.is_not(None))
        .group_by(Wish.body_id, Wish.quarter)
    )
    return {(body, quarter): int(count) for body, quarter, count in session.execute(wanted)}


def can_ask(work: Work, rota: Rota, body_id: int, quarter: str, reason: str) -> None:
    """Nothing is asked that nobody could approve. Raises Conflict (`leave_limit`)."""
    if reason not in BEYOND and used(work.session, [body_id]).get((body_id, quarter), 0) >= rota.leaves:
        raise _over(rota)


def place_for(work: Work, rota: Rota, wish: Wish, beyond: str) -> dict[str, int | str]:
    """Which leave of its quarter it is, or why it goes beyond; two at once are never both the last one.

    The body is kept from others meanwhile, and an index holds the places apart. Raises Conflict (`leave_limit`),
    Invalid (`beyond`).
    """
    work.session.execute(
        select(RotaBody.id).where(RotaBody.id == wish.body_id).with_for_update(key_share=True)
    )
    taken = set(
        work.session.scalars(
            select(Wish.place).where(
                Wish.body_id == wish.body_id, Wish.quarter == wish.quarter, Wish.place.is_not(None)
            )
        )
    )
    if len(taken) < rota.leaves:
        return {"place": min(set(range(1, len(taken) + 2)) - taken)}
    if wish.reason not in BEYOND:
        raise _over(rota)
    why = " ".join(beyond.split())[:WORDS]
    if not why:
        said = _l(
            "The %(limit)s leaves of this quarter are used up. Say why this one is approved all the same.",
            limit=rota.leaves,
        )
        raise Invalid(said, errors={"beyond": [said]})
    return {"beyond": why}


def _over(rota: Rota) -> Conflict:
    return Conflict(
        _l(
            "The department has had its %(limit)s leaves of this quarter. Beyond it only a meeting of the county "
            "leadership or flood duty; else a swap or a stand-in.",
            limit=rota.leaves,
        ),
        code="leave_limit",
    )
