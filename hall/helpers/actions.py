"""What happens to bookings: hold, confirm, change, cancel. One verb a function (H2, H3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import tokens
from hall.accounts.roles import Can
from hall.applicants.traces import meet
from hall.errors import Conflict, Invalid, NotFound
from hall.helpers import cells, choosing, matters, people, queries, rules
from hall.helpers.facts import BookingCancelled, BookingChanged, BookingConfirmed, BookingHeld
from hall.helpers.free import Ask
from hall.helpers.models import Booking, Helper
from hall.helpers.queries import BookingView
from hall.helpers.states import BOOKING_MOVES, LIVE, Booked, Kind
from hall.sites import Site

if TYPE_CHECKING:
    from hall.actor import Actor
    from hall.helpers.commands import Cancel, Change, Confirm, Hold
    from hall.unit_of_work import Work


def at_desk(actor: Actor) -> bool:
    """Whether this caller books for people: without the limits of those who book for themselves."""
    return Can.HELPERS_BOOK in actor.can


def hold(work: Work, command: Hold) -> BookingView:
    """Keep a time for ten minutes (H3). Raises Invalid, Conflict (`slot_taken`)."""
    site = work.session.get_one(Site, command.site_id)
    wanted = matters.find(work.session, site.id, command.matter)
    matters.require_kind(work.session, wanted, command.kind)
    ask = Ask(command.kind, command.needs, command.helper, at_desk(work.actor))
    slot = choosing.choose(work, site, ask, command.starts_at, wanted.skill)
    booking = Booking(
        site_id=site.id,
        nonce=tokens.new_nonce(),
        state=Booked.HELD.value,
        kind=command.kind,
        channel=command.channel,
        line_id=wanted.line.id,
        item_id=wanted.item.id if wanted.item else None,
        bundle_id=wanted.bundle.id if wanted.bundle else None,
        matter=wanted.key,
        needs=" ".join(sorted(command.needs)),
        lang=command.lang,
        made_at=work.now,
        made_by=work.actor.id if at_desk(work.actor) else None,
        held_until=work.now + timedelta(minutes=site.settings.booking_hold_min),
        **slot.columns,
    )
    work.session.add(booking)
    work.session.flush()
    cells.take(work, booking)
    cells.record(work, BookingHeld, booking, assigned=booking.because)
    return _view(work, booking)


def confirm(work: Work, command: Confirm) -> BookingView:
    """It is somebody's now. Raises Conflict (`hold_over`, `already_booked`, …), Refused (`locked_out`), Invalid."""
    booking, site = locked(work, command.nonce)
    desk = at_desk(work.actor)
    _still_held(work, booking, site, at_the_desk=desk)
    one = people.known(
        command.person,
        command.vault,
        site,
        work.now,
        phone_needed=not desk,
        name_needed=booking.channel != "kiosk",  # a kiosk has digits, no letters
    )
    meet(work, *one.traces)
    if booking.kind == Kind.HOME_VISIT and not command.address.strip():
        said = _l("Where shall the helper come to? Please give the address.")
        raise Invalid(said, errors={"address": [said]})
    if not desk:
        people.refuse_locked(work, site, one)
        people.refuse_more(work, site, one)
    people.refuse_second(work, booking, one)
    work.move(
        BOOKING_MOVES,
        booking,
        "confirm",
        held_until=None,
        confirmed_at=work.now,
        companions=command.companions,
        address_sealed=command.vault.seal(command.address.strip()),
        wish_sealed=command.vault.seal(command.wish.strip()),
        revision=cells.NEXT_REVISION,
        **people.sealed(one, command.vault),
    )
    cells.record(work, BookingConfirmed, booking, reason=booking.channel, assigned=booking.because)
    return _view(work, booking)


def _still_held(work: Work, booking: Booking, site: Site, *, at_the_desk: bool) -> None:
    """Raises Conflict where there is nothing to confirm any more, and says what is free instead."""
    if booking.state in {state.value for state in LIVE}:
        raise Conflict(_l("This booking is confirmed already."), code="already_confirmed")
    if booking.confirmed_at is not None:
        raise Conflict(_l("This booking is over."), code="booking_over")
    helper = work.session.get_one(Helper, booking.helper_id)
    why = _why_free_again(booking, helper, site, work)
    if why is None:
        return
    badge = helper.badge if booking.because == "wished" and helper.retired_at is None else None
    ask = Ask(booking.kind, frozenset(booking.needs.split()), badge, at_the_desk)
    near = choosing.nearest(work, site, ask, booking.starts_at)
    more: dict[str, object] = {"nearest": [at.astimezone(site.zone).isoformat() for at in near]}
    raise Conflict(why[1], code=why[0], more=more)


