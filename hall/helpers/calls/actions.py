"""Help now (H5): calling, accepting, handing back, sending somebody, ending. One verb a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import tokens
from hall.accounts.access import of_site
from hall.actor import ActorKind
from hall.errors import Conflict, NotFound
from hall.helpers import rules as choosing
from hall.helpers.calls import facts, queries, rules
from hall.helpers.calls.duty import candidates
from hall.helpers.calls.models import HelperPresence
from hall.helpers.calls.placing import open_at, place_of
from hall.helpers.ledger.opening import open_record
from hall.helpers.models import Helper
from hall.helpers.records import HelpCall
from hall.helpers.states import CALL_MOVES
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import datetime

    from hall.helpers.calls.commands import CallHelp, OnCall
    from hall.helpers.calls.queries import CallView
    from hall.helpers.rules import Choice
    from hall.unit_of_work import Work

NEXT = HelpCall.revision + 1


def call_help(work: Work, command: CallHelp) -> CallView:
    """Call for help: all free helpers hear it. A second press is the same call. Raises Conflict, Refused, TooMany."""
    place = place_of(work, command)
    known = open_at(work.session, place)
    if known is not None:
        return queries.view(work.session, known, work.now)
    row = HelpCall(
        site_id=place.site.id,
        nonce=tokens.new_nonce(),
        state="ringing",
        channel=place.channel,
        device_id=place.device_id,
        window_id=place.window_id,
        ticket_id=place.ticket_id,
        needs=",".join(sorted(set(command.needs))),
        lang=command.lang,
        called_at=work.now,
        called_by=work.actor.id if work.actor.kind is ActorKind.STAFF else None,
    )
    work.session.add(row)
    work.session.flush()
    _record(work, facts.HelpCalled, row)
    return queries.view(work.session, row, work.now)


def accept(work: Work, command: OnCall) -> CallView:
    """A helper comes: the first who says so (H5). Raises Conflict when somebody was faster, or one is busy."""
    row = _row(work, command)
    helper = queries.helper_of(work.session, work.actor)
    of_site(work.actor, row.site_id)
    return _answer(work, row, helper, "answered")


def send(work: Work, command: OnCall) -> CallView:
    """The manager sends a helper: the one named, else by the rule (H6). Raises Conflict where nobody is free."""
    row = _row(work, command)
    of_site(work.actor, row.site_id)
    site = work.session.get_one(Site, row.site_id)
    free = queries.free_now(work.session, site, work.now)
    named = next((one for one in free if one.badge == command.helper), None)
    if command.helper and named is None:
        raise Conflict(_l("This helper is not free now."), code="not_free")
    heard = rules.hear(free, frozenset(filter(None, row.needs.split(","))))
    those = candidates(work.session, site, work.now, free if named else heard)
    choice = choosing.assign(those, frozenset(), None, chosen=named.id if named else None)
    if choice is None:
        raise Conflict(
            _l("No helper is free now. Please go there yourself, or send a colleague."), code="nobody_free"
        )
    helper = work.session.get_one(Helper, choice.helper_id)
    return _answer(work, row, helper, choice.because, choice)


def _answer(
    work: Work, row: HelpCall, helper: Helper, because: str, choice: Choice | None = None
) -> CallView:
    if row.helper_id == helper.id and row.state == "accepted":
        return queries.view(work.session, row, work.now)  # pressed twice
    if row.state in rules.COMING:
        raise Conflict(_l("A colleague is already on the way."), code="taken")
    _busy(work, helper)
    work.move(
        CALL_MOVES,
        row,
        "accept",
        helper_id=helper.id,
        accepted_at=work.now,
        because=because,
        because_load_min=choice.load_min if choice else None,
        because_among=choice.among if choice else None,
        revision=NEXT,
    )
    seconds = rules.waited_s(row.called_at, work.now)
    _record(work, facts.HelpAnswered, row, badge=helper.badge, assigned=because, seconds=seconds)
    return queries.view(work.session, row, work.now)


def _busy(work: Work, helper: Helper) -> None:
    """One at a time; a constraint says so, too. Raises Conflict."""
    work.session.execute(select(Helper.id).where(Helper.id == helper.id).with_for_update())
    mine = select(HelpCall.id).where(
        HelpCall.helper_id == helper.id, HelpCall.state.in_(sorted(rules.COMING))
    )
    if work.session.scalar(mine.limit(1)) is not None:
        raise Conflict(_l("You are with somebody already. End that first, or hand it back."), code="busy")


def hand_back(work: Work, command: OnCall) -> CallView:
    """The helper cannot come: it rings again, for all. Raises Conflict for a call that is not one's own."""
    row, helper = _mine(work, command)
    work.move(CALL_MOVES, row, "hand_back", helper_id=None, accepted_at=None, because=None, revision=NEXT)
    _record(work, facts.HelpHandedBack, row, badge=helper.badge)
    return queries.view(work.session, row, work.now)


