"""Who books: checked, traced by keyed hashes, sealed and shown masked; and who is locked out (H3, I10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, or_, select

from hall.applicants.rules import Fault, NumberKind, Party, check, masked, masked_name, masked_phone, phone
from hall.clock import business_date
from hall.errors import Conflict, Invalid, Refused
from hall.helpers import rules
from hall.helpers.models import Booking, BookingPardon
from hall.helpers.states import LIVE, Booked
from hall.signs import seen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.applicants.vault import Vault
    from hall.sites import Site
    from hall.unit_of_work import Work

WHOLE_NAME = 120


@dataclass(frozen=True, slots=True)
class Person:
    """Who books, as typed; a desk may book for somebody without phone and number."""

    name: str
    phone: str = ""
    id_number: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The same, checked: digits, and the keyed hashes by which bookings are found."""

    name: str
    phone: str
    number: str
    phone_trace: bytes | None
    number_trace: bytes | None

    @property
    def traces(self) -> tuple[bytes, ...]:
        """Those that there are."""
        return tuple(trace for trace in (self.phone_trace, self.number_trace) if trace)


def known(
    person: Person, vault: Vault, site: Site, now: datetime, *, phone_needed: bool, name_needed: bool = True
) -> Known:
    """Check what was typed. Raises Invalid with a message at each field that is at fault."""
    wrong: dict[str, list[object]] = {}
    name = " ".join(seen(person.name).split())
    if name_needed and not name:
        wrong["name"] = [_l("Please give a name.")]
    digits = phone(person.phone) if person.phone.strip() else ""
    if digits is None or (phone_needed and not digits):
        wrong["phone"] = [_l("Please give a mobile number, or a landline with its area code.")]
    number: Any = None
    if person.id_number.strip():
        today = business_date(site.zone, now)
        number = check(Party.PERSON, NumberKind.ID_CARD, person.id_number, today)
        if isinstance(number, Fault):
            wrong["id_number"] = [
                _l("This identity number cannot be right. Please compare it with the card.")
            ]
    if wrong:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=wrong)
    return Known(
        name[:WHOLE_NAME],
        digits or "",
        number.text if number else "",
        vault.phone_trace(digits) if digits else None,
        vault.trace(number) if number else None,
    )


def sealed(one: Known, vault: Vault) -> dict[str, Any]:
    """The columns of a booking that hold a person."""
    return {
        "phone_trace": one.phone_trace,
        "number_trace": one.number_trace,
        "name_sealed": vault.seal(one.name),
        "name_shown": masked_name(one.name),
        "phone_sealed": vault.seal(one.phone),
        "phone_shown": masked_phone(one.phone) if one.phone else "",
        "number_kind": NumberKind.ID_CARD.value if one.number else "",
        "number_sealed": vault.seal(one.number),
        "number_shown": masked(one.number) if one.number else "",
    }


def whole_person(
    session: Session, site: Site, phone: bytes | None, number: bytes | None
) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The telephones and numbers of whoever gives these, by what was given together before; hashes alone (H3)."""
    known = Booking.site_id == site.id, Booking.phone_trace.is_not(None)
    mine = select(Booking.phone_trace).where(*known, Booking.number_trace == number) if number else None
    phones = set(session.scalars(mine)) if mine is not None else set()
    if phone is not None:
        phones.add(phone)
        owners = _pairs(session, known, phones)
        numbers = {other for one, other in owners if one == phone} if number is None else set()
        if len(numbers) == 1:  # one's number leads on to one's other telephones
            more = select(Booking.phone_trace).where(*known, Booking.number_trace.in_(numbers))
            phones |= set(session.scalars(more))
    return rules.same_person(_pairs(session, known, phones), phone, number)


def _pairs(session: Session, known: tuple[Any, ...], phones: set[Any]) -> list[tuple[bytes, bytes]]:
    rows = session.execute(
        select(Booking.phone_trace, Booking.number_trace)
        .where(*known, Booking.phone_trace.in_(phones), Booking.number_trace.is_not(None))
        .distinct()
    )
    return [(one, other) for one, other in rows if one and other]


def lock_of(
    session: Session, site: Site, phone: bytes | None, number: bytes | None, now: datetime
) -> datetime | None:
    """Until when somebody cannot book online (H3), whichever of theirs they give; None where they can."""
    phones, numbers = whole_person(session, site, phone, number)
    traces = phones | numbers
    if not traces:
        return None
    missed = session.scalars(
        select(Booking.ends_at).where(
            Booking.site_id == site.id,
            Booking.state == Booked.NO_SHOW.value,
            or_(Booking.phone_trace.in_(phones), Booking.number_trace.in_(numbers)),
        )
    ).all()
    lifted = session.scalar(
        select(BookingPardon.at)
        .where(BookingPardon.site_id == site.id, BookingPardon.trace.in_(traces))
        .order_by(BookingPardon.at.desc())
        .limit(1)
    )
    settings = site.settings
    return rules.locked_until(
        missed, lifted, now, times=settings.no_shows_to_lock, days=settings.lockout_days
    )


def refuse_locked(work: Work, site: Site, one: Known) -> None:
    """Raises Refused (`locked_out`) for who did not come twice: the desk still books (H3)."""
    until = lock_of(work.session, site, one.phone_trace, one.number_trace, work.now)
    if until is None:
        return
    day = until.astimezone(site.zone).date()
    raise Refused(
        _l(
            "Two bookings were missed, so online booking is closed for you until %(day)s. "
            "The reception desk books for you at any time.",
            day=LazyString(lambda: format_date(day, "long")),
        ),
        code="locked_out",
        more={"until": until.astimezone(site.zone).isoformat()},
    )


def refuse_more(work: Work, site: Site, one: Known) -> None:
    """So many bookings stand for one person at a time; the desk makes more (`rules.LIVE_AT_ONCE`). Raises Conflict."""
    live = (
        select(func.count())
        .select_from(Booking)
        .where(
            Booking.site_id == site.id,
            Booking.state.in_([state.value for state in LIVE]),
            or_(Booking.phone_trace.in_(one.traces), Booking.number_trace.in_(one.traces)),
        )
    )
    if (work.session.scalar(live) or 0) >= rules.LIVE_AT_ONCE:
        raise Conflict(
            _l(
                "You have %(count)s bookings already. Come to one of them first, or cancel it: the reception "
                "desk books more for you.",
                count=rules.LIVE_AT_ONCE,
            ),
            code="enough_bookings",
        )


def refuse_second(work: Work, booking: Booking, one: Known) -> None:
    """One live booking a person and matter (H3). Raises Conflict; the other booking is not revealed."""
    if not one.traces:
        return
    other = work.session.scalar(
        select(Booking.id)
        .where(
            Booking.site_id == booking.site_id,
            Booking.matter == booking.matter,
            Booking.id != booking.id,
            Booking.state.in_([state.value for state in LIVE]),
            or_(Booking.phone_trace.in_(one.traces), Booking.number_trace.in_(one.traces)),
        )
        .limit(1)
    )
    if other is not None:
        raise Conflict(
            _l("You have a booking for this matter already. Change or cancel that one, or ask at the desk."),
            code="already_booked",
        )
