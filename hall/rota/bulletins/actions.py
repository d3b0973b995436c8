"""A bulletin is drafted from the records and edited; a frozen one is cured by a correction (M8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.access import of_site
from hall.accounts.roles import Can
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.rota.at_hand import site_of, today_of
from hall.rota.bulletins import drafting, facts, rules
from hall.rota.bulletins.accounts import Span
from hall.rota.bulletins.gathering import gather
from hall.rota.bulletins.models import Bulletin
from hall.rota.bulletins.states import BULLETIN_MOVES, Paper
from hall.rota.models import Rota

if TYPE_CHECKING:
    from datetime import date

    from hall.rota.bulletins.gathering import Gathered
    from hall.unit_of_work import Work

TITLE, TEXT, LONGEST_DAYS = 120, 8000, 366


@dataclass(frozen=True, slots=True)
class Draft:
    """A new bulletin of a reception, of these days."""

    rota_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Edit:
    """Other words. `revision` is what the editor's page was made from."""

    bulletin_id: int
    title: str
    text: str
    revision: int


@dataclass(frozen=True, slots=True)
class Revised:
    """Something is done with the draft as the caller has read it."""

    bulletin_id: int
    revision: int


def draft(work: Work, command: Draft) -> Bulletin:
    """Make a draft from the records. Raises Conflict (`days_taken`), Invalid by field, NotFound, Refused."""
    rota = _managed(work, command.rota_id)
    if command.first > command.last or (command.last - command.first).days >= LONGEST_DAYS:
        said = _l("Give the first and the last day, the later one last, a year at the most.")
        raise Invalid(said, errors={"first": [said]})
    if command.last > today_of(work, rota):
        said = _l("A bulletin tells what was: choose a last day that is over.")
        raise Invalid(said, errors={"last": [said]})
    days_free(work, rota, command)
    found = gathered(work, rota, command)
    row = _made(work, rota, command, found)
    row.title, row.text = drafting.title_of(found.figures)[:TITLE], drafting.text_of(found.figures)[:TEXT]
    return _kept(work, rota, row)


def correct(work: Work, bulletin_id: int) -> Bulletin:
    """Draft a correction of a frozen bulletin, with the figures as the records stand now. Raises Conflict, NotFound."""
    wrong = work.session.get(Bulletin, bulletin_id)
    if wrong is None or wrong.state != Paper.FROZEN or wrong.year is None or wrong.number is None:
        raise NotFound(_l("There is no such bulletin."), code="unknown_bulletin")
    rota = _managed(work, wrong.rota_id, ended=True)  # its mistakes can be cured for good
    found = gathered(work, rota, wrong)
    row = _made(work, rota, Draft(rota.id, wrong.first, wrong.last), found)
    row.corrects_id = wrong.id
    row.title = drafting.correction_title(wrong.year, wrong.number)
    row.text = drafting.correction_text(wrong.year, wrong.number, wrong.title)
    return _kept(work, rota, row)


def _made(work: Work, rota: Rota, command: Draft, found: Gathered) -> Bulletin:
    return Bulletin(
        site_id=rota.site_id,
        rota_id=rota.id,
        state=Paper.DRAFT,
        first=command.first,
        last=command.last,
        figures=found.text,
        figures_at=work.now,
        drafted_at=work.now,
        drafted_by=work.actor.id,
        edited_at=work.now,
        edited_by=work.actor.id,
    )


def _kept(work: Work, rota: Rota, row: Bulletin) -> Bulletin:
    work.session.add(row)
    work.session.flush()
    record(work, facts.BulletinDrafted, row, rota)
    return row


def edit(work: Work, command: Edit) -> Bulletin:
    """Change the words of a draft. Raises Conflict (`stale`, `frozen`), Invalid by field, NotFound, Refused."""
    row, rota = draft_of(work, command.bulletin_id, command.revision)
    title, text = " ".join(command.title.split()), command.text.replace("\r", "").strip()
    errors: dict[str, list[object]] = {}
    if not 0 < len(title) <= TITLE:
        errors["title"] = [_l("A bulletin has a title, at most %(most)s signs.", most=TITLE)]
    if not 0 < len(text) <= TEXT:
        errors["text"] = [_l("A bulletin has a text, at most %(most)s signs.", most=TEXT)]
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)
    row.title, row.text = title, text
    _touched(work, row)
    record(work, facts.BulletinEdited, row, rota)
    return row


