"""Drawing: what somebody comes for, and the tickets on one slip (Q1, Q3, Q8, Q13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    Date,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite

from hall import facts, tokens
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.database import Instant
from hall.errors import Conflict, Invalid
from hall.hours.queries import require_open
from hall.queueing import queries, rules
from hall.queueing.claims import claim
from hall.queueing.in_use import STAYS
from hall.queueing.models import NumberSeries, Ticket, Visit
from hall.queueing.queries import TicketView
from hall.sites import Site
from hall.statements import Copies, Statement, copy_of
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Matter:
    """What somebody comes for: a line, an item or a bundle, by code; exactly one is set."""

    line: str | None = None
    item: str | None = None
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Draw tickets for one person. `person` is a keyed hash (Q8) or None; `channel` kiosk or desk."""

    site_id: int
    matters: tuple[Matter, ...]
    channel: str
    lane: str = "ordinary"
    reason: str | None = None
    person: bytes | None = None
    heads: int = 1
    lang: str = "zh"
    test: bool = False


def issue(work: Work, command: Issue) -> tuple[TicketView, ...]:
    """Draw up to five tickets on one slip (Q1, Q3, Q8, Q13). Raises Invalid, Conflict."""
    if len(command.matters) > 1:
        _fit_on_a_slip(work.session.get_one(Site, command.site_id), command)
    found = [_matter(work, command.site_id, matter) for matter in command.matters]
    site = found[0].site
    if not command.test:  # the screens and printers are tried out before the hall opens (Q11)
        for wanted in found:
            require_open(work.session, site, wanted.line, work.now)
    if len({wanted.line.id for wanted in found}) != len(found):
        raise Invalid(
            _l("Two of these matters wait in the same line: one ticket is enough."), code="same_line"
        )
    visit_id = _visit(work, site) if len(found) > 1 else None
    return tuple(_draw(work, command, wanted, visit_id) for wanted in found)