def _why_free_again(booking: Booking, helper: Helper, site: Site, work: Work) -> tuple[str, object] | None:
    """Why a held time is not its caller's any more: a code and the words; None where it still is."""
    if booking.state == Booked.CANCELLED:
        said = _l("This time was given up. Nothing you typed is lost: please choose a time again.")
        return "given_up", said
    if helper.retired_at is not None:
        said = _l("This helper is no longer here. Nothing you typed is lost: please choose a time again.")
        return "hold_over", said
    if booking.state == Booked.EXPIRED or rules.hold_over(booking.held_until, work.now):
        said = _l(
            "The time was held for %(minutes)s minutes, which are over. Nothing you typed is lost: "
            "please choose a time again.",
            minutes=site.settings.booking_hold_min,
        )
        return "hold_over", said
    return None


def change(work: Work, command: Change) -> BookingView:
    """Another time or another helper (H3). Raises as `hold` does, Conflict (`stale_booking`, `too_late`)."""
    booking, site = locked(work, command.nonce)
    _seen(booking, command.revision)
    _movable(work, booking, site)
    desk = at_desk(work.actor)
    needs = frozenset(booking.needs.split()) if command.needs is None else command.needs
    ask = Ask(booking.kind, needs, command.helper, desk)
    wanted = matters.of_booking(work.session, booking)
    matters.require_kind(work.session, wanted, booking.kind)
    slot = choosing.choose(work, site, ask, command.starts_at, wanted.skill, but=booking.id)
    former = booking.helper_id
    cells.give_back(work, booking.id)
    work.move(
        BOOKING_MOVES,
        booking,
        "change",
        needs=" ".join(sorted(needs)),
        orphaned_at=None,
        reminded_at=None,
        revision=cells.NEXT_REVISION,
        **slot.columns,
    )
    cells.take(work, booking)
    cells.record(
        work,
        BookingChanged,
        booking,
        assigned=booking.because,
        reason="desk" if desk else "holder",
        former=former if former != booking.helper_id else None,
    )
    return _view(work, booking)


def cancel(work: Work, command: Cancel) -> BookingView:
    """Give it up: a held time at once, a booking up to two hours before (H3); the desk at any time."""
    booking, site = locked(work, command.nonce)
    if command.revision is not None:
        _seen(booking, command.revision)
    if booking.state == Booked.CANCELLED:
        return _view(work, booking)
    held = booking.state == Booked.HELD
    if not held:
        _movable(work, booking, site)
    by = "desk" if at_desk(work.actor) else "holder"
    work.move(
        BOOKING_MOVES,
        booking,
        "give_up" if held else "cancel",
        held_until=None,
        ended_at=work.now,
        ended_by=by,
        revision=cells.NEXT_REVISION,
    )
    cells.give_back(work, booking.id)
    cells.record(work, BookingCancelled, booking, reason=by)
    return _view(work, booking)


def _view(work: Work, booking: Booking) -> BookingView:
    return queries.view_of(work.session, booking, work.now, desk=at_desk(work.actor))


def locked(work: Work, nonce: bytes | None) -> tuple[Booking, Site]:
    """The booking of a token, kept from others until this is done. Raises NotFound."""
    found = nonce and work.session.scalar(select(Booking).where(Booking.nonce == nonce).with_for_update())
    if not found:
        raise NotFound(_l("We know no such booking."), code="unknown_booking")
    if at_desk(work.actor) and not work.actor.every_site and work.actor.site_id != found.site_id:
        raise NotFound(_l("We know no such booking."), code="unknown_booking")
    return found, work.session.get_one(Site, found.site_id)


def _seen(booking: Booking, revision: int) -> None:
    if booking.revision != revision:
        raise Conflict(
            _l("This booking was changed elsewhere meanwhile. Here is how it stands now: please look again."),
            code="stale_booking",
        )


def _movable(work: Work, booking: Booking, site: Site) -> None:
    """Whether it can still be moved or given up by this caller. Raises Conflict."""
    if booking.state == Booked.HELD:
        raise Conflict(_l("This time is only held. Please confirm it first."), code="not_confirmed")
    if booking.state not in {Booked.CONFIRMED, Booked.ARRIVED}:
        raise Conflict(_l("This booking is over."), code="booking_over")
    if at_desk(work.actor):
        return
    if booking.state == Booked.ARRIVED:
        raise Conflict(
            _l("You have checked in already. Please speak to the helper or the desk."), code="arrived"
        )
    before = site.settings.booking_cancel_min
    if not rules.may_cancel(booking.starts_at, work.now, before):
        raise Conflict(
            _l(
                "Online a booking is changed or cancelled up to %(minutes)s minutes before. "
                "Please telephone or come to the desk.",
                minutes=before,
            ),
            code="too_late",
        )