def take_figures(work: Work, command: Revised) -> Bulletin:
    """Take the figures from the records again. A text that nobody has changed follows them, one that was edited stays.

    Nobody is its editor for that. Raises Conflict, NotFound, Refused.
    """
    row, rota = draft_of(work, command.bulletin_id, command.revision, Can.ROTA_OVERSEE)
    before, now = rules.parsed(row.figures), gathered(work, rota, row)
    if row.text == drafting.text_of(before)[:TEXT]:
        row.text = drafting.text_of(now.figures)[:TEXT]
    row.figures, row.figures_at = now.text, work.now
    row.revision += 1
    work.session.flush()
    record(work, facts.BulletinFiguresTaken, row, rota)
    return row


def write_anew(work: Work, command: Revised) -> Bulletin:
    """Write the text from the figures again; what was edited is lost. Counts as an edit. Raises as `edit`."""
    row, rota = draft_of(work, command.bulletin_id, command.revision)
    if row.corrects_id is not None:
        raise Conflict(_l("The text of a correction is written by a person."), code="correction")
    row.text = drafting.text_of(rules.parsed(row.figures))[:TEXT]
    _touched(work, row)
    record(work, facts.BulletinEdited, row, rota)
    return row


def drop(work: Work, command: Revised) -> Bulletin:
    """Drop a draft. Raises Conflict, NotFound, Refused."""
    row, rota = draft_of(work, command.bulletin_id, command.revision)
    work.move(BULLETIN_MOVES, row, "drop", revision=row.revision + 1)
    record(work, facts.BulletinDropped, row, rota)
    return row


def _managed(work: Work, rota_id: int, needs: Can = Can.ROTA_MANAGE, *, ended: bool = False) -> Rota:
    """The reception, kept from others until the commit; `ended`: also one that is held no longer.

    Raises NotFound, Refused.
    """
    wanted = select(Rota).where(Rota.id == rota_id).with_for_update()
    rota = work.session.scalar(wanted.execution_options(populate_existing=True))
    if rota is None or (rota.retired_at is not None and not ended):
        raise NotFound(_l("There is no such reception."), code="unknown_rota")
    of_site(work.actor, rota.site_id)
    if needs not in work.actor.can:
        raise Refused(_l("Only the hall manager can do this."))
    return rota


def draft_of(
    work: Work, bulletin_id: int, revision: int, needs: Can = Can.ROTA_MANAGE
) -> tuple[Bulletin, Rota]:
    """A draft as its caller has read it, its reception kept from others. Raises Conflict, NotFound, Refused."""
    known = work.session.get(Bulletin, bulletin_id)
    if known is None:
        raise NotFound(_l("There is no such bulletin."), code="unknown_bulletin")
    rota = _managed(work, known.rota_id, needs, ended=True)  # a correction: an ended one has no other drafts
    work.session.refresh(known)
    if known.state != Paper.DRAFT:
        raise Conflict(
            _l(
                "This bulletin is signed off, or dropped: it stays as it is. A mistake is cured by a correction."
            ),
            code="frozen",
        )
    if known.revision != revision:
        raise Conflict(_l("Somebody has changed this draft in the meantime. Read it again."), code="stale")
    return known, rota


def days_free(work: Work, rota: Rota, days: Draft | Bulletin) -> None:
    """No frozen bulletin tells of these days already: that one would be corrected."""
    taken = work.session.scalar(
        select(Bulletin)
        .where(
            Bulletin.rota_id == rota.id,
            Bulletin.state == "frozen",
            Bulletin.corrects_id.is_(None),
            Bulletin.id != getattr(days, "id", 0),
            Bulletin.first <= days.last,
            Bulletin.last >= days.first,
        )
        .limit(1)
    )
    if taken is not None:
        raise Conflict(
            _l(
                "Bulletin %(year)s no. %(number)s tells of these days already. Correct that one.",
                year=taken.year,
                number=taken.number,
            ),
            code="days_taken",
        )


def gathered(work: Work, rota: Rota, days: Draft | Bulletin) -> Gathered:
    """The figures of its days as the records stand now."""
    return gather(work.session, site_of(work, rota), rota, Span(days.first, days.last, work.now))


def _touched(work: Work, row: Bulletin) -> None:
    row.edited_at, row.edited_by = work.now, work.actor.id or 0
    row.revision += 1
    work.session.flush()


def record(work: Work, kind: type[facts.BulletinFact], row: Bulletin, rota: Rota, **more: Any) -> None:  # noqa: ANN401
    """Say what happened to it."""
    site = site_of(work, rota)
    said = kind(
        site_id=site.id,
        site=site.code,
        bulletin_id=row.id,
        rota=rota.code,
        first=str(row.first),
        last=str(row.last),
        **more,
    )
    work.record(said)
