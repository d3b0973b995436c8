"""What lies at the issue window, and whose receipt belongs to it (I6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, literal_column, or_, select

from hall import clock, tokens
from hall.catalog.models import ServiceItem, Window
from hall.intake.issuing import rules
from hall.intake.issuing.models import Delivery
from hall.intake.models import Case, Filing
from hall.intake.rules import uncollected
from hall.queueing.models import Staffing, Ticket

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.sites import Site

AT_MOST = 200
READY: ColumnElement[bool] = Case.state == literal_column("'ready'")
"""As the partial index says it; with the order by `ready_at` it is used on both databases."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A result at the issue window, with what its holder is known by."""

    nonce: bytes
    number: str
    item: str
    item_en: str
    holder: str
    number_shown: str
    phone_shown: str
    agent: str
    agent_number: str
    result: str
    result_number: str
    ready_at: datetime
    days: int
    late: bool
    way: str
    collect: str
    complete: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Results at the issue window, counted."""

    all: int
    post: int
    late: int


def shows(key: bytes, filing: Filing, case: Case, given: str) -> bool:
    """Whether what was scanned or typed is this case's receipt: address, token, short code, or number."""
    text = given.strip()
    if text.casefold() == case.number.casefold():
        return True
    if tokens.is_short_code(key, "receipt", filing.nonce, text):
        return True
    nonce = tokens.nonce_of(key, "case", last_part(text))
    return nonce is not None and nonce == case.nonce


def all_here(session: Session, filing_id: int) -> bool:
    """Whether all cases of a form are ready or over."""
    return rules.all_here(session.scalars(select(Case.state).where(Case.filing_id == filing_id)))


def ready(
    session: Session,
    site: Site,
    key: bytes,
    now: datetime,
    asked: str = "",
    *,
    only: str = "",
    by_name: bool = True,
) -> list[Ready]:
    """Results at the issue window, longest there first; `asked` is a name, number, receipt code or address.

    `only`: `post` those to be posted, `late` those not collected for long. Without `by_name` no names are looked at.
    """
    wanted = (
        select(Case, Filing, ServiceItem)
        .join(Filing, Filing.id == Case.filing_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .where(Case.site_id == site.id, READY)
        .order_by(Case.ready_at, Case.id)
        .limit(AT_MOST)
    )
    if only == "post":
        wanted = wanted.where(Filing.delivery == "post")
    if asked.strip():
        wanted = wanted.where(or_(*_hits(key, asked.strip(), by_name=by_name)))
    rows = session.execute(wanted).all()
    waiting = _incomplete(session, {filing.id for _case, filing, _item in rows})
    refused = _refused(session, [case.id for case, _filing, _item in rows])
    today = clock.business_date(site.zone, now)
    found = [
        _ready(case, filing, item, (_since(case, site), today), (filing.id in waiting, case.id in refused))
        for case, filing, item in rows
    ]
    return [row for row in found if row.late] if only == "late" else found


def _hits(key: bytes, text: str, *, by_name: bool) -> list[ColumnElement[bool]]:
    """What a name, a number, a receipt's code or its address may mean."""
    hits = [Case.number.contains(text, autoescape=True)]
    if by_name:
        hits += [column.contains(text, autoescape=True) for column in (Filing.name, Filing.agent_name)]
    span = tokens.code_span(text)
    if span is not None:
        hits.append(Filing.nonce.between(*span))
    nonce = tokens.nonce_of(key, "case", last_part(text))
    if nonce is not None:
        filing = select(Case.filing_id).where(Case.nonce == nonce).scalar_subquery()
        hits.append(Case.filing_id == filing)
    return hits


def window_open(session: Session, staff_id: int | None) -> str:
    """The code of the window that this person holds open now; "" for none."""
    held = select(Window.code).join(Staffing, Staffing.window_id == Window.id)
    mine = held.where(Staffing.staff_id == staff_id, Staffing.closed_at.is_(None), Staffing.state == "open")
    return session.scalar(mine.limit(1)) or ""


def ticket_at_hand(session: Session, staff_id: int | None) -> Ticket | None:
    """The number that this person is serving now, if any: the issue window calls like any other."""
    return session.scalar(
        select(Ticket)
        .join(Staffing, Staffing.window_id == Ticket.window_id)
        .where(
            Staffing.staff_id == staff_id,
            Staffing.closed_at.is_(None),
            Ticket.state.in_(("called", "serving")),
        )
        .limit(1)
    )


def _since(case: Case, site: Site) -> date:
    return clock.business_date(site.zone, case.ready_at or case.changed_at)


def last_part(text: str) -> str:
    """The last part of an address; of any other text the text."""
    try:
        return urlsplit(text).path.rpartition("/")[2]
    except ValueError:
        return ""


def tally(session: Session, site: Site, now: datetime) -> Tally:
    """How many results lie at the issue window, are to be posted, lie there for too long."""
    wanted = select(Case.ready_at, Filing.delivery).join(Filing, Filing.id == Case.filing_id)
    rows = session.execute(wanted.where(Case.site_id == site.id, READY).order_by(Case.ready_at)).all()
    today = clock.business_date(site.zone, now)
    late = sum(uncollected(clock.business_date(site.zone, at), today) for at, _way in rows if at)
    return Tally(len(rows), sum(way == "post" for _at, way in rows), late)


def count_uncollected(session: Session, site: Site, now: datetime) -> tuple[int, int]:
    """How many results lie at the issue window, and how many of them for too long (Q14)."""
    counted = tally(session, site, now)
    return counted.all, counted.late


def _incomplete(session: Session, filings: set[int]) -> set[int]:
    rows = session.execute(select(Case.filing_id, Case.state).where(Case.filing_id.in_(filings))).all()
    return {key for key, state in rows if not rules.all_here((state,))}


def _refused(session: Session, cases: list[int]) -> set[int]:
    wanted = select(Delivery.case_id).where(Delivery.case_id.in_(cases), Delivery.outcome == "refused")
    return set(session.scalars(wanted))


def _ready(
    case: Case, filing: Filing, item: ServiceItem, days: tuple[date, date], marks: tuple[bool, bool]
) -> Ready:
    (since, today), (waits, was_refused) = days, marks
    return Ready(
        nonce=case.nonce,
        number=case.number,
        item=item.name,
        item_en=item.name_en,
        holder=filing.name,
        number_shown=filing.number_shown,
        phone_shown=filing.phone_shown,
        agent=filing.agent_name,
        agent_number=filing.agent_number_shown,
        result=case.result_name,
        result_number=case.result_number,
        ready_at=case.ready_at or case.changed_at,
        days=(today - since).days,
        late=uncollected(since, today),
        way=filing.delivery,
        collect=filing.collect,
        complete=not waits,
        refused=was_refused,
    )