def _fit_on_a_slip(site: Site, command: Issue) -> None:
    if len(command.matters) > site.settings.matters_a_visit:
        raise Invalid(_l("At most five matters fit on one slip."), code="too_many_matters")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a matter turned out to be."""

    site: Site
    line: Line
    item: ServiceItem | None = None
    bundle: Bundle | None = None


# Every ticket drawn runs one of them
_OFFERED = Line.site_id == bindparam("site"), Line.retired_at.is_(None)
_BY_LINE = (
    select(Site, Line).join(Line, Line.site_id == Site.id).where(*_OFFERED, Line.code == bindparam("code"))
)
_BY_ITEM = (
    select(Site, Line, ServiceItem)
    .join(Line, Line.site_id == Site.id)
    .join(ServiceItem, and_(ServiceItem.line_id == Line.id, ServiceItem.site_id == Line.site_id))
    .where(*_OFFERED, ServiceItem.code == bindparam("code"), ServiceItem.retired_at.is_(None))
)
_BY_BUNDLE = (
    select(Site, Line, Bundle)
    .join(Line, Line.site_id == Site.id)
    .join(Bundle, and_(Bundle.line_id == Line.id, Bundle.site_id == Line.site_id))
    .where(*_OFFERED, Bundle.code == bindparam("code"), Bundle.retired_at.is_(None))
)
_STAYS: Any = {**STAYS, "of": Line}
_OFFERS = {
    "line": Copies(_BY_LINE.with_for_update(**_STAYS), Site, Line),
    "item": Copies(_BY_ITEM.with_for_update(**_STAYS), Site, Line, ServiceItem),
    "bundle": Copies(_BY_BUNDLE.with_for_update(**_STAYS), Site, Line, Bundle),
}


def _matter(work: Work, site_id: int, matter: Matter) -> Wanted:
    field = "item" if matter.item else "bundle" if matter.bundle else "line"
    given = {"site": site_id, "code": getattr(matter, field)}
    found = _OFFERS[field].first(work.session, given)
    if found is None:
        said = _l("This is not on offer here. Choose another matter, or ask at the desk.")
        raise Invalid(said, code=f"unknown_{field}", errors={field: [said]})
    site, line = found[0], found[1]
    if line.stopped_reason and line.stopped_on == queries.today(site, work.now).isoformat():
        raise Conflict(line.stopped_reason, code="line_stopped")
    return Wanted(site, line, **({field: found[2]} if field != "line" else {}))


def _visit(work: Work, site: Site) -> int:
    visit = Visit(site_id=site.id, business_date=queries.today(site, work.now), made_at=work.now)
    work.session.add(visit)
    work.session.flush()
    return visit.id


def _draw(work: Work, command: Issue, wanted: Wanted, visit_id: int | None) -> TicketView:
    site, line = wanted.site, wanted.line
    day = queries.today(site, work.now)
    prefix = f"{line.prefix}-T" if command.test else line.prefix
    serial, issued_at = _next_number(work, site.id, day, prefix)
    priority = command.lane == "priority"
    ticket = insert_ticket(
        work,
        site_id=site.id,
        line_id=line.id,
        business_date=day,
        number=rules.number(prefix, serial),
        nonce=tokens.new_nonce(),
        state="waiting",
        lane=command.lane,
        lane_reason=command.reason if priority else None,
        place=rules.place(issued_at, command.lane, site.settings.priority_head_start_min),
        basis="priority" if priority else "issued",
        issued_at=issued_at,
        channel=command.channel,
        lang=command.lang,
        heads=command.heads,
        test=command.test,
        item_id=wanted.item.id if wanted.item else None,
        bundle_id=wanted.bundle.id if wanted.bundle else None,
        visit_id=visit_id,
    )
    if command.person and not command.test:
        claim(work, ticket, command.person)
    work.record(
        facts.TicketIssued(
            site_id=site.id,
            site=site.code,
            ticket_id=ticket.id,
            number=ticket.number,
            line=line.code,
            lane=ticket.lane,
            channel=command.channel,
            test=command.test or None,
        )
    )
    return queries.view_of(work.session, ticket, site, line, None)


# Without the ORM's bookkeeping: this is what happens most in a hall. Defaults are those of the table's columns.
_TICKETS = cast("Table", Ticket.__table__)
_TICKET = Statement(insert(_TICKETS).returning(_TICKETS.c.id))
_DEFAULTS = {
    column.name: getattr(column.default, "arg", None) for column in _TICKETS.c if column.name != "id"
}


def insert_ticket(work: Work, **values: Any) -> Ticket:  # noqa: ANN401 - column values
    """Write a new ticket; what comes back is a copy of it that the session does not know."""
    row = {**_DEFAULTS, **values}
    (key,) = _TICKET.first(work.session, row)
    return copy_of(Ticket, {"id": key, **row})


def _next_number(work: Work, site_id: int, day: date, prefix: str) -> tuple[int, datetime]:
    """Count the series on by one, in one statement; the hall's clock never stands still or steps back (Q1, Q3)."""
    row = {"at_site": site_id, "on_day": day, "letters": prefix, "now": work.now}
    serial, issued_at = _counting(work.session.get_bind().dialect.name).first(work.session, row)
    return serial, issued_at


@cache
def _counting(dialect: str) -> Statement:
    """The statement that counts a series on, built once. Each time of issue lies after all others of today."""
    series = cast("Table", NumberSeries.__table__)
    site: Any = bindparam("at_site")
    now, day = bindparam("now", type_=Instant()), bindparam("on_day", type_=Date())
    latest = (
        select(func.max(series.c.last_issued_at))
        .where(series.c.site_id == site, series.c.business_date == day)
        .scalar_subquery()
    )
    fresh = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(series).values(
        site_id=site,
        business_date=day,
        prefix=bindparam("letters"),
        last_serial=1,
        last_issued_at=case((latest >= now, _after(latest, dialect)), else_=now),
    )
    given, last = fresh.excluded.last_issued_at, series.c.last_issued_at
    counted = fresh.on_conflict_do_update(
        index_elements=[series.c.site_id, series.c.business_date, series.c.prefix],
        set_={
            "last_serial": series.c.last_serial + 1,
            "last_issued_at": case((given > last, given), else_=_after(last, dialect)),
        },
    )
    return Statement(counted.returning(series.c.last_serial, series.c.last_issued_at))


def _after(instant: Any, dialect: str) -> Any:  # noqa: ANN401 - an expression
    """The next instant that the database can tell from this one."""
    if dialect == "sqlite":
        return type_coerce(type_coerce(instant, BigInteger) + 1, Instant())
    return instant + literal_column("INTERVAL '1 microsecond'")
