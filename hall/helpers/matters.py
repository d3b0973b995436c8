"""What help is booked for: an item, a bundle or a line, and which kinds of help it can have (H1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from hall.catalog.models import Bundle, BundleItem, Line, ServiceItem
from hall.errors import Conflict, Invalid
from hall.helpers.models import Booking, HelpExclusion
from hall.helpers.states import Kind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.queueing.drawing import Matter
    from hall.queueing.models import Ticket

KIND_WORDS = {
    Kind.ASSIST: _l("Help in the hall"),
    Kind.AGENCY: _l("Agency"),
    Kind.HOME_VISIT: _l("Home visit"),
}
EXCLUDED = {
    "in_person": _l("Its holder must come in person."),
    "secret": _l("It is confidential: helpers may not take part."),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a matter turned out to be; `key` is what one live booking a person counts by (H3)."""

    line: Line
    item: ServiceItem | None = None
    bundle: Bundle | None = None

    @property
    def key(self) -> str:
        """`item:ID`, `bundle:ID` or `line:ID`."""
        for kind, row in (("item", self.item), ("bundle", self.bundle)):
            if row is not None:
                return f"{kind}:{row.id}"
        return f"line:{self.line.id}"

    @property
    def skill(self) -> str | None:
        """The skill of those who know it (H6)."""
        return f"bundle:{self.bundle.code}" if self.bundle is not None else None

    @property
    def named(self) -> Line | ServiceItem | Bundle:
        """What carries its code and names."""
        return self.bundle or self.item or self.line


def find(session: Session, site_id: int, matter: Matter) -> Wanted:
    """The matter with this code. Raises Invalid (`unknown_item`, `unknown_bundle`, `unknown_line`)."""
    field: str = "item" if matter.item else "bundle" if matter.bundle else "line"
    code = getattr(matter, field)
    table: Any = {"item": ServiceItem, "bundle": Bundle, "line": Line}[field]
    row = session.scalar(
        select(table).where(table.site_id == site_id, table.code == code, table.retired_at.is_(None))
    )
    line = row if field == "line" else row and session.get(Line, row.line_id)
    if line is None or line.retired_at is not None:
        said = _l("This is not on offer here. Choose another matter, or ask at the desk.")
        raise Invalid(said, code=f"unknown_{field}", errors={field: [said]})
    return Wanted(line, **({} if field == "line" else {field: row}))


def excluded(session: Session, wanted: Wanted) -> dict[str, str]:
    """Kinds of help that this matter cannot have, with the reason; a bundle has also its items'."""
    if wanted.bundle is not None:
        items = select(BundleItem.item_id).where(BundleItem.bundle_id == wanted.bundle.id)
        which: Any = or_(HelpExclusion.bundle_id == wanted.bundle.id, HelpExclusion.item_id.in_(items))
    elif wanted.item is not None:
        which = HelpExclusion.item_id == wanted.item.id
    else:
        return {}
    rows = session.execute(select(HelpExclusion.kind, HelpExclusion.reason).where(which))
    return {kind: reason for kind, reason in rows}  # noqa: C416 - rows are not pairs for mypy


def barred(session: Session, site_id: int, kind: str) -> dict[str, str]:
    """All matters of a hall that cannot have this kind of help (`item:ID`, `bundle:ID`), with the reason (H1)."""
    rows = session.execute(
        select(HelpExclusion.item_id, HelpExclusion.bundle_id, HelpExclusion.reason).where(
            HelpExclusion.site_id == site_id, HelpExclusion.kind == kind
        )
    ).all()
    items = {item: reason for item, _bundle, reason in rows if item}
    found = {f"item:{item}": reason for item, reason in items.items()}
    if items:
        held = select(BundleItem.bundle_id, BundleItem.item_id).where(BundleItem.item_id.in_(items))
        found |= {f"bundle:{bundle}": items[item] for bundle, item in session.execute(held)}
    return found | {f"bundle:{bundle}": reason for _item, bundle, reason in rows if bundle}


def require_kind(session: Session, wanted: Wanted, kind: str) -> None:
    """Refuse help of a kind that this matter cannot have, and say which it can. Raises Conflict."""
    found = excluded(session, wanted)
    if kind not in found:
        return
    left = [KIND_WORDS[other] for other in Kind if other.value not in found]
    why = EXCLUDED.get(found[kind], found[kind])
    if not left:
        raise Conflict(
            _l("No helper can be booked for this matter. %(why)s Please ask at the desk.", why=why),
            code="kind_not_offered",
        )
    raise Conflict(
        _l(
            "This kind of help is not given for this matter. %(why)s You can book: %(kinds)s.",
            why=why,
            kinds=_listed(left),
        ),
        code="kind_not_offered",
        more={"kinds": [other.value for other in Kind if other.value not in found]},
    )


def _listed(words: list[Any]) -> Any:  # noqa: ANN401 - a lazy text
    from flask_babel.speaklater import LazyString  # noqa: PLC0415

    return LazyString(lambda: " / ".join(str(word) for word in words))


def of_booking(session: Session, booking: Booking) -> Wanted:
    """What a booking is about, also where it was retired meanwhile."""
    return _of(session, booking)


def of_ticket(session: Session, ticket: Ticket) -> Wanted:
    """What a number was drawn for."""
    return _of(session, ticket)


def _of(session: Session, row: Booking | Ticket) -> Wanted:
    return Wanted(
        session.get_one(Line, row.line_id),
        session.get(ServiceItem, row.item_id) if row.item_id else None,
        session.get(Bundle, row.bundle_id) if row.bundle_id else None,
    )
