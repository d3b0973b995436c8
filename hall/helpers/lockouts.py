"""The desk looks whether somebody is locked out of online booking, and lifts it, recorded (H3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.applicants.rules import Fault, NumberKind, Party, check, phone
from hall.applicants.traces import as_kept, meet
from hall.clock import business_date
from hall.errors import Conflict, Invalid
from hall.helpers import people
from hall.helpers.facts import LockoutLifted
from hall.helpers.models import BookingPardon
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.applicants.vault import Vault
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody by telephone or identity number, as typed."""

    site_id: int
    vault: Vault
    phone: str = ""
    id_number: str = ""
    reason: str = ""


def traces(site: Site, who: Who, now: datetime) -> tuple[bytes | None, bytes | None]:
    """The keyed hashes of what was typed: telephone, number. Raises Invalid where neither can be right."""
    digits = phone(who.phone) if who.phone.strip() else None
    today = business_date(site.zone, now)
    number = check(Party.PERSON, NumberKind.ID_CARD, who.id_number, today) if who.id_number.strip() else None
    if isinstance(number, Fault) or (digits is None and number is None):
        said = _l("Please give the telephone or the identity number that was used for the booking.")
        raise Invalid(said, errors={"id_number" if isinstance(number, Fault) else "phone": [said]})
    return who.vault.phone_trace(digits) if digits else None, who.vault.trace(number) if number else None


def lock(session: Session, who: Who, now: datetime) -> datetime | None:
    """Until when they cannot book online; None where they can."""
    site = session.get_one(Site, who.site_id)
    phone_trace, number_trace = (as_kept(session, trace) for trace in traces(site, who, now))
    return people.lock_of(session, site, phone_trace, number_trace, now)


def lift(work: Work, who: Who) -> None:
    """Let them book online again, with a reason that is kept. Raises Conflict where nothing is locked.

    It counts for the person: for each telephone and number of theirs, whichever was named.
    """
    site = work.session.get_one(Site, who.site_id)
    found = traces(site, who, work.now)
    meet(work, *found)
    if people.lock_of(work.session, site, *found, work.now) is None:
        raise Conflict(_l("Online booking is open for this person."), code="not_locked")
    phones, numbers = people.whole_person(work.session, site, *found)
    for trace in sorted(phones | numbers):
        pardon = BookingPardon(
            site_id=site.id, trace=trace, at=work.now, staff_id=work.actor.id, reason=who.reason
        )
        work.session.add(pardon)
    work.session.flush()
    work.record(LockoutLifted(site_id=site.id, site=site.code, pardon_id=pardon.id))
