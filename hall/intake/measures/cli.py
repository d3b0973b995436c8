"""`flask hall cases …`: the platform's files from a terminal, of any length (I12)."""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.catalog.exports import UNSHOWABLE, neutral
from hall.database import db
from hall.errors import DomainError
from hall.intake.measures import exchange, outgoing
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hall.catalog.problems import Problem

SHEET_ROWS = 1_048_575
_SITE = click.option("--site", "code", help="Code of the hall; needed where there are several.")


@click.group("cases")
def cases_group() -> None:
    """Cases out to the province's platform and its numbers in (I12)."""


@cases_group.command("export")
@click.option("--after", default="", help="Go on after this cursor, the last column of an earlier export.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write here (.jsonl, .xlsx)."
)
@_SITE
@with_appcontext
def export_command(after: str, output: Path | None, code: str | None) -> None:
    """Print changed cases as JSON lines, oldest change first; with -o FILE.xlsx as a spreadsheet.

    The last cursor is printed at the end (on standard error): give it as --after next time.
    """
    try:
        rows = outgoing.stream(db.session(), _site(code), after, clock.now())
        last = (
            _write_sheet(rows, output) if output and output.suffix == ".xlsx" else _write_lines(rows, output)
        )
    except DomainError as problem:
        raise click.ClickException(str(problem.message)) from None
    click.echo(f"cursor: {last or after or '-'}", err=True)


def _write_lines(rows: Iterator[dict[str, Any]], output: Path | None) -> str:
    last = ""
    with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as file:
        for row in rows:
            file.write(outgoing.line(row))
            last = row["cursor"]
    return last


def _write_sheet(rows: Iterator[dict[str, Any]], output: Path) -> str:
    """Row by row, so that a million takes no memory; what does not fit is left for the next file."""
    import openpyxl  # noqa: PLC0415 - 18 MB that a hall at work does not need

    book, last = openpyxl.Workbook(write_only=True), ""
    page = book.create_sheet("cases")
    page.append(list(outgoing.HEADS))
    for row in islice(rows, SHEET_ROWS):
        page.append([neutral(UNSHOWABLE.sub("", cell)) for cell in outgoing.cells(row)])
        last = row["cursor"]
    book.save(output)
    if next(rows, None) is not None:
        click.echo("The sheet is full; go on after its last cursor in another file.", err=True)
    return last


@cases_group.command("pre-registered")
@_SITE
@with_appcontext
def pre_registered_command(code: str | None) -> None:
    """Print the numbers of all cases that have no number of the platform yet, the newest first."""
    session, site = db.session(), _site(code)
    offset = 0
    while found := exchange.pre_registered(session, site.id, outgoing.BATCH, offset):
        for case in found:
            click.echo(case.number)
        offset += len(found)


@cases_group.command("import-numbers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would happen.")
@_SITE
@with_appcontext
def import_numbers_command(file: Path, check: bool, code: str | None) -> None:  # noqa: FBT001 - click gives it so
    """Load the platform's FILE (办件编号, 平台编号; CSV or .xlsx): all lines, or none if anything is wrong.

    The same file again changes nothing.
    """
    site_id = _site(code).id
    found = exchange.read_numbers(io.BytesIO(file.read_bytes()))
    if found.problems:
        raise _refused(found.problems, found.problem_count)
    compared = exchange.compare(db.session(), site_id, found.rows)
    if compared.problem_count:
        raise _refused(compared.problems, compared.problem_count)
    if check:
        click.echo(f"{len(compared.fresh)} would get their number, {compared.same} have it")
        return
    db.session.remove()
    try:
        count = perform(SYSTEM_ACTOR, exchange.set_numbers, exchange.SetNumbers(site_id, found.rows))
    except exchange.Unmatched as unmatched:
        raise _refused(unmatched.problems, unmatched.count) from None
    click.echo(f"{count} got their number, {len(found.rows) - count} had it")


def _refused(problems: Sequence[Problem], count: int) -> click.ClickException:
    for one in problems:
        click.echo(one.english(), err=True)
    if count > len(problems):
        click.echo(f"… and {count - len(problems)} more", err=True)
    return click.ClickException(f"{count} problem{'s' if count > 1 else ''}. Nothing was loaded.")


def _site(code: str | None) -> Site:
    wanted = select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)
    sites = db.session.scalars(wanted.where(Site.code == code) if code else wanted).all()
    if len(sites) != 1:
        known = ", ".join(db.session.scalars(select(Site.code).where(Site.retired_at.is_(None))))
        raise click.ClickException(f"Name one hall with --site: {known or 'there is none yet'}.")
    return sites[0]
