"""What is said of calls for help: to whoever called, to a helper, on the floor. Small whole states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hall import clock, tokens
from hall.errors import NotFound
from hall.helpers.calls import queries, rules
from hall.helpers.calls.duty import on_duty
from hall.helpers.records import HelpCall
from hall.queueing.payloads import local

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.helpers.calls.duty import OnDuty
    from hall.helpers.calls.queries import CallView
    from hall.sites import Site


def help_call(session: Session, call_id: int, key: bytes) -> dict[str, Any]:
    """The state of a call, for whoever called: where it stands, who comes, since when (H5). Raises NotFound."""
    row = session.get(HelpCall, call_id)
    if row is None:
        raise NotFound(str(call_id), code="unknown_call")
    return call_state(queries.view(session, row, clock.now()), key)


def call_state(call: CallView, key: bytes) -> dict[str, Any]:
    """A call as whoever called reads it. The helper's name and badge are told once somebody comes."""
    zone, token = ZoneInfo(call.zone), token_of(key, call)
    coming = call.helper_name is not None and call.state in {*rules.COMING, "ended"}
    return {
        "token": token,
        "topic": f"help:{token}",
        "site": call.site,
        "state": call.state,
        "channel": call.channel,
        "number": call.number,
        "needs": list(call.needs),
        "called_at": local(call.called_at, zone),
        "answer_by": local(call.answer_by, zone),
        "accepted_at": local(call.accepted_at, zone),
        "waited_s": rules.waited_s(call.called_at, call.accepted_at),
        "helper": {"name": call.helper_name, "badge": call.badge} if coming else None,
        "as_of": local(clock.now(), zone),
    }


def staff_state(call: CallView, key: bytes) -> dict[str, Any]:
    """A call as helpers and the floor read it: also where it comes from."""
    return {
        **call_state(call, key),
        "where": call.where,
        "where_en": call.where_en,
        "lang": call.lang,
        "because": call.because,
    }


def for_floor(session: Session, site: Site, key: bytes) -> dict[str, Any]:
    """The open calls of a hall, oldest first, and the helpers who are there."""
    now = clock.now()
    return {
        "help": [staff_state(call, key) for call in queries.open_calls(session, site, now)],
        "helpers": [_on_floor(one) for one in on_duty(session, site, now)],
    }


def _on_floor(one: OnDuty) -> dict[str, Any]:
    return {
        "badge": one.badge,
        "name": one.name,
        "state": one.state,
        "skills": sorted(skill for skill in one.skills if not skill.startswith("bundle:")),
    }


def token_of(key: bytes, call: CallView) -> str:
    """The token of a call."""
    return tokens.token_of(key, "help", call.nonce)
