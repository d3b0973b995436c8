"""What time alone changes: a call that nobody has accepted becomes the manager's (H5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import topics
from hall.helpers.calls import rules
from hall.helpers.calls.queries import team_ids
from hall.helpers.records import HelpCall
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def calls_passing(session: Session, since: datetime, until: datetime) -> set[str]:
    """Topics of the calls whose time to be answered ended after `since`, up to `until`."""
    found: set[str] = set()
    for row in session.scalars(select(HelpCall).where(HelpCall.state == "ringing")):
        site = session.get_one(Site, row.site_id)
        if since < rules.answer_by(row.called_at, site.settings.help_answer_s) <= until:
            found |= {topics.help_call(row.id), topics.floor(site.code)}
            found |= {topics.helper(helper) for helper in team_ids(session, site.id)}
    return found
