"""What can be booked of what somebody looks for; what cannot is told with its reason (H1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall.catalog import queries
from hall.helpers import matters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from hall.sites import Site


def choice(
    session: Session, site: Site, kind: str, keys: Sequence[tuple[str, int]]
) -> tuple[list[queries.Offer], list[tuple[queries.Offer, str]]]:
    """What of these can have this kind of help, and what cannot with the reason in words (H1)."""
    barred = matters.barred(session, site.id, kind)
    out = [one for one in keys if f"{one[0]}:{one[1]}" in barred]
    reasons = {key: barred[f"{key[0]}:{key[1]}"] for key in out}
    told = [(key, offer) for key in out for offer in queries.offers(session, [key])]
    left_out = [(offer, str(matters.EXCLUDED.get(reasons[key], reasons[key]))) for key, offer in told]
    return queries.offers(session, [one for one in keys if one not in reasons]), left_out
