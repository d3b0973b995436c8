"""A person's name or title is put right in place; days of before keep what they were called then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.errors import Invalid
from hall.rota.models import PersonWas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hall.rota.models import RotaPerson
    from hall.unit_of_work import Work

Names = tuple[str, str]


def correct(work: Work, person: RotaPerson, name: str, title: str, others: Iterable[RotaPerson]) -> None:
    """Name and title as they shall be; what they were is kept. Raises Invalid where somebody else has that name."""
    if (person.name, person.title) == (name, title):
        return
    if any(one.id != person.id and (one.name, one.post) == (name, person.post) for one in others):
        said = _l("%(name)s is or was on the list already: empty this name, and enter them again.", name=name)
        raise Invalid(said, errors={"people": [said]})
    work.session.add(
        PersonWas(
            person_id=person.id,
            name=person.name,
            title=person.title,
            until=work.now,
            staff_id=work.actor.id,
        )
    )
    person.name, person.title = name, title
    work.session.flush()


def former(session: Session, people: Iterable[int]) -> dict[int, list[tuple[datetime, Names]]]:
    """Until when these people were called what, the oldest first; nothing of who was never corrected."""
    wanted = select(PersonWas).where(PersonWas.person_id.in_(people)).order_by(PersonWas.until, PersonWas.id)
    found: dict[int, list[tuple[datetime, Names]]] = {}
    for row in session.scalars(wanted):
        found.setdefault(row.person_id, []).append((row.until, (row.name, row.title)))
    return found


def called(
    person: RotaPerson | None, at: datetime, before: Mapping[int, list[tuple[datetime, Names]]]
) -> Names:
    """Name and title of somebody at a moment."""
    if person is None:
        return "", ""
    for until, names in before.get(person.id, ()):
        if at < until:
            return names
    return person.name, person.title