def meet(work: Work, command: OnCall) -> CallView:
    """The helper is there: a line of the ledger begins (H7)."""
    row, helper = _mine(work, command)
    if row.state != "with":
        work.move(CALL_MOVES, row, "meet", met_at=work.now, revision=NEXT)
        _record(work, facts.HelpMet, row, badge=helper.badge)
        open_record(work, helper, "assist", call=row)
    return queries.view(work.session, row, work.now)


def nobody_there(work: Work, command: OnCall) -> CallView:
    """The helper came, and nobody was there."""
    row, helper = _mine(work, command)
    return _end(work, row, "end", "nobody", helper.badge)


def settle(work: Work, command: OnCall) -> CallView:
    """The manager has seen to it in person."""
    row = _row(work, command)
    of_site(work.actor, row.site_id)
    return _end(work, row, "settle", "manager")


def cancel(work: Work, command: OnCall) -> CallView:
    """Take it back: by whoever called (the token is the right), or by the staff. Doing it twice changes nothing."""
    row = _row(work, command)
    if row.state == "cancelled":
        return queries.view(work.session, row, work.now)
    by = "staff" if work.actor.kind is ActorKind.STAFF else "caller"
    return _end(work, row, "cancel", by)


def end_call(work: Work, row: HelpCall, badge: str) -> None:
    """Help is over: its record was closed. For the ledger's verbs."""
    _end(work, row, "end", "helper", badge)


def _end(work: Work, row: HelpCall, verb: str, by: str, badge: str | None = None) -> CallView:
    work.move(CALL_MOVES, row, verb, ended_at=work.now, ended_by=by, revision=NEXT)
    kind = facts.HelpCancelled if verb == "cancel" else facts.HelpEnded
    _record(work, kind, row, badge=badge, reason=by)
    return queries.view(work.session, row, work.now)


def be_here(work: Work, here: bool) -> bool:  # noqa: FBT001 - the one thing that is said
    """A helper says that they are here, or away: until the turn of the day that counts before the shift."""
    helper = queries.helper_of(work.session, work.actor)
    said = work.session.get(HelperPresence, helper.id)
    if said is None:
        work.session.add(HelperPresence(helper_id=helper.id, here=here, said_at=work.now))
    else:
        said.here, said.said_at = here, work.now
    site = work.session.get_one(Site, helper.site_id)
    what = "here" if here else "away"
    work.record(
        facts.HelperPresent(
            site_id=site.id, site=site.code, helper_id=helper.id, badge=helper.badge, what=what
        )
    )
    return here


def escalate(work: Work, _command: None) -> int:
    """Write down which calls have become the manager's, and end those of earlier days. Safe to run twice (H5)."""
    done = 0
    sites = {site.id: site for site in work.session.scalars(select(Site))}
    ringing = select(HelpCall).where(HelpCall.state == "ringing").order_by(HelpCall.called_at)
    for row in work.session.scalars(ringing).all():
        if _is_late(row, sites[row.site_id], work.now):
            work.move(CALL_MOVES, row, "escalate", escalated_at=work.now, revision=NEXT)
            _record(work, facts.HelpEscalated, row)
            done += 1
    over = select(HelpCall).where(
        HelpCall.state.in_(sorted(rules.OPEN - {"with"})), HelpCall.called_at <= work.now - queries.LOOK_BACK
    )
    for row in work.session.scalars(over).all():
        _end(work, row, "cancel", "day_over")
        done += 1
    return done


def _is_late(row: HelpCall, site: Site, now: datetime) -> bool:
    return rules.shown_state(row.state, row.called_at, now, site.settings.help_answer_s) == "escalated"


def _row(work: Work, command: OnCall) -> HelpCall:
    return queries.call_by_nonce(work.session, command.nonce)


def _mine(work: Work, command: OnCall) -> tuple[HelpCall, Helper]:
    """The helper's own call. Raises NotFound for a stranger's, Conflict when it is no longer theirs."""
    row, helper = _row(work, command), queries.helper_of(work.session, work.actor)
    if row.site_id != helper.site_id:
        raise NotFound(_l("We do not know this call for help."), code="unknown_call")
    if row.helper_id != helper.id or row.state not in rules.COMING:
        raise Conflict(_l("This call is no longer yours."), code="not_yours")
    return row, helper


def _record(work: Work, kind: type[facts.HelpCallFact], row: HelpCall, **more: str | int | None) -> None:
    site = work.session.get_one(Site, row.site_id)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            call_id=row.id,
            channel=row.channel,
            team=queries.team_ids(work.session, row.site_id),
            **more,  # type: ignore[arg-type]
        )
    )
