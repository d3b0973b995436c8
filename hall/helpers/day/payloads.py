"""What a helper's page says: one small whole state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hall import clock
from hall.accounts.models import Staff
from hall.errors import NotFound
from hall.helpers.calls import payloads as calls
from hall.helpers.calls import queries
from hall.helpers.calls.duty import on_duty
from hall.helpers.models import Helper
from hall.queueing.payloads import local
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def helper(session: Session, helper_id: int, key: bytes) -> dict[str, Any]:
    """The day of one helper as it stands. Raises NotFound."""
    row = session.get(Helper, helper_id)
    if row is None:
        raise NotFound(str(helper_id), code="unknown_helper")
    site, now = session.get_one(Site, row.site_id), clock.now()
    team = on_duty(session, site, now)
    me = next((one for one in team if one.id == row.id), None)
    opened = queries.open_calls(session, site, now)
    ringing = queries.ringing_for(team, row.id, opened)
    return {
        "badge": row.badge,
        "name": session.get_one(Staff, row.staff_id).name,
        "here": me is not None,
        "doing": me.state if me else "away",
        "calls": [calls.staff_state(call, key) for call in ringing],
        "mine": [calls.staff_state(call, key) for call in opened if call.helper_id == row.id],
        "as_of": local(now, site.zone),
    }
